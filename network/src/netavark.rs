//! Networks through the netavark program: a JSON request on its stdin, a JSON answer on its stdout
//! (netavark's `src/network/types.rs`; the same dialect Podman speaks).
//!
//! It makes and removes bridges by counting their ports, without a lock of its own, so calls are made
//! one at a time under a lock file in its configuration directory.

use std::collections::BTreeMap;
use std::env;
use std::fs::{self, File};
use std::io::Write as _;
use std::net::IpAddr;
use std::os::unix::fs::FileExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, flock};
use serde::{Deserialize, Serialize};

use crate::backend::{Backend, SetupRequest};
use crate::error::Error;
use crate::netns;
use crate::rtnetlink;
use crate::types::{Network, PerNetworkOptions, PortMapping, StatusBlock};

/// Where distributions put netavark and aardvark-dns; PATH comes after.
const DIRECTORIES: [&str; 3] = [
    "/usr/libexec/podman",
    "/usr/lib/podman",
    "/usr/local/lib/podman",
];

/// How long the netavark of a killed engine may take to end.
const ORPHANS: Duration = Duration::from_secs(20);

/// The netavark program and how to call it.
#[derive(Debug, Clone)]
pub struct Netavark {
    /// The program.
    pub program: PathBuf,
    /// Its run directory on a tmpfs, made when missing: firewall state, DNS entries, our lock.
    pub config_dir: PathBuf,
    /// `nftables`, `iptables`, `firewalld` or `none`; absent: netavark's own choice.
    pub firewall_driver: Option<String>,
    /// aardvark-dns; without it networks with DNS work, but no container name is resolved.
    pub aardvark: Option<PathBuf>,
}

impl Netavark {
    /// Finds netavark and aardvark-dns.
    ///
    /// # Errors
    /// [`Error::NetavarkMissing`], which names the package.
    pub fn find(config_dir: impl Into<PathBuf>) -> Result<Self, Error> {
        let program = find("netavark").ok_or_else(|| Error::NetavarkMissing {
            searched: DIRECTORIES.iter().map(PathBuf::from).collect(),
        })?;
        Ok(Self {
            program,
            config_dir: config_dir.into(),
            firewall_driver: None,
            aardvark: find("aardvark-dns"),
        })
    }

    /// Tells the name server of a running network whom to ask for names of outside.
    ///
    /// # Errors
    /// [`Error::Netavark`], [`Error::Io`].
    pub fn update_dns(&self, network: &str, servers: &[IpAddr]) -> Result<(), Error> {
        let _lock = self.lock()?;
        let servers: Vec<String> = servers.iter().map(IpAddr::to_string).collect();
        let mut command = self.command();
        command
            .args(["update", network, "--network-dns-servers"])
            .arg(servers.join(","));
        self.finish(command, &[]).map(drop)
    }

    fn run(
        &self,
        verb: &'static str,
        netns: &Path,
        request: &SetupRequest,
    ) -> Result<Vec<u8>, Error> {
        let input = serde_json::to_vec(&Input::new(request)).map_err(|error| Error::Netavark {
            message: format!("request: {error}"),
        })?;
        if self.aardvark.is_none() && request.networks.iter().any(|(n, _)| n.dns_enabled) {
            tracing::warn!("aardvark-dns binary not found, container dns will not be enabled");
        }
        let mut command = self.command();
        command.arg(verb).arg(netns);
        self.finish(command, &input)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .arg("--config")
            .arg(&self.config_dir)
            .arg("--rootless=false");
        if let Some(aardvark) = &self.aardvark {
            command.arg("--aardvark-binary").arg(aardvark);
        }
        if let Some(driver) = &self.firewall_driver {
            command.env("NETAVARK_FW", driver);
        }
        command
    }

    /// Runs it to its end with this input and returns its answer.
    fn finish(&self, mut command: Command, input: &[u8]) -> Result<Vec<u8>, Error> {
        tracing::debug!(?command, "netavark");
        // Out of the terminal's process group: Ctrl-C must not cut it off half-way.
        command.process_group(0);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(Error::io("run", &self.program))?;
        if let Some(mut stdin) = child.stdin.take() {
            // It reads all of its input before it writes. If it died early its answer says why.
            if let Err(error) = stdin.write_all(input) {
                tracing::debug!(%error, "netavark did not take its request");
            }
        }
        let output = child
            .wait_with_output()
            .map_err(Error::io("wait for", &self.program))?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        Err(Error::Netavark {
            message: failure(&output),
        })
    }

    /// Exclusive until dropped. netavark does not inherit it: the descriptor closes on exec, so a DNS
    /// daemon that it leaves running holds no lock. That of a killed engine goes on without it, and is
    /// waited for here.
    fn lock(&self) -> Result<Busy, Error> {
        fs::create_dir_all(&self.config_dir).map_err(Error::io("create", &self.config_dir))?;
        let path = self.config_dir.join("netavark.lock");
        let file = File::options()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)
            .map_err(Error::io("open", &path))?;
        flock(&file, FlockOperation::LockExclusive).map_err(Error::io("lock", &path))?;
        let left = file.metadata().map_err(Error::io("look at", &path))?.len();
        if left > 0 {
            self.wait_for_orphans();
        }
        file.write_all_at(b"busy\n", 0)
            .map_err(Error::io("write", &path))?;
        Ok(Busy(file))
    }

    /// Waits until no netavark works in our directory any more.
    fn wait_for_orphans(&self) {
        let deadline = Instant::now() + ORPHANS;
        // Seen idle twice: a program that begins has no command line for a moment.
        let mut idle = 0;
        while idle < 2 {
            if !self.is_at_work() {
                idle += 1;
            } else if Instant::now() < deadline {
                idle = 0;
            } else {
                tracing::warn!("a netavark whose engine was killed does not end");
                return;
            }
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn is_at_work(&self) -> bool {
        let own = self.config_dir.as_os_str().as_encoded_bytes();
        let works = |process: fs::DirEntry| {
            let arguments = fs::read(process.path().join("cmdline")).unwrap_or_default();
            let mut words = arguments.split(|byte| *byte == 0);
            words.next() == Some(self.program.as_os_str().as_encoded_bytes())
                && words.any(|word| word == own)
        };
        fs::read_dir("/proc").is_ok_and(|all| all.flatten().any(works))
    }
}

/// The lock, with a mark in its file as long as netavark may be at work.
#[derive(Debug)]
struct Busy(File);

impl Drop for Busy {
    fn drop(&mut self) {
        if let Err(error) = self.0.set_len(0) {
            tracing::debug!(%error, "the next one looks for a netavark in vain");
        }
    }
}

/// A container that netavark's own record has on a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its id.
    pub container: String,
    /// Id or name of the network.
    pub network: String,
    /// Its addresses.
    pub addresses: Vec<IpAddr>,
    /// Its published ports.
    pub ports: Vec<PortMapping>,
    /// The file that says so, where it is of this container alone.
    pub file: Option<PathBuf>,
}

/// What netavark keeps of containers in its run directory: for a firewall that is loaded anew
/// (`firewall/ports/NETWORK_CONTAINER`, src/firewall/state.rs), and the names that aardvark-dns answers
/// for (`aardvark-dns/NETWORK`: a line of gateways, then id, addresses and names a line).
pub fn kept(run: &Path) -> Vec<Kept> {
    #[derive(Deserialize)]
    struct Ports {
        container_id: String,
        network_id: String,
        #[serde(default)]
        port_mappings: Option<Vec<PortMapping>>,
        container_ip_v4: Option<IpAddr>,
        container_ip_v6: Option<IpAddr>,
    }
    let files = |directory: PathBuf| {
        let entries = fs::read_dir(directory).into_iter().flatten().flatten();
        entries.map(|entry| entry.path())
    };
    let mut found = Vec::new();
    for file in files(run.join("firewall/ports")) {
        let text = fs::read(&file).unwrap_or_default();
        if let Ok(ports) = serde_json::from_slice::<Ports>(&text) {
            let addresses = [ports.container_ip_v4, ports.container_ip_v6];
            found.push(Kept {
                container: ports.container_id,
                network: ports.network_id,
                addresses: addresses.into_iter().flatten().collect(),
                ports: ports.port_mappings.unwrap_or_default(),
                file: Some(file),
            });
        }
    }
    for file in files(run.join("aardvark-dns")) {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let text = fs::read_to_string(&file).unwrap_or_default();
        for line in text.lines().skip(1) {
            let mut words = line.split(' ');
            let Some(container) = words.next().filter(|id| !id.is_empty()) else {
                continue;
            };
            let lists = words.take(2).flat_map(|list| list.split(','));
            let addresses: Vec<IpAddr> = lists.filter_map(|ip| ip.parse().ok()).collect();
            // aardvark.pid has one line; `NETWORK%int` is of one that leads nowhere.
            let network = name.trim_end_matches("%int").to_owned();
            found.push(Kept {
                container: container.to_owned(),
                network,
                addresses,
                ports: Vec::new(),
                file: None,
            });
        }
    }
    found
}

impl Backend for Netavark {
    fn setup(
        &self,
        netns: &Path,
        request: &SetupRequest,
    ) -> Result<BTreeMap<String, StatusBlock>, Error> {
        if request.networks.is_empty() {
            return Ok(BTreeMap::new());
        }
        let _lock = self.lock()?;
        let status = self.run("setup", netns, request).and_then(|answer| {
            serde_json::from_slice(&answer).map_err(|error| Error::Netavark {
                message: format!("its answer can't be read: {error}"),
            })
        });
        if status.is_err() {
            // netavark undoes what it did when it fails, but not when it is killed. What is missing it
            // reports and passes over; the first error is the one that tells.
            if let Err(error) = self.run("teardown", netns, request) {
                tracing::debug!(%error, "teardown after a failed setup");
            }
        }
        status
    }

    fn teardown(&self, netns: &Path, request: &SetupRequest) -> Result<(), Error> {
        if request.networks.is_empty() {
            return Ok(());
        }
        let _lock = self.lock()?;
        make_up(netns, request)?;
        match self.run("teardown", netns, request) {
            Err(Error::Netavark { message }) if only_dns_entries_missing(&message) => {
                tracing::debug!(message, "DNS entries were gone already");
                Ok(())
            }
            other => other.map(drop),
        }
    }
}

/// Puts idle interfaces where netavark wants to see some. It deletes the container's interface, then the
/// bridge if no other is on it, then the firewall rules, and passes over the rest when it misses one: an
/// interrupted teardown, or a namespace deleted by others, would leave bridge and rules for ever.
fn make_up(netns: &Path, request: &SetupRequest) -> Result<(), Error> {
    let names = request.networks.iter();
    let names: Vec<String> = names.map(|(_, o)| o.interface_name.clone()).collect();
    netns::make_up(netns, &names)?;
    for (network, _) in &request.networks {
        let unmanaged = network
            .options
            .get("mode")
            .is_some_and(|m| m == "unmanaged");
        let bridge = &network.network_interface;
        if network.driver == "bridge" && !unmanaged && !bridge.is_empty() {
            rtnetlink::add_link(bridge, "bridge").map_err(Error::io("make up bridge", bridge))?;
        }
    }
    Ok(())
}

/// Whether all that a teardown complains of is that aardvark-dns has no entry of the container.
fn only_dns_entries_missing(message: &str) -> bool {
    let complaints = message.lines().filter(|line| !line.ends_with("errors:"));
    let mut complaints = complaints.peekable();
    complaints.peek().is_some()
        && complaints.all(|line| line.contains("aardvark entries") && line.contains("(os error 2)"))
}

/// netavark's input. Names of fields are its.
#[derive(Serialize)]
struct Input<'a> {
    container_id: &'a str,
    container_name: &'a str,
    container_hostname: &'a str,
    #[serde(skip_serializing_if = "no_ports")]
    port_mappings: &'a [PortMapping],
    #[serde(skip_serializing_if = "no_servers")]
    dns_servers: &'a [IpAddr],
    networks: BTreeMap<&'a str, &'a PerNetworkOptions>,
    network_info: BTreeMap<&'a str, &'a Network>,
}

impl<'a> Input<'a> {
    fn new(request: &'a SetupRequest) -> Self {
        let by_name = |(network, _): &'a (Network, _)| (network.name.as_str(), network);
        Self {
            container_id: &request.container_id,
            container_name: &request.container_name,
            container_hostname: &request.hostname,
            port_mappings: &request.port_mappings,
            dns_servers: &request.dns_servers,
            networks: request
                .networks
                .iter()
                .map(|(network, options)| (network.name.as_str(), options))
                .collect(),
            network_info: request.networks.iter().map(by_name).collect(),
        }
    }
}

fn no_ports(ports: &&[PortMapping]) -> bool {
    ports.is_empty()
}

fn no_servers(servers: &&[IpAddr]) -> bool {
    servers.is_empty()
}

/// netavark's own words: `{"error":"…"}` on stdout, else the end of stderr, else the exit status.
fn failure(output: &Output) -> String {
    #[derive(Deserialize)]
    struct Answer {
        error: String,
    }
    if let Ok(answer) = serde_json::from_slice::<Answer>(&output.stdout) {
        return answer.error.trim().to_owned();
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    match stderr.lines().rev().find(|line| !line.trim().is_empty()) {
        Some(line) => format!("{} ({})", line.trim(), output.status),
        None => output.status.to_string(),
    }
}

fn find(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    DIRECTORIES
        .iter()
        .map(PathBuf::from)
        .chain(env::split_paths(&path))
        .map(|directory| directory.join(name))
        .find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::default_network;
    use std::os::unix::fs::PermissionsExt as _;

    fn request() -> SetupRequest {
        SetupRequest {
            container_id: "ab".to_owned(),
            container_name: "n".to_owned(),
            hostname: "h".to_owned(),
            networks: vec![(
                default_network(),
                PerNetworkOptions {
                    interface_name: "eth0".to_owned(),
                    ..PerNetworkOptions::default()
                },
            )],
            ..SetupRequest::default()
        }
    }

    /// A stand-in that logs its verb and input, and answers as the script says.
    fn fake(script: &str) -> (tempfile::TempDir, Netavark) {
        let dir = tempfile::tempdir().unwrap();
        let program = dir.path().join("netavark");
        let log = dir.path().join("log");
        let text = format!(
            "#!/bin/sh\nfor last; do verb=$netns; netns=$last; done\n{{ echo $verb; cat; echo; }} >> {}\n{script}\n",
            log.display()
        );
        // A child of another test may still hold a writable copy of the descriptor between its fork and
        // exec, and running the script would fail with ETXTBSY: cp writes it in a process of its own.
        let source = dir.path().join("source");
        fs::write(&source, text).unwrap();
        fs::set_permissions(&source, fs::Permissions::from_mode(0o755)).unwrap();
        let copied = Command::new("cp").arg(&source).arg(&program).status();
        assert!(copied.unwrap().success());
        let netavark = Netavark {
            program,
            config_dir: dir.path().join("run"),
            firewall_driver: None,
            aardvark: None,
        };
        (dir, netavark)
    }

    #[test]
    fn what_it_keeps_is_read() {
        let run = tempfile::tempdir().unwrap();
        for folder in ["firewall/ports", "aardvark-dns"] {
            fs::create_dir_all(run.path().join(folder)).unwrap();
        }
        let ports = r#"{"container_id":"c","network_id":"n","port_mappings":null,"container_ip_v4":"10.89.0.2","container_ip_v6":null}"#;
        fs::write(run.path().join("firewall/ports/n_c"), ports).unwrap();
        fs::write(run.path().join("firewall/ports/other"), "{").unwrap();
        let names = "10.89.0.1\nd 10.89.0.3  b,c\n";
        fs::write(run.path().join("aardvark-dns/n2"), names).unwrap();
        fs::write(run.path().join("aardvark-dns/aardvark.pid"), "99").unwrap();
        let found = kept(run.path());
        let whom: Vec<_> = found
            .iter()
            .map(|one| (one.container.as_str(), one.network.as_str()))
            .collect();
        assert_eq!(whom, [("c", "n"), ("d", "n2")]);
        assert_eq!(found[0].addresses, ["10.89.0.2".parse::<IpAddr>().unwrap()]);
        assert_eq!(found[1].addresses, ["10.89.0.3".parse::<IpAddr>().unwrap()]);
        assert!(kept(Path::new("/nowhere")).is_empty());
    }

    #[test]
    fn answer_is_parsed() {
        let (dir, netavark) = fake(
            r#"echo '{"podman":{"interfaces":{"eth0":{"mac_address":"92:d0:c6:0a:29:38","subnets":[{"ipnet":"10.88.0.5/16","gateway":"10.88.0.1"}]}}}}'"#,
        );
        let status = netavark
            .setup(Path::new("/run/netns/x"), &request())
            .unwrap();
        assert_eq!(status["podman"].addresses().len(), 1);
        let log = fs::read_to_string(dir.path().join("log")).unwrap();
        assert!(
            log.contains(r#""networks":{"podman":{"interface_name":"eth0"}}"#),
            "{log}"
        );
        assert!(!log.contains("port_mappings"), "{log}");
    }

    #[test]
    fn a_failed_setup_is_torn_down_and_explained() {
        let (dir, netavark) = fake(r#"echo '{"error":"create bridge: no"}'; exit 1"#);
        let error = netavark
            .setup(Path::new("/run/netns/x"), &request())
            .unwrap_err();
        assert_eq!(error.to_string(), "netavark: create bridge: no");
        let log = fs::read_to_string(dir.path().join("log")).unwrap();
        let verbs: Vec<&str> = log.lines().filter(|line| !line.starts_with('{')).collect();
        assert_eq!(verbs, ["setup", "teardown"]);
    }

    #[test]
    fn that_of_a_killed_engine_is_waited_for() {
        let (dir, netavark) = fake("sleep 0.2; echo done >> \"$(dirname \"$0\")/log\"; echo '{}'");
        fs::create_dir_all(&netavark.config_dir).unwrap();
        fs::write(netavark.config_dir.join("netavark.lock"), "busy\n").unwrap();
        // A script's command line begins with its shell: this one says what the program would.
        let netavark = Netavark {
            program: PathBuf::from("/bin/sh"),
            ..netavark
        };
        let mut orphan = Command::new("/bin/sh")
            .arg(dir.path().join("netavark"))
            .arg(&netavark.config_dir)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        thread::spawn(move || orphan.wait());
        let lock = netavark.lock().unwrap();
        let log = fs::read_to_string(dir.path().join("log")).unwrap();
        assert!(log.ends_with("done\n"), "{log}");
        drop(lock);
        let left = fs::metadata(netavark.config_dir.join("netavark.lock")).unwrap();
        assert_eq!(left.len(), 0);
    }

    #[test]
    fn no_json_no_answer() {
        let (dir, netavark) = fake("echo first >&2; echo panicked >&2; exit 101");
        let path = dir.path().join("netns");
        // An unmanaged bridge is never made up: this test leaves the machine's interfaces alone.
        let mut request = request();
        let options = &mut request.networks[0].0.options;
        options.insert("mode".to_owned(), "unmanaged".to_owned());
        let error = netavark.teardown(&path, &request).unwrap_err();
        netns::delete(&path).unwrap();
        assert_eq!(error.to_string(), "netavark: panicked (exit status: 101)");
    }

    #[test]
    fn missing_dns_entries_are_no_failure() {
        let missing = "remove aardvark entries: IO error: No such file or directory (os error 2)";
        assert!(only_dns_entries_missing(missing));
        let several = |other: &str| {
            format!("netavark encountered multiple errors:\n\t- {missing}\n\t- {other}")
        };
        assert!(only_dns_entries_missing(&several(missing)));
        assert!(!only_dns_entries_missing(&several("nftables error")));
        assert!(!only_dns_entries_missing(""));
    }

    #[test]
    fn nothing_to_do_runs_nothing() {
        let netavark = Netavark {
            program: PathBuf::from("/nonexistent"),
            config_dir: PathBuf::from("/nonexistent"),
            firewall_driver: None,
            aardvark: None,
        };
        let empty = SetupRequest::default();
        assert!(netavark.setup(Path::new("/x"), &empty).unwrap().is_empty());
        netavark.teardown(Path::new("/x"), &empty).unwrap();
    }
}
