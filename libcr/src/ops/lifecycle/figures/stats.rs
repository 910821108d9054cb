//! `stats`: what a container uses at the moment, from its cgroup and its network namespace.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use crate::engine::Engine;
use crate::error::Result;
use crate::model::container::{Container, NetworkMode};
use crate::ops::steps::life::bring_up::cgroup_path;
use crate::ops::steps::life::observe::look;
use crate::sys::cgroup::Cgroup;
use crate::sys::interfaces::{self, Interface};
use crate::sys::{machine, process};

/// What a container uses, with the names of libpod's REST API.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Stats {
    /// Processor time by time since the container began, in percent of one processor.
    #[serde(rename = "AvgCPU")]
    pub average_cpu: f64,
    /// Full id.
    #[serde(rename = "ContainerID")]
    pub id: String,
    /// Its name.
    #[serde(rename = "Name")]
    pub name: String,
    /// By processor; not told with cgroup2.
    #[serde(rename = "PerCPU")]
    pub per_cpu: Option<Vec<u64>>,
    /// As [`Stats::average_cpu`], since the sample before.
    #[serde(rename = "CPU")]
    pub cpu: f64,
    /// Processor time, nanoseconds.
    #[serde(rename = "CPUNano")]
    pub cpu_nano: u64,
    /// That part of it in the kernel, nanoseconds.
    #[serde(rename = "CPUSystemNano")]
    pub cpu_system_nano: u64,
    /// When the sample was taken, nanoseconds since 1970.
    #[serde(rename = "SystemNano")]
    pub system_nano: u64,
    /// Anonymous memory, bytes: what can't be dropped.
    #[serde(rename = "MemUsage")]
    pub memory: u64,
    /// Bound of its memory, bytes: its own or this host's RAM.
    #[serde(rename = "MemLimit")]
    pub memory_limit: u64,
    /// Memory by its bound, in percent.
    #[serde(rename = "MemPerc")]
    pub memory_percent: f64,
    /// By interface, loopback left out; `None` where it has none of its own.
    #[serde(rename = "Network")]
    pub network: Option<BTreeMap<String, Interface>>,
    /// Bytes read from block devices.
    #[serde(rename = "BlockInput")]
    pub block_input: u64,
    /// Bytes written to them.
    #[serde(rename = "BlockOutput")]
    pub block_output: u64,
    /// Number of its tasks: processes and threads.
    #[serde(rename = "PIDs")]
    pub tasks: u64,
    /// Processor time again, nanoseconds: Podman's name for it.
    #[serde(rename = "UpTime")]
    pub up_time: u64,
    /// And again.
    #[serde(rename = "Duration")]
    pub duration: u64,
}

impl Stats {
    /// Bytes received and sent, all interfaces together.
    pub fn network_total(&self) -> (u64, u64) {
        let interfaces = self.network.iter().flat_map(BTreeMap::values);
        interfaces.fold((0, 0), |(received, sent), one| {
            (received + one.received.bytes, sent + one.sent.bytes)
        })
    }
}

/// Takes a sample of a container; `before` is an earlier one of it. One that doesn't run uses
/// nothing. Takes no lock and changes nothing: also while it is paused or being frozen.
///
/// # Errors
/// [`Error::NoSuchContainer`](crate::Error::NoSuchContainer); when its files can't be read.
pub fn sample(engine: &Engine, word: &str, before: Option<&Stats>) -> Result<Stats> {
    let mut container = engine.find(word)?;
    look(engine, &mut container);
    let mut stats = Stats {
        id: container.config.id.clone(),
        name: container.config.name.clone(),
        ..Stats::default()
    };
    if !container.state.status.is_alive() {
        return Ok(stats);
    }
    let group = Cgroup::at(&cgroup_path(&container.config));
    let usage = group.usage();
    let now = Timestamp::now();
    stats.cpu_nano = nanoseconds(usage.cpu);
    stats.cpu_system_nano = nanoseconds(usage.cpu_in_kernel);
    stats.system_nano = u64::try_from(now.as_nanosecond()).unwrap_or(0);
    (stats.up_time, stats.duration) = (stats.cpu_nano, stats.cpu_nano);
    let began = began(&container).unwrap_or(now);
    let began = u64::try_from(began.as_nanosecond()).unwrap_or(0);
    stats.average_cpu = share(stats.cpu_nano, stats.system_nano.saturating_sub(began));
    // One that began anew since counts from nought.
    let before = before.filter(|before| before.system_nano > began);
    stats.cpu = before.map_or(stats.average_cpu, |before| {
        share(
            stats.cpu_nano.saturating_sub(before.cpu_nano),
            stats.system_nano.saturating_sub(before.system_nano),
        )
    });
    // Where the controller is another hierarchy's, the processes are asked themselves.
    let by_process = || {
        group
            .processes()
            .into_iter()
            .map(process::anonymous_memory)
            .sum()
    };
    stats.memory = usage.memory.unwrap_or_else(by_process);
    let (host, _) = machine::memory();
    stats.memory_limit = usage.memory_limit.map_or(host, |own| own.min(host));
    stats.memory_percent = share(stats.memory, stats.memory_limit);
    (stats.block_input, stats.block_output) = (usage.read, usage.written);
    stats.tasks = usage.tasks;
    if container.config.network != NetworkMode::Host
        && let Some(pid) = container.state.pid
    {
        stats.network = interfaces::of(pid)?;
    }
    Ok(stats)
}

/// When its present processes began to be counted: a thaw makes a new cgroup.
fn began(container: &Container) -> Option<Timestamp> {
    let read = |text: &Option<String>| text.as_ref()?.parse::<Timestamp>().ok();
    let started = read(&container.state.started_at);
    started.max(read(&container.state.restored_at))
}

fn nanoseconds(of: Duration) -> u64 {
    u64::try_from(of.as_nanos()).unwrap_or(u64::MAX)
}

/// In percent; nought of nothing.
fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 {
        return 0.0;
    }
    // Good to fifteen digits.
    #[expect(clippy::cast_precision_loss, reason = "shown with two places")]
    let (part, whole) = (part as f64, whole as f64);
    100.0 * part / whole
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::model::container::example;
    use crate::model::status::Status;

    #[test]
    fn one_that_does_not_run_uses_nothing() -> Result<()> {
        let root = tempfile::tempdir()?;
        let engine = Engine::open(Config::below(root.path()))?;
        let mut container = example(&"1".repeat(64));
        container.state.status = Status::Exited;
        engine
            .store
            .transaction(|rows| rows.insert_container(&container))?;
        let stats = sample(&engine, &container.config.name, None)?;
        assert_eq!(
            (stats.memory_limit, stats.tasks, stats.network.is_some()),
            (0, 0, false)
        );
        let json = serde_json::to_value(&stats).map_err(std::io::Error::other)?;
        assert_eq!(json["ContainerID"], container.config.id);
        assert!(json["PerCPU"].is_null() && json["Network"].is_null());
        Ok(())
    }

    #[test]
    fn counting_begins_with_the_thaw() {
        let mut container = example("a");
        assert_eq!(began(&container), None);
        container.state.started_at = Some("2026-01-01T00:00:00Z".into());
        container.state.restored_at = Some("2026-01-01T01:00:00Z".into());
        assert_eq!(began(&container), "2026-01-01T01:00:00Z".parse().ok());
        assert!((share(1, 4) - 25.0).abs() < 1e-9 && share(1, 0) == 0.0);
    }
}
