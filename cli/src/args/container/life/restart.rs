//! `restart`.

use crate::args::container::ps::FILTERS;
use crate::args::selection::{Asked, Selection, with_id_files};
use crate::args::value::filter::{self, Filter};
use crate::output::CliError;
use clap::Args;
use std::path::PathBuf;

/// Flags of `restart`.
#[derive(Debug, Default, Args)]
pub struct Restart {
    /// Restart all containers regardless of their state or configuration
    #[arg(short, long)]
    pub all: bool,
    /// Read the container ID from the file
    #[arg(long, value_name = "FILE")]
    pub cidfile: Vec<PathBuf>,
    /// Filter output based on conditions given
    #[arg(short, long, value_name = "KEY=VALUE")]
    pub filter: Vec<String>,
    /// Act on the container created last
    #[arg(short, long)]
    pub latest: bool,
    /// Restart only running containers
    #[arg(long)]
    pub running: bool,
    /// Seconds to wait for stop before killing the container
    #[arg(short, long, value_name = "SECONDS", allow_negative_numbers = true)]
    pub time: Option<i64>,
    /// The containers.
    #[arg(value_name = "CONTAINER [CONTAINER...]")]
    pub names: Vec<String>,
}

impl Restart {
    /// Which containers, and what else must hold of them. Reads the id files.
    pub fn validate(&self) -> Result<(Selection, Vec<Filter>), CliError> {
        let names = with_id_files(&self.names, &self.cidfile, false)?;
        let selection = Asked {
            all: self.all,
            latest: self.latest,
            names: &names,
            // All that run are meant where nothing else is said.
            filtered: !self.filter.is_empty() || self.running,
        }
        .select();
        // An unknown filter is told only of a selection that makes sense, as Podman does it.
        Ok((selection?, filter::parse(&self.filter, FILTERS)?))
    }
}

#[cfg(test)]
mod tests {
    use super::{Restart, Selection};

    #[test]
    fn which() {
        let chosen = |flags: Restart| flags.validate().map(|(selection, _)| selection);
        let running = Restart {
            running: true,
            latest: false,
            ..Restart::default()
        };
        assert_eq!(chosen(running).unwrap(), Selection::All);
        let filtered = Restart {
            filter: vec!["status=exited".into()],
            ..Restart::default()
        };
        let (selection, filters) = filtered.validate().unwrap();
        assert_eq!((selection, filters.len()), (Selection::All, 1));
        let unknown = Restart {
            filter: vec!["foo=bar".into()],
            ..Restart::default()
        };
        assert_eq!(
            chosen(unknown).unwrap_err().to_string(),
            "foo is an invalid filter"
        );
        assert_eq!(
            chosen(Restart::default()).unwrap_err().to_string(),
            "you must provide at least one name or id"
        );
    }
}
