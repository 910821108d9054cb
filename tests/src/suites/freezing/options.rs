//! Options of CRIU that reach it through the OCI runtime, each on a container that needs it: by the
//! runtime's flag, by the CRIU configuration, or refused by name.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixDatagram;
use std::process::{Command, Stdio};

use crate::harness::{Host, command, is_there, wait};
use crate::suites::network::Client;
use crate::suites::{COUNT_ALOUD, Tests, tests};

pub const TESTS: Tests = tests![
    images_go_where_they_are_told,
    once image_directories_that_are_refused,
    logs_go_where_they_are_told,
    unlinked_file_with_another_name_needs_link_remap,
    outside_unix_socket_needs_its_flag,
    shell_job,
    connection_being_made_is_left_out,
    network_locked_by_nftables,
    cgroups_ignored,
    empty_network_namespace,
    connections_come_back_closed,
    memory_goes_to_a_page_server,
    memory_follows_lazily,
    memory_that_stays_behind,
    security_profile_that_the_kernel_lacks,
    mount_context,
    pages_punched_as_they_are_used,
    once values_and_contradictions,
];

/// The first `sum=` line of the workload that fills memory.
fn eat(host: &Host, name: &str) -> String {
    host.start(name, &[], &["workload", "eat", "20", "7"]);
    let log = host.wait_for_log(name, "sum=");
    log.lines().next().unwrap_or_default().to_owned()
}

fn assert_sum_holds(host: &Host, name: &str, sum: &str) {
    let before = host.log(name);
    let after = host.wait_for_more_log(name, &before);
    assert!(after.lines().all(|line| line == sum), "{after}");
}

fn images_go_where_they_are_told(host: &Host) {
    let sum = eat(host, "images");
    let (own, archive) = (host.file("own"), host.file("images.tar"));
    host.ok(&["container", "checkpoint", "--image-path", &own, "images"]);
    assert!(is_there(&host.path("own").join("inventory.img")));
    let mode = fs::metadata(&own).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    host.ok(&["container", "restore", "images"]);
    assert_sum_holds(host, "images", &sum);
    assert!(
        is_there(&host.path("own").join("pages-1.img")),
        "the user's images stay"
    );
    let other = host.file("other");
    host.ok(&[
        "container",
        "checkpoint",
        "--image-path",
        &other,
        "-e",
        &archive,
        "images",
    ]);
    host.ok(&["container", "restore", "--image-path", &other, "images"]);
    assert_sum_holds(host, "images", &sum);
    host.ok(&["rm", "-f", "-t", "0", "images"]);
    host.ok(&["container", "restore", "-i", &archive]);
    assert_sum_holds(host, "images", &sum);
}

fn image_directories_that_are_refused(host: &Host) {
    host.start_shell("images", &[], COUNT_ALOUD);
    fs::create_dir(host.path("full")).unwrap();
    fs::write(host.path("full").join("x"), "").unwrap();
    fs::create_dir(host.path("open")).unwrap();
    fs::set_permissions(host.path("open"), fs::Permissions::from_mode(0o777)).unwrap();
    symlink(host.path("full"), host.path("link")).unwrap();
    for (path, why) in [
        ("relative".to_owned(), "it must be an absolute path"),
        (host.file("full"), "it is not empty"),
        (host.file("open"), "others may write to it"),
        (host.file("link"), "it is a symbolic link"),
    ] {
        let words = ["container", "checkpoint", "--image-path", &path, "images"];
        let done = host.fails(&words, 125, why);
        assert!(done.stderr.contains("--image-path"), "{done}");
        let words = ["container", "checkpoint", "--work-path", &path, "images"];
        if path != host.file("full") {
            host.fails(&words, 125, "--work-path");
        }
    }
    assert_eq!(host.status("images"), "running");
}

fn logs_go_where_they_are_told(host: &Host) {
    host.start_shell("logs", &[], COUNT_ALOUD);
    fs::create_dir(host.path("logs")).unwrap();
    let logs = host.file("logs");
    host.ok(&["container", "checkpoint", "--work-path", &logs, "logs"]);
    assert!(is_there(&host.path("logs").join("dump.log")));
    assert!(is_there(&host.path("logs").join("stats-dump")));
    host.ok(&["container", "restore", "--work-path", &logs, "logs"]);
    assert!(is_there(&host.path("logs").join("restore.log")));
}

fn unlinked_file_with_another_name_needs_link_remap(host: &Host) {
    let script = "echo kept > /data/f; exec 3</data/f; ln /data/f /data/g; rm /data/f; echo ready; while [ ! -e /data/go ]; do sleep 0.1; done; cat <&3; while :; do sleep 0.1; done";
    host.start_shell("linked", &[], script);
    host.wait_for_log("linked", "ready");
    let done = host.fails(&["container", "checkpoint", "linked"], 125, "--link-remap");
    assert!(done.stderr.lines().count() <= 5, "{done}");
    assert_eq!(host.status("linked"), "running");
    host.fails(
        &["container", "checkpoint", "-R", "--link-remap", "linked"],
        125,
        "--link-remap cannot be used with --leave-running",
    );
    host.ok(&["container", "checkpoint", "--link-remap", "linked"]);
    host.ok(&["container", "restore", "linked"]);
    let archive = host.file("linked.tar");
    host.ok(&[
        "container",
        "checkpoint",
        "--link-remap",
        "-e",
        &archive,
        "linked",
    ]);
    host.ok(&["rm", "linked"]);
    host.ok(&["container", "restore", "-i", &archive]);
    host.shell("linked", "touch /data/go");
    host.wait_for_log("linked", "kept");
}

fn outside_unix_socket_needs_its_flag(host: &Host) {
    let socket = UnixDatagram::bind(host.path("log")).unwrap();
    let mount = format!("{}:/dev/log", host.file("log"));
    // CRIU connects to the name that the other side was bound to.
    let same = format!("{0}:{0}", host.file("log"));
    host.start_shell(
        "outside",
        &["-v", &mount, "-v", &same, "--network", "host"],
        "(echo hello; while :; do sleep 0.1; done) | logger -t test",
    );
    let mut buffer = [0; 200];
    let length = socket.recv(&mut buffer).unwrap();
    assert!(String::from_utf8_lossy(&buffer[..length]).contains("hello"));
    host.fails(
        &["container", "checkpoint", "outside"],
        125,
        "--ext-unix-sk",
    );
    assert_eq!(host.status("outside"), "running");
    host.ok(&["container", "checkpoint", "--ext-unix-sk", "outside"]);
    host.ok(&["container", "restore", "--ext-unix-sk", "outside"]);
    assert_eq!(host.status("outside"), "running");
}

fn shell_job(host: &Host) {
    host.start_shell("job", &[], COUNT_ALOUD);
    host.ok(&["container", "checkpoint", "--shell-job", "job"]);
    let before = host.log("job");
    host.ok(&["container", "restore", "--shell-job", "job"]);
    host.wait_for_more_log("job", &before);
}

/// A connection that the kernel has made and nobody has accepted yet.
fn connection_being_made_is_left_out(host: &Host) {
    host.start_shell(
        "half",
        &[],
        "nc -ll -p 7000 -e cat & until netstat -tln | grep -q :7000; do :; done; kill -STOP $!; echo ready; while :; do sleep 0.1; done",
    );
    host.wait_for_log("half", "ready");
    let (address, _) = host.address("half");
    let made = wait::until("a connection", || {
        TcpStream::connect((address.as_str(), 7000)).ok()
    });
    host.fails(
        &["container", "checkpoint", "half"],
        125,
        "--tcp-skip-in-flight",
    );
    assert_eq!(host.status("half"), "running");
    host.ok(&["container", "checkpoint", "--tcp-skip-in-flight", "half"]);
    drop(made);
    host.ok(&["container", "restore", "half"]);
    assert_eq!(host.status("half"), "running");
}

fn network_locked_by_nftables(host: &Host) {
    host.start("locked", &[], &["workload", "echo", "7000"]);
    let mut client = Client::connect(host, "locked");
    assert_eq!(client.say("a"), "1 a");
    let lock = ["--tcp-established", "--network-lock", "nftables", "locked"];
    host.ok(&[&["container", "checkpoint"][..], &lock].concat());
    host.ok(&[&["container", "restore"][..], &lock].concat());
    assert_eq!(client.say("b"), "2 b");
}

fn cgroups_ignored(host: &Host) {
    host.start_shell("groups", &[], COUNT_ALOUD);
    let mode = ["--manage-cgroups-mode", "ignore", "groups"];
    host.ok(&[&["container", "checkpoint"][..], &mode].concat());
    let before = host.log("groups");
    host.ok(&[&["container", "restore"][..], &mode].concat());
    host.wait_for_more_log("groups", &before);
}

fn empty_network_namespace(host: &Host) {
    host.start_shell("empty", &[], COUNT_ALOUD);
    let empty = ["--empty-ns", "network", "empty"];
    host.ok(&[&["container", "checkpoint"][..], &empty].concat());
    let before = host.log("empty");
    host.ok(&[&["container", "restore"][..], &empty].concat());
    host.wait_for_more_log("empty", &before);
}

fn connections_come_back_closed(host: &Host) {
    host.start("closed", &[], &["workload", "echo", "7000"]);
    let mut client = Client::connect(host, "closed");
    assert_eq!(client.say("a"), "1 a");
    host.ok(&["container", "checkpoint", "--tcp-established", "closed"]);
    host.fails(
        &[
            "container",
            "restore",
            "--tcp-close",
            "--tcp-established",
            "closed",
        ],
        125,
        "--tcp-close cannot be used with --tcp-established",
    );
    host.ok(&["container", "restore", "--tcp-close", "closed"]);
    assert_eq!(host.status("closed"), "running");
    assert!(client.is_closed());
    let mut again = Client::connect(host, "closed");
    assert!(again.say("b").ends_with(" b"));
}

fn memory_goes_to_a_page_server(host: &Host) {
    let sum = eat(host, "pages");
    fs::create_dir(host.path("pages")).unwrap();
    let (images, pages) = (host.file("images"), host.file("pages"));
    let mut server = Command::new("criu")
        .args([
            "page-server",
            "--address",
            "127.0.0.1",
            "--port",
            "9911",
            "-D",
            &pages,
        ])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    wait::until("the page server listens", || {
        // Looked up, not connected to: it serves one client.
        let sockets = fs::read_to_string("/proc/net/tcp").unwrap_or_default();
        sockets
            .contains(&format!(":{:04X} 00000000:0000 0A", 9911))
            .then_some(())
    });
    let to = [
        "--image-path",
        &images,
        "--page-server",
        "127.0.0.1:9911",
        "pages",
    ];
    host.ok(&[&["container", "checkpoint"][..], &to].concat());
    assert!(server.wait().unwrap().success());
    assert!(!is_there(&host.path("images").join("pages-1.img")));
    for entry in fs::read_dir(&pages).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), host.path("images").join(entry.file_name())).unwrap();
    }
    host.ok(&["container", "restore", "pages"]);
    assert_sum_holds(host, "pages", &sum);
}

fn memory_follows_lazily(host: &Host) {
    let sum = eat(host, "lazy");
    host.ok(&["container", "checkpoint", "lazy"]);
    host.ok(&["container", "restore", "--lazy-pages", "lazy"]);
    assert_sum_holds(host, "lazy", &sum);
    host.ok(&["container", "checkpoint", "lazy"]);
    host.ok(&["container", "restore", "lazy"]);
    assert_sum_holds(host, "lazy", &sum);
}

fn memory_that_stays_behind(host: &Host) {
    let sum = eat(host, "behind");
    let images = host.file("images");
    let serve = [
        "--lazy-pages",
        "--page-server",
        "127.0.0.1:9912",
        "--image-path",
        &images,
    ];
    let line = [&["container", "checkpoint"][..], &serve, &["behind"]].concat();
    if host.runtime == "crun" {
        host.fails(
            &line,
            125,
            "--lazy-pages is not supported by crun for checkpoint: use runc",
        );
        assert_eq!(host.status("behind"), "running");
        return;
    }
    // Nobody fetches the pages: the dump waits until its client is gone, and the container goes on.
    let fifo = host.file("status");
    let made = command::run(Command::new("mkfifo").arg(&fifo), "");
    assert_eq!(made.code, 0, "{made}");
    let line = [&line[..2], &["--status-fd", "7"], &line[2..]].concat();
    let engine = host.engine.command(&line);
    let mut waiting = Command::new("sh")
        .args(["-c", "exec 7>\"$0\"; exec \"$@\"", &fifo])
        .arg(engine.get_program())
        .args(engine.get_args())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut ready = [1; 1];
    let mut status = fs::File::open(&fifo).unwrap();
    status
        .read_exact(&mut ready)
        .expect("CRIU says that pages are served");
    assert_eq!(ready, [0]);
    let mut client = TcpStream::connect("127.0.0.1:9912").unwrap();
    client.write_all(b"not CRIU's words").unwrap();
    drop(client);
    assert_ne!(waiting.wait().unwrap().code(), Some(0));
    assert_eq!(host.status("behind"), "running");
    assert_sum_holds(host, "behind", &sum);
    assert_eq!(
        fs::read_dir(&images).unwrap().count(),
        0,
        "nothing partial is left"
    );
}

fn security_profile_that_the_kernel_lacks(host: &Host) {
    host.start_shell("profile", &[], COUNT_ALOUD);
    host.ok(&["container", "checkpoint", "profile"]);
    let words = [
        "container",
        "restore",
        "--lsm-profile",
        "apparmor:test",
        "profile",
    ];
    if is_there(std::path::Path::new("/sys/kernel/security/apparmor")) {
        host.ok(&words);
    } else {
        host.fails(
            &words,
            125,
            "this host's kernel has no apparmor, which --lsm-profile asks for",
        );
        host.ok(&["container", "restore", "profile"]);
    }
    assert_eq!(host.status("profile"), "running");
}

fn mount_context(host: &Host) {
    host.start_shell("context", &[], COUNT_ALOUD);
    host.ok(&["container", "checkpoint", "context"]);
    let before = host.log("context");
    let context = "system_u:object_r:container_file_t:s0";
    host.ok(&[
        "container",
        "restore",
        "--lsm-mount-context",
        context,
        "context",
    ]);
    host.wait_for_more_log("context", &before);
}

fn pages_punched_as_they_are_used(host: &Host) {
    let sum = eat(host, "punched");
    let images = host.file("images");
    host.ok(&[
        "container",
        "checkpoint",
        "--image-path",
        &images,
        "punched",
    ]);
    host.ok(&["container", "restore", "--auto-dedup", "punched"]);
    assert_sum_holds(host, "punched", &sum);
    let pages = fs::metadata(host.path("images").join("pages-1.img")).unwrap();
    let blocks = std::os::unix::fs::MetadataExt::blocks(&pages);
    assert!(
        blocks * 512 < pages.len() / 2,
        "{blocks} blocks of {}",
        pages.len()
    );
}

fn values_and_contradictions(host: &Host) {
    host.start_shell("wrong", &[], COUNT_ALOUD);
    for (options, words) in [
        (
            &["--manage-cgroups-mode", "hard"][..],
            "it must be soft, full, strict or ignore",
        ),
        (
            &["--network-lock", "bolt"],
            "it must be iptables, nftables or skip",
        ),
        (&["--page-server", "here"], "it must be ADDRESS:PORT"),
        (&["--empty-ns", "pid"], "only network can be left empty"),
        (
            &["--parent-path", "../a"],
            "--parent-path can only be used with --image-path",
        ),
        (&["--lazy-pages"], "--lazy-pages needs --page-server"),
        (
            &["--page-server", "a:1"],
            "--page-server needs --image-path",
        ),
        (
            &["--auto-dedup"],
            "--auto-dedup can only be used with --with-previous",
        ),
        (
            &["--status-fd", "1"],
            "--status-fd can only be used with --lazy-pages",
        ),
        (
            &["--pre-checkpoint", "--with-previous"],
            "--with-previous can not be used with --pre-checkpoint",
        ),
        (
            &["--ignore-volumes"],
            "--ignore-volumes can only be used with --export",
        ),
    ] {
        let line = [&["container", "checkpoint"][..], options, &["wrong"]].concat();
        host.fails(&line, 125, words);
    }
    assert_eq!(host.status("wrong"), "running");
    host.ok(&["container", "checkpoint", "wrong"]);
    for (options, words) in [
        (
            &["--lsm-profile", "x"][..],
            "it must be apparmor:NAME or selinux:LABEL",
        ),
        (
            &["--publish", "80:80"],
            "--publish can only be used with image or --import",
        ),
        (
            &["--import-previous", "f"],
            "--import-previous can only be used with image or --import",
        ),
        (
            &["--ignore-volumes"],
            "--ignore-volumes can only be used with image or --import",
        ),
        (
            &["--page-server", "a:1"],
            "--page-server can only be used with --lazy-pages",
        ),
    ] {
        let line = [&["container", "restore"][..], options, &["wrong"]].concat();
        host.fails(&line, 125, words);
    }
    host.ok(&["container", "restore", "wrong"]);
}
