//! What pods do at the moment: their processes, and what their containers use.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use libcr::model::status::Status;
use libcr::ops::lifecycle::figures::stats::{Stats, sample};
use libcr::ops::lifecycle::figures::top::top as processes;
use libcr::ops::pods::{self, PodFacts};
use libcr::{Engine, ErrorKind};
use serde_json::{Value, json};

use crate::http::stream::{Sink, from_thread};
use crate::http::{Call, Failure, Reply};
use crate::shared::container::figures::rests;

/// `GET …/top`: of each container that runs.
///
/// # Errors
/// 404; 409 when none runs.
pub fn top(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let words: Vec<String> = call
        .query
        .texts("ps_args")
        .into_iter()
        .flat_map(|text| text.split([',', ' ']))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    let pod = find(engine, call.name())?;
    let (mut titles, mut rows) = (Vec::new(), Vec::new());
    for id in running(&pod) {
        let (own, lines) = processes(engine, &id, &words)?.columns();
        titles = own;
        rows.extend(lines);
    }
    if titles.is_empty() {
        let name = &pod.pod.name;
        let message = format!("pod {name} has no container that runs");
        return Err(Failure::new(409, message));
    }
    Ok(Reply::ok(&json!({ "Titles": titles, "Processes": rows })))
}

fn find(engine: &Engine, word: &str) -> Result<PodFacts, Failure> {
    Ok(pods::list::find(engine, word)?)
}

fn running(pod: &PodFacts) -> Vec<String> {
    let runs = pod.containers.iter();
    let runs = runs.filter(|one| one.state.status == Status::Running);
    runs.map(|one| one.config.id.clone()).collect()
}

/// `GET /pods/stats`: of the pods that are named, or of all; once, or again and again.
///
/// # Errors
/// 404 for a pod that isn't there.
pub async fn stats(call: Call) -> Result<Reply, Failure> {
    let names = call.query.texts("namesOrIDs");
    let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
    let stream = call.query.flag("stream")?;
    let delay = call.query.number::<u64>("delay")?.unwrap_or(5).max(1);
    let cancel = call.cancel.clone();
    let work = move |engine: &Engine, sink: &mut Sink| {
        let mut before: BTreeMap<String, Stats> = BTreeMap::new();
        loop {
            let (mut lines, mut now) = (Vec::new(), BTreeMap::new());
            for pod in chosen(engine, &names)? {
                for id in running(&pod) {
                    match sample(engine, &id, before.get(&id)) {
                        Ok(stats) => {
                            lines.push(line(&pod, &stats));
                            now.insert(id, stats);
                        }
                        // It was removed since it was looked up.
                        Err(error) if error.kind() == ErrorKind::NotFound => {}
                        Err(error) => return Err(error.into()),
                    }
                }
            }
            let text = format!("{}\n", Value::from(lines));
            if !sink.send(Bytes::from(text)) || !stream {
                return Ok(());
            }
            before = now;
            if !rests(Duration::from_secs(delay), &cancel) {
                return Ok(());
            }
        }
    };
    let kind = "application/json";
    from_thread(&call.context, call.cancel.clone(), kind, work).await
}

fn chosen(engine: &Engine, names: &[String]) -> Result<Vec<PodFacts>, Failure> {
    if names.is_empty() {
        return Ok(pods::list::list(engine)?);
    }
    names.iter().map(|name| find(engine, name)).collect()
}

/// libpod's PodStatsReport, whose figures are texts for people.
fn line(pod: &PodFacts, stats: &Stats) -> Value {
    let (received, sent) = stats.network_total();
    let pair = |one: u64, other: u64, of: fn(u64) -> String| format!("{} / {}", of(one), of(other));
    json!({
        "Pod": short(&pod.pod.id),
        "CID": short(&stats.id),
        "Name": stats.name,
        "CPU": format!("{:.2}%", stats.cpu),
        "MemUsage": pair(stats.memory, stats.memory_limit, decimal),
        "MemUsageBytes": pair(stats.memory, stats.memory_limit, binary),
        "Mem": format!("{:.2}%", stats.memory_percent),
        "NetIO": pair(received, sent, decimal),
        "BlockIO": pair(stats.block_input, stats.block_output, decimal),
        "PIDS": stats.tasks.to_string(),
    })
}

fn short(id: &str) -> &str {
    id.get(..12).unwrap_or(id)
}

fn decimal(bytes: u64) -> String {
    in_units(bytes, 1000.0, &["B", "kB", "MB", "GB", "TB", "PB"])
}

fn binary(bytes: u64) -> String {
    in_units(bytes, 1024.0, &["B", "KiB", "MiB", "GiB", "TiB", "PiB"])
}

/// Four digits and a unit, as go-units writes sizes.
#[expect(clippy::cast_precision_loss)] // four digits are shown
fn in_units(bytes: u64, base: f64, units: &[&str]) -> String {
    let mut size = bytes as f64;
    let mut at = 0;
    while size >= base && at + 1 < units.len() {
        size /= base;
        at += 1;
    }
    let places = match size {
        size if size >= 1000.0 => 0,
        size if size >= 100.0 => 1,
        size if size >= 10.0 => 2,
        _ => 3,
    };
    let text = format!("{size:.places$}");
    let text = if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        &text
    };
    format!("{text}{}", units[at])
}

#[cfg(test)]
mod tests {
    use super::{binary, decimal};

    #[test]
    fn sizes_as_go_units_has_them() {
        let cases = [
            (0, "0B"),
            (999, "999B"),
            (1000, "1kB"),
            (2_746_000, "2.746MB"),
        ];
        for (bytes, text) in cases {
            assert_eq!(decimal(bytes), text);
        }
        assert_eq!(binary(3 << 20), "3MiB");
        assert_eq!(binary(1536), "1.5KiB");
    }
}
