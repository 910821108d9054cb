//! `system service dbus:…` on a bus of its own, with real dbus-daemon and polkitd, driven by busctl,
//! gdbus and dbus-python.

pub mod harm;
pub mod story;

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use crate::harness::{Finished, Host, command, wait};

/// The name on the bus.
const NAME: &str = "org.cryopod.engine1";
/// The manager's path.
pub const ROOT: &str = "/org/cryopod/engine1";
const CLIENT: &str = include_str!("client.py");
const POLICY: &str = include_str!("../../../../contrib/dbus/org.cryopod.engine1.conf");
const ACTIONS: &str = include_str!("../../../../contrib/dbus/org.cryopod.engine1.policy");
const ACTIONS_FILE: &str = "/usr/share/polkit-1/actions/org.cryopod.engine1.policy";
const RULES_FILE: &str = "/etc/polkit-1/rules.d/00-cr-tests.rules";
/// `nobody`, who may freeze and no more.
const RULES: &str = "polkit.addRule(function(action, subject) {\n\
    if (subject.user != 'nobody') return polkit.Result.NOT_HANDLED;\n\
    return action.id == 'org.cryopod.engine1.checkpoint' ? polkit.Result.YES : polkit.Result.NO;\n\
    });\n";
/// As the system's bus is set up, with our own policy.
const SETUP: &str = r#"<busconfig>
  <type>system</type>
  <listen>ADDRESS</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <deny own="*"/>
    <deny send_type="method_call"/>
    <allow send_type="signal"/>
    <allow send_requested_reply="true" send_type="method_return"/>
    <allow send_requested_reply="true" send_type="error"/>
    <allow receive_type="method_call"/>
    <allow receive_type="method_return"/>
    <allow receive_type="error"/>
    <allow receive_type="signal"/>
    <allow send_destination="org.freedesktop.DBus"/>
  </policy>
  <policy user="root">
    <allow eavesdrop="true"/>
    <allow send_destination="org.freedesktop.DBus" send_interface="org.freedesktop.DBus.Monitoring"/>
  </policy>
  <policy user="nobody">
    <allow own="org.freedesktop.PolicyKit1"/>
  </policy>
  <include>POLICY</include>
  <include ignore_missing="yes">/usr/share/dbus-1/system.d/org.freedesktop.PolicyKit1.conf</include>
</busconfig>
"#;

/// A bus and a service on it, as long as this is there.
pub struct Bus {
    daemon: Child,
    service: Child,
    polkit: Option<Child>,
    address: String,
    script: String,
}

impl Bus {
    /// Without polkit.
    #[track_caller]
    pub fn start(host: &Host) -> Self {
        Self::with(host, &["--time", "0"])
    }

    /// Starts a bus, and a service with these options.
    #[track_caller]
    pub fn with(host: &Host, options: &[&str]) -> Self {
        // Abstract, so that others than root get there too.
        let address = format!("unix:abstract=cr-test-{}", std::process::id());
        let (policy, setup) = (host.file("policy.conf"), host.file("bus.conf"));
        fs::write(&policy, POLICY).expect("a file");
        let text = SETUP
            .replace("ADDRESS", &address)
            .replace("POLICY", &policy);
        fs::write(&setup, text).expect("a file");
        let script = "/run/cr-test-dbus-client.py".to_owned();
        fs::write(&script, CLIENT).expect("a file");
        let daemon = Command::new("dbus-daemon")
            .args(["--nofork", "--nopidfile", "--nosyslog"])
            .arg(format!("--config-file={setup}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("dbus-daemon");
        let listens = || {
            let mut line = busctl(&address);
            let asked = line.args(["call", "org.freedesktop.DBus", "/", "org.freedesktop.DBus"]);
            let done = command::run(asked.arg("GetId"), "");
            (done.code == 0).then_some(())
        };
        wait::until("the bus is there", listens);
        let service = serve(host, &address, options);
        let bus = Self {
            daemon,
            service,
            polkit: None,
            address,
            script,
        };
        bus.wait_for_service();
        bus
    }

    /// With polkit and its rules.
    #[track_caller]
    pub fn with_polkit(host: &Host) -> Self {
        let mut bus = Self::start(host);
        fs::write(ACTIONS_FILE, ACTIONS).expect("the actions");
        fs::write(RULES_FILE, RULES).expect("the rules");
        let polkit = Command::new("/usr/lib/polkit-1/polkitd")
            .arg("--no-debug")
            .env("DBUS_SYSTEM_BUS_ADDRESS", &bus.address)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("polkitd");
        bus.polkit = Some(polkit);
        wait::until("polkit is there", || {
            bus.has("org.freedesktop.PolicyKit1").then_some(())
        });
        bus
    }

    fn has(&self, name: &str) -> bool {
        let mut line = busctl(&self.address);
        line.args(["call", "org.freedesktop.DBus", "/", "org.freedesktop.DBus"]);
        let done = command::run(line.args(["NameHasOwner", "s", name]), "");
        done.stdout.trim() == "b true"
    }

    fn wait_for_service(&self) {
        wait::until("the service is there", || self.has(NAME).then_some(()));
    }

    /// Another service, after the end of the one before.
    pub fn serve_again(&mut self, host: &Host) {
        self.service = serve(host, &self.address, &["--time", "0"]);
        self.wait_for_service();
    }

    /// busctl with these words.
    pub fn busctl(&self, words: &[&str]) -> Finished {
        command::run(busctl(&self.address).args(words), "")
    }

    /// A method's answer by busctl.
    #[track_caller]
    pub fn call(&self, object: &str, interface: &str, words: &[&str]) -> String {
        let interface = format!("{NAME}.{interface}");
        let line = [
            &["--timeout=60", "--", "call", NAME, object, &interface],
            words,
        ]
        .concat();
        let done = self.busctl(&line);
        assert_eq!(done.code, 0, "{done}");
        done.stdout.trim().to_owned()
    }

    /// A property by busctl.
    #[track_caller]
    pub fn property(&self, object: &str, interface: &str, name: &str) -> String {
        let interface = format!("{NAME}.{interface}");
        let done = self.busctl(&["get-property", NAME, object, &interface, name]);
        assert_eq!(done.code, 0, "{done}");
        done.stdout.trim().to_owned()
    }

    /// A container's object, by busctl.
    #[track_caller]
    pub fn container(&self, name: &str) -> String {
        let answer = self.call(ROOT, "Manager", &["GetContainer", "s", name]);
        let path = answer
            .strip_prefix("o \"")
            .and_then(|path| path.strip_suffix('"'));
        path.expect("an object").to_owned()
    }

    /// A method's answer by gdbus.
    pub fn gdbus(&self, object: &str, method: &str, arguments: &[&str]) -> Finished {
        let mut line = Command::new("gdbus");
        line.args(["call", "-a", &self.address, "-t", "60", "-d", NAME]);
        line.args(["-o", object, "-m", &format!("{NAME}.{method}")]);
        command::run(line.args(arguments), "")
    }

    /// Hears all signals of the service from now on.
    #[track_caller]
    pub fn listen(&self, host: &Host) -> Heard {
        let file = host.path("heard");
        let monitor = Command::new("gdbus")
            .args(["monitor", "-a", &self.address, "-d", NAME])
            .stdout(fs::File::create(&file).expect("a file"))
            .stderr(Stdio::null())
            .spawn()
            .expect("gdbus");
        let heard = Heard { monitor, file };
        heard.wait_for("is owned by");
        heard
    }

    /// `client.py` as root.
    #[track_caller]
    pub fn python(&self, words: &[&str]) {
        let mut line = Command::new("python3");
        let done = command::run(line.args([&self.script, &self.address]).args(words), "");
        assert_eq!(done.code, 0, "{done}");
    }

    /// `client.py` as `nobody`.
    #[track_caller]
    pub fn python_as_nobody(&self, words: &[&str]) {
        let mut line = Command::new("setpriv");
        line.args([
            "--reuid=65534",
            "--regid=65534",
            "--clear-groups",
            "python3",
        ]);
        let done = command::run(line.args([&self.script, &self.address]).args(words), "");
        assert_eq!(done.code, 0, "{done}");
    }
}

/// What gdbus hears on a bus, as long as this is there.
pub struct Heard {
    monitor: Child,
    file: PathBuf,
}

impl Heard {
    fn text(&self) -> String {
        fs::read_to_string(&self.file).expect("what was heard")
    }

    /// Waits until it has heard this.
    #[track_caller]
    pub fn wait_for(&self, wanted: &str) {
        let there = wait::try_until(wait::SOON, || self.text().contains(wanted).then_some(()));
        assert!(there.is_some(), "no {wanted} in {}", self.text());
    }
}

impl Drop for Heard {
    fn drop(&mut self) {
        let _ = self.monitor.kill();
        let _ = self.monitor.wait();
    }
}

fn busctl(address: &str) -> Command {
    let mut line = Command::new("busctl");
    line.arg(format!("--address={address}"));
    line
}

fn serve(host: &Host, address: &str, options: &[&str]) -> Child {
    let uri = format!("dbus:{address}");
    host.spawn(&[&["system", "service"], options, &[uri.as_str()]].concat())
}

impl Drop for Bus {
    fn drop(&mut self) {
        let _ = Command::new("kill")
            .arg(self.service.id().to_string())
            .stderr(Stdio::null())
            .status();
        let _ = self.service.wait();
        if let Some(polkit) = &mut self.polkit {
            let _ = polkit.kill();
            let _ = polkit.wait();
            let _ = fs::remove_file(ACTIONS_FILE);
            let _ = fs::remove_file(RULES_FILE);
        }
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
        let _ = fs::remove_file(&self.script);
    }
}
