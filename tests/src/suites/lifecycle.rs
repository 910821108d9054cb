//! The ordinary life of a container, with Podman's output and exit codes.

use super::{COUNT_ALOUD, Tests, tests};
use crate::harness::{Host, IMAGE, wait};

pub const TESTS: Tests = tests![
    run_prints_output_and_passes_exit_code,
    exit_codes_125_126_127,
    detached_life,
    start_again,
    removed_after_its_end,
    exec_passes_streams_and_code,
    pause_and_unpause,
    kill_and_stop,
    environment_directory_user,
    entry_point_host_name_label,
    volumes,
    read_only_and_tmpfs,
    capabilities,
    once formats,
    once images,
    keeps_standard_input_open,
    terminal,
];

fn run_prints_output_and_passes_exit_code(host: &Host) {
    let done = host.run(&[
        "run",
        "--rm",
        IMAGE,
        "sh",
        "-c",
        "echo out; echo err >&2; exit 42",
    ]);
    assert_eq!((done.code, done.stdout.as_str()), (42, "out\n"), "{done}");
    assert!(done.stderr.contains("err\n"), "{done}");
}

fn exit_codes_125_126_127(host: &Host) {
    assert_eq!(
        host.run(&["run", "--no-such-flag", IMAGE, "true"]).code,
        125
    );
    let done = host.run(&["run", "--rm", IMAGE, "/etc/passwd"]);
    assert_eq!(done.code, 126, "{done}");
    let done = host.run(&["run", "--rm", IMAGE, "/no/such/program"]);
    assert_eq!(done.code, 127, "{done}");
    let ids = host.ok(&["ps", "-aq"]);
    assert!(ids.is_empty(), "a failed run --rm left {ids}");
}

fn detached_life(host: &Host) {
    let id = host.start_shell("life", &[], COUNT_ALOUD);
    assert!(
        id.len() == 64 && id.bytes().all(|byte| byte.is_ascii_hexdigit()),
        "{id}"
    );
    host.wait_for_log("life", "1\n");
    assert_eq!(host.status("life"), "running");
    let table = host.ok(&["ps"]);
    assert!(
        table.starts_with("CONTAINER ID") && table.contains(&id[..12]),
        "{table}"
    );
    assert!(table.contains("Up ") && table.contains("life"), "{table}");
    assert_eq!(host.ok(&["ps", "-q"]), id[..12]);
    assert_eq!(host.ok(&["ps", "-q", "--no-trunc"]), id);
    assert_eq!(host.ok(&["stop", "-t", "0", "life"]), "life");
    assert_eq!(host.status("life"), "exited");
    assert!(host.ok(&["ps", "-q"]).is_empty());
    assert!(host.ok(&["ps", "-a"]).contains("Exited (137)"));
    assert_eq!(host.ok(&["container", "rm", "life"]), "life");
    assert!(!host.exists("life"));
}

fn start_again(host: &Host) {
    host.ok(&[
        "create",
        "--name",
        "again",
        IMAGE,
        "sh",
        "-c",
        "echo once; exit 3",
    ]);
    assert_eq!(host.status("again"), "created");
    assert_eq!(host.ok(&["start", "again"]), "again");
    assert_eq!(host.ok(&["wait", "again"]), "3");
    assert_eq!(host.inspect("again")["State"]["ExitCode"], 3);
    host.ok(&["start", "again"]);
    assert_eq!(host.ok(&["wait", "again"]), "3");
    assert_eq!(host.log("again"), "once\nonce\n");
}

fn removed_after_its_end(host: &Host) {
    host.start_shell("gone", &["--rm"], "sleep 0.2");
    wait::until("the container is gone", || {
        (!host.exists("gone")).then_some(())
    });
}

fn exec_passes_streams_and_code(host: &Host) {
    host.start("exec", &[], &["sleep", "1000"]);
    let done = host.run(&["exec", "exec", "sh", "-c", "echo out; echo err >&2; exit 9"]);
    assert_eq!((done.code, done.stdout.as_str()), (9, "out\n"), "{done}");
    assert!(done.stderr.contains("err\n"), "{done}");
    let done = host.ok(&[
        "exec",
        "-e",
        "A=b c",
        "-w",
        "/data",
        "-u",
        "guest",
        "exec",
        "sh",
        "-c",
        "echo $A $PWD $(id -u)",
    ]);
    assert_eq!(done, "b c /data 1000");
    assert_eq!(host.run(&["exec", "exec", "/no/such/program"]).code, 127);
    assert_eq!(host.run(&["exec", "exec", "/etc/passwd"]).code, 126);
    host.fails(&["exec", "nobody", "true"], 125, "no such container");
    host.ok(&["kill", "exec"]);
    host.wait_for_status("exec", "exited");
    host.fails(
        &["exec", "exec", "true"],
        255,
        "can only create exec sessions on running containers: container state improper",
    );
}

fn pause_and_unpause(host: &Host) {
    host.start_shell("pause", &[], COUNT_ALOUD);
    host.wait_for_log("pause", "1\n");
    assert_eq!(host.ok(&["pause", "pause"]), "pause");
    assert_eq!(host.status("pause"), "paused");
    let before = host.log("pause");
    std::thread::sleep(std::time::Duration::from_millis(400));
    assert_eq!(host.log("pause"), before);
    assert_eq!(host.ok(&["unpause", "pause"]), "pause");
    host.wait_for_more_log("pause", &before);
}

fn kill_and_stop(host: &Host) {
    host.start_shell("signals", &[], "trap 'echo usr1' USR1; trap 'echo term; exit 5' TERM; echo ready; while :; do sleep 0.05; done");
    host.wait_for_log("signals", "ready");
    assert_eq!(host.ok(&["kill", "-s", "USR1", "signals"]), "signals");
    host.wait_for_log("signals", "usr1");
    assert_eq!(host.ok(&["stop", "-t", "10", "signals"]), "signals");
    assert_eq!(host.inspect("signals")["State"]["ExitCode"], 5);
    assert!(host.log("signals").ends_with("term\n"));
    host.fails(&["kill", "signals"], 125, "container state improper");
}

fn environment_directory_user(host: &Host) {
    let text = host.ok(&[
        "run",
        "--rm",
        "-e",
        "COLOUR=blue",
        "-w",
        "/data",
        "-u",
        "1000:1000",
        IMAGE,
        "sh",
        "-c",
        "echo $COLOUR $PWD $(id -u):$(id -g)",
    ]);
    assert_eq!(text, "blue /data 1000:1000");
    assert_eq!(
        host.ok(&["run", "--rm", "-u", "guest", IMAGE, "id", "-un"]),
        "guest"
    );
}

fn entry_point_host_name_label(host: &Host) {
    let text = host.ok(&[
        "run",
        "--rm",
        "--entrypoint",
        "echo",
        "--hostname",
        "snow",
        IMAGE,
        "a",
        "b",
    ]);
    assert_eq!(text, "a b");
    assert_eq!(
        host.ok(&["run", "--rm", "--hostname", "snow", IMAGE, "hostname"]),
        "snow"
    );
    host.start("labelled", &["--label", "a=b", "-l", "c=d"], &["true"]);
    let labels = &host.inspect("labelled")["Config"]["Labels"];
    assert_eq!(
        (labels["a"].as_str(), labels["c"].as_str()),
        (Some("b"), Some("d"))
    );
}

fn volumes(host: &Host) {
    let directory = host.path("shared");
    std::fs::create_dir(&directory).unwrap();
    std::fs::write(directory.join("in"), "from the host").unwrap();
    let bind = format!("{}:/mnt", directory.display());
    let text = host.ok(&[
        "run",
        "--rm",
        "-v",
        &bind,
        IMAGE,
        "sh",
        "-c",
        "cat /mnt/in; echo back > /mnt/out",
    ]);
    assert_eq!(text, "from the host");
    assert_eq!(
        std::fs::read_to_string(directory.join("out")).unwrap(),
        "back\n"
    );
    let read_only = format!("{bind}:ro");
    assert_ne!(
        host.run(&["run", "--rm", "-v", &read_only, IMAGE, "touch", "/mnt/x"])
            .code,
        0
    );
}

fn read_only_and_tmpfs(host: &Host) {
    assert_ne!(
        host.run(&["run", "--rm", "--read-only", IMAGE, "touch", "/data/x"])
            .code,
        0
    );
    let words = [
        "run",
        "--rm",
        "--read-only",
        "--tmpfs",
        "/data",
        IMAGE,
        "sh",
        "-c",
        "touch /data/x && grep -c ' /data tmpfs ' /proc/mounts",
    ];
    assert_eq!(host.ok(&words), "1");
    let text = host.ok(&[
        "run",
        "--rm",
        "--shm-size",
        "1m",
        IMAGE,
        "df",
        "-k",
        "/dev/shm",
    ]);
    assert!(text.contains(" 1024 "), "{text}");
}

fn capabilities(host: &Host) {
    let effective = |options: &[&str]| {
        let line = [
            &["run", "--rm"],
            options,
            &[IMAGE, "grep", "CapEff", "/proc/self/status"],
        ]
        .concat();
        let text = host.ok(&line);
        u64::from_str_radix(text.split_whitespace().last().unwrap_or(""), 16).unwrap()
    };
    let chown = 1 << 0;
    let net_admin = 1 << 12;
    assert_eq!(effective(&[]) & (chown | net_admin), chown);
    assert_eq!(effective(&["--cap-drop", "chown"]) & chown, 0);
    assert_eq!(effective(&["--cap-drop", "all"]), 0);
    assert_eq!(
        effective(&["--cap-add", "NET_ADMIN"]) & net_admin,
        net_admin
    );
}

fn formats(host: &Host) {
    let id = host.start("format", &[], &["sleep", "1000"]);
    let text = host.ok(&["ps", "--format", "{{.ID}} {{.Names}} {{.Image}}"]);
    assert_eq!(text, format!("{} format {IMAGE}", &id[..12]));
    let json: serde_json::Value =
        serde_json::from_str(&host.ok(&["ps", "--format", "json"])).unwrap();
    assert_eq!(json[0]["Id"].as_str(), Some(id.as_str()));
    assert_eq!(json[0]["Names"][0].as_str(), Some("format"));
    assert_eq!(json[0]["State"].as_str(), Some("running"));
    let text = host.ok(&[
        "inspect",
        "--format",
        "{{.State.Status}} {{.Name}} {{.State.Running}}",
        "format",
    ]);
    assert_eq!(text, "running format true");
}

fn images(host: &Host) {
    let text = host.ok(&["images"]);
    assert!(
        text.starts_with("REPOSITORY") && text.contains("localhost/test"),
        "{text}"
    );
    std::fs::create_dir(host.path("root")).unwrap();
    std::fs::write(host.path("root/hello"), "x").unwrap();
    let root = host.file("root");
    let tar = host.file("small.tar");
    let mut command = std::process::Command::new("tar");
    let done = crate::harness::command::run(command.args(["-C", &root, "-cf", &tar, "."]), "");
    assert_eq!(done.code, 0, "{done}");
    host.ok(&["import", &tar, "localhost/small:one"]);
    assert!(host.ok(&["image", "list"]).contains("localhost/small"));
    host.ok(&["rmi", "localhost/small:one"]);
    assert!(!host.ok(&["images"]).contains("localhost/small"));
    assert_eq!(host.run(&["rmi", "localhost/small:one"]).code, 1);
    host.start("user", &[], &["sleep", "1000"]);
    assert_eq!(
        host.run(&["rmi", IMAGE]).code,
        2,
        "an image in use must stay"
    );
}

fn keeps_standard_input_open(host: &Host) {
    let mut command = host.engine.command(&[
        "run",
        "--rm",
        "-i",
        IMAGE,
        "sh",
        "-c",
        "read a; echo got $a; cat",
    ]);
    let done = crate::harness::command::run(&mut command, "one\ntwo\nthree\n");
    assert_eq!(
        (done.code, done.stdout.as_str()),
        (0, "got one\ntwo\nthree\n"),
        "{done}"
    );
}

fn terminal(host: &Host) {
    host.start_shell(
        "terminal",
        &["-t"],
        "tty; [ -t 0 ] && [ -t 1 ] && echo yes; sleep 1000",
    );
    let log = host.wait_for_log("terminal", "yes");
    assert!(
        log.contains("/dev/pts/0") || log.contains("/dev/console"),
        "{log}"
    );
}
