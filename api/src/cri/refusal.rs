//! What went wrong, as gRPC tells it: a code from the engine's kind of failure, and the message of the
//! command line.

use libcr::Error;
use tonic::{Code, Status};

use crate::http::Failure;
use crate::shared::kinds;

/// An answer that is a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    code: Code,
    message: String,
}

impl Refusal {
    fn new(code: Code, message: &str) -> Self {
        Self {
            code,
            message: libcr::error::one_line(&message),
        }
    }

    /// The request is wrong.
    pub fn invalid(message: &str) -> Self {
        Self::new(Code::InvalidArgument, message)
    }

    /// There is no such thing.
    pub fn not_found(message: &str) -> Self {
        Self::new(Code::NotFound, message)
    }

    /// The request is right, but there is no such thing here.
    pub fn unsupported(what: &str) -> Self {
        Self::new(Code::Unimplemented, &format!("{what} is not supported"))
    }

    /// It is there, but not as it would have to be.
    pub fn wrong_state(message: &str) -> Self {
        Self::new(Code::FailedPrecondition, message)
    }

    /// It is there, and this service was not allowed it.
    pub fn not_allowed(message: &str) -> Self {
        Self::new(Code::Unimplemented, message)
    }

    /// There is too much of it.
    pub fn exhausted(message: &str) -> Self {
        Self::new(Code::ResourceExhausted, message)
    }

    /// It took longer than the client allows.
    pub fn late(message: &str) -> Self {
        Self::new(Code::DeadlineExceeded, message)
    }

    /// It is nobody's fault.
    pub fn internal(error: &dyn std::fmt::Display) -> Self {
        Self::new(Code::Internal, &error.to_string())
    }

    /// What is meant isn't there.
    pub fn is_not_found(&self) -> bool {
        self.code == Code::NotFound
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::new(kinds::row(error.kind()).code.into(), &error.to_string())
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        let code = match failure.status {
            501 => Code::Unimplemented,
            status => kinds::row(kinds::of_status(status)).code.into(),
        };
        Self::new(code, &failure.message)
    }
}

impl From<Refusal> for Status {
    fn from(refusal: Refusal) -> Self {
        Self::new(refusal.code, refusal.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_have_codes() {
        let missing = Refusal::from(Error::NoSuchContainer("x\n".into()));
        assert!(missing.is_not_found());
        assert_eq!(missing.message.lines().count(), 1);
        let wrong = Refusal::from(Error::WrongState("it runs".into()));
        assert_eq!(wrong.code, Code::FailedPrecondition);
        let taken = Refusal::from(Error::Conflict("taken".into()));
        assert_eq!(taken.code, Code::AlreadyExists);
    }
}
