//! Reads an archive that nobody trusts: the header first, the rest into a directory handle.
//!
//! Only the members of a checkpoint are unpacked, as files of mode 0600 right where [`layout`] puts
//! them; nothing can leave the directory, nothing is overwritten, nothing is followed. Digests are
//! checked when the archive is ours. What the content means is not looked at.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use cap_std::fs::{Dir, OpenOptions, OpenOptionsExt};
use rustix::fs::{Mode, OFlags};

use super::layout::Kind;
use super::manifest::{FORMAT_VERSION, ManifestError};
use super::parts::PartSource;
use super::spill::Spill;
use super::sums::{self, Digester, Sum};
use super::tape::{Member, Tape, Type};
use super::{ArchiveError, Manifest, Opening, io_error, layout};
use crate::seal::Signature;

/// The small members that tell what the archive is and needs.
#[derive(Debug, Clone, Default)]
pub struct Header {
    /// `cryopod.json`; nothing in archives of other engines.
    pub manifest: Option<Manifest>,
    /// `config.dump`: see [`super::podman::ContainerConfig`].
    pub config_dump: Vec<u8>,
    /// `spec.dump`: the OCI configuration.
    pub spec_dump: Vec<u8>,
    /// `network.status`, when it comes before the large members (Podman's and ours do).
    pub network_status: Option<Vec<u8>>,
}

/// What to unpack beside the CRIU images, the network status and the statistics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Selection {
    /// `rootfs-diff.tar` and `deleted.files`.
    pub rootfs: bool,
    /// `volumes/`.
    pub volumes: bool,
    /// `ctr.log`.
    pub log: bool,
    /// `image/`.
    pub image: bool,
    /// The images of pre-dumps and nothing else, whatever the rest of this says.
    pub pre_checkpoints_only: bool,
    /// Memory pages (`pages-*.img`), the bulk of a checkpoint.
    pub pages: bool,
    /// Put everything on disk before it is said to be there. Not needed where the archive stays
    /// and what was unpacked is used up at once.
    pub durable: bool,
}

impl Default for Selection {
    /// Everything but the image inside, which few need.
    fn default() -> Self {
        Self {
            rootfs: true,
            volumes: true,
            log: true,
            image: false,
            pages: true,
            pre_checkpoints_only: false,
            durable: true,
        }
    }
}

impl Selection {
    fn wants(self, kind: &Kind) -> bool {
        if self.pre_checkpoints_only {
            return *kind == Kind::PreCheckpoint;
        }
        match kind {
            Kind::RootfsDiff | Kind::DeletedFiles => self.rootfs,
            Kind::Volume(_) => self.volumes,
            Kind::Log => self.log,
            Kind::Image => self.image,
            Kind::NetworkStatus
            | Kind::Stats
            | Kind::DevShm
            | Kind::Checkpoint
            | Kind::Memory
            | Kind::PreCheckpoint => true,
            Kind::Manifest
            | Kind::Sums
            | Kind::Signature
            | Kind::Config
            | Kind::Spec
            | Kind::Other => false,
        }
    }
}

/// What was unpacked.
#[derive(Debug, Clone, Default)]
pub struct Contents {
    /// The files, by name and length in bytes, in the archive's order.
    pub files: Vec<(String, u64)>,
    /// Whether every member's digest was there and right; false for archives of other engines.
    pub verified: bool,
    /// The digests that were checked.
    pub sums: Vec<Sum>,
    /// Its signature, to be judged; nothing where there is none.
    pub signed: Option<Signed>,
}

/// A signature of an archive that is what its sums say.
#[derive(Debug, Clone)]
pub struct Signed {
    /// The signature.
    pub signature: Signature,
    /// What it should be of: the bytes of `cryopod.sums`.
    pub sums: Vec<u8>,
}

impl Contents {
    /// Whether there is a file of this name.
    pub fn has(&self, name: &str) -> bool {
        self.files.iter().any(|(file, _)| file == name)
    }

    /// The named volumes whose content is there.
    pub fn volumes(&self) -> Vec<String> {
        let volume = |(name, _): &(String, u64)| match Kind::of(name) {
            Kind::Volume(volume) => Some(volume),
            _ => None,
        };
        self.files.iter().filter_map(volume).collect()
    }

    /// Bytes of all files together.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|(_, len)| len).sum()
    }
}

/// An open archive.
pub struct Reader {
    tape: Tape,
    header: Option<Header>,
    /// The first member after the header, whose data was not read yet.
    pending: Option<Member>,
    /// Small members that go to the directory but came with the header.
    held: Vec<(Member, Vec<u8>)>,
    digester: Digester,
    /// There is one once something is unpacked.
    spill: Option<Spill>,
    /// `cryopod.sums`, as it is and as it is understood.
    sums: Option<(Vec<u8>, Vec<Sum>)>,
    signature: Option<Signature>,
    /// Directories and links, as the sums of signed archives name them.
    bare: Vec<String>,
    config: Option<Vec<u8>>,
    spec: Option<Vec<u8>>,
    passed_over: bool,
    contents: Contents,
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader")
            .field("archive", &self.tape.archive)
            .finish_non_exhaustive()
    }
}

impl Reader {
    /// Opens an archive file.
    ///
    /// # Errors
    /// [`ArchiveError::Io`] when there is none, [`ArchiveError::Empty`],
    /// [`ArchiveError::UnsupportedCompression`].
    pub fn open(path: &Path, opening: impl Into<Opening>) -> Result<Self, ArchiveError> {
        let (file, archive) = open(path)?;
        Self::from_stream(file, archive, opening)
    }

    /// Reads an archive from a stream; `archive` is what messages call it.
    pub fn from_stream(
        stream: impl Read + Send + 'static,
        archive: String,
        opening: impl Into<Opening>,
    ) -> Result<Self, ArchiveError> {
        Ok(Self::of(Tape::new(stream, archive, opening.into())?))
    }

    /// Reads an archive that is in several parts, such as the layers of an image.
    ///
    /// # Errors
    /// As [`Self::from_stream`].
    pub fn from_parts(
        parts: PartSource,
        archive: String,
        opening: impl Into<Opening>,
    ) -> Result<Self, ArchiveError> {
        Ok(Self::of(Tape::of_parts(parts, archive, opening.into())?))
    }

    fn of(tape: Tape) -> Self {
        Self {
            tape,
            header: None,
            pending: None,
            held: Vec::new(),
            digester: Digester::idle(),
            spill: None,
            sums: None,
            signature: None,
            bare: Vec::new(),
            config: None,
            spec: None,
            passed_over: false,
            contents: Contents::default(),
        }
    }

    /// Reads up to the first large member after `config.dump` and `spec.dump`. Large members that
    /// come before these (other engines have their own order) are unpacked into `staging` on the
    /// way, as far as they are selected; without it they are passed over and [`Self::unpack`] is
    /// refused afterwards.
    ///
    /// # Errors
    /// [`ArchiveError::Missing`] when it has no such members, [`ArchiveError::Version`], and all
    /// that a hostile or broken archive can earn.
    pub fn read_header(
        &mut self,
        staging: Option<(&Dir, Selection)>,
    ) -> Result<Header, ArchiveError> {
        if let Some(header) = &self.header {
            return Ok(header.clone());
        }
        let mut header = Header::default();
        while let Some(member) = self.next(&mut header)? {
            let small = matches!(
                member.kind,
                Kind::Config | Kind::Spec | Kind::NetworkStatus | Kind::Stats | Kind::DeletedFiles
            );
            if small {
                let bytes = self.read_small(&member)?;
                match member.kind {
                    Kind::Config => self.config = Some(bytes),
                    Kind::Spec => self.spec = Some(bytes),
                    Kind::NetworkStatus => {
                        header.network_status = Some(bytes.clone());
                        self.held.push((member, bytes));
                    }
                    _ => self.held.push((member, bytes)),
                }
                continue;
            }
            if self.config.is_some() && self.spec.is_some() && member.file_type != Type::Directory {
                self.pending = Some(member);
                break;
            }
            match staging {
                Some(_) => self.unpack_member(&member, staging)?,
                // A directory is made again for the first file in it.
                None if member.file_type == Type::Directory => {}
                None => self.passed_over |= Selection::default().wants(&member.kind),
            }
        }
        let missing = |member| ArchiveError::Missing {
            archive: self.tape.archive.clone(),
            member,
        };
        header.config_dump = self
            .config
            .take()
            .ok_or_else(|| missing(layout::CONFIG_DUMP))?;
        header.spec_dump = self.spec.take().ok_or_else(|| missing(layout::SPEC_DUMP))?;
        self.header = Some(header.clone());
        Ok(header)
    }

    /// Unpacks the rest into `staging`, an empty directory that nobody else writes to, checks the
    /// digests and puts everything on disk. `config.dump` and `spec.dump` are not unpacked.
    ///
    /// # Errors
    /// On any error the caller removes the directory: what is in it is not to be used.
    pub fn unpack(self, staging: &Dir, selection: Selection) -> Result<Contents, ArchiveError> {
        let contents = self.read(Some((staging, selection)))?;
        if selection.durable {
            sync(staging).map_err(io_error("cannot put the unpacked checkpoint on disk"))?;
        }
        Ok(contents)
    }

    /// Reads all of it and checks the digests; unpacks nothing.
    ///
    /// # Errors
    /// As [`Self::unpack`].
    pub fn verify(self) -> Result<Contents, ArchiveError> {
        self.read(None)
    }

    fn read(mut self, staging: Option<(&Dir, Selection)>) -> Result<Contents, ArchiveError> {
        let header = self.read_header(staging)?;
        if self.passed_over && staging.is_some() {
            return Err(ArchiveError::HeaderOnly {
                archive: self.tape.archive.clone(),
            });
        }
        for (member, bytes) in std::mem::take(&mut self.held) {
            if let Some((staging, selection)) = staging
                && selection.wants(&member.kind)
            {
                let mut file = create(staging, &member.name)?;
                file.write_all(&bytes)
                    .map_err(io_error(format!("cannot write {}", member.name)))?;
                self.contents.files.push((member.name, member.len));
            }
        }
        if let Some(member) = self.pending.take() {
            self.unpack_member(&member, staging)?;
        }
        let mut ignored = Header::default();
        while let Some(member) = self.next(&mut ignored)? {
            self.unpack_member(&member, staging)?;
        }
        self.spill
            .take()
            .map_or(Ok(()), |mut spill| spill.finish())?;
        self.check_sums(header.manifest.is_some())?;
        Ok(self.contents)
    }

    /// The next member that is not one of our own two, which are dealt with here.
    fn next(&mut self, header: &mut Header) -> Result<Option<Member>, ArchiveError> {
        loop {
            let Some(member) = self.tape.next()? else {
                return Ok(None);
            };
            match member.kind {
                Kind::Manifest => {
                    // Ours: from here on every member is hashed.
                    self.digester = Digester::start().map_err(io_error("cannot start a thread"))?;
                    let bytes = self.read_small(&member)?;
                    header.manifest = Some(self.manifest(&bytes)?);
                }
                Kind::Sums => {
                    let bytes = self.tape.read_all()?;
                    let sums = sums::parse(&bytes)
                        .ok_or_else(|| self.damaged(layout::SUMS, "can't be read"))?;
                    self.sums = Some((bytes, sums));
                }
                Kind::Signature => {
                    let bytes = self.tape.read_all()?;
                    let signature = Signature::parse(&bytes)
                        .ok_or_else(|| self.damaged(layout::SIGNATURE, "can't be read"))?;
                    self.signature = Some(signature);
                }
                _ => {
                    match &member.file_type {
                        Type::Directory => self.bare.push(format!("{}/", member.name)),
                        Type::ParentLink(target) => {
                            self.bare.push(sums::link(&member.name, target));
                        }
                        Type::File => {}
                    }
                    return Ok(Some(member));
                }
            }
        }
    }

    fn manifest(&self, bytes: &[u8]) -> Result<Manifest, ArchiveError> {
        let archive = self.tape.archive.clone();
        Manifest::from_json(bytes).map_err(|error| match error {
            ManifestError::Json(source) => ArchiveError::Json {
                archive,
                member: layout::MANIFEST,
                source,
            },
            ManifestError::Version(found) => ArchiveError::Version {
                archive,
                found,
                supported: FORMAT_VERSION,
            },
        })
    }

    fn read_small(&mut self, member: &Member) -> Result<Vec<u8>, ArchiveError> {
        let bytes = self.tape.read_all()?;
        let digest = || -> io::Result<()> {
            self.digester.member(&member.name)?;
            self.digester.bytes(bytes.clone()).map(drop)
        };
        digest().map_err(io_error(format!("cannot verify {}", member.name)))?;
        Ok(bytes)
    }

    fn unpack_member(
        &mut self,
        member: &Member,
        staging: Option<(&Dir, Selection)>,
    ) -> Result<(), ArchiveError> {
        let file_name = member.name.rsplit('/').next().unwrap_or_default();
        let into = staging.and_then(|(staging, selection)| {
            let wanted =
                selection.wants(&member.kind) && (selection.pages || !layout::is_pages(file_name));
            wanted.then_some(staging)
        });
        let doing = || format!("cannot unpack {}", member.name);
        match (&member.file_type, into) {
            (Type::Directory, Some(staging)) => {
                create_parent(staging, &member.name)?;
                create_directory(staging, &member.name)
            }
            (Type::ParentLink(target), Some(staging)) => {
                create_parent(staging, &member.name)?;
                staging
                    .symlink(target, &member.name)
                    .map_err(io_error(doing()))
            }
            (Type::Directory | Type::ParentLink(_), None) => Ok(()),
            (Type::File, into) => {
                if let Some(staging) = into {
                    let file = create(staging, &member.name)?.into_std();
                    self.spill()?.file(&member.name, file)?;
                }
                self.digester
                    .member(&member.name)
                    .map_err(io_error(doing()))?;
                loop {
                    let mut buffer = self.digester.buffer();
                    self.tape.read(&mut buffer)?;
                    if buffer.is_empty() {
                        break;
                    }
                    let chunk = self.digester.bytes(buffer).map_err(io_error(doing()))?;
                    if into.is_some() {
                        self.spill()?.bytes(chunk)?;
                    } else {
                        self.digester.done(chunk);
                    }
                }
                if into.is_some() {
                    self.contents.files.push((member.name.clone(), member.len));
                }
                Ok(())
            }
        }
    }

    fn spill(&mut self) -> Result<&mut Spill, ArchiveError> {
        match &mut self.spill {
            Some(spill) => Ok(spill),
            none => {
                let started = Spill::start(self.digester.give_back());
                Ok(none.insert(started.map_err(io_error("cannot start a thread"))?))
            }
        }
    }

    fn check_sums(&mut self, ours: bool) -> Result<(), ArchiveError> {
        let signature = self.signature.take();
        if !ours {
            return match signature {
                // Whoever took the manifest away wanted the sums not to be looked at.
                Some(_) => Err(self.damaged(layout::SIGNATURE, "is of an archive with a manifest")),
                None => Ok(()),
            };
        }
        let Some((bytes, listed)) = self.sums.take() else {
            return Err(ArchiveError::Truncated {
                archive: self.tape.archive.clone(),
                missing: format!("its last member, {}, is missing", layout::SUMS),
            });
        };
        let digester = std::mem::replace(&mut self.digester, Digester::idle());
        let found = digester
            .finish()
            .map_err(io_error("cannot verify the archive"))?;
        let signed = signature.is_some();
        let bare = std::mem::take(&mut self.bare);
        let wrong = |name: &str, what: &str| {
            let (archive, what) = (self.tape.archive.clone(), format!("{name} {what}"));
            if signed {
                ArchiveError::NotAsSigned { archive, what }
            } else {
                ArchiveError::Damaged { archive, what }
            }
        };
        let mut expected: HashMap<&str, &Sum> = HashMap::with_capacity(listed.len());
        for sum in &listed {
            if expected.insert(&sum.name, sum).is_some() {
                return Err(wrong(&sum.name, "has two digests"));
            }
        }
        for sum in &found {
            match expected.remove(sum.name.as_str()) {
                Some(other) if other == sum => {}
                Some(_) => return Err(wrong(&sum.name, "is not what was written")),
                None => return Err(wrong(&sum.name, "was added later")),
            }
        }
        for name in &bare {
            if expected.remove(name.as_str()).is_none() && signed {
                return Err(wrong(name, "was added later"));
            }
        }
        if let Some(name) = expected.keys().min() {
            return Err(wrong(name, "is missing"));
        }
        drop(expected);
        if signed && self.tape.trailer {
            return Err(wrong("something behind its end", "was added later"));
        }
        self.contents.signed = signature.map(|signature| Signed {
            signature,
            sums: bytes,
        });
        self.contents.verified = true;
        self.contents.sums = listed;
        Ok(())
    }

    fn damaged(&self, member: &str, what: &str) -> ArchiveError {
        ArchiveError::Damaged {
            archive: self.tape.archive.clone(),
            what: format!("{member} {what}"),
        }
    }
}

/// Opens the file of an archive; what messages call it comes with it.
pub(super) fn open(path: &Path) -> Result<(File, String), ArchiveError> {
    let archive = path.display().to_string();
    let doing = format!("failed to open checkpoint archive {archive} for import: open {archive}");
    let file = File::open(path).map_err(|error| {
        if error.kind() == io::ErrorKind::NotFound {
            // Podman's spelling, which scripts look for.
            io_error(&doing)(io::Error::new(error.kind(), "no such file or directory"))
        } else {
            io_error(&doing)(error)
        }
    })?;
    if file.metadata().map_err(io_error(&doing))?.is_dir() {
        return Err(ArchiveError::NotAnArchive {
            archive,
            why: "it is a directory".into(),
        });
    }
    Ok((file, archive))
}

/// One call for all files, however many.
fn sync(staging: &Dir) -> io::Result<()> {
    // The handle itself is an O_PATH one, which syncfs does not take.
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let directory = rustix::fs::openat(staging, ".", flags, Mode::empty())?;
    Ok(rustix::fs::syncfs(directory)?)
}

fn create_directory(staging: &Dir, name: &str) -> Result<(), ArchiveError> {
    match staging.create_dir(name) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            Err(io_error(format!("cannot create {name}"))(error))
        }
        _ => Ok(()),
    }
}

fn create_parent(staging: &Dir, name: &str) -> Result<(), ArchiveError> {
    // Three deep at most: blobs of an image.
    let parents = name.match_indices('/').map(|(end, _)| &name[..end]);
    parents
        .into_iter()
        .try_for_each(|parent| create_directory(staging, parent))
}

fn create(staging: &Dir, name: &str) -> Result<cap_std::fs::File, ArchiveError> {
    create_parent(staging, name)?;
    staging
        .open_with(
            name,
            OpenOptions::new().write(true).create_new(true).mode(0o600),
        )
        .map_err(io_error(format!("cannot create {name}")))
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
