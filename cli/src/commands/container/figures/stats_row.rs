//! A sample of `stats` as it is shown: the fields of a template, and the JSON, whose values are the
//! same texts under other names.

use crate::output::human;
use crate::output::template::JSON_FACE;
use libcr::ops::lifecycle::figures::go;
use libcr::ops::lifecycle::figures::stats::Stats;
use serde_json::{Map, Value, json};
use std::time::Duration;

/// The fields that a template can name.
pub fn as_row(stats: &Stats, whole: bool) -> Value {
    let mut row: Map<String, Value> = face(stats).as_object().cloned().unwrap_or_default();
    let texts = Texts::of(stats);
    let binary = human::binary_size;
    let shown = json!({
        "ID": human::id(&stats.id, whole),
        "CPUPerc": texts.cpu,
        "AVGCPU": texts.average,
        "MemUsage": texts.memory,
        "MemUsageBytes": format!("{} / {}", binary(stats.memory), binary(stats.memory_limit)),
        "MemPerc": texts.memory_percent,
        "NetIO": texts.network,
        "BlockIO": texts.block,
        "PIDS": texts.tasks,
        "UpTime": texts.time,
        "Duration": texts.time,
        JSON_FACE: face(stats),
    });
    row.extend(shown.as_object().cloned().unwrap_or_default());
    Value::Object(row)
}

/// A row of `pod stats`.
pub fn pod_row(pod: &str, stats: &Stats) -> Value {
    let texts = Texts::of(stats);
    let binary = human::binary_size;
    json!({
        "CPU": texts.cpu,
        "MemUsage": texts.memory,
        "MemUsageBytes": format!("{} / {}", binary(stats.memory), binary(stats.memory_limit)),
        "Mem": texts.memory_percent,
        "NetIO": texts.network,
        "BlockIO": texts.block,
        "PIDS": texts.tasks,
        "Pod": human::id(pod, false),
        "CID": human::id(&stats.id, false),
        "Name": stats.name,
    })
}

/// The element of `stats --format json`.
pub fn as_json(stats: &Stats, whole: bool) -> Value {
    let texts = Texts::of(stats);
    json!({
        "id": human::id(&stats.id, whole),
        "name": stats.name,
        "cpu_time": texts.time,
        "cpu_percent": texts.cpu,
        "avg_cpu": texts.average,
        "mem_usage": texts.memory,
        "mem_percent": texts.memory_percent,
        "net_io": texts.network,
        "block_io": texts.block,
        "pids": texts.tasks,
    })
}

// The structure itself; Go prints a whole number without a point, also where it is a fraction.
fn face(stats: &Stats) -> Value {
    let mut face = serde_json::to_value(stats).unwrap_or_default();
    for field in ["AvgCPU", "CPU", "MemPerc"] {
        if face[field] == json!(0.0) {
            face[field] = json!(0);
        }
    }
    face
}

struct Texts {
    time: String,
    cpu: String,
    average: String,
    memory: String,
    memory_percent: String,
    network: String,
    block: String,
    tasks: String,
}

impl Texts {
    fn of(stats: &Stats) -> Self {
        let percent = |share: f64| format!("{share:.2}%");
        let both =
            |one: u64, other: u64| format!("{} / {}", human::go_size(one), human::go_size(other));
        let (received, sent) = stats.network_total();
        Self {
            time: go::duration(Duration::from_nanos(stats.cpu_nano)),
            cpu: percent(stats.cpu),
            average: percent(stats.average_cpu),
            memory: both(stats.memory, stats.memory_limit),
            memory_percent: percent(stats.memory_percent),
            network: both(received, sent),
            block: both(stats.block_input, stats.block_output),
            tasks: stats.tasks.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_podman_prints_it() {
        let stats = Stats {
            id: "0123456789abcdef".into(),
            name: "s".into(),
            cpu_nano: 31_339_000,
            cpu: 0.664,
            memory_limit: 25_325_268_992,
            tasks: 3,
            ..Stats::default()
        };
        let shown = as_json(&stats, false);
        assert_eq!(shown["id"], "0123456789ab");
        assert_eq!(shown["cpu_time"], "31.339ms");
        assert_eq!(
            (&shown["cpu_percent"], &shown["avg_cpu"]),
            (&json!("0.66%"), &json!("0.00%"))
        );
        assert_eq!(shown["mem_usage"], "0B / 25.33GB");
        assert_eq!(
            (&shown["net_io"], &shown["pids"]),
            (&json!("0B / 0B"), &json!("3"))
        );
        let row = as_row(&stats, true);
        assert_eq!(row["ID"], "0123456789abcdef");
        assert_eq!(row["MemUsageBytes"], "0B / 23.59GiB");
        assert_eq!((&row["PIDs"], &row["PIDS"]), (&json!(3), &json!("3")));
        assert_eq!(row[JSON_FACE]["AvgCPU"].to_string(), "0");
        assert_eq!(row[JSON_FACE]["UpTime"], 0);
    }
}
