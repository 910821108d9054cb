//! Command lines and what becomes of them, side by side with what Podman 5.8.6 printed for the same.

use super::{Parsed, command, parse};
use crate::args::container::{ContainerCommand, ContainerVerb};
use crate::args::{Cli, Command};
use std::ffi::OsString;

fn words(line: &str) -> Vec<OsString> {
    line.split(' ').map(OsString::from).collect()
}

fn good(line: &str) -> Cli {
    match parse(&words(line)) {
        Parsed::Run(cli) => *cli,
        other => panic!("{line}: {other:?}"),
    }
}

fn wrong(line: &str) -> String {
    match parse(&words(line)) {
        Parsed::Wrong { message, .. } => message,
        other => panic!("{line}: {other:?}"),
    }
}

fn run(line: &str) -> crate::args::container::Run {
    match good(line).command {
        Command::Verb(ContainerVerb::Run(run))
        | Command::Container(ContainerCommand::Verb(ContainerVerb::Run(run))) => *run,
        other => panic!("{line}: {other:?}"),
    }
}

#[test]
fn the_tree_is_sound() {
    command().debug_assert();
    super::accepting_booleans(command()).debug_assert();
}

#[test]
fn flags_end_at_the_image() {
    let asked = run("cryopod run -it --rm=false --name x -e A=b img -d --name y -- z");
    assert!(asked.flags.interactive && asked.flags.tty && !asked.flags.rm && !asked.detach);
    assert_eq!(asked.flags.name.as_deref(), Some("x"));
    assert_eq!(
        asked.flags.image_and_command,
        ["img", "-d", "--name", "y", "--", "z"]
    );
    assert!(asked.sig_proxy);
}

#[test]
fn short_flags_join_and_take_values() {
    let asked = run("cryopod container run -dh host -eA=b -p8080:80,81 --net none img");
    assert!(asked.detach);
    assert_eq!(asked.flags.hostname.as_deref(), Some("host"));
    assert_eq!(asked.flags.env, ["A=b"]);
    assert_eq!(asked.flags.publish, ["8080:80", "81"]);
    assert_eq!(asked.flags.network, ["none"]);
}

#[test]
fn the_last_one_wins_and_lists_grow() {
    let asked = run("cryopod run --name a --name b -e A -e B img");
    assert_eq!(asked.flags.name.as_deref(), Some("b"));
    assert_eq!(asked.flags.env, ["A", "B"]);
}

#[test]
fn root_flags_stand_anywhere_before_the_image() {
    let cli = good("cryopod --root /a run --runtime runc img --root /c");
    assert_eq!(
        cli.globals.root.as_deref(),
        Some(std::path::Path::new("/a"))
    );
    assert_eq!(cli.globals.runtime.as_deref(), Some("runc"));
}

#[test]
fn every_command_under_its_noun() {
    for line in [
        "cryopod ps -a",
        "cryopod container ls -aq",
        "cryopod container ps",
        "cryopod container list",
        "cryopod images",
        "cryopod image ls",
        "cryopod image rm x",
        "cryopod rmi x",
        "cryopod container checkpoint -R -e /f x",
        "cryopod container restore -i /f -n y",
        "cryopod container cleanup --stopped-only --rm x",
        "cryopod container exists x",
        "cryopod kill -s 9 x",
        "cryopod stop -t -1 x",
        "cryopod logs --tail -1 -f x",
        "cryopod info",
        "cryopod version --format json",
    ] {
        good(line);
    }
}

#[test]
fn podmans_complaints() {
    let pairs = [
        (
            "cryopod frob",
            "unrecognized command `cryopod frob`\nTry 'cryopod --help' for more information",
        ),
        (
            "cryopod container frob",
            "unrecognized command `cryopod container frob`\nTry 'cryopod container --help' for more information",
        ),
        ("cryopod", "missing command 'cryopod COMMAND'"),
        (
            "cryopod container",
            "missing command 'cryopod container COMMAND'",
        ),
        (
            "cryopod run --foo x",
            "unknown flag: --foo\nSee 'cryopod run --help'",
        ),
        (
            "cryopod --foo ps",
            "unknown flag: --foo\nSee 'cryopod --help'",
        ),
        (
            "cryopod run -itZ x",
            "unknown shorthand flag: 'Z' in -Z\nSee 'cryopod run --help'",
        ),
        (
            "cryopod run --name",
            "flag needs an argument: --name\nSee 'cryopod run --help'",
        ),
        (
            "cryopod --root",
            "flag needs an argument: --root\nSee 'cryopod --help'",
        ),
        (
            "cryopod run --rm=foo x",
            "invalid argument \"foo\" for \"--rm\" flag: strconv.ParseBool: parsing \"foo\": invalid syntax\nSee 'cryopod run --help'",
        ),
        (
            "cryopod stop --time foo x",
            "invalid argument \"foo\" for \"-t, --time\" flag: strconv.ParseInt: parsing \"foo\": invalid syntax\nSee 'cryopod stop --help'",
        ),
        ("cryopod ps nope", "`cryopod ps` takes no arguments"),
        (
            "cryopod container ls nope",
            "`cryopod container ls` takes no arguments",
        ),
    ];
    for (line, message) in pairs {
        assert_eq!(wrong(line), message, "{line}");
    }
}

#[test]
fn help_and_version() {
    let text = |line: &str| match parse(&words(line)) {
        Parsed::Text(text) => text,
        other => panic!("{line}: {other:?}"),
    };
    assert_eq!(
        text("cryopod --version"),
        format!("cryopod version {}\n", env!("CARGO_PKG_VERSION"))
    );
    let run = text("cryopod run --help");
    assert!(
        run.contains("Usage:\n  cryopod run [options] IMAGE [COMMAND [ARG...]]\n"),
        "{run}"
    );
    assert!(
        run.contains("-h, --hostname") && run.contains("      --rm\n"),
        "{run}"
    );
    assert!(!run.contains("--runroot"), "{run}");
    assert!(text("cryopod ps -h").contains("cryopod ps [options]\n"));
    assert_eq!(
        text("cryopod help container run"),
        text("cryopod container run --help")
    );
    assert!(text("cryopod help frob").starts_with("Unknown help topic [`frob`]\n"));
    let root = text("cryopod --help");
    assert!(
        root.contains("--runroot") && root.contains("Available Commands:"),
        "{root}"
    );
    assert!(!text("cryopod container --help").contains("cleanup"));
}
