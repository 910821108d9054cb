//! `pull`, `push`, `login`, `logout`: images of registries, and who we are to these.

use crate::args::selection::exactly_one;
use crate::output::CliError;
use clap::Args;
use libcr::ops::images::pull::PullPolicy;
use libcr::ops::images::{Access, Credentials};
use std::path::PathBuf;

/// Flags of how a registry is reached.
#[derive(Debug, Clone, Default, Args)]
pub struct AccessFlags {
    /// Path of the authentication file
    #[arg(long, value_name = "PATH")]
    pub authfile: Option<PathBuf>,
    /// Path of a directory with TLS certificates and keys
    #[arg(long, value_name = "PATH")]
    pub cert_dir: Option<PathBuf>,
    /// Require HTTPS and verify certificates when contacting registries
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub tls_verify: Option<bool>,
}

impl AccessFlags {
    /// The same for the engine.
    pub fn access(&self) -> Access {
        Access {
            auth_file: self.authfile.clone(),
            credentials: None,
            tls_verify: self.tls_verify,
            certificates: self.cert_dir.clone(),
        }
    }

    /// With `--creds`.
    pub fn access_as(&self, creds: Option<&str>) -> Result<Access, CliError> {
        let credentials = creds
            .map(Credentials::parse)
            .transpose()
            .map_err(libcr::Error::from)?;
        Ok(Access {
            credentials,
            ..self.access()
        })
    }
}

/// Flags of `pull`.
#[derive(Debug, Args)]
pub struct Pull {
    /// How the registry is reached.
    #[command(flatten)]
    pub access: AccessFlags,
    /// Credentials (USERNAME:PASSWORD) to use for authenticating to a registry
    #[arg(long, value_name = "CREDENTIALS")]
    pub creds: Option<String>,
    /// Pull image policy ("always"|"missing"|"never"|"newer")
    #[arg(long, value_name = "POLICY", default_value = "always")]
    pub policy: String,
    /// Suppress output information when pulling images
    #[arg(short, long)]
    pub quiet: bool,
    /// The images.
    #[arg(value_name = "IMAGE [IMAGE...]")]
    pub names: Vec<String>,
}

impl Pull {
    /// When the registry is asked, and how it is reached.
    pub fn validate(&self) -> Result<(PullPolicy, Access), CliError> {
        if self.names.is_empty() {
            return Err(CliError::usage(
                "requires at least 1 arg(s), only received 0",
            ));
        }
        let policy = PullPolicy::parse(&self.policy)?;
        Ok((policy, self.access.access_as(self.creds.as_deref())?))
    }
}

/// Flags of `push`.
#[derive(Debug, Args)]
pub struct Push {
    /// How the registry is reached.
    #[command(flatten)]
    pub access: AccessFlags,
    /// Credentials (USERNAME:PASSWORD) to use for authenticating to a registry
    #[arg(long, value_name = "CREDENTIALS")]
    pub creds: Option<String>,
    /// Write the digest of the pushed image to the specified file
    #[arg(long, value_name = "FILE")]
    pub digestfile: Option<PathBuf>,
    /// Suppress output information when pushing images
    #[arg(short, long)]
    pub quiet: bool,
    /// The image, and its name in the registry.
    #[arg(value_name = "IMAGE [DESTINATION]")]
    pub names: Vec<String>,
}

impl Push {
    /// The image, where to, and how the registry is reached.
    pub fn validate(&self) -> Result<(&str, Option<&str>, Access), CliError> {
        let access = || self.access.access_as(self.creds.as_deref());
        match self.names.as_slice() {
            [image] => Ok((image, None, access()?)),
            [image, destination] => Ok((image, Some(destination), access()?)),
            other => Err(CliError::usage(format!(
                "accepts between 1 and 2 arg(s), received {}",
                other.len()
            ))),
        }
    }
}

/// Flags of `login`.
#[derive(Debug, Args)]
pub struct Login {
    /// How the registry is reached.
    #[command(flatten)]
    pub access: AccessFlags,
    /// Return the current login user for the registry
    #[arg(long)]
    pub get_login: bool,
    /// Password for registry
    #[arg(short, long, value_name = "PASSWORD")]
    pub password: Option<String>,
    /// Take the password from stdin
    #[arg(long)]
    pub password_stdin: bool,
    /// Username for registry
    #[arg(short, long, value_name = "USERNAME")]
    pub username: Option<String>,
    /// The registry.
    #[arg(value_name = "REGISTRY")]
    pub names: Vec<String>,
}

impl Login {
    /// The registry.
    pub fn validate(&self) -> Result<&str, CliError> {
        if self.password.is_some() && self.password_stdin {
            return Err(CliError::usage(
                "can't specify both --password-stdin and --password",
            ));
        }
        if self.password_stdin && self.username.is_none() {
            return Err(CliError::usage(
                "must provide --username with --password-stdin",
            ));
        }
        match self.names.as_slice() {
            [] => Err(CliError::usage("please provide a registry to log in to")),
            [registry] => Ok(registry),
            other => Err(CliError::usage(format!(
                "accepts at most 1 arg(s), received {}",
                other.len()
            ))),
        }
    }
}

/// Flags of `logout`.
#[derive(Debug, Args)]
pub struct Logout {
    /// Remove the cached credentials for all registries in the auth file
    #[arg(short, long)]
    pub all: bool,
    /// Path of the authentication file
    #[arg(long, value_name = "PATH")]
    pub authfile: Option<PathBuf>,
    /// The registry.
    #[arg(value_name = "REGISTRY")]
    pub names: Vec<String>,
}

impl Logout {
    /// The registry; `None`: all of them.
    pub fn validate(&self) -> Result<Option<&str>, CliError> {
        match (self.all, self.names.is_empty()) {
            (true, true) => Ok(None),
            (true, false) => Err(CliError::usage("--all takes no arguments")),
            (false, true) => Err(CliError::usage("please provide a registry to log out from")),
            (false, false) => Ok(Some(exactly_one(&self.names)?)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_said_in_podmans_words() {
        let login = |stdin, password: Option<&str>, user: Option<&str>, names: &[&str]| Login {
            access: AccessFlags::default(),
            get_login: false,
            password: password.map(str::to_owned),
            password_stdin: stdin,
            username: user.map(str::to_owned),
            names: names.iter().map(ToString::to_string).collect(),
        };
        assert_eq!(login(false, None, None, &["a"]).validate().unwrap(), "a");
        for (wrong, words) in [
            (login(true, Some("x"), Some("y"), &["a"]), "both"),
            (login(true, None, None, &["a"]), "--username"),
            (login(false, None, None, &[]), "provide a registry"),
            (login(false, None, None, &["a", "b"]), "at most 1"),
        ] {
            let text = wrong.validate().unwrap_err().to_string();
            assert!(text.contains(words), "{text}");
        }
        let flags = AccessFlags::default();
        assert!(flags.access_as(Some(":x")).is_err());
        let access = flags.access_as(Some("me:x")).unwrap();
        assert_eq!(access.credentials.unwrap().user, "me");
    }
}
