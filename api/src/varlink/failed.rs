//! Why a method failed, before its interface gives it a name: the kind and the line that the command
//! line prints.

use libcr::{Error, ErrorKind};
use serde_json::Value;
use serde_json::json;

use super::message::Refusal;
use crate::http::Failure;
use crate::shared::kinds;

/// Why.
#[derive(Debug, Clone)]
pub enum Failed {
    /// The engine refused it or could not do it.
    Engine(Box<Told>),
    /// The call itself is wrong.
    Call(Refusal),
}

/// What the engine says.
#[derive(Debug, Clone)]
pub struct Told {
    /// What kind of failure it is.
    pub kind: ErrorKind,
    /// One line for people.
    pub message: String,
    /// What helps, where somebody knows.
    pub remedy: Option<String>,
    /// Where CRIU's log is kept.
    pub log: Option<String>,
    /// What isn't there: the kind of thing, and the word for it.
    pub missing: Option<(Thing, String)>,
    /// Which container it is about, where the method says so.
    pub subject: Option<String>,
}

/// What may not be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Thing {
    /// A container.
    Container,
    /// An image.
    Image,
    /// A volume.
    Volume,
    /// A pod.
    Pod,
}

impl Failed {
    /// A failure of the engine's kind in other words.
    pub fn new(kind: ErrorKind, message: impl std::fmt::Display) -> Self {
        Self::Engine(Box::new(Told {
            kind,
            message: libcr::error::one_line(&message),
            remedy: None,
            log: None,
            missing: None,
            subject: None,
        }))
    }

    /// Something in the call that can't be, in a whole sentence.
    pub fn invalid(message: impl std::fmt::Display) -> Self {
        Self::new(ErrorKind::Invalid, message)
    }

    /// A parameter that isn't what the description says.
    pub fn parameter(name: &str) -> Self {
        Self::Call(Refusal::parameter(name))
    }

    /// The method gives several replies, for which the client must be prepared.
    pub fn wants_more() -> Self {
        Self::Call(Refusal::service("ExpectedMore", json!({})))
    }

    /// With a path that says nothing to the client called by another name.
    #[must_use]
    pub fn calling(mut self, path: &str, name: &str) -> Self {
        if let Self::Engine(told) = &mut self {
            told.message = told.message.replace(path, name);
        }
        self
    }

    /// Of the container that a word names.
    #[must_use]
    pub fn about(mut self, word: &str) -> Self {
        if let Self::Engine(told) = &mut self {
            told.subject = Some(word.to_owned());
        }
        self
    }

    /// What `org.cryopod.Engine` makes of it.
    pub fn for_engine(self) -> Refusal {
        match self {
            Self::Call(refusal) => refusal,
            Self::Engine(told) => {
                let mut parameters = json!({ "message": told.message });
                for (key, value) in [("remedy", told.remedy), ("log", told.log)] {
                    if let Some(value) = value {
                        parameters[key] = Value::String(value);
                    }
                }
                Refusal {
                    name: format!("org.cryopod.Engine.{}", kinds::row(told.kind).name),
                    parameters,
                }
            }
        }
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        let (remedy, log) = match &error {
            Error::Checkpoint { remedy, log, .. } | Error::Restore { remedy, log, .. } => {
                (remedy.clone(), log.as_ref())
            }
            _ => (None, None),
        };
        let log = log.map(|path| path.display().to_string());
        let missing = match &error {
            Error::NoSuchContainer(word) | Error::NoSuchContainerOrImage(word) => {
                Some((Thing::Container, word.clone()))
            }
            Error::NoSuchPod(word) | Error::Store(libcr::store::StoreError::NoSuchPod(word)) => {
                Some((Thing::Pod, word.clone()))
            }
            Error::NoSuchImage(word)
            | Error::Store(libcr::store::StoreError::NoSuchImage(word)) => {
                Some((Thing::Image, word.clone()))
            }
            Error::Store(libcr::store::StoreError::NoSuchVolume(word)) => {
                Some((Thing::Volume, word.clone()))
            }
            _ => None,
        };
        Self::Engine(Box::new(Told {
            kind: error.kind(),
            message: libcr::error::one_line(&error),
            remedy,
            log,
            missing,
            subject: None,
        }))
    }
}

impl From<Failure> for Failed {
    fn from(failure: Failure) -> Self {
        Self::new(kinds::of_status(failure.status), failure.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kind_and_line_of_the_command_line() {
        let refusal = Failed::from(Error::WrongState("it runs".into())).for_engine();
        assert_eq!(refusal.name, "org.cryopod.Engine.WrongState");
        assert_eq!(
            refusal.parameters,
            json!({ "message": "it runs: container state improper" })
        );
        let refusal = Failed::from(Error::Checkpoint {
            name: "web".into(),
            cause: "a\nb".into(),
            remedy: Some("try".into()),
            log: Some("/x/dump.log".into()),
        });
        let refusal = refusal.for_engine();
        assert_eq!(refusal.name, "org.cryopod.Engine.Failed");
        assert_eq!(refusal.parameters["remedy"], "try");
        assert_eq!(refusal.parameters["log"], "/x/dump.log");
        assert!(!refusal.parameters["message"].to_string().contains("\\n\""));
    }
}
