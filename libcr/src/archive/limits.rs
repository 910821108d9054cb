//! How large the things in an archive may be before they are taken for an attack.
//!
//! Only numbers: [`super::reader`] applies them.

use super::layout::Kind;
use crate::seal::Keys;

/// Bytes of a signature with its comments.
const SIGNATURE: u64 = 8 << 10;

/// How an archive is opened.
#[derive(Debug, Clone, Default)]
pub struct Opening {
    /// What is accepted.
    pub limits: Limits,
    /// What is tried on one that is encrypted.
    pub keys: Keys,
}

impl From<Limits> for Opening {
    /// Without a key.
    fn from(limits: Limits) -> Self {
        Self {
            limits,
            keys: Keys::default(),
        }
    }
}

/// Caps on what a reader accepts. The defaults let every honest checkpoint through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Members in the archive; default a million (CRIU writes some ten images a process).
    pub entries: u64,
    /// Bytes of `cryopod.json`, `config.dump` and `spec.dump` each; default 4 MiB: what is
    /// made of JSON takes forty times its length in memory.
    pub json: u64,
    /// Bytes of `network.status` and `stats-dump` each; default 1 MiB.
    pub small: u64,
    /// Bytes of `deleted.files` and `cryopod.sums` each, and of all names; default 64 MiB.
    pub list: u64,
    /// Bytes of a member that nobody here needs; default 1 GiB.
    pub other: u64,
    /// Bytes of all members together; no limit by default. Callers set it to the free space of
    /// where they unpack to.
    pub total: u64,
    /// How many times its compressed size an archive may unpack to, once it unpacked to
    /// [`Self::ratio_from`]; default 1000. Zeroed memory reaches 30000 with zstd, thus the floor.
    pub ratio: u64,
    /// Unpacked bytes up to which [`Self::ratio`] isn't asked; default 16 GiB.
    pub ratio_from: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            entries: 1_000_000,
            json: 4 << 20,
            small: 1 << 20,
            list: 64 << 20,
            other: 1 << 30,
            total: u64::MAX,
            ratio: 1000,
            ratio_from: 16 << 30,
        }
    }
}

impl Limits {
    /// The most bytes a member of this kind may have.
    pub(super) fn of(&self, kind: &Kind) -> u64 {
        match kind {
            Kind::Manifest | Kind::Config | Kind::Spec => self.json,
            Kind::NetworkStatus | Kind::Stats => self.small,
            Kind::DeletedFiles | Kind::Sums => self.list,
            Kind::Signature => SIGNATURE,
            Kind::Other => self.other.min(self.total),
            _ => self.total,
        }
    }
}
