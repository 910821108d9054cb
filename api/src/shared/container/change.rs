//! `commit` and `update` in both interfaces.

use libcr::Engine;
use libcr::model::container::RestartPolicy;
use libcr::ops::images::commit::{CommitOptions, commit};
use libcr::ops::lifecycle::change::update::{Changes, update};
use serde_json::{Map, Value, json};

use crate::http::{Call, Failure, Reply};
use crate::libpod::registry::name_of;
use crate::shared::fields::Fields;
use crate::shared::limits::{of_docker, of_oci};

/// Members of `update`'s body in libpod that come with other words for what is not asked for.
const NO_LIMITS: &[&str] = &["devices"];

/// `POST /commit` of libpod.
///
/// # Errors
/// 404 without the container, 400 for a change that is none, 501 for a format that there isn't.
pub fn commit_of_libpod(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let query = &call.query;
    if query.flag("squash")? {
        return Err(Failure::unsupported("squashing an image's layers"));
    }
    if let Some(format) = query.text("format")
        && !["oci", "docker"].contains(&format)
    {
        return Err(Failure::bad(format!("unrecognized format {format:?}")));
    }
    let stream = query.flag("stream")?;
    let id = make(engine, call, query.flag("pause")?, Vec::new())?;
    Ok(if stream {
        Reply::ok(&json!({ "stream": format!("{id}\n") }))
    } else {
        Reply::ok(&json!({ "Id": id }))
    })
}

/// `POST /commit` of Docker.
///
/// # Errors
/// As with libpod's; 501 for members of the body that aren't known.
pub fn commit_of_docker(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let pause = call.query.text("pause").is_none() || call.query.docker_flag("pause");
    let body = call.json::<Option<Map<String, Value>>>()?;
    let mut config = Fields::new(body.unwrap_or_default());
    let mut changes = Vec::new();
    for (key, word) in [("Cmd", "CMD"), ("Entrypoint", "ENTRYPOINT")] {
        if let Some(words) = config.words(key)?.filter(|words| !words.is_empty()) {
            changes.push(format!("{word} {}", json!(words)));
        }
    }
    for (key, word) in [("User", "USER"), ("WorkingDir", "WORKDIR")] {
        if let Some(text) = config.text(key)? {
            changes.push(format!("{word} {text}"));
        }
    }
    config.finish()?;
    let id = make(engine, call, pause, changes)?;
    Ok(Reply::json(201, &json!({ "Id": format!("sha256:{id}") })))
}

fn make(
    engine: &Engine,
    call: &Call,
    pause: bool,
    mut changes: Vec<String>,
) -> Result<String, Failure> {
    let query = &call.query;
    let container = query
        .text("container")
        .ok_or_else(|| Failure::bad("the container parameter is needed"))?;
    // Docker's client has them in lines of one text.
    let of_query = query.texts("changes").into_iter().flat_map(str::lines);
    changes.extend(of_query.map(str::to_owned));
    let options = CommitOptions {
        name: name_of(call)?,
        author: query.text("author").map(str::to_owned),
        message: query.text("comment").map(str::to_owned),
        changes,
        pause,
    };
    Ok(commit(engine, container, &options)?)
}

fn policy(word: &str, tries: Option<u32>) -> Result<RestartPolicy, Failure> {
    let policy = RestartPolicy::parse(word)
        .ok_or_else(|| Failure::bad(format!("invalid restart policy: {word:?}")))?;
    Ok(match (policy, tries) {
        (RestartPolicy::OnFailure(_), Some(tries)) => RestartPolicy::OnFailure(tries),
        _ => policy,
    })
}

/// `POST /containers/{name}/update` of libpod.
///
/// # Errors
/// 404 without the container, 400 for limits that can't be, 501 for those that aren't known.
pub fn update_of_libpod(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let mut body = Fields::new(call.json::<Map<String, Value>>()?);
    body.ignore(NO_LIMITS);
    let changes = of_oci(&mut body)?;
    body.finish()?;
    let tries = call.query.number::<u32>("restartRetries")?;
    let word = call.query.text("restartPolicy");
    let restart_policy = word.map(|word| policy(word, tries)).transpose()?;
    let changes = Changes {
        restart_policy,
        ..changes
    };
    let id = update(engine, call.name(), &changes)?;
    Ok(Reply::json(201, &json!(id)))
}

/// `POST /containers/{name}/update` of Docker.
///
/// # Errors
/// The same.
pub fn update_of_docker(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let mut body = Fields::new(call.json::<Map<String, Value>>()?);
    let changes = of_docker(&mut body)?;
    let mut restart = body.object("RestartPolicy")?;
    let tries = restart.count("MaximumRetryCount")?;
    let word = restart.text("Name")?;
    restart.finish()?;
    // A client that knows nothing of it sends -1 or null.
    body.ignore(&["MemorySwappiness", "OomKillDisable"]);
    body.finish()?;
    let changes = Changes {
        restart_policy: word.map(|word| policy(&word, tries)).transpose()?,
        ..changes
    };
    update(engine, call.name(), &changes)?;
    Ok(Reply::ok(&json!({ "Warnings": [] })))
}
