//! Names that are taken or gone when a container is thawed: ports, addresses; and those of security
//! modules, and of the OCI runtime that made the dump.

use std::net::TcpListener;
use std::process::Command;

use super::{Holder, NAME, Tests, tests, words};
use crate::harness::{Engine, Host, command};

pub const TESTS: Tests =
    tests![once port_taken, once address_gone, once security_module, another_runtime];

const ON_HOST: [&str; 2] = ["--network", "host"];

fn port_taken(host: &Host) {
    let mut holder = Holder::start(host, &ON_HOST, &["listener=127.0.0.1:18473"]);
    holder.freeze(&[]);
    let other = TcpListener::bind("127.0.0.1:18473").unwrap();
    let cause = "a port that the container listens on is taken: 18473 on 127.0.0.1, protocol TCP";
    holder.stays_frozen(&[], cause, "stop what has it");
    drop(other);
    holder.thaw(&[]);
    holder.close(true);
    holder.end();
}

#[track_caller]
fn loopback(verb: &str) {
    let words = ["address", verb, "10.215.9.1/32", "dev", "lo"];
    let done = command::run(Command::new("ip").args(words), "");
    assert_eq!(done.code, 0, "{done}");
}

fn address_gone(host: &Host) {
    loopback("add");
    let mut holder = Holder::start(host, &ON_HOST, &["listener=10.215.9.1:18473"]);
    holder.freeze(&[]);
    loopback("del");
    let cause = "a socket of the container is bound to the address 10.215.9.1, which is not there";
    holder.stays_frozen(&[], cause, "give that address to an interface");
    loopback("add");
    holder.thaw(&[]);
    loopback("del");
    holder.close(true);
    holder.end();
}

/// No host of these tests has an AppArmor profile of this name; most have no AppArmor.
fn security_module(host: &Host) {
    let mut holder = Holder::start(host, &[], &[]);
    holder.freeze(&[]);
    let modules = std::fs::read_to_string("/sys/kernel/security/lsm").unwrap_or_default();
    for (module, name) in [("apparmor", "absent"), ("selinux", "a_u:a_r:a_t:s0")] {
        if modules.contains(module) {
            continue;
        }
        let profile = format!("{module}:{name}");
        holder.stays_frozen(
            &["--lsm-profile", &profile],
            &format!("this host's kernel has no {module}, which --lsm-profile asks for"),
            "leave --lsm-profile out",
        );
    }
    holder.thaw(&[]);
    holder.end();
}

/// The engine asks before CRIU could stumble over what the runtimes write differently.
fn another_runtime(host: &Host) {
    host.start(NAME, &[], &["workload", "hold", "eventfd"]);
    host.wait_for_log(NAME, "READY");
    let archive = host.file("frozen.tar");
    host.ok(&words("checkpoint", &["-e", &archive]));
    host.ok(&["rm", NAME]);
    let other = if host.runtime == "crun" {
        "runc"
    } else {
        "crun"
    };
    let engine = Engine::under_test().with_runtime(other);
    let why = format!(
        "was created with runtime '{}' and cannot be restored",
        host.runtime
    );
    let restore = ["container", "restore", "-i", &archive];
    engine.fails(&restore, 125, &why);
    host.ok(&restore);
    crate::suites::workloads::verdict(host, NAME);
}
