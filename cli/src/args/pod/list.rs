//! `pod ps`, `pod prune`.

use crate::args::value::filter::{self, Filter};
use crate::output::CliError;
use clap::Args;

/// Flags of `pod ps`.
#[derive(Debug, Default, Args)]
pub struct PodList {
    /// Display the container UUIDs. If no-trunc is not set they will be truncated
    #[arg(long)]
    pub ctr_ids: bool,
    /// Display the container names
    #[arg(long)]
    pub ctr_names: bool,
    /// Display the container status
    #[arg(long)]
    pub ctr_status: bool,
    /// Filter output based on conditions given (id, name, status, label, ctr-ids, ctr-names, ctr-number, ctr-status, network)
    #[arg(short, long, value_name = "KEY=VALUE")]
    pub filter: Vec<String>,
    /// Pretty-print pods to JSON or using a Go template
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<String>,
    /// Act on the pod created last
    #[arg(short, long)]
    pub latest: bool,
    /// Do not truncate pod and container IDs
    #[arg(long)]
    pub no_trunc: bool,
    /// Do not print headers
    #[arg(short, long)]
    pub noheading: bool,
    /// Display namespace information of the pod
    #[arg(long)]
    pub ns: bool,
    /// Print the numeric IDs of the pods only
    #[arg(short, long)]
    pub quiet: bool,
    /// Sort output by created, id, name, number or status
    #[arg(long, value_name = "KEY", default_value = "created")]
    pub sort: String,
    /// None.
    #[arg(value_name = "", hide = true)]
    pub names: Vec<String>,
}

impl PodList {
    /// The filters, once the flags agree with each other; Podman's messages.
    pub fn validate(&self) -> Result<Vec<Filter>, CliError> {
        if !self.names.is_empty() {
            return Err(CliError::usage("`cryopod pod ps` takes no arguments"));
        }
        if self.quiet && self.format.is_some() {
            return Err(CliError::usage("quiet and format cannot be used together"));
        }
        if !["created", "id", "name", "number", "status"].contains(&self.sort.as_str()) {
            return Err(CliError::usage(
                "invalid option for --sort, options are: created, id, name, number, or status",
            ));
        }
        filter::parse(
            &self.filter,
            &[
                "id",
                "name",
                "status",
                "label",
                "ctr-ids",
                "ctr-names",
                "ctr-number",
                "ctr-status",
                "network",
            ],
        )
    }
}

/// Flags of `pod prune`.
#[derive(Debug, Default, Args)]
pub struct PodPrune {
    /// Do not prompt for confirmation
    #[arg(short, long)]
    pub force: bool,
    /// None.
    #[arg(value_name = "", hide = true)]
    pub names: Vec<String>,
}

impl PodPrune {
    /// No names.
    pub fn validate(&self) -> Result<(), CliError> {
        if self.names.is_empty() {
            return Ok(());
        }
        Err(CliError::usage("`cryopod pod prune` takes no arguments"))
    }
}

#[cfg(test)]
mod tests {
    use super::PodList;

    #[test]
    fn podmans_words() {
        let text = |flags: PodList| flags.validate().unwrap_err().to_string();
        let sorted = |sort: &str| PodList {
            sort: sort.into(),
            ..PodList::default()
        };
        assert_eq!(
            text(sorted("foo")),
            "invalid option for --sort, options are: created, id, name, number, or status"
        );
        let filtered = PodList {
            filter: vec!["foo=bar".into()],
            ..sorted("id")
        };
        assert_eq!(text(filtered), "foo is an invalid filter");
    }
}
