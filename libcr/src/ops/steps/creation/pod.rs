//! A new container in a pod, and a new pod with its infra container.

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::pod::{Membership, Pod, Shared};
use crate::model::container::{NetworkMode, Rootfs};
use crate::model::id;
use crate::ops::steps::sandbox;
use crate::runtime::pause;
use crate::store::{Rows, StoreError};

use super::{CreateOptions, configure, make, refused_option};

/// How a container joins a pod.
pub(super) struct Joined {
    pub membership: Membership,
    /// The pod's network, where it takes part in that.
    pub network: Option<NetworkMode>,
    /// The pod's host name, where it takes part in that.
    pub hostname: Option<String>,
}

/// The pod that the options name, if they name one.
///
/// # Errors
/// [`crate::store::StoreError::NoSuchPod`]; [`Error::Invalid`] for what is the pod's business, in
/// Podman's words.
pub(super) fn join(engine: &Engine, options: &CreateOptions) -> Result<Option<Joined>> {
    let Some(word) = options.pod.as_deref().filter(|word| !word.is_empty()) else {
        return Ok(None);
    };
    let pod = engine.find_pod(word)?;
    let mut membership = membership(&pod);
    // A network that is asked for is one of its own.
    if !options.networks.is_empty() {
        membership.shares.remove(&Shared::Net);
    }
    let shares = |kind| !membership.joins.is_empty() && membership.shares.contains(&kind);
    if shares(Shared::Net) {
        refuse_network(options)?;
    }
    if shares(Shared::Uts) && options.hostname.is_some() {
        return Err(Error::Invalid(
            "invalid config provided: cannot set hostname when joining the pod UTS namespace: invalid configuration".into(),
        ));
    }
    let network = shares(Shared::Net).then(|| NetworkMode::Container {
        id: membership.joins.clone(),
    });
    let hostname = shares(Shared::Uts).then(|| host_name(&pod).to_owned());
    Ok(Some(Joined {
        membership,
        network,
        hostname,
    }))
}

/// What a container of a pod shares with the others.
pub fn membership(pod: &Pod) -> Membership {
    let joins = pod.infra.clone().filter(|_| !pod.shared.is_empty());
    Membership {
        pod: pod.id.clone(),
        is_infra: false,
        joins: joins.unwrap_or_default(),
        shares: pod.shared.clone(),
        in_cgroup: pod.own_cgroup,
        cgroup_parent: pod.cgroup_parent.clone(),
    }
}

/// The host name of a pod that shares one.
pub fn host_name(pod: &Pod) -> &str {
    if pod.hostname.is_empty() {
        &pod.name
    } else {
        &pod.hostname
    }
}

fn refuse_network(options: &CreateOptions) -> Result<()> {
    let refused = [
        (
            !options.publish.is_empty(),
            "published or exposed ports must be defined when the pod is created",
        ),
        (
            options.ip.is_some() || options.mac_address.is_some(),
            "networks must be defined when the pod is created",
        ),
        (
            !options.add_hosts.is_empty(),
            "extra host entries must be specified on the pod",
        ),
        (
            !options.dns.is_empty(),
            "name servers must be specified on the pod",
        ),
    ];
    match refused.iter().find(|(given, _)| *given) {
        None => Ok(()),
        Some((_, what)) => Err(Error::Invalid(format!(
            "invalid config provided: {what}: network cannot be configured when it is shared with a pod"
        ))),
    }
}

/// Makes a pod and, where `infra` says what its infra container is, that too: both are there
/// afterwards, or nothing. An `infra` without an image runs a program of ours.
///
/// `also` is written in the same transaction; it is given the id of the infra container.
///
/// # Errors
/// [`crate::store::StoreError::PodExists`]; as for a container.
pub fn create(
    engine: &Engine,
    mut pod: Pod,
    infra: Option<CreateOptions>,
    also: impl FnOnce(&Rows<'_>, &str) -> Result<(), StoreError>,
) -> Result<Pod> {
    id::check_name(&pod.name)
        .map_err(|error| Error::Invalid(format!("running pod create option: {error}")))?;
    let Some(mut options) = infra else {
        engine.store.transaction(|rows| {
            rows.insert_pod(&pod)?;
            rows.insert_pod_event("create", &pod)
        })?;
        return Ok(pod);
    };
    let own = options.image.is_empty();
    if own {
        // Looked at as any directory is; it gets one of its own below.
        options.rootfs = true;
        options.image = "/".into();
        options.command = vec![pause::PATH.into()];
    }
    let infra = id::from_random(crate::sys::machine::random()?);
    let mut config = configure(engine, &options, &infra)?;
    if own {
        config.rootfs = Rootfs::Directory(sandbox::infra_rootfs(engine, &infra));
        config.read_only = true;
    }
    pod.infra = Some(infra.clone());
    config.pod = Some(Membership {
        is_infra: true,
        joins: String::new(),
        ..membership(&pod)
    });
    let files = |id: &str| {
        if own {
            sandbox::make_infra_rootfs(engine, id)?;
        }
        Ok(())
    };
    let inserted = |rows: &Rows<'_>| rows.insert_pod(&pod);
    let told = |rows: &Rows<'_>| {
        also(rows, &infra)?;
        rows.insert_pod_event("create", &pod)
    };
    make(engine, config, files, inserted, told).map_err(|error| match error {
        Error::Conflict(text) => refused_option(&text),
        other => other,
    })?;
    Ok(pod)
}
