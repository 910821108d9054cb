//! `container prune`.

use crate::args::value::{filter, time};
use crate::output::CliError;
use clap::Args;
use jiff::Timestamp;
use libcr::ops::lifecycle::change::prune::PruneFilter;

/// Flags of `container prune`.
#[derive(Debug, Default, Args)]
pub struct Prune {
    /// Provide filter values (label, label!, until)
    #[arg(long, value_name = "KEY=VALUE")]
    pub filter: Vec<String>,
    /// Do not prompt for confirmation
    #[arg(short, long)]
    pub force: bool,
    /// None.
    #[arg(value_name = "", hide = true)]
    pub names: Vec<String>,
}

impl Prune {
    /// Which of those that don't run; Podman's messages.
    pub fn validate(&self) -> Result<PruneFilter, CliError> {
        if !self.names.is_empty() {
            return Err(CliError::usage(
                "`cryopod container prune` takes no arguments",
            ));
        }
        let mut chosen = PruneFilter::default();
        for one in &self.filter {
            // `label!=x` parts at the first `=`.
            let given = filter::parse(std::slice::from_ref(one), &["label", "label!", "until"])?;
            for given in given {
                let label = || match given.value.split_once('=') {
                    Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
                    None => (given.value.clone(), None),
                };
                match given.key.as_str() {
                    "label" => chosen.labels.push(label()),
                    "label!" => chosen.without_labels.push(label()),
                    _ => {
                        let until = time::parse_instant(&given.value, Timestamp::now());
                        chosen.until = Some(until.ok_or_else(|| {
                            CliError::usage(format!("failed to parse date \"{}\"", given.value))
                        })?);
                    }
                }
            }
        }
        Ok(chosen)
    }
}

#[cfg(test)]
mod tests {
    use super::Prune;

    #[test]
    fn filters() {
        let prune = |filters: &[&str]| Prune {
            filter: filters.iter().map(ToString::to_string).collect(),
            ..Prune::default()
        };
        let chosen = prune(&["label=a=b", "label!=c", "until=1h"])
            .validate()
            .unwrap();
        assert_eq!(chosen.labels, [("a".to_owned(), Some("b".to_owned()))]);
        assert_eq!(chosen.without_labels, [("c".to_owned(), None)]);
        assert!(chosen.until.is_some());
        let said = prune(&["foo=bar"]).validate().unwrap_err().to_string();
        assert_eq!(said, "foo is an invalid filter");
        assert!(prune(&["until=x"]).validate().is_err());
    }
}
