//! The back end with stand-ins for plugins: shell scripts that log how they are called.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use serde_json::{Value, json};

use super::*;

/// What the last plugin of each chain answers.
const RESULT: &str = r#"{"cniVersion":"0.4.0","interfaces":[{"name":"br","mac":"5a:00:00:00:00:01"},
  {"name":"eth0","mac":"5a:00:00:00:00:03","sandbox":"/x"}],
  "ips":[{"version":"4","interface":1,"address":"10.1.0.5/24","gateway":"10.1.0.1"}],"dns":{}}"#;

const NETNS: &str = "/nonexistent/netns/x";

/// Puts an executable script into a directory.
pub(super) fn install(directory: &Path, name: &str, script: &str) {
    // A child of another test may still hold a writable copy of the descriptor between its fork and
    // exec, and running the script would fail with ETXTBSY: cp writes it in a process of its own.
    let source = directory.join(format!(".{name}.source"));
    fs::write(&source, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&source, fs::Permissions::from_mode(0o755)).unwrap();
    let copied = Command::new("cp")
        .arg(&source)
        .arg(directory.join(name))
        .status();
    assert!(copied.unwrap().success());
}

struct Host {
    dir: tempfile::TempDir,
    cni: Cni,
}

impl Host {
    /// With the plugins bridge, portmap and host-local, and the networks `a` and `b` of the first two.
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        for name in ["plugins", "net.d"] {
            fs::create_dir(dir.path().join(name)).unwrap();
        }
        let cni = Cni {
            plugins: vec![dir.path().join("plugins")],
            conf_dir: dir.path().join("net.d"),
            cache_dir: dir.path().join("cache"),
        };
        let host = Self { dir, cni };
        fs::write(host.path("result"), RESULT).unwrap();
        for name in ["bridge", "portmap", "host-local"] {
            host.plugin(name, "");
        }
        for name in ["a", "b"] {
            host.network(name, "0.4.0", &json!([bridge(), {"type": "portmap"}]));
        }
        host
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// A plugin that logs `VERB plugin network [netns]`, keeps its last input as `plugin.VERB`, does
    /// `action` and answers what it should.
    fn plugin(&self, name: &str, action: &str) {
        let dir = self.dir.path().display();
        let script = format!(
            r#"input=$(cat)
network=$(printf %s "$input" | sed 's/.*"name":"\([ab]\)".*/\1/')
if [ "$CNI_COMMAND" = VERSION ]; then
    echo asked {name} >> {dir}/versions
    echo '{{"cniVersion":"1.1.0","supportedVersions":["0.3.1","0.4.0","1.0.0"]}}'
    exit
fi
echo "$CNI_COMMAND {name} $network $CNI_NETNS" >> {dir}/log
printf %s "$input" > {dir}/{name}.$CNI_COMMAND
{action}
[ "$CNI_COMMAND" != ADD ] || cat {dir}/result"#
        );
        install(&self.path("plugins"), name, &script);
    }

    fn network(&self, name: &str, version: &str, plugins: &Value) {
        let text = json!({"cniVersion": version, "name": name, "plugins": plugins});
        let file = self.path(&format!("net.d/{name}.conflist"));
        fs::write(file, text.to_string()).unwrap();
    }

    fn request(networks: &[&str]) -> SetupRequest {
        let network = |name: &&str| {
            let network: Network = serde_json::from_value(
                json!({"name": name, "subnets": [{"subnet": "10.1.0.0/24"}]}),
            )
            .unwrap();
            let options = PerNetworkOptions {
                static_ips: vec!["10.1.0.5".parse().unwrap()],
                static_mac: "5a:00:00:00:00:03".to_owned(),
                interface_name: "eth0".to_owned(),
                ..PerNetworkOptions::default()
            };
            (network, options)
        };
        SetupRequest {
            container_id: "ab".to_owned(),
            container_name: "web".to_owned(),
            networks: networks.iter().map(network).collect(),
            ..SetupRequest::default()
        }
    }

    fn setup(&self, networks: &[&str]) -> Result<BTreeMap<String, StatusBlock>, Error> {
        self.cni.setup(Path::new(NETNS), &Self::request(networks))
    }

    fn teardown(&self, networks: &[&str]) -> Result<(), Error> {
        self.cni
            .teardown(Path::new(NETNS), &Self::request(networks))
    }

    /// What was called since the last time.
    fn log(&self) -> Vec<String> {
        let text = fs::read_to_string(self.path("log")).unwrap_or_default();
        let _ = fs::remove_file(self.path("log"));
        text.lines()
            .map(|line| line.replace(NETNS, "ns").trim_end().to_owned())
            .collect()
    }

    fn input(&self, name: &str) -> Value {
        serde_json::from_slice(&fs::read(self.path(name)).unwrap()).unwrap()
    }

    fn records(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path("cache/results"))
            .into_iter()
            .flatten();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

fn bridge() -> Value {
    json!({"type": "bridge", "keyA": [1], "ipam": {"type": "host-local", "ranges": [[{"subnet": "10.1.0.0/24"}]]}})
}

#[test]
fn attached_and_detached_in_order() {
    let host = Host::new();
    let status = host.setup(&["a", "b"]).unwrap();
    assert_eq!(
        serde_json::to_string(&status["b"]).unwrap(),
        r#"{"interfaces":{"eth0":{"subnets":[{"ipnet":"10.1.0.5/24","gateway":"10.1.0.1"}],"mac_address":"5a:00:00:00:00:03"}},"dns_server_ips":[],"dns_search_domains":[]}"#
    );
    assert_eq!(
        host.log(),
        [
            "ADD bridge a ns",
            "ADD portmap a ns",
            "ADD bridge b ns",
            "ADD portmap b ns"
        ]
    );
    let versions = fs::read_to_string(host.path("versions")).unwrap();
    assert_eq!(versions, "asked bridge\nasked portmap\n");
    assert_eq!(host.records(), ["a-ab-eth0", "b-ab-eth0"]);
    // The first plugin gets what was leased, the second one what the first answered.
    let first = host.input("bridge.ADD");
    assert_eq!(first["keyA"], json!([1]));
    assert_eq!(
        first["runtimeConfig"],
        json!({"ips": ["10.1.0.5/24"], "mac": "5a:00:00:00:00:03"})
    );
    assert!(first.get("prevResult").is_none());
    let second = host.input("portmap.ADD");
    let result: Value = serde_json::from_str(RESULT).unwrap();
    assert_eq!(second["prevResult"], result);
    assert!(second.get("runtimeConfig").is_none());

    host.teardown(&["a", "b"]).unwrap();
    assert_eq!(
        host.log(),
        [
            "DEL portmap b",
            "DEL bridge b",
            "DEL portmap a",
            "DEL bridge a"
        ]
    );
    assert_eq!(host.input("bridge.DEL")["prevResult"], result);
    assert_eq!(host.records(), [""; 0]);
    // Again: nothing is known to be there any more, and what may be is freed.
    host.teardown(&["a"]).unwrap();
    assert!(host.input("bridge.DEL").get("prevResult").is_none());
}

#[test]
fn the_namespace_is_told_where_it_exists() {
    let host = Host::new();
    let netns = host.path("netns");
    netns::create(&netns).unwrap();
    let request = Host::request(&["a"]);
    host.cni.setup(&netns, &request).unwrap();
    host.log();
    host.cni.teardown(&netns, &request).unwrap();
    let log = host.log();
    netns::delete(&netns).unwrap();
    assert_eq!(log[0], format!("DEL portmap a {}", netns.display()));
}

#[test]
fn a_failure_undoes_everything() {
    let host = Host::new();
    let fail = r#"[ "$CNI_COMMAND $network" != "ADD b" ] || { echo '{"code":7,"msg":"no","details":"rules"}'; exit 1; }"#;
    host.plugin("portmap", fail);
    let error = host.setup(&["a", "b"]).unwrap_err();
    assert_eq!(error.to_string(), "cni plugin portmap failed: no: rules");
    assert_eq!(
        host.log()[3..],
        [
            "ADD portmap b ns",
            "DEL portmap b",
            "DEL bridge b",
            "DEL portmap a",
            "DEL bridge a"
        ]
    );
    assert_eq!(host.records(), [""; 0]);
}

#[test]
fn what_can_not_be_undone_is_kept() {
    let host = Host::new();
    host.setup(&["a", "b"]).unwrap();
    host.log();
    host.plugin("portmap", "[ $CNI_COMMAND$network != DELb ] || exit 3");
    let error = host.teardown(&["a", "b"]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cni plugin portmap failed: exit status: 3"
    );
    assert_eq!(host.log().len(), 4);
    assert_eq!(host.records(), ["b-ab-eth0"]);
    host.plugin("portmap", "");
    host.teardown(&["a", "b"]).unwrap();
    assert_eq!(host.records(), [""; 0]);
}

#[test]
fn the_recorded_configuration_is_undone() {
    let host = Host::new();
    host.setup(&["a", "b"]).unwrap();
    host.log();
    fs::remove_file(host.path("net.d/a.conflist")).unwrap();
    host.network("b", "0.4.0", &json!([{"type": "bridge"}]));
    host.teardown(&["a", "b"]).unwrap();
    assert_eq!(
        host.log(),
        [
            "DEL portmap b",
            "DEL bridge b",
            "DEL portmap a",
            "DEL bridge a"
        ]
    );
    // Neither a record nor a file: nothing to do.
    host.teardown(&["a"]).unwrap();
    assert!(host.log().is_empty());
}

#[test]
fn what_a_killed_engine_began_is_cleared_first() {
    let host = Host::new();
    let request = Host::request(&["a"]);
    let begun = host.cni.prepare(&request).unwrap().remove(0);
    host.cni.records().save(&begun).unwrap();
    host.setup(&["a"]).unwrap();
    assert_eq!(
        host.log(),
        [
            "DEL portmap a",
            "DEL bridge a",
            "ADD bridge a ns",
            "ADD portmap a ns"
        ]
    );
    // A record that nobody can read stands in nobody's way.
    fs::write(host.path("cache/results/a-ab-eth0"), "{").unwrap();
    host.teardown(&["a"]).unwrap();
    assert_eq!(host.log(), ["DEL portmap a", "DEL bridge a"]);
    assert_eq!(host.records(), [""; 0]);
}

#[test]
fn another_address_is_an_error() {
    let host = Host::new();
    fs::write(host.path("result"), RESULT.replace("0.5/", "0.6/")).unwrap();
    let error = host.setup(&["a"]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "network a: its CNI plugins gave the addresses [10.1.0.6] instead of [10.1.0.5]"
    );
    assert_eq!(host.log()[2..], ["DEL portmap a", "DEL bridge a"]);
    assert_eq!(host.records(), [""; 0]);
}

#[test]
fn refused_before_the_first_add() {
    let host = Host::new();
    host.network("c", "0.4.0", &json!([bridge(), {"type": "firewall"}]));
    host.network("d", "1.1.0", &json!([bridge()]));
    host.network("e", "0.2.0", &json!([bridge()]));
    host.network(
        "f",
        "0.4.0",
        &json!([{"type": "bridge", "ipam": {"type": "dhcp"}}]),
    );
    host.network(
        "g",
        "0.4.0",
        &json!([{"type": "bridge", "ipam": {"type": "calico"}}]),
    );
    fs::write(host.path("net.d/h.conflist"), "{").unwrap();
    let cases: [(&str, &[&str]); 7] = [
        (
            "c",
            &[
                "plugin \"firewall\"",
                "/plugins",
                "containernetworking-plugins",
            ],
        ),
        (
            "d",
            &[
                "cni plugin bridge does not support version \"1.1.0\" of network d",
                "0.3.1",
            ],
        ),
        ("e", &["network e: its cniVersion \"0.2.0\" is none of"]),
        ("f", &["network f: ", "DHCP", "host-local", "dhcp-proxy"]),
        ("g", &["plugin \"calico\""]),
        ("h", &["h.conflist: EOF"]),
        ("i", &["unable to find network with name or ID i"]),
    ];
    for (name, words) in cases {
        let error = host.setup(&["a", name]).unwrap_err().to_string();
        for word in words {
            assert!(error.contains(word), "{name}: {error}");
        }
    }
    assert!(host.log().is_empty());
    assert_eq!(host.records(), [""; 0]);
    host.setup(&["a", "b"]).unwrap();
}

#[test]
fn names_are_left_unresolved_without_dnsname() {
    let host = Host::new();
    host.network("a", "0.4.0", &json!([bridge(), {"type": "dnsname"}]));
    host.setup(&["a"]).unwrap();
    assert_eq!(host.log(), ["ADD bridge a ns"]);
    host.teardown(&["a"]).unwrap();
    // With it, and then it is uninstalled.
    host.plugin("dnsname", "");
    host.log();
    host.setup(&["a"]).unwrap();
    assert_eq!(host.log(), ["ADD bridge a ns", "ADD dnsname a ns"]);
    fs::remove_file(host.path("plugins/dnsname")).unwrap();
    host.teardown(&["a"]).unwrap();
    assert_eq!(host.log(), ["DEL bridge a"]);
    assert_eq!(host.records(), [""; 0]);
}

#[test]
fn checked_with_the_final_result() {
    let host = Host::new();
    let check = |names: &[&str]| host.cni.check(Path::new(NETNS), &Host::request(names));
    assert!(
        check(&["a"])
            .unwrap_err()
            .to_string()
            .contains("not attached")
    );
    host.network("b", "0.3.1", &json!([bridge()]));
    host.setup(&["a", "b"]).unwrap();
    host.log();
    check(&["a"]).unwrap();
    assert_eq!(host.log(), ["CHECK bridge a ns", "CHECK portmap a ns"]);
    let result: Value = serde_json::from_str(RESULT).unwrap();
    assert_eq!(host.input("bridge.CHECK")["prevResult"], result);
    let error = check(&["b"]).unwrap_err().to_string();
    assert!(
        error.contains("\"0.3.1\" does not support CHECK"),
        "{error}"
    );
    host.plugin("portmap", "[ $CNI_COMMAND != CHECK ] || exit 1");
    assert!(check(&["a"]).is_err());
    // Before 0.4.0 a DEL has no result either.
    host.teardown(&["b"]).unwrap();
    assert!(host.input("bridge.DEL").get("prevResult").is_none());
}

#[test]
fn the_default_network_needs_no_file() {
    let host = Host::new();
    for name in ["firewall", "tuning"] {
        host.plugin(name, "");
    }
    let mut request = Host::request(&["a"]);
    request.networks[0].0 = default_network();
    request.networks[0].1.static_ips = vec!["10.88.0.5".parse().unwrap()];
    fs::write(host.path("result"), RESULT.replace("10.1.0.", "10.88.0.")).unwrap();
    let status = host.cni.setup(Path::new(NETNS), &request).unwrap();
    assert_eq!(status["podman"].addresses().len(), 1);
    assert_eq!(host.input("bridge.ADD")["bridge"], "cni-podman0");
    assert_eq!(host.records(), ["podman-ab-eth0"]);
    host.cni.teardown(Path::new(NETNS), &request).unwrap();
    assert_eq!(host.records(), [""; 0]);
}

#[test]
fn made_and_removed() {
    let host = Host::new();
    let mut network = default_network();
    network.name = "new".to_owned();
    network.dns_enabled = true;
    host.cni.create(&network).unwrap();
    assert!(!host.cni.networks().get("new").unwrap().dns_enabled);
    host.plugin("dnsname", "");
    host.cni.create(&network).unwrap();
    assert!(host.cni.networks().get("new").unwrap().dns_enabled);
    assert_eq!(host.cni.holder("new", "10.88.0.5".parse().unwrap()), None);
    host.cni.remove("new").unwrap();
    assert!(host.cni.networks().get("new").is_err());
}

#[test]
fn nothing_to_do_runs_nothing() {
    let cni = Cni::new("/nonexistent/cache");
    let (netns, empty) = (Path::new("/x"), SetupRequest::default());
    assert!(cni.setup(netns, &empty).unwrap().is_empty());
    cni.teardown(netns, &empty).unwrap();
}
