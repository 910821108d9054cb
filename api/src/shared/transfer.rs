//! Images to and from registries: what goes on is told line by line, in the words of either
//! interface, while it goes on. A client that goes away gives its transfer up.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;
use libcr::Engine;
use libcr::ops::images::{Access, Credentials};
use libcr::progress::{Cancel, Progress, Step};
use serde_json::{Map, Value, json};

use crate::http::stream::{Sink, from_thread};
use crate::http::{Call, Failure, Reply};

/// How many bytes of a blob go by before that is told once more.
const OFTEN: u64 = 1 << 20;

/// In whose words it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Words {
    /// `{"stream":…}`, `{"error":…}`.
    Libpod,
    /// `{"status":…,"progressDetail":…,"id":…}`, `{"errorDetail":…}`.
    Docker,
}

/// Does the work of a transfer and answers with what it tells; `work` gives the last lines. What
/// fails before anything has moved has a status of its own.
///
/// # Errors
/// Of `work`.
pub async fn answer(
    call: &Call,
    words: Words,
    quiet: bool,
    work: impl FnOnce(&Engine, &dyn Progress) -> Result<Vec<Value>, Failure> + Send + 'static,
) -> Result<Reply, Failure> {
    let cancel = call.cancel.clone();
    // Whoever tells the service to end waits for it; a client that is gone has cancelled it.
    let job = call.context.activity.job();
    let told = cancel.clone();
    let work = move |engine: &Engine, sink: &mut Sink| {
        let _job = job;
        let lines = Lines {
            words,
            quiet,
            cancel: told,
            out: Mutex::new(Out {
                sink,
                held: Vec::new(),
                begun: false,
                told: HashMap::new(),
            }),
        };
        let done = work(engine, &lines);
        let mut out = lines
            .out
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        match done {
            Ok(last) => {
                out.release();
                for line in last {
                    out.write(&line);
                }
                out.sink.begin();
                Ok(())
            }
            Err(failure) if !out.begun => Err(failure),
            Err(failure) => {
                let text = &failure.message;
                out.write(&match words {
                    Words::Libpod => json!({ "error": text }),
                    Words::Docker => json!({ "errorDetail": { "message": text }, "error": text }),
                });
                Ok(())
            }
        }
    };
    from_thread(&call.context, cancel, "application/json", work).await
}

/// Tells a client of what goes on.
struct Lines<'a> {
    words: Words,
    quiet: bool,
    cancel: Cancel,
    out: Mutex<Out<'a>>,
}

struct Out<'a> {
    sink: &'a mut Sink,
    /// What is said before a byte has moved, and only told if one moves.
    held: Vec<Value>,
    begun: bool,
    /// How far each blob was when that was told.
    told: HashMap<String, u64>,
}

impl Out<'_> {
    fn release(&mut self) {
        self.begun = true;
        for line in std::mem::take(&mut self.held) {
            self.write(&line);
        }
    }

    /// A client that is gone is no failure here: it has set the cancel.
    fn write(&mut self, line: &Value) {
        self.sink.send(Bytes::from(format!("{line}\n")));
    }
}

impl<'a> Lines<'a> {
    fn out(&self) -> MutexGuard<'_, Out<'a>> {
        // Another thread's panic leaves whole lines.
        self.out.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Progress for Lines<'_> {
    fn step(&self, _: &str, _: Step) {}

    fn bytes(&self, blob: &str, done: u64, total: Option<u64>) {
        if self.quiet || self.words == Words::Libpod {
            return;
        }
        let mut out = self.out();
        let last = out.told.get(blob).copied();
        let whole = total == Some(done);
        if !whole && last.is_some_and(|last| done < last.saturating_add(OFTEN)) {
            return;
        }
        out.told.insert(blob.to_owned(), done);
        out.release();
        let id = short(blob);
        out.write(&if whole {
            json!({ "status": "Complete", "progressDetail": {}, "id": id })
        } else {
            json!({ "status": "Copying", "progressDetail": { "current": done, "total": total }, "id": id })
        });
    }

    fn say(&self, line: &str) {
        if self.quiet {
            return;
        }
        let value = match self.words {
            Words::Libpod => json!({ "stream": format!("{line}\n") }),
            Words::Docker => json!({ "status": line }),
        };
        let mut out = self.out();
        if !out.begun && line.starts_with("Trying") {
            out.held.push(value);
            return;
        }
        out.release();
        out.write(&value);
    }

    fn cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }
}

/// The twelve letters by which clients tell blobs apart.
fn short(digest: &str) -> &str {
    let digits = digest.trim_start_matches("sha256:");
    digits.get(..12).unwrap_or(digits)
}

/// How a registry is reached for a client: as it says in its query and in `X-Registry-Auth`.
///
/// # Errors
/// 400 for a header that can't be read.
pub fn access(call: &Call, image: &str) -> Result<Access, Failure> {
    Ok(Access {
        credentials: credentials(call.header("x-registry-auth"), image)?,
        tls_verify: if call.is_libpod {
            call.query.maybe_flag("tlsVerify")?
        } else {
            None
        },
        ..Access::default()
    })
}

/// `X-Registry-Auth`: who the client is to a registry, or to each of several.
fn credentials(header: &str, image: &str) -> Result<Option<Credentials>, Failure> {
    if header.is_empty() {
        return Ok(None);
    }
    let wrong = |why: &dyn std::fmt::Display| {
        Failure::bad(format!(
            "failed to parse \"X-Registry-Auth\" header for {image}: {why}"
        ))
    };
    // Docker's clients pad, Podman's do as well, some others don't.
    let padded =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let plain = header.replace('+', "-").replace('/', "_");
    let bytes = GeneralPurpose::new(&URL_SAFE, padded)
        .decode(plain)
        .map_err(|error| wrong(&error))?;
    let value: Value = serde_json::from_slice(&bytes).map_err(|error| wrong(&error))?;
    let Value::Object(map) = value else {
        return Err(wrong(&"it is no object"));
    };
    // Of several the one with the longest name that the image's begins with.
    let several = map.values().any(Value::is_object);
    if !several {
        return Ok(one(&map));
    }
    let name = image.trim_start_matches("docker://");
    let fits = |key: &str| {
        let rest = name.strip_prefix(key.trim_start_matches("https://").trim_end_matches('/'));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', ':', '@']))
    };
    let found = map
        .iter()
        .filter(|(key, _)| fits(key))
        .max_by_key(|(key, _)| key.len());
    Ok(found.and_then(|(_, entry)| one(entry.as_object()?)))
}

/// One of Docker's AuthConfigs.
fn one(entry: &Map<String, Value>) -> Option<Credentials> {
    let text = |key: &str| entry.get(key).and_then(Value::as_str).unwrap_or_default();
    let token = text("identitytoken");
    if !token.is_empty() {
        return Some(Credentials {
            user: String::new(),
            secret: token.to_owned(),
            is_token: true,
        });
    }
    (!text("username").is_empty()).then(|| Credentials {
        user: text("username").to_owned(),
        secret: text("password").to_owned(),
        is_token: false,
    })
}

/// Refuses a platform that is not this host's.
///
/// # Errors
/// 501.
pub fn own_platform(architecture: Option<&str>, system: Option<&str>) -> Result<(), Failure> {
    let ours = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    let architecture = architecture.filter(|name| ![ours, std::env::consts::ARCH].contains(name));
    match (architecture, system.filter(|name| *name != "linux")) {
        (None, None) => Ok(()),
        (Some(other), _) | (None, Some(other)) => Err(Failure::unsupported(&format!(
            "an image for another platform ({other})"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    fn header(value: &Value) -> String {
        URL_SAFE_NO_PAD.encode(value.to_string())
    }

    #[test]
    fn who_a_client_is() {
        let plain = header(&json!({ "username": "me", "password": "a?>b", "serveraddress": "x" }));
        let found = credentials(&plain, "r:5000/a").unwrap().unwrap();
        assert_eq!((found.user.as_str(), found.secret.as_str()), ("me", "a?>b"));
        let token = header(&json!({ "identitytoken": "t" }));
        assert!(credentials(&token, "a").unwrap().unwrap().is_token);
        let several = header(&json!({
            "r:5000": { "username": "outer" },
            "r:5000/deep": { "username": "inner" },
            "r:50": { "username": "other" },
        }));
        for (image, user) in [
            ("r:5000/a:1", Some("outer")),
            ("docker://r:5000/deep/a", Some("inner")),
            ("r:5000/deeper", Some("outer")),
            ("elsewhere/a", None),
        ] {
            let found = credentials(&several, image)
                .unwrap()
                .map(|found| found.user);
            assert_eq!(found.as_deref(), user, "{image}");
        }
        assert!(credentials("", "a").unwrap().is_none());
        // Docker's clients send this when they know nothing.
        assert!(credentials(&header(&json!({})), "a").unwrap().is_none());
        for bad in ["%%%", "bm8ganNvbg", &header(&json!([]))] {
            assert_eq!(credentials(bad, "a").unwrap_err().status, 400, "{bad}");
        }
    }

    #[test]
    fn only_this_hosts_platform() {
        assert!(own_platform(None, Some("linux")).is_ok());
        assert!(own_platform(Some(std::env::consts::ARCH), None).is_ok());
        assert_eq!(own_platform(Some("s390x"), None).unwrap_err().status, 501);
        assert_eq!(own_platform(None, Some("windows")).unwrap_err().status, 501);
    }
}
