//! `pod ps`.

use crate::args::pod::PodList;
use crate::args::value::filter::Filter;
use crate::commands::{Opener, Outcome};
use crate::output::json;
use crate::output::template::{Headings, JSON_FACE, Schema};
use crate::output::{human, print};
use jiff::Timestamp;
use libcr::ops::pods::PodFacts;
use libcr::ops::pods::list;
use serde_json::{Value, json};

const SCHEMA: Schema = Schema(&[("*", "pods.ListPodReporter")]);

const HEADINGS: Headings = Headings(&[
    ("Id", "POD ID"),
    ("ID", "POD ID"),
    ("Name", "NAME"),
    ("Status", "STATUS"),
    ("Created", "CREATED"),
    ("InfraID", "INFRA ID"),
    ("InfraId", "INFRA ID"),
    ("NumberOfContainers", "# OF CONTAINERS"),
    ("ContainerIds", "IDS"),
    ("ContainerNames", "NAMES"),
    ("ContainerStatuses", "STATUS"),
    ("Cgroup", "CGROUP"),
    ("Namespace", "NAMESPACES"),
    ("Networks", "NETWORKS"),
    ("Labels", "LABELS"),
    ("RestartCount", "RESTARTS"),
]);

/// Lists pods, the newest first.
pub fn run(opener: &Opener, flags: &PodList) -> Outcome {
    let filters = flags.validate()?;
    let engine = opener.open()?;
    let mut pods = if flags.latest {
        vec![super::latest(&engine)?]
    } else {
        list::list(&engine)?
    };
    pods.reverse();
    choose(&mut pods, &filters);
    sort(&flags.sort, &mut pods);
    if flags.quiet {
        // Podman prints them whole, whatever else is asked.
        return pods
            .iter()
            .try_for_each(|one| print::line(&one.pod.id))
            .map(|()| 0);
    }
    if flags.format.as_deref() == Some("json") {
        let all: Vec<Value> = pods.iter().map(as_json).collect();
        return print::line(&json::pretty(&all, 2).unwrap_or_default()).map(|()| 0);
    }
    let now = Timestamp::now();
    let rows: Vec<Value> = pods
        .iter()
        .map(|one| as_row(one, flags.no_trunc, now))
        .collect();
    let standard = standard(flags);
    let format = flags.format.as_deref().unwrap_or(&standard);
    print::rows("ps", format, &rows, SCHEMA, HEADINGS, flags.noheading).map(|()| 0)
}

// Podman's columns (cmd/podman/pods/ps.go).
fn standard(flags: &PodList) -> String {
    let of_containers = flags.ctr_ids || flags.ctr_names || flags.ctr_status;
    let columns = [
        (
            true,
            "table {{.Id}} {{.Name}} {{.Status}} {{.Created}} {{.InfraID}}",
        ),
        (flags.ctr_ids, " {{.ContainerIds}}"),
        (flags.ctr_names, " {{.ContainerNames}}"),
        (flags.ctr_status, " {{.ContainerStatuses}}"),
        (flags.ns, " {{.Cgroup}} {{.Namespace}}"),
        (!of_containers, " {{.NumberOfContainers}}"),
    ];
    let wanted = columns.iter().filter(|(wanted, _)| *wanted);
    wanted.map(|(_, text)| *text).collect()
}

fn choose(pods: &mut Vec<PodFacts>, filters: &[Filter]) {
    for filter in filters {
        let value = filter.value.as_str();
        pods.retain(|one| match filter.key.as_str() {
            "id" => one.pod.id.starts_with(value),
            "name" => one.pod.name.contains(value),
            "status" => one.status().as_str().eq_ignore_ascii_case(value),
            "label" => {
                let (name, wanted) = value
                    .split_once('=')
                    .map_or((value, None), |(name, wanted)| (name, Some(wanted)));
                let found = one.pod.labels.get(name);
                found.is_some_and(|found| wanted.is_none_or(|wanted| wanted == found))
            }
            "ctr-number" => one.containers.len().to_string() == value,
            "network" => one.networks().iter().any(|network| network == value),
            key => one.containers.iter().any(|container| match key {
                "ctr-ids" => container.config.id.starts_with(value),
                "ctr-names" => container.config.name.contains(value),
                _ => container.state.status.as_str() == value,
            }),
        });
    }
}

fn sort(key: &str, pods: &mut [PodFacts]) {
    match key {
        "id" => pods.sort_by(|left, right| left.pod.id.cmp(&right.pod.id)),
        "name" => pods.sort_by(|left, right| left.pod.name.cmp(&right.pod.name)),
        "number" => pods.sort_by_key(|one| one.containers.len()),
        "status" => pods.sort_by_key(|one| one.status().as_str()),
        // They come in the order of creation.
        _ => {}
    }
}

fn cgroup(one: &PodFacts) -> &'static str {
    if one.pod.own_cgroup { "/cryopod" } else { "" }
}

fn as_json(one: &PodFacts) -> Value {
    let pod = &one.pod;
    let containers = one.containers.iter().map(|container| {
        json!({
            "Id": container.config.id,
            "Names": container.config.name,
            "Status": container.state.status.as_str(),
            "RestartCount": container.state.restart_count,
        })
    });
    let containers: Vec<Value> = containers.collect();
    let networks = one.networks();
    let or_null = |empty: bool, value: Value| if empty { Value::Null } else { value };
    json!({
        "Cgroup": cgroup(one),
        "Containers": or_null(containers.is_empty(), json!(containers)),
        "Created": pod.created,
        "Id": pod.id,
        "InfraId": pod.infra.as_deref().unwrap_or_default(),
        "Name": pod.name,
        "Namespace": "",
        "Networks": or_null(networks.is_empty(), json!(networks)),
        "Status": one.status().as_str(),
        "Labels": pod.labels,
    })
}

fn as_row(one: &PodFacts, whole: bool, now: Timestamp) -> Value {
    let pod = &one.pod;
    let infra = human::id(pod.infra.as_deref().unwrap_or_default(), whole);
    let created: Option<Timestamp> = pod.created.parse().ok();
    let joined = |text: fn(&libcr::model::container::Container) -> &str| {
        let texts = one.containers.iter().map(text);
        texts.collect::<Vec<_>>().join(",")
    };
    let ids = one
        .containers
        .iter()
        .map(|container| human::id(&container.config.id, whole));
    let restarts: u32 = one
        .containers
        .iter()
        .map(|one| one.state.restart_count)
        .sum();
    json!({
        "Id": human::id(&pod.id, whole),
        "ID": human::id(&pod.id, whole),
        "Name": pod.name,
        "Status": one.status().as_str(),
        "Created": created.map(|created| human::ago(created, now)),
        "InfraID": infra,
        "InfraId": infra,
        "NumberOfContainers": one.containers.len(),
        "ContainerIds": ids.collect::<Vec<_>>().join(","),
        "ContainerNames": joined(|container| &container.config.name),
        "ContainerStatuses": joined(|container| container.state.status.as_str()),
        "Cgroup": cgroup(one),
        "Namespace": "",
        "Networks": one.networks().join(","),
        "Labels": pod.labels,
        "RestartCount": restarts,
        JSON_FACE: as_json(one),
    })
}
