//! Speaks with registries: the distribution specification of OCI over HTTP, as far as images are
//! pulled and pushed; who may do so (`auth.json`), and which registries there are
//! (`registries.conf`).
//!
//! What a registry says is a stranger's word: every document has a limit, a blob is as long as it
//! was said to be or refused, waiting has an end, and credentials go to nobody but the registry and
//! the place that it names for its tokens. Blobs pass through in pieces. Knows nothing of images:
//! names come in as text, bytes go to whoever asked for them.

pub mod auth_file;
pub mod client;
pub mod registries_conf;

mod certificates;
mod download;
mod token;
mod upload;

use std::io;

pub use client::{Client, Settings};
pub use download::Document;
pub use upload::Begun;

/// Largest manifest or index: what registries themselves take.
pub const MANIFEST_LIMIT: u64 = 4 << 20;

/// What can go wrong with registries.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// Nobody answers, or nobody that speaks the protocol.
    #[error("pinging container registry {host}: {reason}")]
    Unreachable {
        /// Host and port.
        host: String,
        /// The request and what came of it.
        reason: String,
    },
    /// The registry doesn't know what was asked for.
    #[error("{doing}: {reason}")]
    NotFound {
        /// What was being done.
        doing: String,
        /// The registry's words.
        reason: String,
    },
    /// It wants to know who asks, or doesn't let them.
    #[error("{doing}: {reason}")]
    Unauthorized {
        /// What was being done.
        doing: String,
        /// The registry's words.
        reason: String,
    },
    /// Any other answer than the one that was needed.
    #[error("{doing}: {reason}")]
    Refused {
        /// What was being done.
        doing: String,
        /// The registry's words.
        reason: String,
    },
    /// The connection broke, or nothing came for too long.
    #[error("{doing}: {reason}")]
    Lost {
        /// What was being done.
        doing: String,
        /// What happened.
        reason: String,
    },
    /// What came is not what was promised.
    #[error("{what}: {reason}")]
    Lie {
        /// What was asked for.
        what: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A document is larger than such documents are.
    #[error("{what} is larger than {limit} bytes")]
    TooLarge {
        /// What it is.
        what: String,
        /// The limit in bytes.
        limit: u64,
    },
    /// A configuration file can't be read; the whole sentence.
    #[error("{0}")]
    Configuration(String),
    /// What was received could not be kept, or what is to be sent could not be read.
    #[error("{doing}: {}", crate::sys::dir::reason(source))]
    Local {
        /// What was being done.
        doing: String,
        /// What the kernel said.
        source: io::Error,
    },
}

/// Where a repository is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Host with optional port, as it is connected to.
    pub host: String,
    /// Name of the repository there.
    pub repository: String,
}

impl Place {
    /// As messages call it: `localhost:5000/web`.
    pub fn shown(&self) -> String {
        format!("{}/{}", self.host, self.repository)
    }
}

/// Who asks.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The user; empty with an identity token.
    pub user: String,
    /// The password, or the identity token.
    pub secret: String,
    /// Whether the secret is an identity token (an OAuth2 refresh token) and no password.
    pub is_token: bool,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials")
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

impl Credentials {
    /// Of a word like `user:password`.
    ///
    /// # Errors
    /// [`RegistryError::Configuration`] in Podman's words for one without a user.
    pub fn parse(word: &str) -> Result<Self, RegistryError> {
        let (user, secret) = word.split_once(':').unwrap_or((word, ""));
        if user.is_empty() {
            let text = "credentials can't be empty, or have an empty username";
            return Err(RegistryError::Configuration(text.into()));
        }
        Ok(Self {
            user: user.to_owned(),
            secret: secret.to_owned(),
            is_token: false,
        })
    }
}
