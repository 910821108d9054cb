//! `POST …/restore`: thaws a container from its own checkpoint, from an image, or makes one of the
//! archive in the body, which is unpacked as it comes.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::os::fd::AsRawFd;
use std::path::PathBuf;

use hyper::body::Incoming;
use libcr::Engine;
use libcr::model::checkpoint::RestoreReport;
use libcr::ops::restore::{self, RestoreOptions};
use libcr::progress::Cancel;
use serde_json::Value;

use crate::http::body::{self, piped};
use crate::http::{Call, Failure, Query, Reply};
use crate::shared::images::{both, named};

/// What counts of the query.
pub const KEYS: &str = "name keep tcpEstablished tcpClose import importPrevious previousSize ignoreRootFS ignoreVolumes ignoreStaticIP ignoreStaticMAC printStats fileLocks publishPorts pod";

/// Answers.
///
/// # Errors
/// 404, 409 for a container that runs, 400 for an archive that is none, 500 with what CRIU's log
/// means. The checkpoint is as it was after each.
pub async fn answer(call: Call, incoming: Incoming) -> Result<Reply, Failure> {
    let options = options(&call.query)?;
    let statistics = call.query.flag("printStats")?;
    let report = if call.query.flag("import")? {
        import(&call, incoming, options).await?
    } else {
        drop(body::whole(incoming, body::NONE_LIMIT).await?);
        let name = call.name().to_owned();
        call.context
            .run(move |engine| here(engine, &name, &options))
            .await?
    };
    let mut value = serde_json::to_value(&report).unwrap_or_default();
    if !statistics {
        value["criu_statistics"] = Value::Null;
    }
    if !report.warnings.is_empty() {
        value["warnings"] = report.warnings.into();
    }
    Ok(Reply::ok(&value))
}

fn options(query: &Query) -> Result<RestoreOptions, Failure> {
    // Podman's server splits one value at blanks, its client sends several.
    let ports = query.texts("publishPorts").into_iter();
    let ports = ports
        .flat_map(|text| text.split([' ', ',']))
        .filter(|text| !text.is_empty());
    Ok(RestoreOptions {
        name: query.text("name").map(str::to_owned),
        pod: query.text("pod").map(str::to_owned),
        keep: query.flag("keep")?,
        tcp_established: query.flag("tcpEstablished")?,
        tcp_close: query.flag("tcpClose")?,
        file_locks: query.flag("fileLocks")?,
        publish: ports.map(str::to_owned).collect(),
        ignore_rootfs: query.flag("ignoreRootFS")?,
        ignore_volumes: query.flag("ignoreVolumes")?,
        ignore_static_ip: query.flag("ignoreStaticIP")?,
        ignore_static_mac: query.flag("ignoreStaticMAC")?,
        ..RestoreOptions::default()
    })
}

/// From a container or an image of this host.
fn here(engine: &Engine, name: &str, options: &RestoreOptions) -> Result<RestoreReport, Failure> {
    Ok(if restore::is_image(engine, name)? {
        restore::restore_image(engine, name, options, &Cancel::default())?
    } else {
        restore::restore(engine, name, options, &Cancel::default())?
    })
}

/// From the body. With `importPrevious` its first `previousSize` bytes are the archive of the
/// pre-checkpoints that the rest builds upon.
async fn import(
    call: &Call,
    incoming: Incoming,
    mut options: RestoreOptions,
) -> Result<RestoreReport, Failure> {
    let previous: Option<u64> = call.query.number("previousSize")?;
    let previous = previous.filter(|_| call.query.flag("importPrevious").unwrap_or(false));
    if call.query.flag("importPrevious")? && previous.is_none() {
        return Err(Failure::bad(
            "importPrevious needs previousSize: the bytes of the previous archive, which comes first",
        ));
    }
    let (end, fill) = piped(incoming)?;
    let work = call.context.run(move |engine| {
        let path = end.path();
        // It is read after the archive that comes behind it, so it must be kept.
        let kept = previous.map(|size| keep(engine, &path, size)).transpose()?;
        options.import_previous = kept.as_ref().map(path_of);
        restore::import(engine, &path, &options, &Cancel::default())
            .map_err(|error| named(error.into(), &path.display().to_string()))
    });
    both(work, fill).await
}

/// A file without a name beside the containers, where there is room for what comes.
fn keep(engine: &Engine, from: &std::path::Path, size: u64) -> Result<File, Failure> {
    let copy = || -> std::io::Result<(u64, File)> {
        let mut file = tempfile::tempfile_in(&engine.config.root)?;
        let mut first = std::io::Read::take(File::open(from)?, size);
        let count = std::io::copy(&mut first, &mut file)?;
        file.flush()?;
        file.seek(SeekFrom::Start(0))?;
        Ok((count, file))
    };
    let (count, file) = copy().map_err(|error| Failure::internal(&error))?;
    if count < size {
        return Err(Failure::bad(
            "the request's body is shorter than previousSize",
        ));
    }
    Ok(file)
}

fn path_of(file: &File) -> PathBuf {
    PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()))
}
