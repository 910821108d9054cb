//! Counters of the network interfaces that a process sees: `/proc/PID/net/dev`, proc(5).

use std::collections::BTreeMap;
use std::io;

use serde::Serialize;

use super::proc;

/// What went one way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counters {
    /// Bytes.
    pub bytes: u64,
    /// Packets.
    pub packets: u64,
    /// Packets with errors.
    pub errors: u64,
    /// Packets dropped.
    pub dropped: u64,
}

/// An interface's counters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(into = "Flat")]
pub struct Interface {
    /// What came in.
    pub received: Counters,
    /// What went out.
    pub sent: Counters,
}

/// As libpod's REST API has them.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Flat {
    rx_bytes: u64,
    rx_dropped: u64,
    rx_errors: u64,
    rx_packets: u64,
    tx_bytes: u64,
    tx_dropped: u64,
    tx_errors: u64,
    tx_packets: u64,
}

impl From<Interface> for Flat {
    fn from(from: Interface) -> Self {
        Self {
            rx_bytes: from.received.bytes,
            rx_dropped: from.received.dropped,
            rx_errors: from.received.errors,
            rx_packets: from.received.packets,
            tx_bytes: from.sent.bytes,
            tx_dropped: from.sent.dropped,
            tx_errors: from.sent.errors,
            tx_packets: from.sent.packets,
        }
    }
}

/// The interfaces in a process's network namespace by name, loopback left out; `None` when the
/// process is gone.
///
/// # Errors
/// When they can't be looked at.
pub fn of(pid: i32) -> io::Result<Option<BTreeMap<String, Interface>>> {
    Ok(proc::read(pid, "net/dev")?.map(|text| parse(&text)))
}

fn parse(text: &str) -> BTreeMap<String, Interface> {
    let one = |line: &str| {
        let (name, numbers) = line.split_once(':')?;
        let numbers: Vec<u64> = numbers
            .split_ascii_whitespace()
            .map(|word| word.parse().ok())
            .collect::<Option<_>>()?;
        let counters = |from: usize| {
            let fields = numbers.get(from..from + 4)?;
            Some(Counters {
                bytes: fields[0],
                packets: fields[1],
                errors: fields[2],
                dropped: fields[3],
            })
        };
        let interface = Interface {
            received: counters(0)?,
            sent: counters(8)?,
        };
        Some((name.trim().to_owned(), interface))
    };
    let found = text.lines().filter_map(one);
    found.filter(|(name, _)| name != "lo").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_the_kernel_writes_it() {
        let text = "Inter-|   Receive  |  Transmit\n face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n    lo:       5       1    0    0    0     0          0         0        5       1    0    0    0     0       0          0\n  eth0:     454       5    1    2    0     0          0         0      132       3    4    6    0     0       0          0\n";
        let found = parse(text);
        assert_eq!(found.len(), 1);
        let json = serde_json::to_value(found["eth0"]).unwrap();
        let expected = serde_json::json!({
            "RxBytes": 454, "RxPackets": 5, "RxErrors": 1, "RxDropped": 2,
            "TxBytes": 132, "TxPackets": 3, "TxErrors": 4, "TxDropped": 6,
        });
        assert_eq!(json, expected);
        assert!(parse("eth0: 1 2\nfoo").is_empty());
    }

    #[test]
    fn a_process_that_is_gone() {
        assert_eq!(of(0).unwrap(), None);
    }
}
