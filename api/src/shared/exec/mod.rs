//! Processes in running containers: made by one request, started by another, which stays joined with
//! their streams.

mod running;
mod streams;
mod terminals;

use hyper::upgrade::OnUpgrade;
use libcr::Engine;
use libcr::ops::lifecycle::exec::ExecOptions;
use libcr::ops::lifecycle::exec::sessions::{self, Session, SessionState};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Map, Value, json};
use tokio::io::AsyncWriteExt;

use super::fields::Fields;
use super::logs::{MULTIPLEXED, RAW};
use crate::http::client::joined;
use crate::http::detach::DetachKeys;
use crate::http::frames::{self, frame};
use crate::http::{Call, Failure, Reply};

pub use running::begin_joined;
pub use terminals::Terminals;

/// `POST /containers/{name}/exec`: both interfaces have the same members.
///
/// # Errors
/// 404, and 409 for a container that doesn't run.
pub fn create(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let mut body = Fields::new(call.json::<Map<String, Value>>()?);
    let some = |text: Option<String>| text.filter(|text| !text.is_empty());
    let options = ExecOptions {
        command: body.words("Cmd")?.unwrap_or_default(),
        // A name without a value would be this process's own.
        env: body
            .texts("Env")?
            .into_iter()
            .filter(|line| line.contains('='))
            .collect(),
        user: some(body.text("User")?),
        workdir: some(body.text("WorkingDir")?),
        terminal: body.flag("Tty")?,
        stdin: body.flag("AttachStdin")?,
        detach: false,
        privileged: body.flag("Privileged")?,
    };
    // Which streams are joined is decided when it is started.
    body.ignore(&[
        "AttachStdout",
        "AttachStderr",
        "DetachKeys",
        "Detach",
        "ConsoleSize",
        // docker-py says it twice.
        "Container",
    ]);
    body.finish()?;
    let id = sessions::create(engine, call.name(), options)?;
    Ok(Reply::json(201, &json!({ "Id": id })))
}

/// `GET /exec/{id}/json`.
///
/// # Errors
/// 404.
pub fn inspect(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let session = sessions::find(engine, call.name())?;
    let options = &session.options;
    let words = options.command.split_first();
    let (program, arguments) = words.map_or((String::new(), &[][..]), |(p, a)| (p.clone(), a));
    let code = match session.state {
        SessionState::Ended(code) => Some(code),
        // Who would have heard of its end is gone.
        SessionState::Running(..) if !session.is_running() => Some(-1),
        _ => None,
    };
    let pid = match &session.state {
        SessionState::Running(_, pid) if session.is_running() => *pid,
        _ => 0,
    };
    // Podman has a number where Docker has null.
    let code = if call.is_libpod {
        json!(code.unwrap_or(0))
    } else {
        json!(code)
    };
    Ok(Reply::ok(&json!({
        "CanRemove": code != Value::Null && pid == 0,
        "ContainerID": session.container,
        "DetachKeys": "",
        "ExitCode": code,
        "ID": session.id,
        "OpenStderr": true,
        "OpenStdin": options.stdin,
        "OpenStdout": true,
        "Running": session.is_running(),
        "Pid": pid,
        "ProcessConfig": {
            "entrypoint": program,
            "arguments": arguments,
            "privileged": options.privileged,
            "tty": options.terminal,
            "user": options.user.clone().unwrap_or_default(),
        },
    })))
}

/// `POST /exec/{id}/resize`.
///
/// # Errors
/// 404, 409 for one without a terminal of this service.
pub fn resize(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let session = sessions::find(engine, call.name())?;
    let rows = call.query.number("h")?.unwrap_or(0);
    let columns = call.query.number("w")?.unwrap_or(0);
    let terminals = &call.context.terminals;
    if resize_session(terminals, &session, rows, columns)? {
        return Ok(Reply::status(if call.is_libpod { 201 } else { 200 }));
    }
    Err(Failure::new(
        409,
        format!(
            "exec session {} has no terminal that can be resized: container state improper",
            session.id
        ),
    ))
}

/// Sets the size of a session's terminal; `false` when it has none in this service.
///
/// # Errors
/// The kernel refuses the size.
pub fn resize_session(
    terminals: &Terminals,
    session: &Session,
    rows: u16,
    columns: u16,
) -> Result<bool, Failure> {
    let SessionState::Running(_, pid) = session.state else {
        return Ok(false);
    };
    let resized = terminals.resize(&session.id, rows, columns);
    if !resized.map_err(|error| Failure::internal(&error))? {
        return Ok(false);
    }
    // The runtime's command isn't in the terminal's foreground: the kernel tells it nothing.
    if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
        let _ = kill_process(pid, Signal::WINCH);
    }
    Ok(true)
}

/// `POST /exec/{id}/remove`, Podman's.
///
/// # Errors
/// 404, 409 while it runs.
pub fn remove(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let session = sessions::find(engine, call.name())?;
    sessions::remove(engine, &session)?;
    Ok(Reply::ok(&json!({})))
}

/// `POST /exec/{id}/start`.
///
/// # Errors
/// 404; 409 when it was started before or the container doesn't run; 400 when there is no such
/// command.
pub async fn start(call: Call, upgrade: OnUpgrade) -> Result<Reply, Failure> {
    let mut body = Fields::new(call.json::<Map<String, Value>>()?);
    let detach = body.flag("Detach")?;
    let size = (body.number("h")?, body.number("w")?);
    let keys = DetachKeys::parse(call.query.text("detachKeys"))?;
    let id = call.name().to_owned();
    let session = call
        .context
        .run(move |engine| {
            let session = sessions::find(engine, &id)?;
            sessions::check_startable(&session)?;
            Ok(session)
        })
        .await?;
    if detach {
        running::detached(&call.context, session).await?;
        if call.is_libpod {
            return Ok(Reply::bytes(
                201,
                "text/plain; charset=utf-8",
                b"\n".to_vec(),
            ));
        }
        return Ok(Reply::status(200));
    }
    let terminal = session.options.terminal;
    let kind = if terminal { RAW } else { MULTIPLEXED };
    let begun = match begin_joined(&call.context, session, size).await {
        Ok(begun) => begun,
        // As both servers do it: clients read the exit code afterwards, which says 126 or 127.
        Err(failure) if failure.status == 400 => {
            let text = format!("Error: {}\n", failure.message);
            return Ok(joined(&call, upgrade, kind, move |mut client| async move {
                let bytes = if terminal {
                    text.into_bytes()
                } else {
                    frame(frames::ERROR, text.as_bytes()).to_vec()
                };
                if client.write_all(&bytes).await.is_ok() {
                    let _ = client.shutdown().await;
                }
            }));
        }
        Err(failure) => return Err(failure),
    };
    Ok(joined(&call, upgrade, kind, move |client| async move {
        if let Err(error) = begun.join(client, keys).await {
            tracing::debug!(%error, "exec session");
        }
    }))
}

/// Sends a size to a container's own terminal.
///
/// # Errors
/// 404, and 409 for one that doesn't run and whose start nobody waits for.
pub fn resize_container(engine: &Engine, call: &Call) -> Result<Reply, Failure> {
    let container = engine.find(call.name())?;
    let rows = call.query.number("h")?.unwrap_or(0);
    let columns = call.query.number("w")?.unwrap_or(0);
    let paths = engine.monitor_paths(&container.config.id);
    if !container.state.status.is_alive() {
        // Podman's command sizes the terminal to which it is attached before it starts it.
        if call
            .context
            .starts
            .keep_size(&container.config.id, rows, columns)
        {
            return Ok(Reply::status(200));
        }
        return Err(Failure::new(
            409,
            "cannot resize a container that is not running: container state improper",
        ));
    }
    libcr::monitor::client::resize(&paths, rows, columns)
        .map_err(|error| Failure::internal(&error))?;
    Ok(Reply::status(200))
}
