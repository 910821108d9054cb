//! Processes in running containers: made by one request, started by another, which stays joined with
//! their streams.

mod streams;
mod terminals;

use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hyper::upgrade::OnUpgrade;
use libcr::ops::lifecycle::exec::sessions::{self, Session, SessionState};
use libcr::ops::lifecycle::exec::{ExecOptions, Running, Streams, begin};
use libcr::{Engine, ErrorKind};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Map, Value, json};
use tokio::io::AsyncWriteExt;
use tokio::sync::oneshot;

use super::fields::Fields;
use super::logs::{MULTIPLEXED, RAW};
use crate::http::client::joined;
use crate::http::detach::DetachKeys;
use crate::http::frames::{self, frame};
use crate::http::{Call, Failure, Reply};
use streams::{Reading, join, open};

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
    if let SessionState::Running(_, pid) = session.state
        && call
            .context
            .terminals
            .resize(&session.id, rows, columns)
            .map_err(|error| Failure::internal(&error))?
    {
        // The runtime's command isn't in the terminal's foreground: the kernel tells it nothing.
        if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
            let _ = kill_process(pid, Signal::WINCH);
        }
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
        call.context
            .run(move |engine| detached(engine, session))
            .await?;
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
    let (ends, streams) = open(&call, &session, size).map_err(|error| Failure::internal(&error))?;
    let kind = if terminal { RAW } else { MULTIPLEXED };
    // From the first byte on: what came to which stream first is seen only while it comes.
    let read = Reading::of(ends).map_err(|error| Failure::internal(&error))?;
    let ended = match run(&call, session, streams).await {
        Ok(ended) => ended,
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
        if let Err(error) = join(client, read, ended, keys).await {
            tracing::debug!(%error, "exec session");
        }
    }))
}

/// Nobody stays with it.
fn detached(engine: &Engine, mut session: Session) -> Result<(), Failure> {
    let options = ExecOptions {
        detach: true,
        ..session.options.clone()
    };
    let streams = Streams {
        input: Stdio::null(),
        output: Stdio::null(),
        error: Stdio::null(),
    };
    let running = begin(engine, &session.container, &options, streams, None)?;
    sessions::started(engine, &mut session, running.runtime_pid())?;
    let code = running.wait(engine)?;
    sessions::ended(engine, &mut session, code)?;
    Ok(())
}

/// Starts the process; returns once it runs what says when it has ended and that is written down.
async fn run(
    call: &Call,
    session: Session,
    streams: Streams,
) -> Result<oneshot::Receiver<()>, Failure> {
    let (is_there, there) = oneshot::channel::<Result<(), Failure>>();
    let (has_ended, ended) = oneshot::channel();
    let context = Arc::clone(&call.context);
    tokio::spawn(async move {
        let shared = Arc::clone(&context);
        let id = session.id.clone();
        let done = context
            .run(move |engine| {
                let first = Mutex::new(Some(is_there));
                let tell = |result| {
                    let told = first.lock().unwrap_or_else(PoisonError::into_inner).take();
                    if let Some(told) = told {
                        drop(told.send(result));
                    }
                };
                let done = supervise(engine, session, streams, &|| tell(Ok(())));
                if let Err(failure) = &done {
                    tell(Err(failure.clone()));
                }
                done
            })
            .await;
        if let Err(failure) = done {
            tracing::debug!(message = %failure.message, "exec session");
        }
        shared.terminals.forget(&id);
        // The client may be gone.
        let _ = has_ended.send(());
    });
    there
        .await
        .unwrap_or_else(|_| Err(Failure::internal(&"the process was not started")))?;
    Ok(ended)
}

/// From its start to its end; `runs` is called once its command has been found.
fn supervise(
    engine: &Engine,
    mut session: Session,
    streams: Streams,
    runs: &(dyn Fn() + Sync),
) -> Result<(), Failure> {
    let directory = engine
        .monitor_paths(&session.container)
        .directory
        .join("exec");
    let pid_file = directory.join(format!("{}.pid", session.id));
    let running: Running = begin(
        engine,
        &session.container,
        &session.options,
        streams,
        Some(&pid_file),
    )?;
    let runtime = running.runtime_pid();
    sessions::started(engine, &mut session, runtime)?;
    let process = format!("/proc/{runtime}/stat");
    let code = std::thread::scope(|scope| {
        scope.spawn(|| {
            // The runtime writes it when the process is there; a runtime that failed ends.
            let alive =
                || std::fs::read_to_string(&process).is_ok_and(|stat| !stat.contains(") Z "));
            while alive() {
                if std::fs::metadata(&pid_file).is_ok_and(|file| file.len() > 0) {
                    runs();
                    return;
                }
                std::thread::sleep(Duration::from_millis(1));
            }
        });
        running.wait(engine)
    });
    let _ = std::fs::remove_file(&pid_file);
    let number = match &code {
        Ok(code) => *code,
        Err(error) if error.kind() == ErrorKind::CommandNotFound => 127,
        Err(error) if error.kind() == ErrorKind::CommandNotExecutable => 126,
        Err(_) => -1,
    };
    sessions::ended(engine, &mut session, number)?;
    code?;
    // One that was quicker than we looked ran all the same.
    runs();
    Ok(())
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
