//! `network ls`, `network prune`.

use crate::args::value::filter;
use crate::output::CliError;
use clap::Args;
use libcr::ops::networks::list::NetworkFilter;

/// Flags of `network ls`.
#[derive(Debug, Default, Args)]
pub struct NetworkList {
    /// Provide filter values (name, id, driver, label, until, dangling)
    #[arg(short, long, value_name = "KEY=VALUE")]
    pub filter: Vec<String>,
    /// Pretty-print networks to JSON or using a Go template
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<String>,
    /// Do not truncate the network ID
    #[arg(long)]
    pub no_trunc: bool,
    /// Do not print headers
    #[arg(short, long)]
    pub noheading: bool,
    /// Display only names
    #[arg(short, long)]
    pub quiet: bool,
    /// None.
    #[arg(value_name = "", hide = true)]
    pub names: Vec<String>,
}

impl NetworkList {
    /// The filters; Podman's messages.
    pub fn validate(&self) -> Result<NetworkFilter, CliError> {
        no_names("ls", &self.names)?;
        filters(&self.filter, false)
    }
}

/// Flags of `network prune`.
#[derive(Debug, Default, Args)]
pub struct NetworkPrune {
    /// Provide filter values (label, until)
    #[arg(long, value_name = "KEY=VALUE")]
    pub filter: Vec<String>,
    /// Do not prompt for confirmation
    #[arg(short, long)]
    pub force: bool,
    /// None.
    #[arg(value_name = "", hide = true)]
    pub names: Vec<String>,
}

impl NetworkPrune {
    /// The filters, with that for networks that no container is on.
    pub fn validate(&self) -> Result<NetworkFilter, CliError> {
        no_names("prune", &self.names)?;
        filters(&self.filter, true)
    }
}

fn no_names(verb: &str, names: &[String]) -> Result<(), CliError> {
    if names.is_empty() {
        return Ok(());
    }
    Err(CliError::usage(format!(
        "`cryopod network {verb}` takes no arguments"
    )))
}

fn filters(texts: &[String], unused: bool) -> Result<NetworkFilter, CliError> {
    let mut conditions = Vec::new();
    for text in texts {
        let one = filter::split(text)?;
        conditions.push((one.key, one.value));
    }
    if unused {
        conditions.retain(|(key, _)| key != "dangling");
        conditions.push(("dangling".to_owned(), "true".to_owned()));
    }
    Ok(NetworkFilter::new(conditions)?)
}
