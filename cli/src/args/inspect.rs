//! `inspect` without a noun: containers first, then images, volumes, networks.

use crate::output::CliError;
use clap::Args;

/// Flags of `inspect`.
#[derive(Debug, Args)]
pub struct Inspect {
    /// Format the output to a Go template or json
    #[arg(short, long, value_name = "FORMAT", default_value = "json")]
    pub format: String,
    /// Act on the container created last
    #[arg(short, long)]
    pub latest: bool,
    /// Specify inspect-object type ("all"|"container"|"image"|"network"|"pod"|"volume")
    #[arg(short = 't', long = "type", value_name = "TYPE", default_value = "all")]
    pub kind: String,
    /// The objects.
    #[arg(
        value_name = "CONTAINER|IMAGE|VOLUME|NETWORK|POD [CONTAINER|IMAGE|VOLUME|NETWORK|POD...]"
    )]
    pub names: Vec<String>,
}

/// What `inspect` looks among.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InspectKind {
    /// Containers, then images, then volumes, then networks.
    Any,
    /// Containers only.
    Container,
    /// Images only.
    Image,
    /// Networks only.
    Network,
    /// Pods only.
    Pod,
    /// Volumes only.
    Volume,
}

impl Inspect {
    /// Judges type, names and `--latest` with Podman's messages.
    pub fn validate(&self) -> Result<InspectKind, CliError> {
        let kind = match self.kind.as_str() {
            "all" => InspectKind::Any,
            "container" => InspectKind::Container,
            "image" => InspectKind::Image,
            "network" => InspectKind::Network,
            "pod" => InspectKind::Pod,
            "volume" => InspectKind::Volume,
            other => {
                return Err(CliError::usage(format!(
                    "invalid type \"{other}\": must be \"image\", \"container\", \"network\", \"pod\", \"volume\", or \"all\""
                )));
            }
        };
        if self.latest
            && matches!(
                kind,
                InspectKind::Image | InspectKind::Network | InspectKind::Volume
            )
        {
            return Err(CliError::usage(format!(
                "latest is not supported for type \"{}\"",
                self.kind
            )));
        }
        check_names(self.latest, &self.names)?;
        Ok(kind)
    }
}

/// The check that every `inspect` starts with.
pub fn check_names(latest: bool, names: &[String]) -> Result<(), CliError> {
    match (latest, names.is_empty()) {
        (true, false) => Err(CliError::usage(
            "--latest and arguments cannot be used together",
        )),
        (false, true) => Err(CliError::usage("no names or ids specified")),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Inspect, InspectKind};

    #[test]
    fn type_names_and_latest() {
        let mut inspect = Inspect {
            format: "json".into(),
            latest: false,
            kind: "all".into(),
            names: vec!["a".into()],
        };
        assert_eq!(inspect.validate().unwrap(), InspectKind::Any);
        inspect.latest = true;
        assert!(inspect.validate().is_err());
        inspect.names.clear();
        assert!(inspect.validate().is_ok());
        inspect.kind = "pod".into();
        assert_eq!(inspect.validate().unwrap(), InspectKind::Pod);
        inspect.kind = "secret".into();
        assert!(
            inspect
                .validate()
                .unwrap_err()
                .to_string()
                .starts_with("invalid type \"secret\"")
        );
    }
}
