//! Flags of keys: whom a checkpoint is encrypted to, who signs it, and what opens and proves it.
//! The files are read by `commands/keys.rs`.

use clap::Args;
use std::path::PathBuf;

/// How a checkpoint is sealed.
#[derive(Debug, Clone, Default, Args)]
pub struct SealFlags {
    /// Encrypt to this age recipient, or to those in this file
    #[arg(long, value_name = "RECIPIENT|FILE")]
    pub encrypt_to: Vec<String>,
    /// Sign with the secret key of minisign in this file
    #[arg(long, value_name = "FILE")]
    pub sign_by: Option<String>,
    /// Read the passphrase of the signing key from this file
    #[arg(long, value_name = "FILE", requires = "sign_by")]
    pub sign_passphrase_file: Option<PathBuf>,
}

/// What opens a checkpoint that is sealed.
#[derive(Debug, Clone, Default, Args)]
pub struct UnsealFlags {
    /// Decrypt with the age keys in this file (-: standard input)
    #[arg(long, value_name = "KEYFILE")]
    pub decrypt_with: Vec<String>,
    /// Require a signature by this public key of minisign, or by one in this file
    #[arg(long, value_name = "PUBKEY|FILE")]
    pub verify_with: Vec<String>,
    /// Require a signature by a key of the host's policy
    #[arg(long)]
    pub require_signature: bool,
}

impl UnsealFlags {
    /// None of them was given.
    pub fn is_none(&self) -> bool {
        self.decrypt_with.is_empty() && self.verify_with.is_empty() && !self.require_signature
    }
}
