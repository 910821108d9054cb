//! How a container is asked whether it is well, and what it answered: Podman's and Docker's health
//! checks, with their JSON keys. Judges results; runs nothing.

use serde::{Deserialize, Serialize};

/// How many results the log keeps, as Podman's default.
pub const LOG_COUNT: usize = 5;
/// How many characters of a check's output the log keeps, as Podman's default.
pub const LOG_SIZE: usize = 500;

/// A health check (OCI image configuration of Docker, `Healthcheck`); times in nanoseconds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Healthcheck {
    /// `["NONE"]`, `["CMD", program, arguments…]` or `["CMD-SHELL", line]`.
    pub test: Vec<String>,
    /// Failures are not counted during this time after the start, nanoseconds.
    #[serde(skip_serializing_if = "is_zero")]
    pub start_period: u64,
    /// Time between two checks, nanoseconds; 0: none runs by itself.
    #[serde(skip_serializing_if = "is_zero")]
    pub interval: u64,
    /// A check that takes longer has failed, nanoseconds.
    #[serde(skip_serializing_if = "is_zero")]
    pub timeout: u64,
    /// Failures in a row that make it unhealthy.
    #[serde(skip_serializing_if = "no_retries")]
    pub retries: u32,
}

impl Healthcheck {
    /// The words of the command, `None` where the check is switched off (`NONE`) or empty.
    pub fn command(&self) -> Option<Vec<String>> {
        let (kind, rest) = self.test.split_first()?;
        let words = match kind.as_str() {
            "" | "NONE" => return None,
            "CMD" => rest.to_vec(),
            "CMD-SHELL" => vec!["/bin/sh".into(), "-c".into(), rest.join(" ")],
            // Without a keyword it is a command as it stands.
            _ => self.test.clone(),
        };
        let given = words.first().is_some_and(|word| !word.is_empty());
        given.then_some(words)
    }
}

/// What is done about a container that has turned unhealthy (`--health-on-failure`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnFailure {
    /// Nothing.
    #[default]
    None,
    /// It is killed.
    Kill,
    /// It is stopped and started again.
    Restart,
    /// It is stopped.
    Stop,
}

impl OnFailure {
    /// Reads `none`, `kill`, `restart`, `stop`; an empty word is `none`.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "" | "none" => Some(Self::None),
            "kill" => Some(Self::Kill),
            "restart" => Some(Self::Restart),
            "stop" => Some(Self::Stop),
            _ => None,
        }
    }

    /// Podman's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Kill => "kill",
            Self::Restart => "restart",
            Self::Stop => "stop",
        }
    }

    /// Podman's number in config.dump (libpod/define/healthchecks.go; 1 is its «invalid»).
    pub fn number(self) -> u32 {
        match self {
            Self::None => 0,
            Self::Kill => 2,
            Self::Restart => 3,
            Self::Stop => 4,
        }
    }

    /// The action of a number in config.dump; one that means nothing is none.
    pub fn from_number(number: u32) -> Self {
        [Self::Kill, Self::Restart, Self::Stop]
            .into_iter()
            .find(|action| action.number() == number)
            .unwrap_or_default()
    }
}

/// How a container is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HealthStatus {
    /// No check has succeeded since its start, and too few have failed.
    #[default]
    Starting,
    /// The last check succeeded, or too few have failed since.
    Healthy,
    /// As many checks in a row have failed as it has retries.
    Unhealthy,
}

impl HealthStatus {
    /// Podman's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Healthy => "healthy",
            Self::Unhealthy => "unhealthy",
        }
    }
}

/// One check's result.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct HealthResult {
    /// When it began, RFC 3339.
    pub start: String,
    /// When it ended, RFC 3339.
    pub end: String,
    /// 0: well; 1: not well; 125: it could not be asked, or took too long.
    pub exit_code: i32,
    /// What it wrote, the first [`LOG_SIZE`] characters.
    pub output: String,
}

/// What is known of a container's health: `healthcheck.log`, and `State.Health` of `inspect`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Health {
    /// How it is.
    pub status: HealthStatus,
    /// Failures since the last success, without those of the start period.
    pub failing_streak: u32,
    /// The last [`LOG_COUNT`] results, oldest first.
    pub log: Vec<HealthResult>,
}

impl Health {
    /// Takes a result into account. With `in_start_period` a failure changes no status.
    pub fn add(&mut self, mut result: HealthResult, retries: u32, in_start_period: bool) {
        if result.exit_code == 0 {
            self.status = HealthStatus::Healthy;
            self.failing_streak = 0;
        } else if !in_start_period {
            self.failing_streak = self.failing_streak.saturating_add(1);
            if self.failing_streak >= retries {
                self.status = HealthStatus::Unhealthy;
            }
        }
        if let Some((end, _)) = result.output.char_indices().nth(LOG_SIZE) {
            result.output.truncate(end);
        }
        self.log.push(result);
        let surplus = self.log.len().saturating_sub(LOG_COUNT);
        self.log.drain(..surplus);
    }

    /// A new start: nothing is known, what was is still shown.
    pub fn restart(&mut self) {
        self.status = HealthStatus::Starting;
        self.failing_streak = 0;
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde's skip_serializing_if passes &T"
)]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde's skip_serializing_if passes &T"
)]
fn no_retries(number: &u32) -> bool {
    *number == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(exit_code: i32) -> HealthResult {
        HealthResult {
            exit_code,
            output: "ü".repeat(LOG_SIZE + 1),
            ..HealthResult::default()
        }
    }

    #[test]
    fn commands_of_each_notation() {
        let command = |test: &[&str]| {
            Healthcheck {
                test: test.iter().map(ToString::to_string).collect(),
                ..Healthcheck::default()
            }
            .command()
        };
        let words = |words: &[&str]| Some(words.iter().map(ToString::to_string).collect());
        assert_eq!(command(&["CMD", "a", "b"]), words(&["a", "b"]));
        assert_eq!(
            command(&["CMD-SHELL", "a | b"]),
            words(&["/bin/sh", "-c", "a | b"])
        );
        assert_eq!(command(&["a", "b"]), words(&["a", "b"]));
        for none in [&["NONE"][..], &[], &[""], &["CMD"], &["CMD", ""]] {
            assert_eq!(command(none), None);
        }
    }

    #[test]
    fn retries_and_the_start_period_decide() {
        let mut health = Health::default();
        health.add(result(1), 2, true);
        assert_eq!(
            (health.status, health.failing_streak),
            (HealthStatus::Starting, 0)
        );
        health.add(result(1), 2, false);
        assert_eq!(
            (health.status, health.failing_streak),
            (HealthStatus::Starting, 1)
        );
        health.add(result(0), 2, true);
        assert_eq!(
            (health.status, health.failing_streak),
            (HealthStatus::Healthy, 0)
        );
        health.add(result(1), 2, false);
        assert_eq!(health.status, HealthStatus::Healthy);
        health.add(result(125), 2, false);
        assert_eq!(
            (health.status, health.failing_streak),
            (HealthStatus::Unhealthy, 2)
        );
        health.add(result(1), 2, false);
        assert_eq!(health.log.len(), LOG_COUNT);
        assert!(
            health
                .log
                .iter()
                .all(|one| one.output.chars().count() == LOG_SIZE)
        );
        health.restart();
        assert_eq!(
            (health.status, health.failing_streak),
            (HealthStatus::Starting, 0)
        );
        assert_eq!(health.log.len(), LOG_COUNT);
    }

    #[test]
    fn podmans_numbers_and_words() {
        for word in ["none", "kill", "restart", "stop"] {
            let action = OnFailure::parse(word).unwrap();
            assert_eq!(action.as_str(), word);
            assert_eq!(OnFailure::from_number(action.number()), action);
        }
        assert_eq!(OnFailure::parse("explode"), None);
        assert_eq!(OnFailure::from_number(1), OnFailure::None);
    }
}
