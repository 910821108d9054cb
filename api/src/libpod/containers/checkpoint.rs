//! `POST …/checkpoint`: freezes a container. With `export` the answer is the archive, as it is made:
//! nothing of it is kept here, and a client that doesn't read it lets the container go on.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use libcr::model::checkpoint::CheckpointReport;
use libcr::ops::checkpoint::{CheckpointOptions, checkpoint};
use serde_json::Value;
use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe;
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::http::body::End;
use crate::http::call::CancelGuard;
use crate::http::reply::Broken;
use crate::http::{Call, Failure, Query, Reply};

/// What counts of the query.
pub const KEYS: &str = "keep leaveRunning tcpEstablished export ignoreRootFS ignoreVolumes compress printStats preCheckpoint withPrevious fileLocks createImage";

/// How long a container stands still for a client that doesn't read its archive.
const STALL: Duration = Duration::from_mins(1);
/// What is read of an archive at a time: as much as a pipe holds.
const CHUNK: usize = 64 << 10;

/// Answers.
///
/// # Errors
/// 404, 409 for a container that doesn't run, 400 for options that contradict one another, 500 with
/// what CRIU's log means. The container runs on after each.
pub async fn answer(call: Call) -> Result<Reply, Failure> {
    let options = options(&call.query)?;
    if call.query.flag("export")? {
        return export(call, options).await;
    }
    let statistics = call.query.flag("printStats")?;
    let name = call.name().to_owned();
    let _gone = CancelGuard(call.cancel.clone());
    let report = call
        .context
        .run(move |engine| Ok(checkpoint(engine, &name, &options, &call.cancel)?))
        .await?;
    Ok(Reply::ok(&described(&report, statistics)))
}

fn options(query: &Query) -> Result<CheckpointOptions, Failure> {
    Ok(CheckpointOptions {
        create_image: query.text("createImage").map(str::to_owned),
        compress: query.text("compress").map(compression).transpose()?,
        keep: query.flag("keep")?,
        leave_running: query.flag("leaveRunning")?,
        tcp_established: query.flag("tcpEstablished")?,
        file_locks: query.flag("fileLocks")?,
        ignore_rootfs: query.flag("ignoreRootFS")?,
        ignore_volumes: query.flag("ignoreVolumes")?,
        pre_checkpoint: query.flag("preCheckpoint")?,
        with_previous: query.flag("withPrevious")?,
        ..CheckpointOptions::default()
    })
}

/// A word, or the number that Podman's own interface has for it (archive.Compression).
fn compression(word: &str) -> Result<String, Failure> {
    Ok(match word {
        "0" | "none" => "none",
        "2" | "gzip" => "gzip",
        "4" | "zstd" => "zstd",
        _ => return Err(Failure::bad(format!("selected compression algorithm ({word:?}) not supported. Please select one from: gzip, none, zstd"))),
    }
    .to_owned())
}

/// The report, with CRIU's figures where they were asked for.
fn described(report: &CheckpointReport, statistics: bool) -> Value {
    let mut value = serde_json::to_value(report).unwrap_or_default();
    if !statistics {
        value["criu_statistics"] = Value::Null;
    }
    value
}

async fn export(call: Call, mut options: CheckpointOptions) -> Result<Reply, Failure> {
    let internal = |error: std::io::Error| Failure::internal(&error);
    let (sender, mut archive) = pipe::pipe().map_err(internal)?;
    let end = End::new(sender.into_blocking_fd().map_err(internal)?);
    options.export = Some(end.path());
    let guard = CancelGuard(call.cancel.clone());
    let name = call.name().to_owned();
    let context = Arc::clone(&call.context);
    let cancel = call.cancel.clone();
    let mut work = tokio::spawn(async move {
        context
            .run(move |engine| {
                let done = checkpoint(engine, &name, &options, &cancel);
                // Only now the archive is at its end: the client hears of that when it is true.
                drop(end);
                Ok(done?)
            })
            .await
    });
    let mut buffer = vec![0; CHUNK];
    let count = archive.read(&mut buffer).await.map_err(internal)?;
    if count == 0 {
        // It ended before the first byte.
        let done = (&mut work)
            .await
            .map_err(|error| Failure::internal(&error))?;
        done?;
        return Err(Failure::internal(&"the checkpoint has no archive"));
    }
    buffer.truncate(count);
    let (pieces, received) = mpsc::channel(1);
    let job = call.context.activity.job();
    tokio::spawn(async move {
        let _job = job;
        let mut piece = buffer;
        loop {
            let sent = timeout(STALL, pieces.send(Ok(Bytes::from(piece)))).await;
            if !matches!(sent, Ok(Ok(()))) {
                // Without a reader the archive can't be finished: the container goes on.
                drop(archive);
                break;
            }
            piece = vec![0; CHUNK];
            match archive.read(&mut piece).await {
                Ok(count) if count > 0 => piece.truncate(count),
                _ => break,
            }
        }
        if let Ok(Err(failure)) = work.await {
            drop(pieces.send(Err(Broken(failure.message))).await);
        }
    });
    Ok(Reply::stream_with(
        "application/octet; charset=us-ascii",
        received,
        guard,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_in_any_case() {
        let raw =
            "leaverunning=true&ignorerootfs=true&fileLocks=1&export=&keep=false&compress=gzip";
        let read = options(&Query::parse(raw, "/").unwrap()).unwrap();
        assert!(read.leave_running && read.ignore_rootfs && read.file_locks && !read.keep);
        assert_eq!(read.compress.as_deref(), Some("gzip"));
        let bad = Query::parse("compress=bzip2", "/").unwrap();
        assert_eq!(options(&bad).unwrap_err().status, 400);
    }
}
