//! What is looked at before a thaw, row by row, and what becomes of a failure: the error that stops
//! a restore, a row of `--dry-run`, or a warning where the user overrides the check by name.

use std::path::Path;

use serde_json::Value;

use crate::archive::manifest::Sizes;
use crate::criu::contents::ImageSource;
use crate::criu::features::version_text;
use crate::criu::{self, ImageFacts};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::ContainerConfig;
use crate::model::finding::{Findings, Verdict, is_overridden};
use crate::ops::restore::RestoreOptions;
use crate::ops::steps::inspection::words::size;
use crate::ops::steps::thawing::bounds::{self, Origin};
use crate::sys::machine;

/// Checks whose failures `--skip-check` overrides. Others refuse what could not be done anyway.
pub(super) const SKIPPABLE: [&str; 6] = [
    "connections",
    "cpu",
    "file-locks",
    "memory",
    "mounts",
    "space",
];

/// Features of processors that programs use without asking anybody; the kernel lists others that
/// are its own business. x86: arch/x86/include/asm/cpufeatures.h.
const USED_BY_PROGRAMS: [&str; 30] = [
    "abm",
    "adx",
    "aes",
    "amx",
    "avx",
    "bmi",
    "clflush",
    "clwb",
    "cx16",
    "f16c",
    "fma",
    "gfni",
    "lahf",
    "lzcnt",
    "mmx",
    "movbe",
    "movdir",
    "pclmul",
    "popcnt",
    "rdrand",
    "rdseed",
    "rtm",
    "serialize",
    "sha",
    "sse",
    "ssse",
    "vaes",
    "vpclmul",
    "xop",
    "xsave",
];

/// Rows, and the first error among them.
#[derive(Debug)]
pub(super) struct Rows {
    pub findings: Findings,
    skipped: Vec<String>,
    first: Option<Error>,
}

impl Rows {
    /// `skipped`: the names that the user overrides.
    pub fn new(skipped: &[String]) -> Self {
        Self {
            findings: Findings::default(),
            skipped: skipped.to_vec(),
            first: None,
        }
    }

    /// Others behind these.
    pub fn append(&mut self, mut others: Self) {
        self.findings.0.append(&mut others.findings.0);
        self.first = self.first.take().or(others.first);
    }

    /// Nothing in the way.
    pub fn ok(&mut self, check: &'static str, what: String) {
        self.findings.ok(check, what);
    }

    /// Something to know.
    pub fn warn(&mut self, check: &'static str, what: String) {
        self.findings.warn(check, what, "");
    }

    /// Something in the way.
    pub fn fail(&mut self, check: &'static str, error: Error) {
        if SKIPPABLE.contains(&check) && is_overridden(check, &self.skipped) {
            self.findings.warn(check, error.to_string(), "");
            return;
        }
        let (what, remedy) = match &error {
            Error::Restore { cause, remedy, .. } => {
                (cause.clone(), remedy.clone().unwrap_or_default())
            }
            other => (other.to_string(), String::new()),
        };
        self.findings.fail(check, what, remedy);
        self.first.get_or_insert(error);
    }

    /// Keeps what went well and makes a row of it either way.
    pub fn judge<T>(
        &mut self,
        check: &'static str,
        result: Result<T>,
        well: impl FnOnce(&T) -> String,
    ) -> Option<T> {
        match result {
            Ok(value) => {
                self.findings.ok(check, well(&value));
                Some(value)
            }
            Err(error) => {
                self.fail(check, error);
                None
            }
        }
    }

    /// What the user should know, and what stands in the way first.
    pub fn outcome(self) -> (Vec<String>, Option<Error>) {
        let rows = self.findings.0.into_iter();
        let warnings = rows
            .filter(|row| row.verdict == Verdict::Warn)
            .map(|row| row.what);
        (warnings.collect(), self.first)
    }
}

fn refused(name: &str, cause: String, remedy: &str) -> Error {
    Error::Restore {
        name: name.to_owned(),
        cause,
        remedy: Some(remedy.to_owned()),
        log: None,
    }
}

/// Features that the first host had and this one lacks. Which of them a program uses nobody can
/// tell; one that does ends with an illegal instruction, maybe an hour later.
pub(super) fn processor(archive: &Path, wanted: &[String], rows: &mut Rows) {
    const CHECK: &str = "cpu";
    let present = machine::cpu_features();
    let missing: Vec<&str> = wanted
        .iter()
        .filter(|feature| present.binary_search(feature).is_err())
        .map(String::as_str)
        .collect();
    let used: Vec<&str> = missing
        .iter()
        .copied()
        .filter(|feature| {
            USED_BY_PROGRAMS
                .iter()
                .any(|used| feature.starts_with(used))
        })
        .collect();
    let on_arm = machine::architecture() == "arm64";
    if missing.is_empty() {
        rows.ok(
            CHECK,
            "this processor has all features of the first one".into(),
        );
    } else if used.is_empty() && !on_arm {
        rows.warn(
            CHECK,
            format!("the checkpoint's host had CPU features that this one lacks, none that programs use: {}", missing.join(", ")),
        );
    } else {
        let lacking = if on_arm { missing } else { used };
        let error = refused(
            &archive.display().to_string(),
            format!(
                "this processor lacks features that the frozen processes may use: {}",
                lacking.join(", ")
            ),
            "restore on a host with at least the processor features of the first one; --skip-check cpu thaws all the same, and a program that uses them ends with an illegal instruction",
        );
        rows.fail(CHECK, error);
    }
}

/// A thaw on an older kernel may lack what the processes use.
pub(super) fn kernel(theirs: &str, rows: &mut Rows) {
    let ours = machine::kernel();
    if machine::kernel_number(theirs) > machine::kernel_number(&ours) {
        rows.warn(
            "kernel",
            format!("the checkpoint was made on kernel {theirs}, this one is older: {ours}"),
        );
    } else {
        rows.ok(
            "kernel",
            format!("made on kernel {theirs}, this one is {ours}"),
        );
    }
}

/// Images of a newer CRIU may hold what this one doesn't know.
pub(super) fn origin_criu(engine: &Engine, theirs: u32, rows: &mut Rows) {
    let Ok(ours) = criu::Facts::find(&engine.config.run_root) else {
        return;
    };
    let theirs_text = version_text(theirs);
    if theirs > ours.version {
        rows.warn(
            "criu-of-origin",
            format!(
                "the checkpoint was made by CRIU {theirs_text}, this one is older: {}",
                version_text(ours.version)
            ),
        );
    } else if theirs > 0 {
        rows.ok("criu-of-origin", format!("made by CRIU {theirs_text}"));
    }
}

/// Room for what is unpacked.
pub(super) fn room(engine: &Engine, sizes: &Sizes, rows: &mut Rows) {
    const CHECK: &str = "space";
    let needed = [sizes.images, sizes.rootfs_diff, sizes.volumes, sizes.log];
    let needed = needed
        .iter()
        .fold(0_u64, |sum, size| sum.saturating_add(*size));
    let root = &engine.config.root;
    match machine::free_space(root) {
        Ok(free) if free < needed => {
            let error = refused(
                "from the archive",
                format!(
                    "not enough space in {}: the checkpoint has {}, {} are free",
                    root.display(),
                    size(needed),
                    size(free)
                ),
                "free some space there, or choose another place with --root",
            );
            rows.fail(CHECK, error);
        }
        Ok(free) => rows.ok(
            CHECK,
            format!(
                "the checkpoint has {}, {} are free in {}",
                size(needed),
                size(free),
                root.display()
            ),
        ),
        Err(error) => rows.warn(CHECK, format!("free space of {}: {error}", root.display())),
    }
}

/// What the images hold and the options must allow.
pub(super) fn images(name: &str, facts: &ImageFacts, options: &RestoreOptions, rows: &mut Rows) {
    if facts.tcp_established && !options.tcp_established && !options.tcp_close {
        let error = refused(
            name,
            "the checkpoint has established TCP connections".into(),
            "restore with --tcp-established, or with --tcp-close to have them closed",
        );
        rows.fail("connections", error);
    } else {
        let what = if facts.tcp_established {
            "established TCP connections are in it and allowed"
        } else {
            "no TCP connection is in it"
        };
        rows.ok("connections", what.into());
    }
    if facts.file_locks && !options.file_locks {
        let error = refused(
            name,
            "the checkpoint holds file locks".into(),
            "restore with --file-locks",
        );
        rows.fail("file-locks", error);
    } else {
        let what = if facts.file_locks {
            "file locks are in it and allowed"
        } else {
            "no file lock is in it"
        };
        rows.ok("file-locks", what.into());
    }
    let modules = std::fs::read_to_string("/sys/kernel/security/lsm").unwrap_or_default();
    let module = match facts.lsm {
        1 => "selinux",
        2 => "apparmor",
        _ => return,
    };
    if !modules.split(',').any(|active| active.trim() == module) {
        rows.warn(
            "security-profile",
            format!("the processes were labelled by {module}, which is not active here: they come back without a label, or CRIU refuses"),
        );
    }
}

/// What the images would give to processes, against what the container grants. No option skips it.
pub(super) fn bounds(
    name: &str,
    images: &mut dyn ImageSource,
    spec: &Value,
    origin: Origin,
    rows: &mut Rows,
) {
    rows.judge("bounds", bounds::check(name, images, spec, origin), |()| {
        "its processes ask for nothing that the container has not".into()
    });
}

/// Whether the memory that the images list is there; not where it comes from another host.
pub(super) fn memory(name: &str, images: &Path, options: &RestoreOptions, rows: &mut Rows) {
    if options.criu.lazy_pages && options.criu.page_server.is_some() {
        return;
    }
    match criu::contents::check_pages(images) {
        Ok(()) => rows.ok("memory", "all memory that the images list is there".into()),
        Err(error) => {
            let error = refused(
                name,
                error.to_string(),
                "copy the checkpoint again from where it came, or make a new one",
            );
            rows.fail("memory", error);
        }
    }
}

/// Directories of this host that are mounted into it.
pub(super) fn mounts(config: &ContainerConfig, rows: &mut Rows) {
    let mut sources = config.volumes.iter();
    match sources.find(|mount| !Path::new(&mount.source).exists()) {
        None => rows.ok("mounts", "all that is mounted into it is here".into()),
        Some(mount) => {
            let error = refused(
                &config.name,
                format!(
                    "{} is not here, which the container has mounted at {}",
                    mount.source, mount.destination
                ),
                "make it, and bring its content",
            );
            rows.fail("mounts", error);
        }
    }
}
