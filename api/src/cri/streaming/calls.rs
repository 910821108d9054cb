//! The calls of CRI that give an address.

use libcr::Error;
use libcr::ops::lifecycle::attach as attaching;
use libcr::ops::lifecycle::exec::{self, ExecOptions};

use super::super::Refusal;
use super::super::container::seen;
use super::super::door::Door;
use super::super::identity::given;
use super::super::messages::{AttachRequest, ExecRequest, PortForwardRequest, Url};
use super::super::sandbox;
use super::tokens::{Joined, Wanted};

/// `Exec`: a command in a container that runs. What is wrong with the command is told in its streams.
pub async fn exec(door: Door, request: ExecRequest) -> Result<Url, Refusal> {
    given(&request.container_id)?;
    let joined = Joined {
        input: request.stdin,
        output: request.stdout,
        error: request.stderr,
        terminal: request.tty,
    };
    check(joined)?;
    let options = ExecOptions {
        command: request.cmd,
        terminal: joined.terminal,
        stdin: joined.input,
        ..ExecOptions::default()
    };
    let wanted = door
        .run(move |engine| {
            let container = exec::check(engine, &request.container_id, &options)?;
            Ok(Wanted::Exec(container.config.id, options, joined))
        })
        .await?;
    address(&door, wanted).await
}

/// `Attach`: the streams of a container that runs.
pub async fn attach(door: Door, request: AttachRequest) -> Result<Url, Refusal> {
    given(&request.container_id)?;
    let joined = Joined {
        input: request.stdin,
        output: request.stdout,
        error: request.stderr,
        terminal: request.tty,
    };
    check(joined)?;
    let wanted = door
        .run(move |engine| {
            let container = seen(engine, &request.container_id)?;
            attaching::check(&container)?;
            Ok(Wanted::Attach(container.config.id, joined))
        })
        .await?;
    address(&door, wanted).await
}

/// `PortForward`: ports of a sandbox that is ready.
pub async fn port_forward(door: Door, request: PortForwardRequest) -> Result<Url, Refusal> {
    given(&request.pod_sandbox_id)?;
    let ports: Result<Vec<u16>, Refusal> = request
        .port
        .iter()
        .map(|port| match u16::try_from(*port) {
            Ok(port @ 1..) => Ok(port),
            _ => Err(Refusal::invalid(&format!("{port} is no port"))),
        })
        .collect();
    let ports = ports?;
    let wanted = door
        .run(move |engine| {
            let (facts, _) = sandbox::known(engine, &request.pod_sandbox_id)?;
            if !facts
                .infra()
                .is_some_and(|infra| infra.state.status.is_alive())
            {
                return Err(Error::WrongState(format!(
                    "the sandbox {} is not ready: nothing in it can be reached",
                    facts.pod.id
                ))
                .into());
            }
            Ok(Wanted::Forward(facts.pod.id, ports))
        })
        .await?;
    address(&door, wanted).await
}

fn check(joined: Joined) -> Result<(), Refusal> {
    if !(joined.input || joined.output || joined.error) {
        return Err(Refusal::invalid(
            "one of stdin, stdout and stderr must be asked for",
        ));
    }
    if joined.terminal && joined.error {
        return Err(Refusal::invalid(
            "a terminal has no standard error of its own: tty and stderr exclude each other",
        ));
    }
    Ok(())
}

async fn address(door: &Door, wanted: Wanted) -> Result<Url, Refusal> {
    let context = door.context();
    let url = context.streams.offer(context, wanted).await?;
    Ok(Url { url })
}
