//! What others say of the same checkpoint: the kernel while the container runs, checkpointctl
//! afterwards.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::harness::{Host, command};

/// Text of a value, empty for none.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// A list of texts.
pub fn texts(value: &Value) -> Vec<String> {
    list(value).iter().map(text).collect()
}

/// Elements of a list, none where there is no list.
pub fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// A number, and one that nothing has where there is none.
pub fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or(u64::MAX)
}

#[track_caller]
fn output(program: &str, words: &[&str]) -> String {
    let done = command::run(Command::new(program).args(words), "");
    assert_eq!(done.code, 0, "{done}");
    done.stdout
}

/// What a program prints, which must succeed and print JSON.
#[track_caller]
pub fn json(program: &str, words: &[&str]) -> Value {
    let text = output(program, words);
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// A process as the kernel shows it.
#[derive(Debug)]
pub struct Live {
    pub arguments: Vec<String>,
    pub environment: Vec<String>,
    /// Links of `/proc/PID`: `cwd`, `exe` and the numbers of what is open.
    links: BTreeMap<String, String>,
}

impl Live {
    /// The processes of a running container, by their ids in it.
    pub fn of(host: &Host, name: &str) -> BTreeMap<u64, Self> {
        let first = format!("/proc/{}", host.pid(name));
        let namespace = |process: &Path| fs::read_link(process.join("ns/pid")).ok();
        let own = namespace(Path::new(&first));
        let all = fs::read_dir("/proc").unwrap().flatten();
        let inside = all
            .map(|entry| entry.path())
            .filter(|process| own.is_some() && namespace(process) == own);
        inside.filter_map(|process| Self::read(&process)).collect()
    }

    fn read(process: &Path) -> Option<(u64, Self)> {
        let status = fs::read_to_string(process.join("status")).ok()?;
        let pids = status
            .lines()
            .find_map(|line| line.strip_prefix("NSpid:"))?;
        let pid = pids.split_whitespace().last()?.parse().ok()?;
        let words = |name: &str| {
            let bytes = fs::read(process.join(name)).unwrap_or_default();
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let words = text.split_terminator('\0');
            words.map(str::to_owned).collect::<Vec<_>>()
        };
        let mut links = BTreeMap::new();
        let mut link = |name: &str, path: &Path| {
            if let Ok(target) = fs::read_link(path) {
                links.insert(name.to_owned(), target.to_string_lossy().into_owned());
            }
        };
        link("cwd", &process.join("cwd"));
        link("exe", &process.join("exe"));
        for entry in fs::read_dir(process.join("fd")).ok()?.flatten() {
            link(&entry.file_name().to_string_lossy(), &entry.path());
        }
        let live = Self {
            arguments: words("cmdline"),
            environment: words("environ"),
            links,
        };
        Some((pid, live))
    }
}

/// The links of a shown process, as the kernel would show them.
fn links(process: &Value) -> BTreeMap<String, String> {
    let mut links = BTreeMap::new();
    let places = [("cwd", "WorkingDirectory"), ("exe", "Executable")];
    for (name, key) in places.map(|(name, key)| (name, text(&process[key]))) {
        // The dead have neither.
        if !key.is_empty() {
            links.insert(name.to_owned(), key);
        }
    }
    for file in list(&process["Files"]) {
        let deleted = if file["Deleted"] == true {
            " (deleted)"
        } else {
            ""
        };
        let path = format!("{}{deleted}", text(&file["Path"]));
        links.insert(file["Fd"].to_string(), path);
    }
    for socket in list(&process["Sockets"]) {
        links.insert(socket["Fd"].to_string(), "socket".to_owned());
    }
    links
}

/// The kernel and what is shown say the same of every process.
#[track_caller]
pub fn agrees_with_the_kernel(shown: &Value, live: &BTreeMap<u64, Live>) {
    let processes = list(&shown["Processes"]);
    let pids: BTreeSet<u64> = processes.iter().map(|one| number(&one["Pid"])).collect();
    assert_eq!(pids, live.keys().copied().collect(), "process ids");
    for process in processes {
        let pid = number(&process["Pid"]);
        let live = &live[&pid];
        assert_eq!(texts(&process["Arguments"]), live.arguments, "of {pid}");
        assert_eq!(texts(&process["Environment"]), live.environment, "of {pid}");
        let expected: BTreeMap<String, String> = live
            .links
            .iter()
            .map(|(name, target)| {
                // Its number is the kernel's own; a file in memory has no name to lose.
                let target = if target.starts_with("socket:[") {
                    "socket"
                } else if target.starts_with("/memfd:") {
                    target.trim_end_matches(" (deleted)")
                } else {
                    target
                };
                (name.clone(), target.to_owned())
            })
            .collect();
        assert_eq!(links(process), expected, "what {pid} has open");
    }
}

/// checkpointctl and what is shown say the same: whose it is, sizes, processes, files, sockets,
/// mounts. Not of command lines: the one in Debian reads zeros where CRIU 4 counts pages anew.
#[track_caller]
pub fn agrees_with_checkpointctl(shown: &Value, archive: &str) {
    let told = json(
        "checkpointctl",
        &["inspect", "--all", "--format", "json", archive],
    );
    let told = &told[0];
    let container = &shown["Container"];
    for (own, theirs) in [("Id", "id"), ("Image", "image")] {
        assert_eq!(container[own], told[theirs], "{own}");
    }
    assert_eq!(shown["Origin"]["Runtime"], told["runtime"]);
    let engine = match text(&shown["Origin"]["Engine"]).as_str() {
        // It knows nothing of us, and what Podman reads is Podman's to it.
        "cryopod" => "Podman".to_owned(),
        engine => engine.to_owned(),
    };
    assert_eq!(told["engine"], *engine);
    let sizes = &told["checkpoint_size"];
    for (own, theirs) in [
        ("Images", "total_size"),
        ("Memory", "memory_pages_size"),
        ("RootfsDiff", "root_fs_diff_size"),
    ] {
        assert_eq!(
            number(&shown["Sizes"][own]),
            sizes[theirs].as_u64().unwrap_or(0),
            "{own}"
        );
    }
    let statistics = &told["statistics"];
    for key in ["freezing_time", "frozen_time", "pages_written"] {
        assert_eq!(shown["Statistics"][key], statistics[key], "{key}");
    }
    let mut processes = BTreeMap::new();
    gather(&told["process_tree"], 0, &mut processes);
    let own: BTreeMap<u64, (u64, String)> = list(&shown["Processes"])
        .iter()
        .map(|one| {
            (
                number(&one["Pid"]),
                (number(&one["Parent"]), text(&one["Command"])),
            )
        })
        .collect();
    assert_eq!(own, processes);
    let of_pid = |pid: &Value| {
        let found = list(&shown["Processes"])
            .iter()
            .find(|one| one["Pid"] == *pid);
        found.unwrap_or_else(|| panic!("{pid} is not shown"))
    };
    for entry in list(&told["file_descriptors"]) {
        let process = of_pid(&entry["pid"]);
        let own: BTreeSet<String> = links(process)
            .into_iter()
            .filter(|(name, _)| name != "exe")
            .map(|(name, target)| format!("{name} {}", target.trim_end_matches(" (deleted)")))
            .collect();
        for file in list(&entry["open_files"]) {
            let fd = text(&file["fd"]);
            let fd = fd.rsplit(' ').next().unwrap_or_default();
            let path = match text(&file["type"]).as_str() {
                "REG" => text(&file["path"]),
                "" if fd == "cwd" => text(&file["path"]),
                "PIPE" => text(&file["path"]).replace("pipe[", "pipe:["),
                // The others have numbers of CRIU's for names.
                _ => continue,
            };
            let line = format!("{fd} {path}");
            assert!(own.contains(&line), "{line:?} is not in {own:?}");
        }
    }
    for entry in list(&told["sockets"]) {
        let process = of_pid(&entry["pid"]);
        for socket in list(&entry["open_sockets"]) {
            found_socket(process, socket);
        }
    }
    let mounts = |list: &[Value], destination: &str, kind: &str| -> BTreeSet<[String; 2]> {
        let mounts = list.iter();
        mounts
            .map(|one| [text(&one[destination]), text(&one[kind])])
            .collect()
    };
    assert_eq!(
        mounts(list(&shown["Mounts"]), "Destination", "Kind"),
        mounts(list(&told["mounts"]), "destination", "type")
    );
}

/// The processes of checkpointctl's tree: parent and name by process id.
fn gather(process: &Value, parent: u64, found: &mut BTreeMap<u64, (u64, String)>) {
    let pid = number(&process["pid"]);
    found.insert(pid, (parent, text(&process["command"])));
    for child in list(&process["children"]) {
        gather(child, pid, found);
    }
}

#[track_caller]
fn found_socket(process: &Value, socket: &Value) {
    let data = &socket["data"];
    // Others have a type alone.
    let protocol = socket["protocol"].as_str().or(data["type"].as_str());
    let protocol = protocol.unwrap_or_default();
    let end = |address: &str, port: &str| {
        let address: std::net::IpAddr = text(&data[address]).parse().ok()?;
        let port = u16::try_from(data[port].as_u64()?).ok()?;
        Some(std::net::SocketAddr::new(address, port).to_string())
    };
    let local = match protocol {
        "TCP" | "UDP" => end("src", "src_port").expect("an address"),
        _ => {
            let name = text(&data["address"]);
            let name = name.trim_end_matches('\0');
            name.strip_prefix('\0')
                .map_or_else(|| name.to_owned(), |rest| format!("@{rest}"))
        }
    };
    let remote = end("dst", "dst_port");
    let same = |own: &&Value| {
        text(&own["Kind"]).eq_ignore_ascii_case(protocol.split(' ').next().unwrap_or_default())
            && own["Local"] == *local
            && remote
                .as_ref()
                .is_none_or(|remote| own["Remote"] == **remote)
    };
    let found = list(&process["Sockets"]).iter().find(same);
    assert!(found.is_some(), "{socket} is not shown of {process}");
}
