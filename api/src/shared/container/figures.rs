//! What a container does at the moment: its processes, and what it uses.

use std::collections::BTreeMap;
use std::thread::sleep;
use std::time::{Duration, Instant};

use bytes::Bytes;
use jiff::Timestamp;
use libcr::model::status::Status;
use libcr::ops::lifecycle::figures::stats::{Stats, sample};
use libcr::ops::lifecycle::figures::top::top as processes;
use libcr::ops::lifecycle::ps;
use libcr::progress::Cancel;
use libcr::{Engine, ErrorKind};
use serde_json::{Map, Value, json};

use crate::http::stream::{Sink, from_thread};
use crate::http::{Call, Failure, Reply};

/// What `ps -ef` shows, which Docker's clients ask for when they ask for nothing.
const FULL: [(&str, &str); 8] = [
    ("user", "UID"),
    ("pid", "PID"),
    ("ppid", "PPID"),
    ("pcpu", "C"),
    ("stime", "STIME"),
    ("tty", "TTY"),
    ("time", "TIME"),
    ("args", "CMD"),
];
/// Between two samples of a container, as Docker has it.
const INTERVAL: Duration = Duration::from_secs(1);
/// How often a client that is gone is looked for.
const LOOK: Duration = Duration::from_millis(200);

/// `GET …/top`.
///
/// # Errors
/// 404, 409 for a container that doesn't run; 500 when its ps(1) fails.
pub async fn top(call: Call) -> Result<Reply, Failure> {
    let words: Vec<String> = call
        .query
        .texts("ps_args")
        .into_iter()
        .flat_map(|text| text.split_ascii_whitespace())
        .map(str::to_owned)
        .collect();
    let name = call.name().to_owned();
    let full = !call.is_libpod && (words.is_empty() || words == ["-ef"]);
    if !(call.is_libpod && call.query.flag("stream")?) {
        let found = call
            .context
            .run(move |engine| listed(engine, &name, &words, full))
            .await?;
        return Ok(Reply::ok(&found));
    }
    let delay = call.query.number::<u64>("delay")?.unwrap_or(5).max(1);
    let cancel = call.cancel.clone();
    let work = move |engine: &Engine, sink: &mut Sink| {
        loop {
            let found = listed(engine, &name, &words, full)?;
            if !sink.send(Bytes::from(format!("{found}\n"))) {
                return Ok(());
            }
            if !rests(Duration::from_secs(delay), &cancel) {
                return Ok(());
            }
        }
    };
    let kind = "application/json";
    from_thread(&call.context, call.cancel.clone(), kind, work).await
}

fn listed(engine: &Engine, name: &str, words: &[String], full: bool) -> Result<Value, Failure> {
    if full {
        let words = FULL.map(|(column, _)| column.to_owned());
        let (_, rows) = processes(engine, name, &words)?.columns();
        let titles = FULL.map(|(_, title)| title);
        return Ok(json!({ "Titles": titles, "Processes": rows }));
    }
    let (titles, rows) = processes(engine, name, words)?.columns();
    Ok(json!({ "Titles": titles, "Processes": rows }))
}

/// Waits; false as soon as the client is gone.
pub fn rests(time: Duration, cancel: &Cancel) -> bool {
    let since = Instant::now();
    loop {
        if cancel.is_cancelled() {
            return false;
        }
        // A client may ask for any number of seconds.
        let left = time.saturating_sub(since.elapsed());
        if left.is_zero() {
            return true;
        }
        sleep(left.min(LOOK));
    }
}

/// `GET /containers/stats`, libpod's: several containers, all that run where none is named.
///
/// # Errors
/// 404 for one that isn't there.
pub async fn of_several(call: Call) -> Result<Reply, Failure> {
    let names: Vec<String> = call
        .query
        .texts("containers")
        .into_iter()
        .map(str::to_owned)
        .collect();
    let stream = call.query.maybe_flag("stream")?.unwrap_or(true);
    let all = call.query.flag("all")?;
    let interval = call.query.number::<u64>("interval")?.unwrap_or(5).max(1);
    let cancel = call.cancel.clone();
    let work = move |engine: &Engine, sink: &mut Sink| {
        let mut before: BTreeMap<String, Stats> = BTreeMap::new();
        loop {
            let mut samples = Vec::new();
            for id in chosen(engine, &names, all)? {
                match sample(engine, &id, before.get(&id)) {
                    Ok(sample) => samples.push(sample),
                    // It was removed since it was looked up.
                    Err(error) if error.kind() == ErrorKind::NotFound => {}
                    Err(error) => return Err(error.into()),
                }
            }
            let line = json!({ "Error": null, "Stats": samples });
            if !sink.send(Bytes::from(format!("{line}\n"))) || !stream {
                return Ok(());
            }
            before = samples
                .into_iter()
                .map(|one| (one.id.clone(), one))
                .collect();
            if !rests(Duration::from_secs(interval), &cancel) {
                return Ok(());
            }
        }
    };
    let kind = "application/json";
    from_thread(&call.context, call.cancel.clone(), kind, work).await
}

fn chosen(engine: &Engine, names: &[String], all: bool) -> Result<Vec<String>, Failure> {
    if names.is_empty() {
        let mut found = ps::list(engine)?;
        found.retain(|one| all || one.state.status == Status::Running);
        return Ok(found.into_iter().map(|one| one.config.id).collect());
    }
    let id = |name: &String| Ok(engine.find(name)?.config.id);
    names.iter().map(id).collect()
}

/// `GET …/stats`, Docker's: a sample a second, or one.
///
/// # Errors
/// 404.
pub async fn of_one(call: Call) -> Result<Reply, Failure> {
    let stream = call.query.text("stream").is_none() || call.query.docker_flag("stream");
    let once = call.query.docker_flag("one-shot");
    let name = call.name().to_owned();
    let cancel = call.cancel.clone();
    let work = move |engine: &Engine, sink: &mut Sink| {
        let id = engine.find(&name)?.config.id;
        let mut before = Stats::default();
        if !stream && !once {
            // A share of the processors needs two.
            before = sample(engine, &id, None)?;
            if before.system_nano > 0 && !rests(INTERVAL, &cancel) {
                return Ok(());
            }
        }
        loop {
            let now = match sample(engine, &id, Some(&before)) {
                Ok(now) => now,
                // It was removed: so ends its stream.
                Err(error) if error.kind() == ErrorKind::NotFound && stream => return Ok(()),
                Err(error) => return Err(error.into()),
            };
            let line = docker(&now, &before);
            if !sink.send(Bytes::from(format!("{line}\n"))) || !stream {
                return Ok(());
            }
            before = now;
            if !rests(INTERVAL, &cancel) {
                return Ok(());
            }
        }
    };
    let kind = "application/json";
    from_thread(&call.context, call.cancel.clone(), kind, work).await
}

/// A sample in Docker's shape (api/types/container.StatsResponse).
fn docker(now: &Stats, before: &Stats) -> Value {
    let mut value = json!({
        "read": time(now.system_nano),
        "preread": time(before.system_nano),
        "name": format!("/{}", now.name),
        "id": now.id,
        "num_procs": 0,
        "pids_stats": { "current": now.tasks },
        "cpu_stats": processors(now),
        "precpu_stats": processors(before),
        "memory_stats": { "usage": now.memory, "limit": now.memory_limit, "stats": {} },
        "storage_stats": {},
        "blkio_stats": {
            "io_service_bytes_recursive": [
                { "major": 0, "minor": 0, "op": "read", "value": now.block_input },
                { "major": 0, "minor": 0, "op": "write", "value": now.block_output },
            ],
            "io_serviced_recursive": null,
            "io_queue_recursive": null,
            "io_service_time_recursive": null,
            "io_wait_time_recursive": null,
            "io_merged_recursive": null,
            "io_time_recursive": null,
            "sectors_recursive": null,
        },
    });
    if let Some(network) = &now.network {
        let all: Map<String, Value> = network
            .iter()
            .map(|(name, one)| {
                let (received, sent) = (&one.received, &one.sent);
                let counters = json!({
                    "rx_bytes": received.bytes, "rx_packets": received.packets,
                    "rx_errors": received.errors, "rx_dropped": received.dropped,
                    "tx_bytes": sent.bytes, "tx_packets": sent.packets,
                    "tx_errors": sent.errors, "tx_dropped": sent.dropped,
                });
                (name.clone(), counters)
            })
            .collect();
        value["networks"] = Value::Object(all);
    }
    value
}

/// Clients divide the growth of the one by that of the other and multiply by the processors: the
/// time of all processors is their number times the clock's.
fn processors(of: &Stats) -> Value {
    let count = std::thread::available_parallelism().map_or(1, |count| count.get() as u64);
    json!({
        "cpu_usage": {
            "total_usage": of.cpu_nano,
            "usage_in_kernelmode": of.cpu_system_nano,
            "usage_in_usermode": of.cpu_nano.saturating_sub(of.cpu_system_nano),
        },
        "system_cpu_usage": of.system_nano.saturating_mul(count),
        "online_cpus": count,
        "throttling_data": { "periods": 0, "throttled_periods": 0, "throttled_time": 0 },
    })
}

fn time(nanoseconds: u64) -> String {
    if nanoseconds == 0 {
        return "0001-01-01T00:00:00Z".to_owned();
    }
    Timestamp::from_nanosecond(i128::from(nanoseconds))
        .unwrap_or_default()
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_time_is_too_long_to_rest() {
        let cancel = Cancel::default();
        assert!(rests(Duration::from_millis(1), &cancel));
        let client = cancel.clone();
        let leaving = std::thread::spawn(move || client.cancel());
        assert!(!rests(Duration::from_secs(u64::MAX), &cancel));
        leaving.join().unwrap();
    }

    #[test]
    fn shares_come_out_right_for_dockers_clients() {
        let at = |cpu_nano, system_nano| Stats {
            cpu_nano,
            system_nano,
            ..Stats::default()
        };
        // Half of one processor for a second.
        let value = docker(
            &at(1_500_000_000, 11_000_000_000),
            &at(1_000_000_000, 10_000_000_000),
        );
        let number = |of: &str, path: &str| value[of].pointer(path).unwrap().as_f64().unwrap();
        let growth = |path: &str| number("cpu_stats", path) - number("precpu_stats", path);
        let used = growth("/cpu_usage/total_usage");
        let all = growth("/system_cpu_usage");
        let percent = used / all * number("cpu_stats", "/online_cpus") * 100.0;
        assert!((percent - 50.0).abs() < 0.01, "{percent}");
        assert!(value.get("networks").is_none());
    }
}
