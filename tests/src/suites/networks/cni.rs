//! The same through CNI, which containers.conf asks for: networks are configuration lists, and plugins
//! of Debian's containernetworking-plugins attach containers.

use std::fs;
use std::process::Command;

use super::addresses;
use crate::harness::{Engine, Host, IMAGE, ask_web, command, wait};
use crate::suites::{COUNT_ALOUD, Tests, tests};

pub const TESTS: Tests = tests![
    several_with_both_families,
    addresses_over_a_thaw,
    once taken_address,
    once static_address_stays,
    once internal_has_no_way_out,
    joined_and_left,
    nobody_hangs_up_on_one_who_talks_on,
    macvlan,
    once published_port,
    once lists_are_files,
    once what_is_refused,
    once the_back_end_is_that_of_the_start,
];

const SETTING: &str = "/etc/containers/containers.conf.d/99-cni.conf";
/// Bridge of the default network.
const BRIDGE: &str = "cni-podman0";

/// CNI instead of netavark, until dropped.
#[derive(Debug)]
pub struct Cni;

impl Cni {
    pub fn chosen() -> Self {
        fs::create_dir_all("/etc/containers/containers.conf.d").unwrap();
        fs::write(SETTING, "[network]\nnetwork_backend = \"cni\"\n").unwrap();
        Self
    }
}

impl Drop for Cni {
    fn drop(&mut self) {
        let _ = fs::remove_file(SETTING);
        // CNI keeps bridges, and this one has the addresses of netavark's.
        command::run(Command::new("ip").args(["link", "delete", BRIDGE]), "");
    }
}

/// Has the plugins make what they make once for all: chains of the firewall.
pub fn prepare(engine: &Engine) {
    let _cni = Cni::chosen();
    engine.ok(&[
        "network",
        "create",
        "--subnet",
        "10.79.0.0/24",
        "--subnet",
        "fd79::/64",
        "warm",
    ]);
    let run = [
        "run",
        "--rm",
        "--network",
        "warm",
        "-p",
        "18099:80",
        "-p",
        "[::1]:18098:80",
    ];
    engine.ok(&[&run[..], &[IMAGE, "true"]].concat());
    engine.ok(&["network", "rm", "warm"]);
}

fn through_cni(host: &Host, body: fn(&Host)) {
    let _cni = Cni::chosen();
    assert_eq!(host.ok(&["info", "-f", "{{.Host.NetworkBackend}}"]), "cni");
    body(host);
    host.engine.remove_all();
}

fn several_with_both_families(host: &Host) {
    through_cni(host, addresses::several_with_both_families);
}

fn addresses_over_a_thaw(host: &Host) {
    through_cni(host, addresses::addresses_over_a_thaw);
}

fn taken_address(host: &Host) {
    through_cni(host, addresses::taken_address);
}

fn static_address_stays(host: &Host) {
    through_cni(host, addresses::static_address_stays);
}

fn internal_has_no_way_out(host: &Host) {
    through_cni(host, addresses::internal_has_no_way_out);
}

fn joined_and_left(host: &Host) {
    through_cni(host, super::joined_and_left);
}

fn nobody_hangs_up_on_one_who_talks_on(host: &Host) {
    through_cni(
        host,
        crate::suites::network::nobody_hangs_up_on_one_who_talks_on,
    );
}

fn macvlan(host: &Host) {
    through_cni(host, addresses::macvlan);
}

fn published_port(host: &Host) {
    through_cni(host, |host| {
        let options = ["-p", "18082:8080"];
        host.start("web", &options, &["workload", "web", "8080", "/data/count"]);
        host.wait_for_log("web", "listening");
        let own = command::run(Command::new("hostname").arg("-I"), "").stdout;
        let own = own.split_whitespace().next().unwrap().to_owned();
        let ask = || wait::until("an answer", || ask_web(&own, 18082));
        assert_eq!(ask(), "count mem=1 file=1");
        host.ok(&["container", "checkpoint", "web"]);
        assert!(ask_web(&own, 18082).is_none());
        host.ok(&["container", "restore", "web"]);
        assert_eq!(ask(), "count mem=2 file=2");
    });
}

fn lists_are_files(host: &Host) {
    through_cni(host, |host| {
        let create = [
            "network",
            "create",
            "--subnet",
            "10.79.1.0/24",
            "--label",
            "a=b",
            "listed",
        ];
        assert_eq!(host.ok(&create), "listed");
        let text = fs::read_to_string("/etc/cni/net.d/listed.conflist").unwrap();
        let list: serde_json::Value = serde_json::from_str(&text).unwrap();
        let types = list["plugins"].as_array().unwrap().iter();
        let types: Vec<&str> = types.filter_map(|plugin| plugin["type"].as_str()).collect();
        assert_eq!(types, ["bridge", "portmap", "firewall", "tuning"]);
        let facts = super::inspect(&host.engine, "listed");
        assert_eq!(facts["subnets"][0]["gateway"], "10.79.1.1");
        assert_eq!(facts["labels"]["a"], "b");
        assert!(
            facts["network_interface"]
                .as_str()
                .unwrap()
                .starts_with("cni-podman")
        );
        host.ok(&["network", "rm", "listed"]);
        assert!(!fs::exists("/etc/cni/net.d/listed.conflist").unwrap());
    });
}

fn what_is_refused(host: &Host) {
    through_cni(host, |host| {
        let list = |name: &str, plugins: &str| {
            fs::create_dir_all("/etc/cni/net.d").unwrap();
            let text = format!(r#"{{"cniVersion":"0.4.0","name":"{name}","plugins":[{plugins}]}}"#);
            fs::write(format!("/etc/cni/net.d/{name}.conflist"), text).unwrap();
        };
        let run = |network: &str, why: &str| {
            let line = ["run", "--rm", "--network", network, IMAGE, "true"];
            let done = host.run(&line);
            assert!(
                done.code != 0 && done.stderr.contains(why),
                "no {why:?} in {done}"
            );
        };
        let ipam = r#""ipam":{"type":"host-local","subnet":"10.79.2.0/24"}"#;
        list(
            "strange",
            &format!(r#"{{"type":"bridge","bridge":"cni-strange",{ipam}}},{{"type":"nothere"}}"#),
        );
        run("strange", "nothere");
        list(
            "leased",
            r#"{"type":"macvlan","master":"lo","ipam":{"type":"dhcp"}}"#,
        );
        run("leased", "dhcp");
        fs::write("/etc/cni/net.d/damaged.conflist", "{").unwrap();
        run("damaged", "damaged.conflist");
        host.ok(&["run", "--rm", IMAGE, "true"]);
        host.fails(
            &["network", "update", "--dns-add", "10.0.0.1", "podman"],
            125,
            "not supported for backend CNI",
        );
        for name in ["strange", "leased", "damaged"] {
            fs::remove_file(format!("/etc/cni/net.d/{name}.conflist")).unwrap();
        }
    });
    let setting = "/etc/containers/containers.conf.d/99-wrong.conf";
    fs::write(setting, "[network]\nnetwork_backend = \"pasta\"\n").unwrap();
    let done = host.run(&["ps"]);
    fs::remove_file(setting).unwrap();
    assert!(
        done.code == 125
            && done
                .stderr
                .contains("unsupported network backend \"pasta\""),
        "{done}"
    );
}

/// Who changes the setting while containers run does them no harm.
fn the_back_end_is_that_of_the_start(host: &Host) {
    let address = {
        let _cni = Cni::chosen();
        host.start_shell("early", &[], COUNT_ALOUD);
        fs::remove_file(SETTING).unwrap();
        let (address, _) = host.address("early");
        host.ok(&["rm", "-f", "-t", "0", "early"]);
        address
    };
    // host-local has forgotten it, too.
    assert!(!fs::exists(format!("/var/lib/cni/networks/podman/{address}")).unwrap());
}
