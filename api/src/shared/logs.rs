//! A container's log as a stream of frames, or as it is where it has a terminal.

use bytes::Bytes;
use libcr::ops::lifecycle::logs::{LogLine, LogOptions, logs};

use super::time;
use crate::http::frames::{self, frame};
use crate::http::{Call, Failure, Reply, stream};

/// Content type of frames.
pub const MULTIPLEXED: &str = "application/vnd.docker.multiplexed-stream";
/// Content type of a terminal's output.
pub const RAW: &str = "application/vnd.docker.raw-stream";

/// `GET …/logs`.
///
/// # Errors
/// 404 for no container, 400 for none of its streams.
pub async fn answer(call: Call) -> Result<Reply, Failure> {
    let flag = |key: &str| {
        if call.is_libpod {
            call.query.flag(key)
        } else {
            Ok(call.query.docker_flag(key))
        }
    };
    let (follow, times) = (flag("follow")?, flag("timestamps")?);
    let (output, error) = (flag("stdout")?, flag("stderr")?);
    if !output && !error {
        return Err(Failure::bad(
            "bad parameters: you must choose at least one stream: stdout or stderr",
        ));
    }
    let tail = match call.query.text("tail") {
        None | Some("all" | "-1") => None,
        Some(text) => Some(text.parse().map_err(|_| call.query.wrong("tail"))?),
    };
    let options = LogOptions {
        follow,
        tail,
        since: time::of(&call, "since")?,
        until: time::of(&call, "until")?,
        cancel: call.cancel.clone(),
    };
    let (name, context, cancel) = (call.name().to_owned(), call.context, call.cancel);
    let terminal = {
        let name = name.clone();
        context
            .run(move |engine| Ok(engine.find(&name)?.config.process.terminal))
            .await?
    };
    let kind = if terminal { RAW } else { MULTIPLEXED };
    stream::from_thread(&context, cancel, kind, move |engine, sink| {
        let id = engine.find(&name)?.config.id;
        if follow {
            // What comes may take its time.
            sink.begin();
        }
        let mut begins = true;
        logs(engine, &id, &options, |line| {
            let whole = line.text.ends_with(b"\n");
            let sent = if line.error && !error || !line.error && !output {
                true
            } else if terminal {
                sink.send(Bytes::from(rendered(line, times && begins)))
            } else {
                let number = if line.error {
                    frames::ERROR
                } else {
                    frames::OUTPUT
                };
                sink.send(frame(number, &rendered(line, times && begins)))
            };
            begins = whole;
            sent
        })?;
        Ok(())
    })
    .await
}

fn rendered(line: &LogLine, time: bool) -> Vec<u8> {
    if !time {
        return line.text.clone();
    }
    [line.time.as_bytes(), b" ", &line.text].concat()
}
