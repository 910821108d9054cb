//! Drives the real binary with a runtime that is a few lines of shell, for the faults that a real runtime
//! doesn't show on demand. What containers do is tested with real runtimes, in the end-to-end tests.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::net;

/// Finds `--pid-file` among the runtime's arguments, as `$pidfile`.
const FIND_PIDFILE: &str =
    "for word; do [ \"$last\" = --pid-file ] && pidfile=$word; last=$word; done\n";

struct Place {
    dir: tempfile::TempDir,
    words: Vec<String>,
}

impl Place {
    fn new(runtime: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        for name in ["bundle", "exits", "persist"] {
            fs::create_dir(dir.path().join(name)).unwrap();
        }
        let program = dir.path().join("runtime");
        fs::write(&program, format!("#!/bin/sh\n{FIND_PIDFILE}{runtime}\n")).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let at = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
        let words = [
            "-c",
            "abc",
            "-r",
            &at("runtime"),
            "-b",
            &at("bundle"),
            "-p",
            &at("pidfile"),
            "-P",
            &at("conmon.pid"),
            "--exit-dir",
            &at("exits"),
            "--persist-dir",
            &at("persist"),
            "-l",
            &format!("k8s-file:{}", at("log")),
        ]
        .map(str::to_owned)
        .to_vec();
        Self { dir, words }
    }

    fn with(mut self, words: &[&str]) -> Self {
        self.words
            .extend(words.iter().map(|word| (*word).to_owned()));
        self
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Starts the monitor and returns what it says on the sync pipe. The file descriptors cross `exec` by way of
    /// the shell, which opens them at known numbers.
    fn start(&self, start_byte: bool) -> String {
        let (mut reader, writer) = std::io::pipe().unwrap();
        let (start_reader, mut start_writer) = std::io::pipe().unwrap();
        let ours = std::process::id();
        let (sync, start) = (writer.as_fd().as_raw_fd(), start_reader.as_fd().as_raw_fd());
        let script =
            format!("exec 7>/proc/{ours}/fd/{sync} 8</proc/{ours}/fd/{start}; exec \"$0\" \"$@\"");
        let status = Command::new("/bin/sh")
            .args(["-c", &script, env!("CARGO_BIN_EXE_conmon-rs")])
            .args(&self.words)
            .env("_OCI_SYNCPIPE", "7")
            .env("_OCI_STARTPIPE", "8")
            .status()
            .unwrap();
        assert!(status.success(), "{status}");
        drop((writer, start_reader));
        if start_byte {
            start_writer.write_all(b"x").unwrap();
        }
        drop(start_writer);
        let mut said = String::new();
        reader.read_to_string(&mut said).unwrap();
        said
    }

    fn monitor_pid(&self) -> i32 {
        fs::read_to_string(self.path("conmon.pid"))
            .unwrap()
            .parse()
            .unwrap()
    }
}

fn wait_for<T>(what: &str, mut probe: impl FnMut() -> Option<T>) -> T {
    let limit = Instant::now() + Duration::from_secs(20);
    loop {
        if let Some(found) = probe() {
            return found;
        }
        assert!(Instant::now() < limit, "waited too long for {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn content(path: &Path) -> Option<String> {
    fs::read_to_string(path).ok()
}

fn wait_for_end(pid: i32) {
    wait_for("the monitor's end", || {
        (!Path::new(&format!("/proc/{pid}")).exists()).then_some(())
    });
}

fn is_empty(dir: &Path) -> bool {
    fs::read_dir(dir).unwrap().next().is_none()
}

/// The log's lines without their times.
fn log_lines(place: &Place) -> Vec<String> {
    let text = content(&place.path("log")).unwrap_or_default();
    text.lines()
        .map(|line| line.split_once(' ').unwrap().1.to_owned())
        .collect()
}

#[test]
fn a_runtime_that_fails_is_quoted() {
    let place = Place::new("echo 'cgroup: no such thing' >&2; exit 1");
    assert_eq!(
        place.start(true),
        "{\"data\":-1,\"message\":\"cgroup: no such thing\"}\n"
    );
    wait_for_end(place.monitor_pid());
    assert!(is_empty(&place.path("bundle")) && is_empty(&place.path("exits")));
}

#[test]
fn a_runtimes_log_is_preferred_to_its_stderr() {
    let place = Place::new(
        "echo '{\"level\":\"error\",\"msg\":\"from the log\"}' >$2; echo noise >&2; exit 1",
    );
    let log = place.path("oci-log");
    let place = place.with(&[
        "--runtime-arg",
        "--log",
        &format!("--runtime-arg={}", log.display()),
    ]);
    assert_eq!(
        place.start(true),
        "{\"data\":-1,\"message\":\"from the log\"}\n"
    );
}

#[test]
fn a_missing_runtime_is_named() {
    let place = Place::new("").with(&["-r", "/nonexistent/crun"]);
    let said = place.start(true);
    assert!(
        said.contains("\"data\":-1") && said.contains("/nonexistent/crun: No such file"),
        "{said}"
    );
}

#[test]
fn a_runtime_without_pid_file_is_a_failure() {
    let place = Place::new("exit 0");
    let said = place.start(true);
    assert!(said.contains("left no process id in"), "{said}");
    wait_for_end(place.monitor_pid());
    assert!(is_empty(&place.path("bundle")));
}

#[test]
fn a_runtime_without_terminal_is_a_failure() {
    let place = Place::new("sleep 0.1 & echo $! >$pidfile").with(&["-t"]);
    assert!(place.start(true).contains("sent no terminal"));
}

#[test]
fn a_foreign_process_is_a_failure() {
    let place = Place::new("echo 1 >$pidfile");
    assert!(
        place
            .start(true)
            .contains("process 1 of the container is not a child")
    );
}

#[test]
fn without_the_start_byte_nothing_happens() {
    let place = Place::new("echo created >$0.ran");
    assert_eq!(place.start(false), "");
    wait_for_end(place.monitor_pid());
    assert!(!place.path("runtime.ran").exists() && is_empty(&place.path("bundle")));
}

#[test]
fn a_container_that_ends_at_once_leaves_all_its_output_and_its_status() {
    let script = "(i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done; echo bad >&2; printf end; exit 42) &\n\
                  echo $! >$pidfile";
    let place = Place::new(script).with(&["--exit-command", "/bin/sh", "--exit-command-arg", "-c"]);
    let mark = place.path("cleaned");
    let place = place.with(&[
        "--exit-command-arg",
        &format!("echo cleaned >{}", mark.display()),
    ]);
    let said = place.start(true);
    let pid = content(&place.path("pidfile")).unwrap();
    assert_eq!(said, format!("{{\"data\":{}}}\n", pid.trim()));
    wait_for("the exit command", || {
        content(&mark).filter(|text| !text.is_empty())
    });
    assert_eq!(content(&place.path("exits/abc")).unwrap(), "42");
    assert_eq!(content(&place.path("persist/exit")).unwrap(), "42");
    assert!(is_empty(&place.path("bundle")));
    let lines = log_lines(&place);
    assert_eq!(lines.last().unwrap(), "stdout F ");
    assert!(lines.contains(&"stderr F bad".to_owned()));
    // Chunks end where they end: pieces are put together again.
    let stdout: String = lines
        .iter()
        .filter_map(|line| line.strip_prefix("stdout "))
        .map(|line| {
            line.strip_prefix("P ")
                .map_or_else(|| format!("{}\n", &line[2..]), str::to_owned)
        })
        .collect();
    let expected: Vec<String> = (0..20_000)
        .map(|number| format!("line {number}\n"))
        .collect();
    assert!(
        stdout == expected.concat() + "end\n",
        "{} bytes",
        stdout.len()
    );
}

#[test]
fn a_stranger_holding_the_pipe_does_not_hold_the_exit() {
    // The pause keeps the shell that plays the runtime from reaping the container itself.
    let place =
        Place::new("(sleep 300 & echo $! >$0.stranger; sleep 0.2; exit 3) & echo $! >$pidfile");
    assert!(!place.start(true).contains("-1"));
    assert_eq!(
        wait_for("the exit file", || content(&place.path("exits/abc"))),
        "3"
    );
    let stranger = content(&place.path("runtime.stranger")).unwrap();
    Command::new("kill").arg(stranger.trim()).status().unwrap();
}

#[test]
fn a_flush_moves_what_a_stopped_container_wrote() {
    let place = Place::new(
        "(printf 'one\\ntwo'; kill -STOP $(sh -c 'echo $PPID'); exit 0) & echo $! >$pidfile",
    );
    place.start(true);
    let mut control = fs::OpenOptions::new()
        .write(true)
        .open(place.path("bundle/ctl"))
        .unwrap();
    wait_for("output", || (log_lines(&place).len() == 2).then_some(()));
    control.write_all(b"3 17 0\n").unwrap();
    assert_eq!(
        wait_for("the mark", || content(&place.path("bundle/flushed"))),
        "17"
    );
    assert_eq!(log_lines(&place), ["stdout F one", "stdout P two"]);
    // A stop request reaches the container, which takes it once it goes on.
    let pid = content(&place.path("pidfile")).unwrap();
    Command::new("kill")
        .arg(place.monitor_pid().to_string())
        .status()
        .unwrap();
    Command::new("kill")
        .args(["-CONT", pid.trim()])
        .status()
        .unwrap();
    assert_eq!(
        wait_for("the exit file", || content(&place.path("exits/abc"))),
        "143"
    );
}

#[test]
fn stopped_while_the_runtime_works() {
    let place = Place::new("touch $0.runs; sleep 300");
    std::thread::scope(|scope| {
        scope.spawn(|| {
            wait_for("the runtime", || {
                place.path("runtime.runs").exists().then_some(())
            });
            Command::new("kill")
                .arg(place.monitor_pid().to_string())
                .status()
                .unwrap();
        });
        assert!(
            place
                .start(true)
                .contains("signal 15 came before the container was created")
        );
    });
}

#[test]
fn a_container_is_killed_when_its_time_is_up() {
    let place = Place::new("sleep 300 & echo $! >$pidfile").with(&["-T", "1"]);
    place.start(true);
    assert_eq!(
        wait_for("the exit file", || content(&place.path("exits/abc"))),
        "-1"
    );
}

#[test]
fn input_reaches_the_container_and_ends_only_if_it_may() {
    let place = Place::new("exec 3<&0; cat <&3 & echo $! >$pidfile").with(&["-i"]);
    place.start(true);
    let socket = net::socket(net::AddressFamily::UNIX, net::SocketType::SEQPACKET, None).unwrap();
    let address = net::SocketAddrUnix::new(place.path("bundle/attach")).unwrap();
    net::connect(&socket, &address).unwrap();
    net::send(&socket, b"hello\n", net::SendFlags::empty()).unwrap();
    net::shutdown(&socket, net::Shutdown::Write).unwrap();
    let mut packet = [0; 9000];
    let (count, _) = net::recv(&socket, &mut packet[..], net::RecvFlags::empty()).unwrap();
    assert_eq!(&packet[..count], b"\x02hello\n");
    assert_eq!(
        wait_for("the exit file", || content(&place.path("exits/abc"))),
        "0"
    );
}

#[test]
fn an_unknown_flag_is_named() {
    let output = Command::new(env!("CARGO_BIN_EXE_conmon-rs"))
        .args(["-c", "x", "--bogus"])
        .output()
        .unwrap();
    assert!(!output.status.success());
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("--bogus")
    );
}

#[test]
fn a_monitor_keeps_no_descriptor_of_its_caller() {
    let place = Place::new("sleep 300 & echo $! >$pidfile");
    let held = File::create(place.path("held")).unwrap();
    // The shell that starts the monitor opens it again, at a number nobody tells the monitor of.
    let program = place.path("runtime");
    let script = format!(
        "#!/bin/sh\n{FIND_PIDFILE}ls -l /proc/$PPID/fd /proc/$$/fd >$0.fds; sleep 300 & echo $! >$pidfile\n"
    );
    fs::write(&program, script).unwrap();
    let status = Command::new("/bin/sh")
        .args([
            "-c",
            "exec 9>>\"$1\"; shift; exec \"$0\" \"$@\"",
            env!("CARGO_BIN_EXE_conmon-rs"),
        ])
        .arg(place.path("held"))
        .args(&place.words)
        .status()
        .unwrap();
    assert!(status.success());
    let pid = wait_for("the container", || {
        content(&place.path("pidfile")).filter(|pid| pid.ends_with('\n'))
    });
    let descriptors = content(&place.path("runtime.fds")).unwrap();
    assert!(!descriptors.contains("/held"), "{descriptors}");
    drop(held);
    Command::new("kill").arg(pid.trim()).status().unwrap();
    assert_eq!(
        wait_for("the exit file", || content(&place.path("exits/abc"))),
        "143"
    );
}
