//! `volume ls`, `volume prune`.

use crate::args::value::filter;
use crate::output::CliError;
use clap::Args;
use libcr::ops::volumes::list::VolumeFilter;

/// Flags of `volume ls`.
#[derive(Debug, Default, Args)]
pub struct VolumeList {
    /// Filter volume output (name, driver, scope, label, label!, opt, dangling)
    #[arg(short, long, value_name = "KEY=VALUE")]
    pub filter: Vec<String>,
    /// Format volume output using JSON or a Go template
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<String>,
    /// Do not print headers
    #[arg(short, long)]
    pub noheading: bool,
    /// Print volume output in quiet mode
    #[arg(short, long)]
    pub quiet: bool,
    /// None.
    #[arg(value_name = "", hide = true)]
    pub names: Vec<String>,
}

impl VolumeList {
    /// The filters, once the flags agree with each other; Podman's messages.
    pub fn validate(&self) -> Result<VolumeFilter, CliError> {
        no_names("ls", &self.names)?;
        if self.quiet && self.format.is_some() {
            return Err(CliError::usage(
                "quiet and format flags cannot be used together",
            ));
        }
        filters(&self.filter, false)
    }
}

/// Flags of `volume prune`.
#[derive(Debug, Default, Args)]
pub struct VolumePrune {
    /// Provide filter values (name, driver, scope, label, label!, opt)
    #[arg(long, value_name = "KEY=VALUE")]
    pub filter: Vec<String>,
    /// Do not prompt for confirmation
    #[arg(short, long)]
    pub force: bool,
    /// None.
    #[arg(value_name = "", hide = true)]
    pub names: Vec<String>,
}

impl VolumePrune {
    /// The filters, with that for volumes that nobody uses.
    pub fn validate(&self) -> Result<VolumeFilter, CliError> {
        no_names("prune", &self.names)?;
        filters(&self.filter, true)
    }
}

fn no_names(verb: &str, names: &[String]) -> Result<(), CliError> {
    if names.is_empty() {
        return Ok(());
    }
    Err(CliError::usage(format!(
        "`cryopod volume {verb}` takes no arguments"
    )))
}

fn filters(texts: &[String], unused: bool) -> Result<VolumeFilter, CliError> {
    let mut conditions = Vec::new();
    for text in texts {
        let one = filter::split(text)?;
        conditions.push((one.key, one.value));
    }
    if unused {
        conditions.retain(|(key, _)| key != "dangling");
        conditions.push(("dangling".to_owned(), "true".to_owned()));
    }
    Ok(VolumeFilter::new(conditions)?)
}

#[cfg(test)]
mod tests {
    use super::{VolumeList, VolumePrune};

    #[test]
    fn podmans_words() {
        let text = |flags: VolumeList| flags.validate().unwrap_err().to_string();
        let base = VolumeList::default;
        assert_eq!(
            text(VolumeList {
                names: vec!["x".into()],
                ..base()
            }),
            "`cryopod volume ls` takes no arguments"
        );
        assert_eq!(
            text(VolumeList {
                quiet: true,
                format: Some("json".into()),
                ..base()
            }),
            "quiet and format flags cannot be used together"
        );
        let prune = VolumePrune {
            filter: vec!["foo=bar".into()],
            ..VolumePrune::default()
        };
        assert_eq!(
            prune.validate().unwrap_err().to_string(),
            "\"foo\" is an invalid volume filter"
        );
    }
}
