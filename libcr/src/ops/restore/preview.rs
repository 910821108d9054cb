//! `container restore --dry-run`: what would be done and what stands in the way.

use std::path::Path;

use crate::archive::{Browser, Header, Limits, Opening, Reader, Selection, Signed, layout};
use crate::criu::ImageFacts;
use crate::criu::contents::{Directory, ImageSource};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::model::container::Container;
use crate::model::image::Image;
use crate::model::preview::Preview;
use crate::net::SavedAddresses;
use crate::ops::restore::checks::{self, Rows};
use crate::ops::restore::plan::plan;
use crate::ops::restore::remote;
use crate::ops::restore::{RestoreOptions, addresses_in, saved_addresses, source};
use crate::ops::steps::archived_images::ArchivedImages;
use crate::ops::steps::inspection::{host, words};
use crate::ops::steps::life::observe::look;
use crate::ops::steps::life::{bring_up, netplug};
use crate::ops::steps::preflight;
use crate::ops::steps::thawing::bounds::Origin;
use crate::ops::steps::thawing::trust::{self, Trust};
use crate::ops::steps::thawing::unpack::{self, Staging};
use crate::ops::steps::{checkpoint_image, image_lookup};
use crate::progress::Silent;
use crate::runtime::criu_options::Verb;
use crate::seal::Signature;

/// Says what [`super::restore`] would do with these options, and changes nothing.
///
/// # Errors
/// As of [`RestoreOptions::validate`], and when there is no such container or checkpoint. What
/// else stands in the way is in the preview.
pub fn preview(engine: &Engine, word: &str, options: &RestoreOptions) -> Result<Preview> {
    options.validate(false)?;
    let mut container = engine.find(word)?;
    look(engine, &mut container);
    let mut options = options.clone();
    let source = source(engine, &container, &mut options)?;
    let mut rows = Rows::new(&options.skip_checks);
    let version = host::essentials(&engine.config, &mut rows.findings);
    let can = preflight::can_restore(engine, &container, &source.images).map(drop);
    rows.judge("checkpoint", can, |()| {
        format!(
            "{} is frozen in {}",
            container.config.name,
            source.images.display()
        )
    });
    let facts = ImageFacts::read(&source.images);
    if let Ok(facts) = &facts {
        checks::images(&container.config.name, facts, &options, &mut rows);
        checks::memory(&container.config.name, &source.images, &options, &mut rows);
    }
    checks::mounts(&container.config, &mut rows);
    if let Some(spec) = bring_up::written_spec(engine, &container.config.id)? {
        let mut images = Directory::new(&source.images, "");
        let name = &container.config.name;
        checks::bounds(name, &mut images, &spec, Origin::Host, &mut rows);
    }
    program(engine, &container, &options, version, &mut rows);
    if !container.state.status.is_alive() {
        let saved = if source.foreign {
            Ok(SavedAddresses::default())
        } else {
            saved_addresses(&source.directory, &options)
        };
        network(engine, &container, &options, saved, &mut rows);
    }
    let what = facts.map_or_else(|_| "its processes".to_owned(), |facts| held(&facts));
    let name = &container.config.name;
    let fate = if source.keep {
        "keep the checkpoint"
    } else {
        "remove the checkpoint, which is used up"
    };
    let steps = vec![
        format!("mount the root file system of {name} and put its files back as they were"),
        "set up its network".to_owned(),
        format!("thaw {what} from {}", source.images.display()),
        fate.to_owned(),
    ];
    Ok(Preview {
        operation: "restore",
        id: container.config.id.clone(),
        name: name.clone(),
        steps,
        checks: rows.findings,
        ..Preview::default()
    }
    .conclude())
}

/// Says what [`super::import`] would do with this archive and these options, and changes nothing.
/// Of a stream (`-`) nothing could be read a second time, so it must be a file.
///
/// # Errors
/// As of [`RestoreOptions::validate`]; [`crate::archive::ArchiveError`] for what is no archive.
pub fn preview_import(
    engine: &Engine,
    archive: &Path,
    options: &RestoreOptions,
) -> Result<Preview> {
    options.validate(true)?;
    let trust = Trust::of(engine, &options.unsealing, Some(archive))?;
    let archive = trust.place.as_deref().unwrap_or(archive);
    let opening = Opening {
        limits: Limits::default(),
        keys: options.unsealing.keys.clone(),
    };
    let header = Reader::open(archive, opening.clone())?.read_header(None)?;
    let mut browser = Browser::open(archive, opening.clone())?;
    let facts = archived(&mut browser)?;
    let encrypted = browser.is_encrypted();
    // Only who demands a signature has all of it read for one.
    let verified = trust.demands_signature().then(|| {
        let contents = Reader::open(archive, opening).and_then(Reader::verify);
        let contents = contents.map_err(|error| trust.explain(error))?;
        trust.judge(&archive.display().to_string(), contents.signed.as_ref())
    });
    let said = browser.read(layout::SIGNATURE, SIGNATURE_LIMIT)?;
    let said = said.and_then(|bytes| Signature::parse(&bytes));
    let mut rows = Rows::new(&options.skip_checks);
    encryption(encrypted, &mut rows);
    signature(&trust, verified, said.as_ref(), &mut rows);
    unsigned(engine, options, &mut rows);
    let mut images = ArchivedImages::new(&mut browser, layout::CHECKPOINT);
    let images = (facts, &mut images);
    planned(engine, archive, &header, images, (options, rows))
}

/// Says what [`super::restore_image`] would do with these options, and changes nothing: the images
/// but those of memory are unpacked to be looked at, and removed. One of a registry is fetched for
/// that, and removed too; the preview says by which name exactly this one is thawed.
///
/// # Errors
/// As of [`RestoreOptions::validate`]; [`Error::Invalid`] for an image that is no checkpoint.
pub fn preview_image(engine: &Engine, word: &str, options: &RestoreOptions) -> Result<Preview> {
    options.validate(true)?;
    let looked = remote::look(engine, word, options, &Silent, |image, exact| {
        let mut preview = look_into(engine, image, exact, options)?;
        preview.steps.insert(0, format!("pull {exact}"));
        Ok(preview)
    })?;
    if let Some(preview) = looked {
        return Ok(preview);
    }
    let (image, name) = image_lookup::find(engine, word)?;
    look_into(engine, &image, &name, options)
}

fn look_into(
    engine: &Engine,
    image: &Image,
    name: &str,
    options: &RestoreOptions,
) -> Result<Preview> {
    let staging = Staging::make(engine)?;
    let selection = Selection {
        rootfs: false,
        volumes: false,
        log: false,
        pages: false,
        durable: false,
        ..Selection::default()
    };
    let layers = checkpoint_image::open(engine, image)?;
    let keys = &options.unsealing.keys;
    let (reader, header) = unpack::open_parts(layers, name, keys, &staging, selection)?;
    let trust = Trust::of(engine, &options.unsealing, None)?;
    let contents = reader.unpack(staging.handle(), selection);
    let contents = match contents.map_err(|error| trust.explain(error)) {
        Err(error) if !matches!(error, Error::Untrusted { .. }) => return Err(error),
        contents => contents.map(|contents| contents.signed),
    };
    let said = contents.as_ref().ok().and_then(Option::as_ref).cloned();
    let verified = contents.and_then(|signed| trust.judge(name, signed.as_ref()));
    let mut rows = Rows::new(&options.skip_checks);
    encryption(checkpoint_image::is_encrypted(engine, image), &mut rows);
    let said = said.as_ref().map(|Signed { signature, .. }| signature);
    signature(&trust, Some(verified), said, &mut rows);
    unsigned(engine, options, &mut rows);
    let images = staging.path().join(layout::CHECKPOINT);
    let mut facts = ImageFacts::read(&images).ok();
    if let (Some(facts), Some(manifest)) = (&mut facts, &header.manifest) {
        // The pages were passed over.
        facts.memory = facts.memory.max(manifest.sizes.memory);
    }
    let mut source = Directory::new(&images, "");
    let images = (facts, &mut source);
    planned(engine, Path::new(name), &header, images, (options, rows))
}

/// Bytes of a signature that are read.
const SIGNATURE_LIMIT: u64 = 8 << 10;

fn encryption(encrypted: bool, rows: &mut Rows) {
    let what = if encrypted {
        "it is encrypted, and a key that was given opens it"
    } else {
        "it is not encrypted"
    };
    rows.ok("encryption", what.into());
}

/// `verified`: what was found where a signature is demanded. `said`: whose it says it is.
fn signature(
    trust: &Trust,
    verified: Option<Result<Option<String>>>,
    said: Option<&Signature>,
    rows: &mut Rows,
) {
    const CHECK: &str = "signature";
    match verified {
        Some(Err(error)) => rows.fail(CHECK, error),
        Some(Ok(Some(id))) => {
            let comment = said.map(Signature::comment).unwrap_or_default();
            rows.ok(CHECK, format!("it is signed by key {id}: {comment}"));
        }
        _ => {
            let what = match (&trust.place, said) {
                (Some(_), _) => "it is in a directory that the policy trusts".to_owned(),
                (None, None) => "it is not signed, and nobody demands it".to_owned(),
                (None, Some(said)) => format!(
                    "it says that it is signed by key {}, which nobody asks for: not checked",
                    said.key_id()
                ),
            };
            rows.ok(CHECK, what);
        }
    }
}

fn unsigned(engine: &Engine, options: &RestoreOptions, rows: &mut Rows) {
    let server = options.criu.page_server.as_deref();
    if let Err(error) = trust::check_unsigned(engine, None, server) {
        rows.fail("signature", error);
    }
}

/// What would be done with what this header is of, and its images.
fn planned(
    engine: &Engine,
    archive: &Path,
    header: &Header,
    (facts, images): (Option<ImageFacts>, &mut impl ImageSource),
    (options, mut rows): (&RestoreOptions, Rows),
) -> Result<Preview> {
    let planned = plan(engine, archive, header, options);
    rows.append(planned.rows);
    let version = host::essentials(&engine.config, &mut rows.findings);
    let shown = planned.container.as_ref();
    let shown = shown.map_or("of the archive", |container| &container.config.name);
    if let Some(facts) = &facts {
        checks::images(shown, facts, options, &mut rows);
    } else {
        let why = "a complete checkpoint for this container cannot be found, cannot restore: the archive has no checkpoint/inventory.img";
        rows.fail("checkpoint", Error::Invalid(why.into()));
    }
    let mut preview = Preview {
        operation: "restore",
        ..Preview::default()
    };
    if let Some(container) = &planned.container {
        let config = &container.config;
        preview.id.clone_from(&config.id);
        preview.name.clone_from(&config.name);
        if let (Some(spec), Some(_)) = (bring_up::imported_spec(engine, config)?, &facts) {
            let origin = Origin::Archive(options.grants);
            checks::bounds(&config.name, images, &spec, origin, &mut rows);
        }
        program(engine, container, options, version, &mut rows);
        let status = header.network_status.as_deref();
        let saved = status.map_or_else(
            || Ok(SavedAddresses::default()),
            |text| addresses_in(text, Path::new(layout::NETWORK_STATUS), options),
        );
        let free = engine.store.rows().container(&config.id)?.is_none()
            && engine.store.rows().holder_of_name(&config.name)?.is_none();
        if free {
            network(engine, container, options, saved, &mut rows);
        }
        preview.steps = vec![
            format!("unpack {} and check it", archive.display()),
            format!("make the container {} ({})", config.name, config.id),
            "set up its network".into(),
            facts.map_or_else(
                || "thaw its processes".to_owned(),
                |facts| format!("thaw {}", held(&facts)),
            ),
        ];
    }
    preview.checks = rows.findings;
    Ok(preview.conclude())
}

/// What the images in an archive hold; `None` where there is no whole checkpoint in it. Memory is
/// passed over.
fn archived(browser: &mut Browser) -> Result<Option<ImageFacts>> {
    /// Larger than any list of processes: 50 bytes each.
    const LIMIT: u64 = 64 << 20;
    let names =
        ["inventory.img", "pstree.img"].map(|name| format!("{}/{name}", layout::CHECKPOINT));
    let [inventory, processes] = &names;
    let files = browser.members().iter().filter_map(|entry| {
        let (directory, file) = entry.name.split_once('/')?;
        let file = file.rsplit('/').next().unwrap_or(file);
        (directory == layout::CHECKPOINT).then(|| (file.to_owned(), entry.len))
    });
    let files: Vec<(String, u64)> = files.collect();
    let (Some(first), Some(second)) = (
        browser.read(inventory, LIMIT)?,
        browser.read(processes, LIMIT)?,
    ) else {
        return Ok(None);
    };
    let facts = ImageFacts::of(
        (Path::new(inventory), &first),
        (Path::new(processes), &second),
        &files,
    );
    Ok(Some(facts?))
}

fn held(facts: &ImageFacts) -> String {
    format!(
        "{} with {} of memory",
        words::processes(facts.processes.len()),
        words::size(facts.memory)
    )
}

fn program(
    engine: &Engine,
    container: &Container,
    options: &RestoreOptions,
    criu_version: u32,
    rows: &mut Rows,
) {
    host::runtime_of(engine, container, &mut rows.findings);
    let Ok(runtime) = engine.runtime_of(container) else {
        return;
    };
    rows.ok(
        "pids",
        "its process ids are free: it gets a PID namespace of its own".into(),
    );
    let mut criu = options.criu.clone();
    criu.tcp_close = options.tcp_close;
    let routed = criu.route(&runtime.name, Verb::Restore, criu_version);
    if let Err(error) = routed {
        rows.fail("options", error.into());
    }
}

fn network(
    engine: &Engine,
    container: &Container,
    options: &RestoreOptions,
    saved: Result<SavedAddresses>,
    rows: &mut Rows,
) {
    let mut container = container.clone();
    super::forget_static(&mut container, options);
    let given = saved.and_then(|saved| netplug::rehearse(engine, &container, &saved));
    let warnings = given
        .as_ref()
        .map_or(Vec::new(), |(_, warnings)| warnings.clone());
    rows.judge("addresses", given, |(places, _)| {
        if places.is_empty() {
            "it needs no address and no port of this host".into()
        } else {
            format!("it gets {}, and its ports are free", places.join(", "))
        }
    });
    for warning in warnings {
        rows.warn("addresses", warning);
    }
}
