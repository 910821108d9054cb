//! Addresses that were given out: each is good once, and for a minute.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use libcr::ops::lifecycle::exec::ExecOptions;

/// How long an address waits for its client; as Kubernetes' runtimes have it.
const PATIENCE: Duration = Duration::from_mins(1);
/// Addresses that wait at a time; as Kubernetes' runtimes have it.
const WAITING: usize = 1000;
/// Bytes of chance in an address: whoever has it has the container.
const CHANCE: usize = 16;

/// Which streams a client of a process has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Joined {
    /// It sends the process's input.
    pub input: bool,
    /// It is sent what the process writes.
    pub output: bool,
    /// It is sent what the process writes as errors, in a stream of its own.
    pub error: bool,
    /// It has a terminal, and says how large.
    pub terminal: bool,
}

/// What an address is for.
#[derive(Debug)]
pub enum Wanted {
    /// A command in a container, by its full id.
    Exec(String, ExecOptions, Joined),
    /// A container's own streams, by its full id.
    Attach(String, Joined),
    /// Ports of a sandbox, by its full id; those that the call named.
    Forward(String, Vec<u16>),
}

impl Wanted {
    /// The first part of its path.
    fn kind(&self) -> &'static str {
        match self {
            Self::Exec(..) => "exec",
            Self::Attach(..) => "attach",
            Self::Forward(..) => "portforward",
        }
    }
}

/// Those that wait for their client, by path.
#[derive(Debug, Default)]
pub struct Tokens(Mutex<HashMap<String, (Instant, Wanted)>>);

/// Why there is no address.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// Too many wait.
    #[error(
        "{WAITING} streams that were asked for wait for their clients: join them, or wait a minute"
    )]
    Full,
    /// The kernel has no chance to give.
    #[error("no random bytes: {0}")]
    Chance(getrandom::Error),
}

impl Tokens {
    /// Keeps it, and gives the path of its address: `/exec/TOKEN`.
    ///
    /// # Errors
    /// [`TokenError`].
    pub fn keep(&self, wanted: Wanted) -> Result<String, TokenError> {
        let mut chance = [0; CHANCE];
        getrandom::fill(&mut chance).map_err(TokenError::Chance)?;
        let mut path = format!("/{}/", wanted.kind());
        for byte in chance {
            let _ = write!(path, "{byte:02x}");
        }
        let now = Instant::now();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, (since, _)| now.duration_since(*since) < PATIENCE);
        if all.len() >= WAITING {
            return Err(TokenError::Full);
        }
        all.insert(path.clone(), (now, wanted));
        Ok(path)
    }

    /// What this path is for; it isn't afterwards.
    pub fn take(&self, path: &str) -> Option<Wanted> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, wanted) = all.remove(path)?;
        (since.elapsed() < PATIENCE).then_some(wanted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_once_and_for_its_kind() {
        let tokens = Tokens::default();
        let forward = || Wanted::Forward("pod".into(), vec![80]);
        let path = tokens.keep(forward()).unwrap();
        assert!(path.starts_with("/portforward/") && path.len() == 13 + 2 * CHANCE);
        assert_ne!(path, tokens.keep(forward()).unwrap());
        assert!(tokens.take(&path.replace("portforward", "exec")).is_none());
        assert!(matches!(tokens.take(&path), Some(Wanted::Forward(..))));
        assert!(tokens.take(&path).is_none());
    }

    #[test]
    fn only_so_many_wait() {
        let tokens = Tokens::default();
        let attach = |id: &str| {
            let joined = Joined {
                input: false,
                output: true,
                error: true,
                terminal: false,
            };
            Wanted::Attach(id.to_owned(), joined)
        };
        let first = tokens.keep(attach("first")).unwrap();
        for _ in 1..WAITING {
            tokens.keep(attach("more")).unwrap();
        }
        let refused = tokens.keep(attach("late")).unwrap_err();
        assert!(refused.to_string().contains("wait a minute"), "{refused}");
        tokens.take(&first).unwrap();
        tokens.keep(attach("late")).unwrap();
    }
}
