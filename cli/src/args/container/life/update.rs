//! `update`.

use super::resources::{Resources, bytes};
use crate::args::selection::plain;
use crate::output::CliError;
use clap::Args;
use libcr::model::container::RestartPolicy;
use libcr::ops::lifecycle::change::update::Changes;

/// Flags of `update`.
#[derive(Debug, Default, Args)]
pub struct Update {
    /// Act on the container created last
    #[arg(short, long)]
    pub latest: bool,
    /// Memory limit (format: <number>[<unit>], where unit = b, k, m or g)
    #[arg(short, long, value_name = "SIZE")]
    pub memory: Option<String>,
    /// Tune container pids limit (set -1 for unlimited)
    #[arg(long, value_name = "LIMIT", allow_negative_numbers = true)]
    pub pids_limit: Option<i64>,
    /// Restart policy to apply when a container exits ("always"|"no"|"never"|"on-failure"|"unless-stopped")
    #[arg(long, value_name = "POLICY")]
    pub restart: Option<String>,
    /// Limits of processors and memory.
    #[command(flatten)]
    pub resources: Resources,
    /// The container.
    #[arg(value_name = "CONTAINER")]
    pub names: Vec<String>,
}

impl Update {
    /// The container, none with `--latest`, and what changes of it.
    pub fn validate(&self) -> Result<(Option<String>, Changes), CliError> {
        let name = match (self.names.as_slice(), self.latest) {
            ([name], false) => Some(plain(name)),
            ([], true) => None,
            ([], false) => {
                return Err(CliError::usage(
                    "update requires a name, id, or the \"--latest\" flag",
                ));
            }
            (_, true) => {
                return Err(CliError::usage(
                    "--latest and containers cannot be used together",
                ));
            }
            (names, false) => {
                let count = names.len();
                return Err(CliError::usage(format!(
                    "accepts 1 arg(s), received {count}"
                )));
            }
        };
        let restart = self.restart.as_deref().map(|word| {
            RestartPolicy::parse(word).ok_or_else(|| {
                let said = format!("\"{word}\" is not a valid restart policy: invalid argument");
                CliError::usage(said)
            })
        });
        let changes = Changes {
            memory: bytes("memory", self.memory.as_deref())?,
            pids: self.pids_limit,
            restart_policy: restart.transpose()?,
            ..self.resources.changes()?
        };
        Ok((name, changes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn update() -> Update {
        Update {
            names: vec!["/a".into()],
            ..Update::default()
        }
    }

    #[test]
    fn sizes_and_policies() {
        let flags = Update {
            memory: Some("64m".into()),
            resources: Resources {
                memory_swap: Some("-1".into()),
                ..Resources::default()
            },
            restart: Some("on-failure:3".into()),
            ..update()
        };
        let (name, changes) = flags.validate().unwrap();
        assert_eq!(name.as_deref(), Some("a"));
        assert_eq!(
            (changes.memory, changes.memory_swap),
            (Some(64 << 20), Some(-1))
        );
        assert_eq!(changes.restart_policy, Some(RestartPolicy::OnFailure(3)));
        assert_eq!(update().validate().unwrap().1, Changes::default());
        let wrong = |flags: Update| flags.validate().unwrap_err().to_string();
        assert_eq!(
            wrong(Update {
                memory: Some("x".into()),
                ..update()
            }),
            "invalid value for memory: invalid size: 'x'"
        );
        assert_eq!(
            wrong(Update {
                restart: Some("x".into()),
                ..update()
            }),
            "\"x\" is not a valid restart policy: invalid argument"
        );
        assert!(
            wrong(Update {
                latest: true,
                ..update()
            })
            .starts_with("--latest and")
        );
        assert!(wrong(Update::default()).starts_with("update requires"));
    }
}
