//! The engine's error: what happened in one line, what kind it is, what to do.
//!
//! [`Error::kind`] is the one table that exit codes, HTTP statuses and bus error names derive
//! from.

use std::io;

use crate::archive::ArchiveError;
use crate::image::ImageError;
use crate::model::id::IdError;
use crate::monitor::MonitorError;
use crate::runtime::RuntimeError;
use crate::runtime::spec::SpecError;
use crate::runtime::user::UserError;
use crate::seal::SealError;
use crate::store::StoreError;
use crate::sys::command::CommandError;

/// What kind of failure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// What was named isn't there.
    NotFound,
    /// A name, id, address or port is taken.
    Conflict,
    /// The container is in the wrong state.
    WrongState,
    /// Options or input are wrong.
    Invalid,
    /// The container's command can't be executed (exit code 126).
    CommandNotExecutable,
    /// The container's command doesn't exist (exit code 127).
    CommandNotFound,
    /// Something the engine needs is missing on this host.
    Missing,
    /// Anything else.
    Failed,
}

/// Why an operation failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such container.
    #[error("no container with name or ID \"{0}\" found: no such container")]
    NoSuchContainer(String),
    /// Neither a container nor an image.
    #[error("no such container or image: {0}")]
    NoSuchContainerOrImage(String),
    /// No such pod; the whole sentence.
    #[error("{0}")]
    NoSuchPod(String),
    /// No process that was asked for and has this id.
    #[error("no exec session with ID {0} found: no such exec session")]
    NoSuchExec(String),
    /// No such image.
    #[error("{0}: image not known")]
    NoSuchImage(String),
    /// No such checkpoint of a container; Docker's words.
    #[error("checkpoint {name} does not exist for container {container}")]
    NoSuchCheckpoint {
        /// The checkpoint's name.
        name: String,
        /// The container's name.
        container: String,
    },
    /// No such file in a container or on this host; the whole sentence.
    #[error("{0}")]
    NoSuchPath(String),
    /// Several containers or images begin so.
    #[error("more than one result for {what} ID {word}")]
    Ambiguous {
        /// `container` or `image`.
        what: &'static str,
        /// What was typed.
        word: String,
    },
    /// The container is in the wrong state; the whole sentence.
    #[error("{0}: container state improper")]
    WrongState(String),
    /// The same where Podman's sentence says all: it is not running.
    #[error("{0}")]
    NotRunning(String),
    /// Options contradict one another, or a value is wrong; the whole sentence.
    #[error("{0}")]
    Invalid(String),
    /// A name, an id, an address is taken; the whole sentence.
    #[error("{0}")]
    Conflict(String),
    /// The container's command doesn't exist.
    #[error("{0}: OCI runtime attempted to invoke a command that was not found")]
    CommandNotFound(String),
    /// The container's command can't be executed.
    #[error("{0}: OCI permission denied")]
    CommandNotExecutable(String),
    /// The OCI runtime could not make or change the container.
    #[error("{0}: OCI runtime error")]
    RuntimeFailed(String),
    /// CRIU or the runtime could not freeze it; the container runs on.
    #[error("cannot checkpoint container {name}: {cause}{}", advice(remedy.as_deref(), log.as_deref()))]
    Checkpoint {
        /// Name of the container.
        name: String,
        /// What stands in the way.
        cause: String,
        /// What helps.
        remedy: Option<String>,
        /// CRIU's log, kept.
        log: Option<std::path::PathBuf>,
    },
    /// CRIU or the runtime could not thaw it; the checkpoint is as it was.
    #[error("cannot restore container {name}: {cause}{}", advice(remedy.as_deref(), log.as_deref()))]
    Restore {
        /// Name of the container.
        name: String,
        /// What stands in the way.
        cause: String,
        /// What helps.
        remedy: Option<String>,
        /// CRIU's log, kept.
        log: Option<std::path::PathBuf>,
    },
    /// One container of a pod.
    #[error("{doing}: {source}")]
    Member {
        /// What was done to which container.
        doing: String,
        /// Why it failed.
        source: Box<Error>,
    },
    /// What comes from elsewhere lacks the signature that this host or its user demands.
    #[error("{what} refused: {why}")]
    Untrusted {
        /// The archive, image or directory.
        what: String,
        /// Why, and who demands it.
        why: String,
    },
    /// A key, or a file of keys.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// Something this host lacks; the whole sentence.
    #[error("{0}")]
    MissingOnHost(String),
    /// It failed, and undoing what was done failed too.
    #[error("{first} (and while undoing it: {cleanup})")]
    Undo {
        /// Why it failed.
        first: Box<Error>,
        /// What could not be undone.
        cleanup: String,
    },
    /// The caller took its request back; the container runs on.
    #[error("checkpoint of container {0} was cancelled: it runs on")]
    Cancelled(String),
    /// The caller took its request back: what it is, in words; nothing of it was done.
    #[error("{0} was cancelled")]
    Abandoned(String),
    /// The caller took its request back while a blob was on its way.
    #[error("the transfer of {0} was cancelled")]
    TransferCancelled(String),
    /// Options of CRIU that can't be passed on.
    #[error(transparent)]
    CriuOption(#[from] crate::runtime::criu_options::OptionError),
    /// A name or an id that isn't one.
    #[error(transparent)]
    Id(#[from] IdError),
    /// The state database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The OCI runtime.
    #[error(transparent)]
    Runtime(#[from] RuntimeError),
    /// `config.json`.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// `--user`.
    #[error(transparent)]
    User(#[from] UserError),
    /// The monitor.
    #[error(transparent)]
    Monitor(#[from] MonitorError),
    /// A program.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// Networks.
    #[error(transparent)]
    Network(#[from] network::Error),
    /// Layers, mounts, rootfs differences.
    #[error(transparent)]
    Storage(#[from] crate::storage::StorageError),
    /// Images.
    #[error(transparent)]
    Image(#[from] ImageError),
    /// Registries, in the words of the whole sentence.
    #[error(transparent)]
    Registry(#[from] crate::registry::RegistryError),
    /// An image of a registry could not be had, in Podman's words.
    #[error(
        "unable to copy from source docker://{name}: initializing source docker://{name}: {source}"
    )]
    Pull {
        /// The image.
        name: String,
        /// Why.
        source: Box<Error>,
    },
    /// An image could not be sent to a registry.
    #[error("pushing to docker://{name}: {source}")]
    Push {
        /// The image there.
        name: String,
        /// Why.
        source: Box<Error>,
    },
    /// Checkpoint archives.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// CRIU and its files.
    #[error(transparent)]
    Criu(#[from] crate::criu::CriuError),
    /// A file.
    #[error("{}", crate::sys::dir::reason(.0))]
    Io(#[from] io::Error),
}

/// What helps; where nobody knows, where to look.
fn advice(remedy: Option<&str>, log: Option<&std::path::Path>) -> String {
    match (remedy, log) {
        (Some(remedy), _) => format!(" ({remedy})"),
        (None, Some(log)) => format!(" (CRIU's log: {})", log.display()),
        (None, None) => String::new(),
    }
}

/// The result of an operation.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// What kind of failure it is.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::NoSuchContainer(_)
            | Self::NoSuchContainerOrImage(_)
            | Self::NoSuchExec(_)
            | Self::NoSuchImage(_)
            | Self::NoSuchPath(_)
            | Self::NoSuchPod(_)
            | Self::NoSuchCheckpoint { .. }
            | Self::Network(network::Error::NetworkNotFound { .. })
            | Self::Registry(crate::registry::RegistryError::NotFound { .. })
            | Self::Store(
                StoreError::NoSuchImage(_) | StoreError::NoSuchVolume(_) | StoreError::NoSuchPod(_),
            ) => ErrorKind::NotFound,
            Self::Conflict(_)
            | Self::Store(
                StoreError::NameInUse { .. }
                | StoreError::IdInUse(_)
                | StoreError::VolumeExists(_)
                | StoreError::PodExists(_)
                | StoreError::PodInUse { .. },
            )
            | Self::Network(
                network::Error::AddressTaken { .. }
                | network::Error::PortUnavailable { .. }
                | network::Error::NetworkExists { .. }
                | network::Error::SubnetTaken { .. },
            ) => ErrorKind::Conflict,
            Self::WrongState(_) | Self::NotRunning(_) => ErrorKind::WrongState,
            Self::Invalid(_)
            | Self::Ambiguous { .. }
            | Self::Id(_)
            | Self::Seal(_)
            | Self::Untrusted { .. }
            | Self::CriuOption(_)
            | Self::Spec(_)
            | Self::User(_) => ErrorKind::Invalid,
            Self::Archive(error) if !matches!(error, ArchiveError::Io { .. }) => match error {
                ArchiveError::Busy { .. } => ErrorKind::Conflict,
                _ => ErrorKind::Invalid,
            },
            Self::Image(error) if !matches!(error, ImageError::Io { .. }) => match error {
                ImageError::Absent { .. } | ImageError::NoSuchBlob { .. } => ErrorKind::NotFound,
                _ => ErrorKind::Invalid,
            },
            Self::CommandNotFound(_) => ErrorKind::CommandNotFound,
            Self::CommandNotExecutable(_) => ErrorKind::CommandNotExecutable,
            Self::Runtime(RuntimeError::Missing(_))
            | Self::MissingOnHost(_)
            | Self::Monitor(MonitorError::Missing(_))
            | Self::Network(network::Error::NetavarkMissing { .. }) => ErrorKind::Missing,
            Self::Undo { first, .. } => first.kind(),
            Self::Member { source, .. } | Self::Pull { source, .. } | Self::Push { source, .. } => {
                source.kind()
            }
            _ => ErrorKind::Failed,
        }
    }

    /// The exit code of a command that fails with it, as Podman's.
    pub fn exit_code(&self) -> u8 {
        match self.kind() {
            ErrorKind::CommandNotExecutable => 126,
            ErrorKind::CommandNotFound => 127,
            _ => 125,
        }
    }
}
/// A message that may quote an archive, in one line whatever that holds.
pub fn one_line(message: &impl std::fmt::Display) -> String {
    let text = message.to_string();
    if !text.contains(char::is_control) {
        return text;
    }
    let mut line = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        if letter.is_control() {
            line.extend(letter.escape_default());
        } else {
            line.push(letter);
        }
    }
    line
}
