//! What went wrong, as callers on a bus hear it: an error's name, and the same sentence that the
//! command line prints.

use std::borrow::Cow;

use libcr::Error;
use zbus::DBusError;
use zbus::message::{Header, Message};
use zbus::names::ErrorName;

use crate::http::Failure;
use crate::shared::kinds::bus_name;

/// The caller may not do it.
pub const ACCESS_DENIED: &str = "org.freedesktop.DBus.Error.AccessDenied";
/// The caller may do it once a person at its session has agreed.
pub const ASK: &str = "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired";
/// Arguments or options are wrong.
pub const INVALID: &str = "org.freedesktop.DBus.Error.InvalidArgs";
/// There is no such thing here.
pub const NOT_SUPPORTED: &str = "org.freedesktop.DBus.Error.NotSupported";
/// Too much of it goes on already.
pub const LIMITS: &str = "org.freedesktop.DBus.Error.LimitsExceeded";
/// Anything else.
pub const FAILED: &str = "org.cryopod.engine1.Failed";
/// It was cancelled.
pub const CANCELLED: &str = "org.cryopod.engine1.Cancelled";

/// An answer that is an error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// Its name.
    pub name: Cow<'static, str>,
    /// One line for people.
    pub message: String,
}

/// What a method gives.
pub type Answer<T = ()> = Result<T, Refusal>;

impl Refusal {
    /// With a name and a message, which is made one line.
    pub fn new(name: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            message: libcr::error::one_line(&message.into()),
        }
    }

    /// Arguments are wrong.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(INVALID, message)
    }

    /// It is nobody's fault.
    pub fn internal(error: &dyn std::fmt::Display) -> Self {
        Self::new(FAILED, error.to_string())
    }

    /// With a path of this process called by what it stands for.
    #[must_use]
    pub fn naming(mut self, path: &str, what: &str) -> Self {
        self.message = self.message.replace(path, what);
        self
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        let name: Cow<'static, str> = match innermost(&error) {
            Error::NoSuchContainer(_) | Error::NoSuchContainerOrImage(_) => {
                "org.cryopod.engine1.NoSuchContainer".into()
            }
            Error::NoSuchImage(_) => "org.cryopod.engine1.NoSuchImage".into(),
            Error::NoSuchCheckpoint { .. } => "org.cryopod.engine1.NoSuchCheckpoint".into(),
            Error::Checkpoint { .. } => "org.cryopod.engine1.CheckpointFailed".into(),
            Error::Restore { .. } => "org.cryopod.engine1.RestoreFailed".into(),
            Error::Cancelled(_) | Error::Abandoned(_) | Error::TransferCancelled(_) => {
                CANCELLED.into()
            }
            other => bus_name(other.kind()).into(),
        };
        Self::new(name, error.to_string())
    }
}

/// The failure that another one followed.
fn innermost(error: &Error) -> &Error {
    match error {
        Error::Undo { first, .. } => innermost(first),
        other => other,
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self::new(FAILED, failure.message)
    }
}

impl From<zbus::Error> for Refusal {
    fn from(error: zbus::Error) -> Self {
        Self::internal(&error)
    }
}

impl DBusError for Refusal {
    fn create_reply(&self, call: &Header<'_>) -> zbus::Result<Message> {
        Message::error(call, self.name())?.build(&(self.message.as_str(),))
    }

    fn name(&self) -> ErrorName<'_> {
        ErrorName::from_str_unchecked(&self.name)
    }

    fn description(&self) -> Option<&str> {
        Some(&self.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_is_missing_and_sentences_are_the_command_lines() {
        let missing = Error::NoSuchContainer("x".into());
        let sentence = missing.to_string();
        let both = Error::Undo {
            first: Box::new(missing),
            cleanup: "more".into(),
        };
        let refusal = Refusal::from(both);
        assert_eq!(refusal.name, "org.cryopod.engine1.NoSuchContainer");
        assert!(refusal.message.starts_with(&sentence));
        for (error, name) in [
            (
                Error::WrongState("x".into()),
                "org.cryopod.engine1.WrongState",
            ),
            (Error::Conflict("x".into()), "org.cryopod.engine1.Conflict"),
            (Error::Invalid("a\u{1b}b\n".into()), INVALID),
            (Error::Cancelled("x".into()), CANCELLED),
        ] {
            let refusal = Refusal::from(error);
            assert_eq!(refusal.name, name);
            assert!(!refusal.message.contains(char::is_control));
            assert!(ErrorName::try_from(refusal.name.as_ref()).is_ok());
        }
    }
}
