//! Pods: each has its infra container, each member is listed, no cgroup is left of one.

use crate::engine::Engine;
use crate::error::Result;
use crate::model::id::short;
use crate::model::operation::Intent;
use crate::ops::steps::life::bring_up::pod_cgroup;
use crate::sys::cgroup::{self, Cgroup};

use super::CheckOptions;
use super::collected::Collected;

pub(super) fn check<'a>(
    engine: &'a Engine,
    _options: &CheckOptions,
    found: &mut Collected<'a>,
) -> Result<()> {
    let rows = engine.store.rows();
    let pods = rows.pods()?;
    let removals = rows.operations()?;
    let is_going = |id: &str| {
        let mut removals = removals.iter();
        removals.any(|one| one.container == id && one.intent == Intent::Remove)
    };
    for pod in &pods {
        let Some(infra) = &pod.infra else { continue };
        if rows.container(infra)?.is_none() && rows.pod(&pod.id)?.is_some() && !is_going(infra) {
            let what = format!("the infra container of pod {} is gone", pod.name);
            let remedy = format!("remove the pod: cryopod pod rm --force {}", pod.name);
            found.by_hand("containers", what, remedy);
        }
    }
    for container in rows.misfiled_members()? {
        let what = format!("the pod of container {container} is not the one of its configuration");
        found.repairable("database", what, "writes it down anew", move || {
            Ok(engine
                .store
                .transaction(|rows| rows.file_member(&container))?)
        });
    }
    for name in cgroup::pods() {
        let id = name.trim_start_matches(cgroup::POD_PREFIX);
        let path = pod_cgroup(id, "");
        // Those of all roots lie side by side: one with anything in it is judged by that.
        let is_empty = cgroup::names_below(&path).is_empty();
        if !is_empty || pods.iter().any(|pod| pod.id == id) {
            continue;
        }
        let what = format!(
            "there is an empty cgroup of pod {}, which is not known",
            short(id)
        );
        found.repairable("cgroups", what, "removes it", move || {
            Ok(Cgroup::at(&path).remove()?)
        });
    }
    Ok(())
}
