//! What went wrong, as both interfaces of HTTP tell it.

use libcr::Error;
use serde_json::json;

use crate::shared::kinds;

/// An answer that is a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// HTTP status.
    pub status: u16,
    /// One line for people.
    pub message: String,
    /// The root of it, which clients compare.
    pub cause: String,
    /// Docker's words for it, where its clients look for them.
    pub docker: Option<String>,
}

impl Failure {
    /// A failure with a status of HTTP.
    pub fn new(status: u16, message: impl Into<String>) -> Self {
        let message = libcr::error::one_line(&message.into());
        // Podman's cause is the innermost error; ours stands behind the last colon.
        let cause = message.rsplit(": ").next().unwrap_or_default().to_owned();
        Self {
            status,
            message,
            cause,
            docker: None,
        }
    }

    /// 400: the request is wrong.
    pub fn bad(message: impl Into<String>) -> Self {
        Self::new(400, message)
    }

    /// 501: the request is right, but there is no such thing here.
    pub fn unsupported(what: &str) -> Self {
        Self::new(501, format!("{what} is not supported yet"))
    }

    /// 500: it is nobody's fault.
    pub fn internal(error: &dyn std::fmt::Display) -> Self {
        Self::new(500, error.to_string())
    }

    /// With another cause.
    #[must_use]
    pub fn because(mut self, cause: impl Into<String>) -> Self {
        self.cause = cause.into();
        self
    }

    /// With another status.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// libpod's JSON.
    pub fn libpod(&self) -> String {
        json!({ "cause": self.cause, "message": self.message, "response": self.status }).to_string()
    }

    /// Docker's JSON.
    pub fn docker(&self) -> String {
        let message = self.docker.as_ref().unwrap_or(&self.message);
        json!({ "message": message }).to_string()
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let docker = match &error {
            Error::NoSuchContainer(word) => Some(format!("No such container: {word}")),
            Error::NoSuchImage(word) => Some(format!("No such image: {word}")),
            Error::NoSuchExec(word) => Some(format!("No such exec instance: {word}")),
            _ => None,
        };
        let docker = docker.map(|text| libcr::error::one_line(&text));
        Self {
            docker,
            ..Self::new(kinds::row(error.kind()).status, error.to_string())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cause_is_what_podman_clients_look_for() {
        let failure = Failure::from(Error::NoSuchContainer("x".into()));
        assert_eq!(
            failure.libpod(),
            r#"{"cause":"no such container","message":"no container with name or ID \"x\" found: no such container","response":404}"#
        );
        let failure = Failure::from(Error::NoSuchImage("a:1".into()));
        assert_eq!(
            (failure.status, failure.cause.as_str()),
            (404, "image not known")
        );
    }

    #[test]
    fn control_characters_stay_inside() {
        assert_eq!(Failure::bad("a\u{1b}[1m\nb").message.lines().count(), 1);
    }
}
