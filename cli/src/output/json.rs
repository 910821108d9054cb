//! JSON as Podman prints it: indented by one, two, four or five blanks, depending on the command.

use serde::Serialize;
use serde_json::ser::{PrettyFormatter, Serializer};

/// `value` over several lines, each level `indent` blanks further in, without a line end.
pub fn pretty(value: &impl Serialize, indent: usize) -> Result<String, serde_json::Error> {
    let blanks = " ".repeat(indent);
    let mut bytes = Vec::new();
    let formatter = PrettyFormatter::with_indent(blanks.as_bytes());
    value.serialize(&mut Serializer::with_formatter(&mut bytes, formatter))?;
    String::from_utf8(bytes).map_err(serde::ser::Error::custom)
}

/// Whether `--format` asks for the whole as JSON: `json`, or a template that says just that.
pub fn is_json(format: &str) -> bool {
    let inner = format.trim();
    if inner == "json" {
        return true;
    }
    let Some(inner) = inner
        .strip_prefix("{{")
        .and_then(|rest| rest.strip_suffix("}}"))
    else {
        return false;
    };
    let words: Vec<&str> = inner.split_whitespace().collect();
    matches!(words.as_slice(), ["json"] | ["json", "."])
}

#[cfg(test)]
mod tests {
    use super::{is_json, pretty};

    #[test]
    fn indentation() {
        let value = serde_json::json!([{"a": 1}]);
        assert_eq!(
            pretty(&value, 5).unwrap(),
            "[\n     {\n          \"a\": 1\n     }\n]"
        );
    }

    #[test]
    fn what_means_json() {
        assert!(is_json("json") && is_json(" {{ json . }} ") && is_json("{{json}}"));
        assert!(!is_json("{{json .Id}}") && !is_json("table json") && !is_json("jsonx"));
    }
}
