//! `info`, `doctor`, `version` and the verbs of `system`.

pub mod check;

use super::preview::REFUSED;
use super::{Opener, Outcome};
use crate::args::system::{Doctor, Info, Service, Version};
use crate::output::json::{self, is_json};
use crate::output::template::{Schema, render_document};
use crate::output::{CliError, findings, log, print, table, yaml};
use cryopod_api::{LogLevel, ServeOptions, serve};
use libcr::model::finding::Verdict;
use libcr::ops::system;
use serde_json::Value;
use std::time::Duration;

const INFO: Schema = Schema(&[
    ("", "system.infoReport"),
    ("host", "*define.HostInfo"),
    ("host.conmon", "*define.ConmonInfo"),
    ("host.ociRuntime", "*define.OCIRuntimeInfo"),
    ("store", "*define.StoreInfo"),
    ("store.containerStore", "define.ContainerStore"),
    ("store.imageStore", "define.ImageStore"),
    ("version", "define.Version"),
]);

const VERSION: Schema = Schema(&[
    ("", "*define.SystemVersionReport"),
    ("Client", "*define.Version"),
]);

/// `info`.
pub fn info(opener: &Opener, flags: &Info) -> Outcome {
    let info = system::info(&opener.open()?)?;
    match &flags.format {
        None => print::text(&format!("{}\n", yaml::render(&info)))?,
        Some(format) if is_json(format) => print::line(&indented(&info))?,
        Some(format) => document("info", format, &info, INFO)?,
    }
    Ok(0)
}

/// `doctor`; opens no engine, which may be what can't be opened here.
pub fn doctor(opener: &Opener, flags: &Doctor) -> Outcome {
    let found = libcr::ops::doctor::doctor(opener.config());
    if flags.json {
        print::line(&json::pretty(&found, 4).unwrap_or_default())?;
    } else {
        print::text(&findings::table(&found))?;
    }
    Ok(if found.worst() == Verdict::Fail {
        REFUSED
    } else {
        0
    })
}

/// `system service`; opens engines itself, one for each request.
pub fn service(opener: &Opener, flags: &Service) -> Outcome {
    let options = ServeOptions {
        addresses: flags.addresses.clone(),
        idle: (flags.time > 0).then(|| Duration::from_secs(flags.time)),
        log: Some(LogLevel {
            get: log::level,
            set: log::set_level,
        }),
        cri_restore: flags.cri_restore,
    };
    serve(opener.config().clone(), &options).map_err(|error| CliError::usage(error.to_string()))?;
    Ok(0)
}

/// `version`; needs no engine.
pub fn version(flags: &Version) -> Outcome {
    let version = system::version();
    match &flags.format {
        None => print::text(&plain_version(&version["Client"]))?,
        Some(format) if is_json(format) => print::line(&version.to_string())?,
        Some(format) => document("version", format, &version, VERSION)?,
    }
    Ok(0)
}

fn document(name: &str, format: &str, value: &Value, schema: Schema) -> Result<(), CliError> {
    let (text, result) = render_document(name, format, value, schema);
    print::text(&text)?;
    Ok(result?)
}

fn indented(value: &Value) -> String {
    // A JSON value can always be written as JSON.
    json::pretty(value, 2).unwrap_or_else(|_| value.to_string())
}

fn plain_version(client: &Value) -> String {
    let row = |heading: &str, key: &str| {
        let text = client[key].as_str().unwrap_or_default();
        (!text.is_empty()).then(|| vec![heading.to_owned(), text.to_owned()])
    };
    let mut rows = vec![vec!["Client:".to_owned(), "Cryopod Engine".to_owned()]];
    rows.extend(
        [
            ("Version:", "Version"),
            ("API Version:", "APIVersion"),
            ("Go Version:", "GoVersion"),
            ("Git Commit:", "GitCommit"),
            ("Built:", "BuiltTime"),
            ("OS/Arch:", "OsArch"),
        ]
        .into_iter()
        .filter_map(|(heading, key)| row(heading, key)),
    );
    table::align(&rows)
}

#[cfg(test)]
mod tests {
    use super::plain_version;

    #[test]
    fn only_what_is_known() {
        let client =
            serde_json::json!({"Version": "1.2", "GoVersion": "", "OsArch": "linux/amd64"});
        assert_eq!(
            plain_version(&client),
            "Client:     Cryopod Engine\nVersion:    1.2\nOS/Arch:    linux/amd64\n"
        );
    }
}
