//! `--log-opt`.

use std::fs;

use crate::harness::{Host, IMAGE, wait};

/// A log that is full begins anew, also after a thaw elsewhere.
pub fn a_log_has_a_size(host: &Host) {
    let script = "while :; do seq 1000; sleep 0.1; done";
    host.start_shell("full", &["--log-opt", "max-size=20kb"], script);
    let check = || {
        let log = host.inspect("full")["HostConfig"]["LogConfig"].clone();
        assert_eq!(log["Size"], "20kB");
        let path = log["Path"].as_str().unwrap().to_owned();
        let size = || fs::metadata(&path).map_or(0, |file| file.len());
        let mut before = size();
        wait::until("it has begun anew", || {
            let now = size();
            assert!(now <= 20_000, "{now}");
            let anew = now < before;
            before = now;
            anew.then_some(())
        });
    };
    check();
    let archive = host.file("full.tar");
    host.ok(&["container", "checkpoint", "-e", &archive, "full"]);
    host.ok(&["rm", "full"]);
    host.ok(&["container", "restore", "-i", &archive]);
    check();
    host.ok(&["rm", "-f", "-t", "0", "full"]);
    for (option, text) in [
        ("max-size", "NAME=VALUE is wanted"),
        ("max-size=much", "log option max-size can't be \"much\""),
        ("path=/tmp/x", "log option path is not supported"),
    ] {
        host.fails(&["create", "--log-opt", option, IMAGE], 125, text);
    }
}
