//! `diff`.

use crate::args::container::Diff;
use crate::commands::selected::latest;
use crate::commands::{Opener, Outcome};
use crate::output::harmless::harmless;
use crate::output::{CliError, json, print};
use libcr::ErrorKind;
use libcr::ops::lifecycle::content::diff::{Kind, diff};
use serde_json::{Map, Value};

/// Lists what a container changed.
pub fn run(opener: &Opener, flags: &Diff) -> Outcome {
    let (name, as_json) = flags.validate()?;
    let engine = opener.open()?;
    let name = match name {
        Some(name) => name,
        None => latest(&engine)?.config.id,
    };
    let changes = diff(&engine, &name).map_err(|error| match error.kind() {
        ErrorKind::NotFound => CliError::usage(format!("{name} not found: layer not known")),
        _ => error.into(),
    })?;
    if !as_json {
        for (path, kind) in changes {
            print::line(&format!("{} {}", kind.letter(), harmless(&path)))?;
        }
        return Ok(0);
    }
    let mut lists = Map::new();
    for (key, wanted) in [
        ("changed", Kind::Modified),
        ("added", Kind::Added),
        ("deleted", Kind::Deleted),
    ] {
        let of_kind = changes.iter().filter(|(_, kind)| **kind == wanted);
        let paths: Vec<Value> = of_kind.map(|(path, _)| path.as_str().into()).collect();
        if !paths.is_empty() {
            lists.insert(key.to_owned(), paths.into());
        }
    }
    print::line(&json::pretty(&lists, 5).unwrap_or_default())?;
    Ok(0)
}
