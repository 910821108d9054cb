//! `pod create`.

use crate::args::selection::at_most_one;
use crate::args::value::size;
use crate::output::CliError;
use clap::{ArgAction, Args};
use libcr::ops::pods::create::PodCreateOptions;
use std::path::PathBuf;

/// Flags of `pod create`. Ports and networks stay as typed: libcr reads them.
#[derive(Debug, Clone, Default, Args)]
pub struct PodCreate {
    /// Add a custom host-to-IP mapping (host:ip)
    #[arg(long, value_name = "HOST:IP", value_delimiter = ',')]
    pub add_host: Vec<String>,
    /// Set custom DNS servers
    #[arg(long, value_name = "IP", value_delimiter = ',')]
    pub dns: Vec<String>,
    /// Set custom DNS options
    #[arg(long, value_name = "OPTION", value_delimiter = ',')]
    pub dns_option: Vec<String>,
    /// Set custom DNS search domains
    #[arg(long, value_name = "DOMAIN", value_delimiter = ',')]
    pub dns_search: Vec<String>,
    /// Behaviour when the last container exits ("continue"|"stop")
    #[arg(long, value_name = "POLICY", default_value = "continue")]
    pub exit_policy: String,
    /// Set container hostname
    #[arg(short = 'h', long, value_name = "NAME")]
    pub hostname: Option<String>,
    /// Create an infra container associated with the pod to share namespaces with
    #[arg(
        long,
        action = ArgAction::Set,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        default_value = "true",
        hide_possible_values = true,
        value_name = "BOOL"
    )]
    pub infra: bool,
    /// Overwrite the default ENTRYPOINT of the image
    #[arg(long, value_name = "COMMAND")]
    pub infra_command: Option<String>,
    /// Image to use to override builtin infra container
    #[arg(long, value_name = "IMAGE")]
    pub infra_image: Option<String>,
    /// Assign a name to the container
    #[arg(long, value_name = "NAME")]
    pub infra_name: Option<String>,
    /// Specify a static IPv4 address for the container
    #[arg(long, value_name = "IP")]
    pub ip: Option<String>,
    /// Set metadata on container
    #[arg(short, long, value_name = "KEY=VALUE")]
    pub label: Vec<String>,
    /// Container MAC address (e.g. 92:d0:c6:0a:29:33)
    #[arg(long, value_name = "ADDRESS")]
    pub mac_address: Option<String>,
    /// Assign a name to the pod
    #[arg(short, long, value_name = "NAME")]
    pub name: Option<String>,
    /// Connect a container to a network
    #[arg(long, visible_alias = "net", value_name = "MODE")]
    pub network: Vec<String>,
    /// Write the pod ID to the file
    #[arg(long, value_name = "FILE")]
    pub pod_id_file: Option<PathBuf>,
    /// Publish a container's port, or a range of ports, to the host
    #[arg(short, long, value_name = "PORT", value_delimiter = ',')]
    pub publish: Vec<String>,
    /// If a pod with the same name exists, replace it
    #[arg(long)]
    pub replace: bool,
    /// A comma delimited list of kernel namespaces the pod will share (ipc, net, pid, uts or none)
    #[arg(long, value_name = "KINDS")]
    pub share: Option<String>,
    /// Set the pod's cgroup as the cgroup parent for all containers joining the pod
    #[arg(
        long,
        action = ArgAction::Set,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true",
        default_value = "true",
        hide_possible_values = true,
        value_name = "BOOL"
    )]
    pub share_parent: bool,
    /// Size of /dev/shm (format: <number>[<unit>], where unit = b, k, m or g)
    #[arg(long, value_name = "SIZE")]
    pub shm_size: Option<String>,
    /// Sysctl options
    #[arg(long, value_name = "NAME=VALUE")]
    pub sysctl: Vec<String>,
    /// The pod.
    #[arg(value_name = "[NAME]")]
    pub names: Vec<String>,
}

impl PodCreate {
    /// The engine's options, once the text is right; Podman's messages.
    pub fn validate(&self, words: &[String]) -> Result<PodCreateOptions, CliError> {
        let name = at_most_one(&self.names)?;
        if name.is_some() && self.name.is_some() {
            return Err(CliError::usage(
                "cannot specify --name and NAME at the same time",
            ));
        }
        let nameless = |text: &&String| text.is_empty() || text.starts_with('=');
        if let Some(text) = self.label.iter().find(nameless) {
            return Err(CliError::usage(format!(
                "unable to process labels: invalid label format: \"{text}\""
            )));
        }
        let ip = self.ip.as_deref().map(|text| {
            let parsed = text.parse();
            parsed.map_err(|_| CliError::usage(format!("\"{text}\" is not an ip address")))
        });
        let shm_size = self.shm_size.as_deref().map(|text| {
            size::parse(text).map_err(|error| {
                CliError::usage(format!("unable to translate --shm-size: {error}"))
            })
        });
        Ok(PodCreateOptions {
            name: name.map(str::to_owned).or_else(|| self.name.clone()),
            labels: self.label.clone(),
            no_infra: !self.infra,
            infra_name: self.infra_name.clone(),
            infra_image: self.infra_image.clone(),
            infra_command: self.infra_command.clone(),
            share: self.share.clone(),
            no_share_parent: !self.share_parent,
            exit_policy: Some(self.exit_policy.clone()),
            hostname: self.hostname.clone(),
            networks: self.network.clone(),
            ip: ip.transpose()?,
            mac_address: self.mac_address.clone(),
            publish: self.publish.clone(),
            add_hosts: self.add_host.clone(),
            dns: self.dns.clone(),
            dns_search: self.dns_search.clone(),
            dns_options: self.dns_option.clone(),
            sysctls: self.sysctl.clone(),
            shm_size: shm_size.transpose()?,
            create_command: words.to_vec(),
            ..PodCreateOptions::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::PodCreate;

    #[test]
    fn podmans_words() {
        let text = |flags: PodCreate| flags.validate(&[]).unwrap_err().to_string();
        let both = PodCreate {
            name: Some("x".into()),
            names: vec!["y".into()],
            ..PodCreate::default()
        };
        assert_eq!(
            text(both),
            "cannot specify --name and NAME at the same time"
        );
        let two = PodCreate {
            names: vec!["x".into(), "y".into()],
            ..PodCreate::default()
        };
        assert_eq!(text(two), "accepts at most 1 arg(s), received 2");
        let ip = PodCreate {
            ip: Some("x".into()),
            ..PodCreate::default()
        };
        assert_eq!(text(ip), "\"x\" is not an ip address");
    }
}
