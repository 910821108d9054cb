//! `GET /containers/json`: libpod's ListContainer.

use std::collections::BTreeMap;

use libcr::Engine;
use libcr::model::container::Container;
use libcr::ops::lifecycle::ps;
use libcr::ops::pods::list::list as pods;
use serde_json::{Value, json};

use crate::http::{Call, Failure, Reply};
use crate::shared::filter::ContainerFilter;
use crate::shared::listing::containers;

/// Answers.
pub fn list(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let query = &call.query;
    let filter = ContainerFilter::new(query.filters()?)?;
    let last: Option<i64> = match query.number("limit")? {
        Some(limit) => Some(limit),
        None => query.number("last")?,
    };
    let last = last
        .and_then(|last| usize::try_from(last).ok())
        .filter(|last| *last > 0);
    let mut found = containers(engine, &filter, query.flag("all")?, last)?;
    ps::show_ports_of_pods(engine, &mut found);
    let names: BTreeMap<String, String> = pods(engine)?
        .into_iter()
        .map(|one| (one.pod.id, one.pod.name))
        .collect();
    let listed = |one: &Container| {
        let pod = names.get(one.config.pod_id()).map(String::as_str);
        ps::listed(one, pod, &json!(one.config.created), "", "")
    };
    let all: Vec<Value> = found.iter().map(listed).collect();
    Ok(Reply::ok(&all))
}
