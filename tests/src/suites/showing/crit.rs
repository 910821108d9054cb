//! What crit, the decoder of CRIU's own, reads from the images of an archive.

use serde_json::Value;

use super::peers::{json, list, number, text};
use crate::suites::golden::archive::Unpacked;

/// What a shown checkpoint has of a process: parent, group, session, threads, user, group.
type Facts = [u64; 6];

/// crit and what is shown of an archive say the same: processes, what they have open, sockets, memory.
#[track_caller]
pub fn agrees_with_crit(shown: &Value, unpacked: &Unpacked) {
    let images = unpacked.path("checkpoint");
    let image = |name: &str| images.join(name);
    let decode = |name: &str| {
        let path = image(name).display().to_string();
        let decoded = json("crit", &["decode", "--pretty", "-i", &path]);
        list(&decoded["entries"]).to_vec()
    };
    let plain = |name: &str| {
        let path = image(name).display().to_string();
        let decoded = json("crit", &["decode", "-i", &path]);
        list(&decoded["entries"]).to_vec()
    };
    let processes = list(&shown["Processes"]);
    let files = decode("files.img");
    let file_of = |id: &Value| {
        let found = files.iter().find(|file| file["id"] == *id);
        found.unwrap_or_else(|| panic!("no file {id}"))
    };
    let tree = plain("pstree.img");
    assert_eq!(processes.len(), tree.len(), "number of processes");
    let mut sockets = 0;
    for entry in &tree {
        let pid = &entry["pid"];
        let process = processes.iter().find(|one| one["Pid"] == *pid);
        let process = process.unwrap_or_else(|| panic!("{pid} is not shown"));
        let core = plain(&format!("core-{pid}.img")).remove(0);
        let credentials = &core["thread_core"]["creds"];
        let expected: Facts = [
            number(&entry["ppid"]),
            number(&entry["pgid"]),
            number(&entry["sid"]),
            list(&entry["threads"]).len() as u64,
            // The dead have none.
            credentials["euid"].as_u64().unwrap_or(0),
            credentials["egid"].as_u64().unwrap_or(0),
        ];
        let keys = ["Parent", "Group", "Session", "Threads", "User", "GroupId"];
        assert_eq!(keys.map(|key| number(&process[key])), expected, "of {pid}");
        assert_eq!(process["Command"], core["tc"]["comm"]);
        if process["State"] == "zombie" {
            assert_eq!(core["tc"]["task_state"], 2);
            continue;
        }
        agrees_on_memory(process, &plain(&format!("mm-{pid}.img"))[0], || {
            plain(&format!("pagemap-{pid}.img"))
        });
        let ids = plain(&format!("ids-{pid}.img")).remove(0);
        let open = decode(&format!("fdinfo-{}.img", ids["files_id"]));
        assert_eq!(
            list(&process["Files"]).len() + list(&process["Sockets"]).len(),
            open.len(),
            "what {pid} has open"
        );
        for one in &open {
            let of_fd = |key: &str| {
                let found = list(&process[key])
                    .iter()
                    .find(|file| file["Fd"] == one["fd"]);
                found.unwrap_or_else(|| panic!("{one} of {pid} is not shown"))
            };
            let file = file_of(&one["id"]);
            match one["type"].as_str().unwrap_or_default() {
                "REG" => {
                    let shown = of_fd("Files");
                    assert_eq!(shown["Path"], file["reg"]["name"]);
                    assert_eq!(shown["Position"], file["reg"]["pos"]);
                }
                "PIPE" => {
                    let name = format!("pipe:[{}]", file["pipe"]["pipe_id"]);
                    assert_eq!(of_fd("Files")["Path"], *name);
                }
                "INETSK" => {
                    inet(of_fd("Sockets"), &file["isk"]);
                    sockets += 1;
                }
                "UNIXSK" => {
                    unix(of_fd("Sockets"), &file["usk"], &files);
                    sockets += 1;
                }
                _ => assert_ne!(of_fd("Files")["Kind"], "other", "{one}"),
            }
        }
    }
    let shown = processes.iter().map(|one| list(&one["Sockets"]).len());
    assert_eq!(shown.sum::<usize>(), sockets, "number of sockets");
}

#[track_caller]
fn agrees_on_memory(process: &Value, space: &Value, pagemap: impl Fn() -> Vec<Value>) {
    let address = |value: &Value| {
        let number = value.as_u64();
        let hex = value.as_str().and_then(|text| text.strip_prefix("0x"));
        let parsed = hex.and_then(|hex| u64::from_str_radix(hex, 16).ok());
        number.or(parsed).expect("an address")
    };
    let areas = list(&space["vmas"]);
    // Marks within others: 1 << 16.
    let real = areas
        .iter()
        .filter(|area| number(&area["status"]) & 0x1_0000 == 0);
    let mapped: u64 = real
        .map(|area| address(&area["end"]) - address(&area["start"]))
        .sum();
    let runs = pagemap();
    let present = runs
        .iter()
        .skip(1)
        .filter(|run| number(&run["flags"]) & 4 != 0);
    let stored: u64 = present.map(|run| number(&run["nr_pages"]) * 4096).sum();
    let of = |key: &str| {
        let kinds = process["Memory"].as_object().expect("kinds of memory");
        kinds.values().map(|kind| number(&kind[key])).sum::<u64>()
    };
    assert_eq!((of("Mapped"), of("Stored")), (mapped, stored), "{process}");
}

#[track_caller]
fn inet(shown: &Value, socket: &Value) {
    let end = |addresses: &Value, port: &Value| {
        let address: std::net::IpAddr = text(&addresses[0]).parse().expect("an address");
        let port = u16::try_from(number(port)).expect("a port");
        std::net::SocketAddr::new(address, port).to_string()
    };
    assert_eq!(
        shown["Local"],
        *end(&socket["src_addr"], &socket["src_port"])
    );
    let remote = if socket["dst_port"] == 0 {
        String::new()
    } else {
        end(&socket["dst_addr"], &socket["dst_port"])
    };
    assert_eq!(shown["Remote"], *remote);
    let (kind, state) = match (
        text(&socket["type"]).as_str(),
        text(&socket["state"]).as_str(),
    ) {
        ("STREAM", "LISTEN") => ("tcp", "listening"),
        ("STREAM", "ESTABLISHED") => ("tcp", "established"),
        ("DGRAM", _) => ("udp", ""),
        other => panic!("a socket of another kind: {other:?}"),
    };
    assert_eq!(
        (&shown["Kind"], &shown["State"]),
        (&kind.into(), &state.into())
    );
}

#[track_caller]
fn unix(shown: &Value, socket: &Value, files: &[Value]) {
    // crit quotes zeros: the one before an abstract name, and the one at the end of a path.
    let name = |socket: &Value| {
        let name = text(&socket["name"]);
        let name = name.trim_end_matches("=00");
        name.strip_prefix("=00")
            .map_or_else(|| name.to_owned(), |rest| format!("@{rest}"))
    };
    assert_eq!(shown["Kind"], "unix");
    assert_eq!(shown["Local"], *name(socket), "{socket}");
    let peer = files.iter().map(|file| &file["usk"]);
    let mut peer = peer.filter(|other| other["ino"] == socket["peer"] && socket["peer"] != 0);
    assert_eq!(
        shown["Remote"],
        *peer.next().map(name).unwrap_or_default(),
        "{socket}"
    );
}
