//! `RestoreContainer`: the command line's options of `container restore`.

use libcr::Engine;
use libcr::ops::restore::{self as thaw, Grants, RestoreOptions};
use libcr::runtime::criu_options::CriuOptions;
use libcr::seal::{Keys, PublicKeys, Unsealing};
use serde::Deserialize;
use serde_json::{Value, json};

use super::checkpoint::sealed;
use super::containers::path_of;
use super::create::access;
use super::shown;
use crate::varlink::archive::{Passed, Use, read_from};
use crate::varlink::call::{Call, Telling};
use crate::varlink::failed::Failed;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Restore {
    name: Option<String>,
    archive: Option<i64>,
    options: Options,
}

/// In the order of the description.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Options {
    allow_capabilities: bool,
    allow_devices: bool,
    allow_host_network: bool,
    allow_mounts: bool,
    authfile: Option<String>,
    auto_dedup: bool,
    cert_dir: Option<String>,
    decrypt_with: Vec<String>,
    empty_ns: Vec<String>,
    ext_unix_sk: bool,
    file_locks: bool,
    ignore_rootfs: bool,
    ignore_static_ip: bool,
    ignore_static_mac: bool,
    ignore_volumes: bool,
    image_path: Option<String>,
    import: Option<String>,
    import_previous: Option<String>,
    keep: bool,
    lazy_pages: bool,
    lsm_mount_context: Option<String>,
    lsm_profile: Option<String>,
    manage_cgroups_mode: Option<String>,
    name: Option<String>,
    network_lock: Option<String>,
    page_server: Option<String>,
    pod: Option<String>,
    publish: Vec<String>,
    require_signature: bool,
    shell_job: bool,
    skip_check: Vec<String>,
    tcp_close: bool,
    tcp_established: bool,
    tls_verify: Option<bool>,
    verify_with: Vec<String>,
    work_path: Option<String>,
}

pub fn restore(engine: &Engine, call: &Call, mut asked: Restore) -> Result<Value, Failed> {
    let import = asked.options.import.take();
    let import = import.map(|path| path_of("--import", path)).transpose()?;
    let options = asked.options.read()?;
    // What has been begun is completed or undone by itself, whoever waits for it.
    let telling = Telling::to_the_end(call);
    let report = match (asked.name, asked.archive, import) {
        (Some(name), None, None) if thaw::is_image(engine, &name)? => {
            thaw::restore_image(engine, &name, &options, &telling)?
        }
        (Some(name), None, None) => thaw::restore(engine, &name, &options, &telling)?,
        (None, None, Some(path)) => thaw::import(engine, &path, &options, &telling)?,
        (None, Some(index), None) => {
            let client = Passed::new(call.descriptor("archive", index)?, Use::Read)?;
            read_from(&client, &call.cancel, |path| {
                Ok(thaw::import(engine, path, &options, &telling)?)
            })?
        }
        _ => {
            return Err(Failed::invalid(
                "exactly one of a container or image, a descriptor and --import must be given",
            ));
        }
    };
    Ok(json!({ "report": shown::restore_report(&report) }))
}

impl Options {
    fn read(self) -> Result<RestoreOptions, Failed> {
        let path =
            |option: &str, path: Option<String>| path.map(|path| path_of(option, path)).transpose();
        for file in &self.decrypt_with {
            path_of("--decrypt-with", file.clone())?;
        }
        let verify_with = PublicKeys::read("--verify-with", &self.verify_with).map_err(sealed)?;
        Ok(RestoreOptions {
            volumes_there: std::collections::BTreeSet::new(),
            name: self.name.filter(|name| !name.is_empty()),
            keep: self.keep,
            tcp_established: self.tcp_established,
            tcp_close: self.tcp_close,
            file_locks: self.file_locks,
            publish: self.publish,
            ignore_rootfs: self.ignore_rootfs,
            ignore_volumes: self.ignore_volumes,
            ignore_static_ip: self.ignore_static_ip,
            ignore_static_mac: self.ignore_static_mac,
            import_previous: path("--import-previous", self.import_previous)?,
            named: None,
            prepared: false,
            with_pod: false,
            pod: self.pod.filter(|pod| !pod.is_empty()),
            image_path: path("--image-path", self.image_path)?,
            work_path: path("--work-path", self.work_path)?,
            grants: Grants {
                mounts: self.allow_mounts,
                devices: self.allow_devices,
                host_network: self.allow_host_network,
                capabilities: self.allow_capabilities,
            },
            unsealing: Unsealing {
                keys: Keys::read(&self.decrypt_with).map_err(sealed)?,
                verify_with: (!verify_with.is_empty()).then_some(verify_with),
                require_signature: self.require_signature,
            },
            access: access(self.authfile, self.cert_dir, self.tls_verify)?,
            criu: CriuOptions {
                auto_dedup: self.auto_dedup,
                empty_namespaces: self.empty_ns,
                ext_unix_sk: self.ext_unix_sk,
                lazy_pages: self.lazy_pages,
                lsm_mount_context: self.lsm_mount_context,
                lsm_profile: self.lsm_profile,
                manage_cgroups_mode: self.manage_cgroups_mode,
                network_lock: self.network_lock,
                page_server: self.page_server,
                shell_job: self.shell_job,
                ..CriuOptions::default()
            },
            skip_checks: self.skip_check,
        })
    }
}
