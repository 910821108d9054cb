//! Options of CRIU beyond Podman's, and the way on which each reaches CRIU: a flag of the OCI
//! runtime where it has one, a line of the CRIU configuration that the bundle names where it has
//! none, and where neither works a refusal that names the option.
//!
//! The words are runc's and crun's (`runc checkpoint --help`, `crun restore --help`); the lines of
//! the configuration are criu(8)'s options without their `--`.

use std::path::Path;

/// What a runtime is asked to do with CRIU.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// `checkpoint`, also with `--pre-dump`.
    Dump,
    /// `restore`.
    Restore,
}

/// Options of a dump or a restore.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CriuOptions {
    /// `--auto-dedup`: pages that a later dump has are punched out of the earlier images; on
    /// restore out of these as they are used.
    pub auto_dedup: bool,
    /// `--empty-ns`: namespaces whose content stays out; only `network` is known.
    pub empty_namespaces: Vec<String>,
    /// `--ext-unix-sk`: unix sockets whose peer is outside.
    pub ext_unix_sk: bool,
    /// `--lazy-pages`: memory stays behind a page server (dump) or comes when it is touched
    /// (restore).
    pub lazy_pages: bool,
    /// `--link-remap`: files that were unlinked get a name for the time being.
    pub link_remap: bool,
    /// `--lsm-mount-context`: an LSM mount context, as `system_u:object_r:container_file_t:s0`.
    pub lsm_mount_context: Option<String>,
    /// `--lsm-profile TYPE:NAME`.
    pub lsm_profile: Option<String>,
    /// `--manage-cgroups-mode`: `soft`, `full`, `strict`, `ignore`. Without it cgroups stay out of
    /// the images: runtime and engine own them.
    pub manage_cgroups_mode: Option<String>,
    /// `--network-lock`: `iptables`, `nftables`, `skip`.
    pub network_lock: Option<String>,
    /// `--page-server ADDRESS:PORT`: memory goes there instead of into images.
    pub page_server: Option<String>,
    /// `--shell-job`: a session whose terminal is outside.
    pub shell_job: bool,
    /// `--status-fd`: CRIU writes a zero byte to this descriptor once its page server is ready.
    pub status_fd: Option<i32>,
    /// `--tcp-close`: established connections come back closed.
    pub tcp_close: bool,
    /// `--tcp-skip-in-flight`: connections that are being made are left out.
    pub tcp_skip_in_flight: bool,
}

/// How options reach CRIU.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Routed {
    /// Arguments of the runtime's verb.
    pub arguments: Vec<String>,
    /// Lines of the CRIU configuration.
    pub configuration: Vec<String>,
    /// Cgroups stay out of the images: nobody asked for a mode of managing them.
    pub leave_cgroups: bool,
    /// The way of locking the network was asked for.
    pub locks_network: bool,
}

impl Default for Routed {
    fn default() -> Self {
        Self {
            arguments: Vec::new(),
            configuration: Vec::new(),
            leave_cgroups: true,
            locks_network: false,
        }
    }
}

/// Why options can't be passed on; the whole sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OptionError {
    /// The option makes no sense for this verb, this runtime or its CRIU.
    #[error("{option} is not supported by {runtime} for {verb}: {remedy}")]
    Unsupported {
        /// As typed.
        option: &'static str,
        /// Name of the runtime.
        runtime: String,
        /// `checkpoint` or `restore`.
        verb: &'static str,
        /// What helps.
        remedy: &'static str,
    },
    /// A value that it can't have.
    #[error("invalid value \"{value}\" for {option}: {expected}")]
    Value {
        /// As typed.
        option: &'static str,
        /// As typed.
        value: String,
        /// What it may be.
        expected: &'static str,
    },
}

/// The way of an option to CRIU.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The runtime's own flag of the same name.
    Flag,
    /// A line of the CRIU configuration.
    Configuration,
    /// None.
    Nowhere,
}

/// An option and its ways: runc's dump, runc's restore, crun's dump, crun's restore.
pub type Row = (&'static str, [Way; 4]);

/// Every option of [`CriuOptions`]: runc 1.3, crun 1.28, CRIU 4.2, each tried.
pub const WAYS: [Row; 14] = {
    use Way::{Configuration as C, Flag as F, Nowhere as N};
    [
        ("--auto-dedup", [F, F, C, C]),
        ("--empty-ns", [F, F, C, C]),
        ("--ext-unix-sk", [F, F, F, F]),
        ("--lazy-pages", [F, F, N, C]),
        ("--link-remap", [F, N, C, N]),
        ("--lsm-mount-context", [N, F, N, F]),
        ("--lsm-profile", [N, F, N, F]),
        ("--manage-cgroups-mode", [F, F, F, F]),
        ("--network-lock", [C, C, F, F]),
        ("--page-server", [F, N, C, N]),
        ("--shell-job", [F, F, F, F]),
        ("--status-fd", [F, N, N, N]),
        ("--tcp-close", [N, C, N, F]),
        ("--tcp-skip-in-flight", [F, N, C, N]),
    ]
};

/// The first CRIU whose library reads the configuration that crun names for it: 4.2.
const CONFIGURATION_FOR_CRUN: u32 = 40_200;

impl CriuOptions {
    /// Checks the values, whatever the runtime.
    ///
    /// # Errors
    /// [`OptionError::Value`].
    pub fn validate(&self) -> Result<(), OptionError> {
        let wrong = |option, value: &str, expected| OptionError::Value {
            option,
            value: value.to_owned(),
            expected,
        };
        for name in &self.empty_namespaces {
            if name != "network" {
                return Err(wrong("--empty-ns", name, "only network can be left empty"));
            }
        }
        if let Some(mode) = &self.manage_cgroups_mode
            && !["soft", "full", "strict", "ignore"].contains(&mode.as_str())
        {
            let expected = "it must be soft, full, strict or ignore";
            return Err(wrong("--manage-cgroups-mode", mode, expected));
        }
        if let Some(method) = &self.network_lock
            && !["iptables", "nftables", "skip"].contains(&method.as_str())
        {
            let expected = "it must be iptables, nftables or skip";
            return Err(wrong("--network-lock", method, expected));
        }
        if let Some(server) = &self.page_server
            && page_server(server).is_none()
        {
            let expected = "it must be ADDRESS:PORT";
            return Err(wrong("--page-server", server, expected));
        }
        if let Some(profile) = &self.lsm_profile
            && !["apparmor:", "selinux:"]
                .iter()
                .any(|kind| profile.len() > kind.len() && profile.starts_with(kind))
        {
            let expected = "it must be apparmor:NAME or selinux:LABEL";
            return Err(wrong("--lsm-profile", profile, expected));
        }
        if let Some(context) = &self.lsm_mount_context
            && (context.is_empty() || context.contains(char::is_control))
        {
            let expected = "it must be an LSM mount context";
            return Err(wrong("--lsm-mount-context", context, expected));
        }
        Ok(())
    }

    /// The ways of all options that are set, to this runtime and CRIU.
    ///
    /// # Errors
    /// [`OptionError::Unsupported`] for the first one that has none.
    pub fn route(
        &self,
        runtime: &str,
        verb: Verb,
        criu_version: u32,
    ) -> Result<Routed, OptionError> {
        let crun = Path::new(runtime)
            .file_name()
            .is_some_and(|name| name.to_string_lossy().contains("crun"));
        let column = usize::from(crun) * 2 + usize::from(verb == Verb::Restore);
        let mut routed = Routed {
            leave_cgroups: self.manage_cgroups_mode.is_none(),
            locks_network: self.network_lock.is_some(),
            ..Routed::default()
        };
        for (option, value, lines) in self.set() {
            let way = ways_of(option)[column];
            let refuse = |remedy| OptionError::Unsupported {
                option,
                runtime: runtime.to_owned(),
                verb: match verb {
                    Verb::Dump => "checkpoint",
                    Verb::Restore => "restore",
                },
                remedy,
            };
            match way {
                Way::Flag => {
                    routed.arguments.push(option.to_owned());
                    routed.arguments.extend(value);
                }
                Way::Configuration if crun && criu_version < CONFIGURATION_FOR_CRUN => {
                    return Err(refuse("it needs CRIU 4.2, or runc"));
                }
                Way::Configuration => routed.configuration.extend(lines),
                Way::Nowhere
                    if ways_of(option)[usize::from(verb == Verb::Restore)] == Way::Flag =>
                {
                    return Err(refuse("use runc"));
                }
                Way::Nowhere => return Err(refuse("leave it out")),
            }
        }
        Ok(routed)
    }

    /// Options that are set: name, the flag's value, the configuration's lines.
    fn set(&self) -> Vec<(&'static str, Option<String>, Vec<String>)> {
        let mut set = Vec::new();
        let mut switch = |on: bool, option: &'static str, line: &str| {
            if on {
                set.push((option, None, vec![line.to_owned()]));
            }
        };
        switch(self.auto_dedup, "--auto-dedup", "auto-dedup");
        switch(self.ext_unix_sk, "--ext-unix-sk", "ext-unix-sk");
        switch(self.lazy_pages, "--lazy-pages", "lazy-pages");
        switch(self.link_remap, "--link-remap", "link-remap");
        switch(self.shell_job, "--shell-job", "shell-job");
        switch(self.tcp_close, "--tcp-close", "tcp-close");
        switch(
            self.tcp_skip_in_flight,
            "--tcp-skip-in-flight",
            "skip-in-flight",
        );
        let mut valued = |value: Option<&String>, option: &'static str, lines: Vec<String>| {
            if let Some(value) = value {
                set.push((option, Some(value.clone()), lines));
            }
        };
        let line = |key: &str, value: Option<&String>| {
            vec![format!("{key} {}", value.map_or("", String::as_str))]
        };
        valued(
            self.empty_namespaces.first(),
            "--empty-ns",
            vec!["empty-ns net".to_owned()],
        );
        let (context, profile) = (self.lsm_mount_context.as_ref(), self.lsm_profile.as_ref());
        valued(
            context,
            "--lsm-mount-context",
            line("lsm-mount-context", context),
        );
        valued(profile, "--lsm-profile", line("lsm-profile", profile));
        let mode = self.manage_cgroups_mode.as_ref();
        valued(mode, "--manage-cgroups-mode", line("manage-cgroups", mode));
        let lock = self.network_lock.as_ref();
        valued(lock, "--network-lock", line("network-lock", lock));
        let server = self.page_server.as_ref();
        let lines = server.and_then(|server| page_server(server)).map_or_else(
            Vec::new,
            |(address, port)| {
                vec![
                    "page-server".to_owned(),
                    format!("address {address}"),
                    format!("port {port}"),
                ]
            },
        );
        valued(server, "--page-server", lines);
        let status = self.status_fd.map(|number| number.to_string());
        let status = status.as_ref();
        valued(status, "--status-fd", line("status-fd", status));
        set
    }
}

fn ways_of(option: &str) -> [Way; 4] {
    let known = WAYS.iter().find(|(name, _)| *name == option);
    known.map_or([Way::Nowhere; 4], |(_, ways)| *ways)
}

/// Address and port of a page server.
pub fn page_server(text: &str) -> Option<(&str, u16)> {
    let (address, port) = text.rsplit_once(':')?;
    let port = port.parse().ok().filter(|port| *port != 0)?;
    let address = address.trim_start_matches('[').trim_end_matches(']');
    let plain = !address.is_empty() && !address.contains(char::is_whitespace);
    plain.then_some((address, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lock() -> CriuOptions {
        CriuOptions {
            network_lock: Some("nftables".into()),
            link_remap: true,
            ..CriuOptions::default()
        }
    }

    #[test]
    fn an_option_goes_by_flag_or_by_configuration() -> Result<(), OptionError> {
        let runc = lock().route("runc", Verb::Dump, 40_201)?;
        assert_eq!(runc.arguments, ["--link-remap"]);
        assert_eq!(runc.configuration, ["network-lock nftables"]);
        let crun = lock().route("/usr/bin/crun", Verb::Dump, 40_201)?;
        assert_eq!(crun.arguments, ["--network-lock", "nftables"]);
        assert_eq!(crun.configuration, ["link-remap"]);
        Ok(())
    }

    #[test]
    fn an_option_without_a_way_is_refused_by_name() {
        let refused = |runtime: &str, verb, criu| {
            let error = lock().route(runtime, verb, criu).unwrap_err();
            error.to_string()
        };
        assert_eq!(
            refused("runc", Verb::Restore, 40_201),
            "--link-remap is not supported by runc for restore: leave it out"
        );
        assert_eq!(
            refused("crun", Verb::Dump, 40_101),
            "--link-remap is not supported by crun for checkpoint: it needs CRIU 4.2, or runc"
        );
    }

    #[test]
    fn values() {
        let text = |options: CriuOptions| options.validate().unwrap_err().to_string();
        assert_eq!(
            text(CriuOptions {
                page_server: Some("10.0.0.1".into()),
                ..CriuOptions::default()
            }),
            "invalid value \"10.0.0.1\" for --page-server: it must be ADDRESS:PORT"
        );
        assert_eq!(
            text(CriuOptions {
                empty_namespaces: vec!["pid".into()],
                ..CriuOptions::default()
            }),
            "invalid value \"pid\" for --empty-ns: only network can be left empty"
        );
        assert_eq!(page_server("[::1]:27"), Some(("::1", 27)));
        assert_eq!(page_server("host:0"), None);
        assert!(lock().validate().is_ok());
    }
}
