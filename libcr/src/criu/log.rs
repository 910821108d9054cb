//! CRIU's logs (`dump.log`, `restore.log`) turned into what happened and what to do about it.
//!
//! A log line is `(SECONDS) Error (FILE:LINE): TEXT`. The texts that are recognised are those of
//! CRIU 3.17 to 4.2. Only reads; what it doesn't recognise it passes on as it is.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use crate::sys::dir::at;

/// Errors stand at the end; a log of a large container has many megabytes before.
const TAIL: u64 = 1 << 20;
/// Lines that are kept: the cause and what it led to.
const LINES: usize = 8;

/// Why CRIU failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// What the matter is, in a sentence without a full stop.
    pub cause: String,
    /// What the user can do; nothing when the cause is not recognised.
    pub remedy: Option<&'static str>,
    /// CRIU's error lines without time stamps, oldest first, at most eight.
    pub lines: Vec<String>,
}

impl std::fmt::Display for Explanation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.cause)?;
        self.remedy.map_or(Ok(()), |remedy| write!(f, "; {remedy}"))
    }
}

/// One thing that goes wrong: the words that its error line has, what they mean, what helps.
struct Rule {
    words: &'static [&'static str],
    cause: &'static str,
    remedy: &'static str,
}

const fn rule(words: &'static [&'static str], cause: &'static str, remedy: &'static str) -> Rule {
    Rule {
        words,
        cause,
        remedy,
    }
}

/// The first that fits any line wins, so causes stand before what they lead to.
const RULES: &[Rule] = &[
    rule(
        &["No space left on device"],
        "the disk is full",
        "free some space where the container's directory is and try again",
    ),
    rule(
        &["Disk quota exceeded"],
        "the disk quota is used up",
        "free some space where the container's directory is and try again",
    ),
    rule(
        &["Connected TCP socket in image"],
        "the checkpoint has established TCP connections",
        "restore with --tcp-established",
    ),
    rule(
        &["--tcp-close options"],
        "the checkpoint was made with its TCP connections closed",
        "checkpoint again without the connections open, or restore the archive where it was made",
    ),
    rule(
        &["Connected TCP socket"],
        "the container has established TCP connections",
        "use --tcp-established to take them along",
    ),
    rule(
        &["file locks are hold"],
        "the container holds file locks",
        "use --file-locks to take them along",
    ),
    rule(
        &["External socket is used"],
        "a process is connected to a unix socket outside the container",
        "use --ext-unix-sk (datagram sockets only), or close that connection (a mounted socket such as /run/docker.sock or a host's database or log socket) or do without the mount",
    ),
    rule(
        &["Unix socket", "without peer"],
        "a process is connected to a unix socket outside the container's network namespace",
        "close that connection (a mounted log or database socket) before the checkpoint",
    ),
    rule(
        &["link remap", "Use link-remap"],
        "a process has a file open that was unlinked under this name and has another one",
        "use --link-remap",
    ),
    rule(
        &["In-flight connection"],
        "a TCP connection of the container is just being made",
        "use --tcp-skip-in-flight to leave it out, or try again",
    ),
    rule(
        &["unix: Dangling connection"],
        "a process is connected to a unix socket outside the container",
        "close that connection (a mounted socket such as /run/docker.sock or a host's database or log socket) or do without the mount",
    ),
    rule(
        &["name-less external socket"],
        "a process holds a socket pair whose other end is outside the container",
        "close it or start the container without passing file descriptors in",
    ),
    rule(
        &["of that type", "io_uring"],
        "a process uses io_uring, which CRIU cannot checkpoint",
        "turn io_uring off in the application (Node.js: UV_USE_IO_URING=0), or forbid io_uring_setup by the seccomp profile",
    ),
    // Since Linux 6.7 an io_uring can't even be handed to CRIU: SCM_RIGHTS refuses it alone.
    rule(
        &["send_fds failed (-22)"],
        "a process uses io_uring, which CRIU cannot checkpoint",
        "turn io_uring off in the application (Node.js: UV_USE_IO_URING=0), or forbid io_uring_setup by the seccomp profile",
    ),
    rule(
        &["fsnotify", "Can't dump that handle"],
        "a process watches a file by inotify that CRIU cannot find again on this file system",
        "end that watch, or watch a directory of a tmpfs or a volume",
    ),
    rule(
        &["found while seizing"],
        "a process cannot be stopped, since another one traces it",
        "end the debugger or tracer in the container and try again",
    ),
    rule(
        &["Can't get rlimit", "not permitted"],
        "CRIU may not read the limits of another user's process",
        "give the engine CAP_SYS_RESOURCE: this host withholds it from root",
    ),
    rule(
        &["of that type", "anon"],
        "a process has an anonymous kernel object open that CRIU cannot checkpoint",
        "see the error line for its kind; close it or turn the feature off that uses it",
    ),
    rule(
        &["of that type"],
        "a process has a file or device open that CRIU cannot checkpoint",
        "see the error line for the path; close it before the checkpoint",
    ),
    rule(
        &["Can't lookup mount"],
        "a process has a file open that lies outside the container's mounts",
        "standard input, output and error must be pipes or a terminal, and files from the host must be mounted into the container; a POSIX message queue counts as such a file",
    ),
    rule(
        &["1:16 opt"],
        "this CRIU cannot checkpoint network sockets on kernel 6.16 and later",
        "install CRIU 4.2 or later",
    ),
    rule(
        &["Unexpected rt vDSO"],
        "this CRIU does not know the running kernel's vDSO",
        "install a newer CRIU",
    ),
    rule(
        &["vdso", "mismatch"],
        "the kernel's vDSO differs too much from that of the host where the container was frozen",
        "restore on a host with the same kernel, or install a newer CRIU",
    ),
    rule(
        &["capabilities do not match"],
        "this processor lacks features that the frozen processes use",
        "restore on a host with at least the processor features of the first one",
    ),
    rule(
        &["xsave area present", "cpu doesn't support"],
        "this processor lacks features that the frozen processes use",
        "restore on a host with at least the processor features of the first one",
    ),
    rule(
        &["xsave", "doesn't fit"],
        "this processor lacks features that the frozen processes use",
        "restore on a host with at least the processor features of the first one",
    ),
    rule(
        &["execvp(\"ip", "tables-restore"],
        "CRIU cannot lock the network: the program iptables-restore is missing",
        "install the package `iptables`",
    ),
    rule(
        &["iptables-restore", "No such file"],
        "CRIU cannot lock the network: the program iptables-restore is missing",
        "install the package `iptables`",
    ),
    rule(
        &["Locking network failed"],
        "CRIU cannot lock the network with iptables",
        "install the package `iptables`, and see that the kernel has the xt_mark match",
    ),
    rule(
        &["nftables", "not supported"],
        "CRIU was built without nftables",
        "install the package `iptables`",
    ),
    rule(
        &["Can't fork for", "File exists"],
        "a process id that the container needs is taken",
        "restore it with a pid namespace of its own, or end the process that has the id",
    ),
    rule(
        &["do not match expected"],
        "a process could not get back its process id",
        "restore it with a pid namespace of its own, or end the process that has the id",
    ),
    rule(
        &["Can't bind inet socket", "Address already in use"],
        "a port that the container listens on is taken",
        "stop what listens on it, or give the container a network of its own",
    ),
    rule(
        &["Can't bind inet socket", "Cannot assign requested address"],
        "the container's connections need an address that it did not get back",
        "free the address on the network, or checkpoint without established connections",
    ),
    rule(
        &["inet socket back"],
        "an established TCP connection could not be restored",
        "free the container's saved IP address, then restore again",
    ),
    rule(
        &["has bad size"],
        "a file that a process has open changed after the memory was taken",
        "the files in this checkpoint are not of the same instant as its memory; make a new one, with the container frozen meanwhile",
    ),
    rule(
        &["has bad mode"],
        "a file that a process has open has other permissions now",
        "restore the file, or make a new checkpoint",
    ),
    rule(
        &["Can't open file", "No such file"],
        "a file that a process has open is not there",
        "see the error line for the path: a mount or volume of the container is missing on this host, or --ignore-rootfs left it out",
    ),
    rule(
        &["No mapping for", "mountpoint"],
        "a mount of the container is missing on this host",
        "see the error line for the mount; create its source and try again, or if another OCI runtime made the dump, name that one with --runtime",
    ),
    rule(
        &["autodetected external mount"],
        "the container has a mount from outside that CRIU was not told of",
        "see the error line for the mount",
    ),
    rule(
        &["unreachable sharing"],
        "the container has a mount that is shared with the host",
        "mount it with private propagation (:private)",
    ),
    rule(
        &["is a fuse mount"],
        "a FUSE file system is mounted inside the container",
        "unmount it before the checkpoint, or mount it on the host and pass it in as a volume",
    ),
    rule(
        &["Tracking memory is not available"],
        "this kernel cannot track changed memory, which pre-checkpoints need",
        "use a kernel with CONFIG_MEM_SOFT_DIRTY",
    ),
    rule(
        &["Not supported images version"],
        "the checkpoint was made by a CRIU whose image format this one does not know",
        "install the CRIU version that made it, or a newer one",
    ),
    rule(
        &["inventory", "No such file"],
        "the checkpoint is not complete: inventory.img is missing",
        "make a new checkpoint",
    ),
    rule(
        &["agic doesn't match for"],
        "an image file of the checkpoint is damaged",
        "copy or make the checkpoint again",
    ),
    rule(
        &["unpack failed"],
        "an image file of the checkpoint is damaged",
        "copy or make the checkpoint again",
    ),
    rule(
        &[".img", "No such file"],
        "an image file of the checkpoint is missing",
        "copy or make the checkpoint again",
    ),
    rule(
        &["cpuset", "Permission denied"],
        "the checkpoint has cgroup state that this host does not let CRIU restore",
        "remove the cgroup state from the images, or restore under runc",
    ),
    rule(
        &["cg:", "Permission denied"],
        "the checkpoint has cgroup state that this host does not let CRIU restore",
        "remove the cgroup state from the images, or restore under runc",
    ),
    rule(
        &["cg:"],
        "the container's cgroup could not be dumped or restored",
        "see the error line; the cgroup version of both hosts should be the same",
    ),
    rule(
        &["session leader", "outside of its pid namespace"],
        "a process belongs to a session outside the container",
        "start the container detached, or with a terminal of its own (-t)",
    ),
    rule(
        &["Cannot allocate memory"],
        "there is not enough memory",
        "free some memory and try again",
    ),
    rule(
        &["ptrace", "Operation not permitted"],
        "CRIU may not trace the container's processes",
        "end the debugger that is attached to them; as root, check the kernel.yama.ptrace_scope setting",
    ),
];

/// Explains a log file; nothing when there is no error in it.
///
/// # Errors
/// When the file can't be read.
pub fn explain(path: &Path) -> io::Result<Option<Explanation>> {
    let mut file = File::open(path).map_err(at("read", path))?;
    let len = file.metadata()?.len();
    file.seek(SeekFrom::Start(len.saturating_sub(TAIL)))?;
    let mut bytes = Vec::new();
    file.take(TAIL)
        .read_to_end(&mut bytes)
        .map_err(at("read", path))?;
    Ok(explain_text(&String::from_utf8_lossy(&bytes)))
}

/// Explains the text of a log, or what a runtime passed on of it.
pub fn explain_text(text: &str) -> Option<Explanation> {
    let mut lines: Vec<String> = text
        .lines()
        .filter_map(error_text)
        .filter(|line| !is_harmless(line))
        .collect();
    let found = RULES.iter().find(|rule| {
        lines
            .iter()
            .any(|line| rule.words.iter().all(|word| line.contains(word)))
    });
    // What is unknown is best told by CRIU's first complaint: the later ones follow from it.
    let first = lines.first()?.clone();
    let excess = lines.len().saturating_sub(LINES);
    lines.drain(..excess);
    Some(match found {
        Some(rule) => Explanation {
            cause: rule.cause.into(),
            remedy: Some(rule.remedy),
            lines,
        },
        None => Explanation {
            cause: format!("CRIU says: {first}"),
            remedy: None,
            lines,
        },
    })
}

/// The text of an error line, without time stamp and place in CRIU's source.
fn error_text(line: &str) -> Option<String> {
    let (_, rest) = line.split_once("Error (")?;
    let (_, text) = rest.split_once("): ")?;
    // Names in a log can be anything that the container chose: nothing of it may steer a terminal.
    let clean: String = text
        .trim()
        .chars()
        .filter(|char| !char.is_control())
        .take(1000)
        .collect();
    (!clean.is_empty()).then_some(clean)
}

/// Errors that CRIU writes and goes on.
fn is_harmless(line: &str) -> bool {
    line.contains("RLIMIT_NOFILE for self")
        || line.starts_with("Dumping FAILED")
        || line.starts_with("Restoring FAILED")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cause(line: &str) -> String {
        let log = format!(
            "(00.000648) Error (criu/util.c:1534): rlimit: Can't setup RLIMIT_NOFILE for self: Operation not permitted\n\
             (00.010000) Warn  (criu/x.c:1): something\n\
             (00.020000) Error (criu/{line}\n\
             (00.030000) Error (criu/cr-dump.c:2128): Dumping FAILED.\n"
        );
        explain_text(&log).unwrap().cause
    }

    #[test]
    fn known_causes() {
        for (line, expected) in [
            (
                "sk-inet.c:200): inet: Connected TCP socket, consider using --tcp-established option.",
                "the container has established TCP connections",
            ),
            (
                "sk-inet.c:912): inet: Connected TCP socket in image",
                "the checkpoint has established TCP connections",
            ),
            (
                "file-lock.c:109): Some file locks are hold by dumping tasks! You can try --file-locks to dump them.",
                "the container holds file locks",
            ),
            (
                "sk-unix.c:880): unix: External socket is used. Consider using --ext-unix-sk option.",
                "a process is connected to a unix socket outside the container",
            ),
            (
                "sk-unix.c:300): unix: Unix socket 3191502 without peer 3191383",
                "a process is connected to a unix socket outside the container's network namespace",
            ),
            (
                "files-reg.c:1257): Can't create link remap for /data/f. Use link-remap option.",
                "a process has a file open that was unlinked under this name and has another one",
            ),
            (
                "files-ext.c:96): Can't dump file 5 of that type [600] (anon anon_inode:[io_uring])",
                "a process uses io_uring, which CRIU cannot checkpoint",
            ),
            (
                "sk-unix.c:1062): unix: Dangling connection 3692195",
                "a process is connected to a unix socket outside the container",
            ),
            (
                "../compel/src/lib/infect-util.c:1): send_fds failed (-22)",
                "a process uses io_uring, which CRIU cannot checkpoint",
            ),
            (
                "fsnotify.c:287): fsnotify: Can't dump that handle",
                "a process watches a file by inotify that CRIU cannot find again on this file system",
            ),
            (
                "seize.c:579): zombie 19270 (comm workload) found while seizing",
                "a process cannot be stopped, since another one traces it",
            ),
            (
                "cr-dump.c:372): Can't get rlimit 0: Operation not permitted",
                "CRIU may not read the limits of another user's process",
            ),
            (
                "files-reg.c:1790): Can't lookup mount=29 for fd=1 path=/tmp/out",
                "a process has a file open that lies outside the container's mounts",
            ),
            (
                "sockets.c:640): sockets: Can't get 1:16 opt: Operation not supported",
                "this CRIU cannot checkpoint network sockets on kernel 6.16 and later",
            ),
            (
                "vdso.c:401): vdso: Unexpected rt vDSO area bounds",
                "this CRIU does not know the running kernel's vDSO",
            ),
            (
                "util.c:642): execvp(\"iptables-restore\", ...) failed: No such file or directory",
                "CRIU cannot lock the network: the program iptables-restore is missing",
            ),
            (
                "cr-restore.c:1230): Can't fork for 6: File exists",
                "a process id that the container needs is taken",
            ),
            (
                "files-reg.c:2175): File log has bad size 3820 (expect 3804)",
                "a file that a process has open changed after the memory was taken",
            ),
            (
                "image.c:563): Magic doesn't match for core-1.img",
                "an image file of the checkpoint is damaged",
            ),
            (
                "cgroup.c:1100): cg: Failed writing 0 to cpuset.cpus: Permission denied",
                "the checkpoint has cgroup state that this host does not let CRIU restore",
            ),
            (
                "image.c:470): Can't open inventory.img: No such file or directory",
                "the checkpoint is not complete: inventory.img is missing",
            ),
            (
                "arch/x86/cpu.c:297): cpu: CPU capabilities do not match run time",
                "this processor lacks features that the frozen processes use",
            ),
            (
                "arch/x86/crtools.c:402): FPU xsave area present, but host cpu doesn't support it",
                "this processor lacks features that the frozen processes use",
            ),
            (
                "page-xfer.c:1): page-xfer: Unable to write: No space left on device",
                "the disk is full",
            ),
            ("x.c:1): never heard of", "CRIU says: never heard of"),
        ] {
            assert_eq!(cause(line), expected);
        }
    }

    #[test]
    fn files() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert_eq!(explain(file.path()).unwrap(), None);
        let mut log = "(00.1) a long line of no interest\n".repeat(50_000);
        log.push_str(
            "(01.0) Error (criu/sk-inet.c:200): inet: Connected TCP\u{1b}[31m socket, x\n",
        );
        std::fs::write(&file, log).unwrap();
        let explanation = explain(file.path()).unwrap().unwrap();
        assert_eq!(explanation.lines, ["inet: Connected TCP[31m socket, x"]);
        std::fs::write(
            &file,
            "(01.0) Error (criu/sk-inet.c:200): inet: Connected TCP socket, x\n",
        )
        .unwrap();
        assert_eq!(
            explain(file.path()).unwrap().unwrap().to_string(),
            "the container has established TCP connections; use --tcp-established to take them along"
        );
        assert!(explain(Path::new("/nowhere/dump.log")).is_err());
    }
}
