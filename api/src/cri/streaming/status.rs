//! How a command ended, as the `Status` object of Kubernetes' API (meta/v1) that stands in the stream of
//! errors (protocols `v4.channel.k8s.io` and later).

use bytes::Bytes;
use serde_json::{Value, json};

/// It did what it should.
pub fn success() -> Bytes {
    text(&json!({ "metadata": {}, "status": "Success" }))
}

/// It ended with this exit code.
pub fn exit(code: i32) -> Bytes {
    if code == 0 {
        return success();
    }
    text(&json!({
        "metadata": {},
        "status": "Failure",
        "message": format!("command terminated with non-zero exit code: exit status {code}"),
        "reason": "NonZeroExitCode",
        "details": { "causes": [{ "reason": "ExitCode", "message": code.to_string() }] },
    }))
}

/// There was nothing that could end.
pub fn failure(message: &str) -> Bytes {
    let message = libcr::error::one_line(&message);
    text(&json!({
        "metadata": {},
        "status": "Failure",
        "message": format!("Internal error occurred: {message}"),
        "reason": "InternalError",
        "details": { "causes": [{ "message": message }] },
        "code": 500,
    }))
}

fn text(status: &Value) -> Bytes {
    Bytes::from(status.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_kubectl_reads_it() {
        let parse = |text: Bytes| serde_json::from_slice::<Value>(&text).unwrap();
        assert_eq!(parse(exit(0))["status"], "Success");
        let three = parse(exit(3));
        assert_eq!(three["reason"], "NonZeroExitCode");
        assert_eq!(three["details"]["causes"][0]["message"], "3");
        assert_eq!(parse(failure("a\nb"))["code"], 500);
    }
}
