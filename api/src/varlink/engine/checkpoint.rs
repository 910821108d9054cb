//! `CheckpointContainer`: the command line's options of `container checkpoint`.

use std::path::PathBuf;

use libcr::Engine;
use libcr::ops::checkpoint::{CheckpointOptions, checkpoint as freeze};
use libcr::runtime::criu_options::CriuOptions;
use libcr::seal::{Recipients, SealError, Sealing, SigningKey, passphrase};
use serde::Deserialize;
use serde_json::{Value, json};

use super::containers::path_of;
use super::shown;
use crate::varlink::archive::{Passed, Use, written_to};
use crate::varlink::call::{Call, Telling};
use crate::varlink::failed::Failed;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    name: String,
    #[serde(default)]
    archive: Option<i64>,
    #[serde(default)]
    options: Options,
}

/// In the order of the description.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Options {
    auto_dedup: bool,
    compress: Option<String>,
    create_image: Option<String>,
    empty_ns: Vec<String>,
    encrypt_to: Vec<String>,
    export: Option<String>,
    ext_unix_sk: bool,
    file_locks: bool,
    ignore_rootfs: bool,
    ignore_volumes: bool,
    image_path: Option<String>,
    include_image: bool,
    keep: bool,
    lazy_pages: bool,
    leave_running: bool,
    link_remap: bool,
    manage_cgroups_mode: Option<String>,
    network_lock: Option<String>,
    page_server: Option<String>,
    parent_path: Option<PathBuf>,
    pre_checkpoint: bool,
    shell_job: bool,
    sign_by: Option<String>,
    sign_passphrase_file: Option<String>,
    skip_check: Vec<String>,
    tcp_established: bool,
    tcp_skip_in_flight: bool,
    with_previous: bool,
    work_path: Option<String>,
}

pub fn checkpoint(engine: &Engine, call: &Call, asked: Checkpoint) -> Result<Value, Failed> {
    let mut options = asked.options.read()?;
    let telling = Telling::new(call);
    let report = match asked.archive {
        None => freeze(engine, &asked.name, &options, &telling)?,
        Some(_) if options.export.is_some() => {
            return Err(Failed::invalid("--export cannot be used with a descriptor"));
        }
        Some(index) => {
            let client = Passed::new(call.descriptor("archive", index)?, Use::Write)?;
            written_to(&client, &call.cancel, &telling, |path, progress| {
                options.export = Some(path.to_owned());
                Ok(freeze(engine, &asked.name, &options, progress)?)
            })?
        }
    };
    Ok(json!({ "report": shown::checkpoint_report(&report) }))
}

impl Options {
    fn read(self) -> Result<CheckpointOptions, Failed> {
        let path =
            |option: &str, path: Option<String>| path.map(|path| path_of(option, path)).transpose();
        Ok(CheckpointOptions {
            export: path("--export", self.export)?,
            create_image: self.create_image,
            compress: self.compress.map(|word| word.to_ascii_lowercase()),
            sealing: Sealing {
                recipients: Recipients::read(&self.encrypt_to).map_err(sealed)?,
                signing_key: signing_key(self.sign_by, self.sign_passphrase_file)?,
            },
            keep: self.keep,
            leave_running: self.leave_running,
            tcp_established: self.tcp_established,
            file_locks: self.file_locks,
            ignore_rootfs: self.ignore_rootfs,
            ignore_volumes: self.ignore_volumes,
            include_image: self.include_image,
            pre_checkpoint: self.pre_checkpoint,
            with_previous: self.with_previous,
            named: None,
            kubernetes: None,
            dedup: false,
            image_path: path("--image-path", self.image_path)?,
            work_path: path("--work-path", self.work_path)?,
            parent_path: self.parent_path,
            criu: CriuOptions {
                auto_dedup: self.auto_dedup,
                empty_namespaces: self.empty_ns,
                ext_unix_sk: self.ext_unix_sk,
                lazy_pages: self.lazy_pages,
                link_remap: self.link_remap,
                manage_cgroups_mode: self.manage_cgroups_mode,
                network_lock: self.network_lock,
                page_server: self.page_server,
                shell_job: self.shell_job,
                tcp_skip_in_flight: self.tcp_skip_in_flight,
                ..CriuOptions::default()
            },
            skip_checks: self.skip_check,
        })
    }
}

fn signing_key(file: Option<String>, words: Option<String>) -> Result<Option<SigningKey>, Failed> {
    let Some(file) = file else {
        return match words {
            None => Ok(None),
            Some(_) => Err(Failed::invalid("--sign-passphrase-file needs --sign-by")),
        };
    };
    path_of("--sign-by", file.clone())?;
    let words = words.map(|path| path_of("--sign-passphrase-file", path));
    let words = words.transpose()?.as_deref().map(passphrase);
    let words = words.transpose().map_err(sealed)?;
    let key = SigningKey::read(&file, words.as_deref().map(String::as_str));
    key.map(Some).map_err(sealed)
}

/// Keys that can't be used.
pub fn sealed(error: SealError) -> Failed {
    libcr::Error::from(error).into()
}
