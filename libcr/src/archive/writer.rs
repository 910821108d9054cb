//! Writes an archive in one pass: every byte is read once, hashed on one thread, compressed on all.
//!
//! A file appears under its name when it is whole and on disk, not before: it grows as
//! `NAME.partial` (mode 0600) and is renamed at the end. Dropping an unfinished [`Writer`] removes
//! it. The tar is in GNU's dialect, as Go's archive/tar and GNU tar read it. Into [`Parts`] it writes
//! several tars, which depend on nothing but their content: equal layers have equal digests.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use rustix::fs::{FlockOperation, OFlags};

use super::compress::{Encoder, Form};
use super::parts::{Part, Parts};
use super::sums::{self, Digester, Sum};
use super::writeback::Writeback;
use super::{ArchiveError, CHUNK, Compression, Manifest, io_error, layout};
use crate::seal::{Envelope, SigningKey};
use crate::sys::dir::{partial_path, remove_file_if_present, sync_parent};

/// Where what is compressed goes.
type Way = Encoder<Envelope<BufWriter<Sink>>>;

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Bytes of all members, before compression.
    pub content: u64,
    /// Bytes of the archive as it is on disk or went into the stream.
    pub written: u64,
    /// Members, directories among them.
    pub members: u64,
    /// Digests of all files in it.
    pub sums: Vec<Sum>,
}

/// An archive in the making.
pub struct Writer {
    encoder: Option<Way>,
    digester: Option<Digester>,
    place: Option<Place>,
    /// Who signs it, and what is said with it.
    signer: Option<(SigningKey, String)>,
    /// Where the next part goes, of an archive in parts.
    parts: Option<Box<dyn Parts>>,
    archive: String,
    mtime: u64,
    content: u64,
    /// Bytes of the parts that are complete.
    written: u64,
    members: u64,
    /// Digests of members that are in parts of earlier archives.
    vouched: Vec<Sum>,
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer")
            .field("archive", &self.archive)
            .finish_non_exhaustive()
    }
}

/// Where a file that is not finished is, and where it will be.
struct Place {
    path: PathBuf,
    partial: PathBuf,
    /// Once renamed, a file of the partial name is someone else's.
    renamed: bool,
}

impl Drop for Place {
    fn drop(&mut self) {
        if !self.renamed {
            drop(fs::remove_file(&self.partial));
        }
    }
}

enum Target {
    File(File, Writeback),
    Stream(Box<dyn Write + Send>),
    Part(Box<dyn Part>),
}

/// The far end, counting.
struct Sink {
    target: Target,
    written: u64,
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = match &mut self.target {
            Target::File(file, writeback) => {
                let count = file.write(bytes)?;
                writeback.wrote(count);
                count
            }
            Target::Stream(stream) => stream.write(bytes)?,
            Target::Part(part) => part.write(bytes)?,
        };
        self.written += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.target {
            Target::File(file, _) => file.flush(),
            Target::Stream(stream) => stream.flush(),
            Target::Part(part) => part.flush(),
        }
    }
}

impl Writer {
    /// Begins an archive that will be at `path`, replacing what is there when it is finished. A
    /// symbolic link is followed; a FIFO or device is written to as a stream.
    ///
    /// # Errors
    /// [`ArchiveError::Busy`] when another process is at it, [`ArchiveError::Io`] otherwise.
    pub fn create(path: &Path, form: impl Into<Form>) -> Result<Self, ArchiveError> {
        let form = form.into();
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let archive = path.display().to_string();
        let doing = format!("cannot write {archive}");
        if let Ok(metadata) = fs::metadata(&path) {
            let kind = metadata.file_type();
            if kind.is_fifo() || kind.is_char_device() {
                let stream = OpenOptions::new()
                    .write(true)
                    .open(&path)
                    .map_err(io_error(doing))?;
                return Self::start(Target::Stream(Box::new(stream)), None, &form, archive);
            }
            if !kind.is_file() {
                let source = io::Error::other("it exists and is not a file");
                return Err(ArchiveError::Io { doing, source });
            }
        }
        let partial = partial_path(&path);
        if is_in_use(&partial) {
            return Err(ArchiveError::Busy { archive });
        }
        // A leftover is removed, not written into: it might be someone's link or open elsewhere.
        remove_file_if_present(&partial).map_err(io_error(&doing))?;
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&partial)
            .map_err(io_error(&doing))?;
        let place = Place {
            path,
            partial,
            renamed: false,
        };
        rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive)
            .map_err(|errno| io_error(doing)(errno.into()))?;
        let writeback =
            Writeback::of(&file).map_err(io_error(format!("cannot write {archive}")))?;
        let target = Target::File(file, writeback);
        Self::start(target, Some(place), &form, archive)
    }

    /// Begins an archive that goes into a stream. What went before a failure can't be taken back.
    pub fn to_stream(
        stream: impl Write + Send + 'static,
        form: impl Into<Form>,
    ) -> Result<Self, ArchiveError> {
        let archive = "the output stream".to_owned();
        Self::start(
            Target::Stream(Box::new(stream)),
            None,
            &form.into(),
            archive,
        )
    }

    /// Begins an archive in parts, the first of which begins with it; they are not compressed here.
    ///
    /// # Errors
    /// [`ArchiveError::Io`] when there is no place for a part.
    pub fn to_parts(mut parts: Box<dyn Parts>) -> Result<Self, ArchiveError> {
        let archive = "the image".to_owned();
        let part = parts
            .begin()
            .map_err(io_error(format!("cannot write {archive}")))?;
        let form = Compression::None.into();
        let mut writer = Self::start(Target::Part(part), None, &form, archive)?;
        writer.mtime = 0;
        writer.parts = Some(parts);
        Ok(writer)
    }

    /// What follows goes into the next part, where the archive has parts.
    ///
    /// # Errors
    /// [`ArchiveError::Io`] when the part before it can't be kept, or there is no place for another.
    pub fn next_part(&mut self) -> Result<(), ArchiveError> {
        self.turn_to(|parts| parts.begin())
    }

    /// The same, for what is compressed already.
    ///
    /// # Errors
    /// As [`Self::next_part`].
    pub fn next_packed_part(&mut self) -> Result<(), ArchiveError> {
        self.turn_to(|parts| parts.begin_packed())
    }

    fn turn_to(
        &mut self,
        begin: impl FnOnce(&mut dyn Parts) -> io::Result<Box<dyn Part>>,
    ) -> Result<(), ArchiveError> {
        let doing = format!("cannot write {}", self.archive);
        let Some(mut parts) = self.parts.take() else {
            return Ok(());
        };
        let turn = || -> io::Result<()> {
            let Sink { target, written } = self.end_tar()?;
            if let Target::Part(part) = target {
                part.end()?;
            }
            self.written += written;
            let target = Target::Part(begin(parts.as_mut())?);
            let sink = BufWriter::with_capacity(CHUNK, Sink { target, written: 0 });
            self.encoder = Some(Encoder::new(Compression::None, Envelope::Open(sink))?);
            Ok(())
        };
        turn().map_err(io_error(doing))?;
        self.parts = Some(parts);
        Ok(())
    }

    /// Writes the end mark and what is buffered.
    fn end_tar(&mut self) -> io::Result<Sink> {
        let Some(mut encoder) = self.encoder.take() else {
            return Err(io::Error::other("an earlier write failed"));
        };
        encoder.write_all(&[0; 1024])?;
        let mut buffered = encoder.finish()?.finish()?;
        buffered.flush()?;
        buffered
            .into_inner()
            .map_err(io::IntoInnerError::into_error)
    }

    fn start(
        target: Target,
        place: Option<Place>,
        form: &Form,
        archive: String,
    ) -> Result<Self, ArchiveError> {
        let sink = BufWriter::with_capacity(CHUNK, Sink { target, written: 0 });
        let envelope = form.recipients.envelope(sink);
        let encoder = envelope
            .and_then(|envelope| Encoder::new(form.compression, envelope))
            .map_err(io_error(format!("cannot compress {archive}")))?;
        let digester = Digester::start().map_err(io_error("cannot start a thread"))?;
        let mtime = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |now| now.as_secs());
        Ok(Self {
            encoder: Some(encoder),
            digester: Some(digester),
            place,
            signer: None,
            parts: None,
            archive,
            mtime,
            content: 0,
            written: 0,
            members: 0,
            vouched: Vec::new(),
        })
    }

    /// The archive will be signed; `comment`, a line, with it. Call it before the first member.
    pub fn sign_by(&mut self, key: SigningKey, comment: String) {
        self.signer = Some((key, comment));
    }

    /// Takes up the digests of members that the archive has without being written now: in parts of
    /// an earlier one.
    pub fn vouch(&mut self, sums: impl IntoIterator<Item = Sum>) {
        self.vouched.extend(sums);
    }

    /// Writes the link from the images in a directory to those that they build upon.
    ///
    /// # Errors
    /// [`ArchiveError::Io`] too for one that readers refuse.
    pub fn append_parent(&mut self, directory: &str, target: &str) -> Result<(), ArchiveError> {
        let name = format!("{directory}/{}", layout::PARENT_LINK);
        let target = layout::parent_target(&name, target.as_bytes()).ok_or_else(|| {
            let why = io::Error::other("it is a link that no images have");
            io_error(format!("cannot write {name}"))(why)
        })?;
        self.header(&name, 0, tar::EntryType::Symlink, Some(target))
    }

    /// Writes `cryopod.json`. Call it first: readers look for it nowhere else.
    pub fn append_manifest(&mut self, manifest: &Manifest) -> Result<(), ArchiveError> {
        let json = manifest.to_json().map_err(|source| ArchiveError::Json {
            archive: self.archive.clone(),
            member: layout::MANIFEST,
            source,
        })?;
        self.append_bytes(layout::MANIFEST, &json)
    }

    /// Writes a member that is in memory.
    pub fn append_bytes(&mut self, name: &str, bytes: &[u8]) -> Result<(), ArchiveError> {
        self.append_exact(name, bytes.len() as u64, |sink| sink.write_all(bytes))
    }

    /// Writes an empty directory.
    pub fn append_directory(&mut self, name: &str) -> Result<(), ArchiveError> {
        self.header(
            &format!("{}/", name.trim_end_matches('/')),
            0,
            tar::EntryType::Directory,
            None,
        )
    }

    /// Writes the next `len` bytes of a file.
    ///
    /// # Errors
    /// [`ArchiveError::Io`] also when the file ends before.
    pub fn append_file(
        &mut self,
        name: &str,
        file: &mut File,
        len: u64,
    ) -> Result<(), ArchiveError> {
        self.append_exact(name, len, |sink| sink.copy_from(file))
    }

    /// Writes a member of `len` bytes that `produce` writes, exactly as many.
    ///
    /// # Errors
    /// [`ArchiveError::Io`] also when they are more or fewer.
    pub fn append_reader_exact(
        &mut self,
        name: &str,
        len: u64,
        produce: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), ArchiveError> {
        self.append_exact(name, len, |sink| produce(sink))
    }

    /// Writes a directory of CRIU images as directory `prefix`: its files and the link `parent` to an
    /// earlier pre-dump, by name, memory pages last: what describes them can be read without
    /// passing over them. Anything else in there is an error.
    pub fn append_images(&mut self, prefix: &str, images: &Path) -> Result<(), ArchiveError> {
        self.append_images_but(prefix, images, |_| false)
    }

    /// The same without the files that `left_out` says.
    ///
    /// # Errors
    /// As [`Self::append_images`].
    pub fn append_images_but(
        &mut self,
        prefix: &str,
        images: &Path,
        left_out: impl Fn(&str) -> bool,
    ) -> Result<(), ArchiveError> {
        let at = |source| ArchiveError::Io {
            doing: format!("cannot read {}", images.display()),
            source,
        };
        self.append_directory(prefix)?;
        let mut entries = fs::read_dir(images)
            .and_then(Iterator::collect::<io::Result<Vec<_>>>)
            .map_err(at)?;
        entries.sort_by_cached_key(|entry| {
            let name = entry.file_name();
            (name.to_str().is_some_and(layout::is_pages), name)
        });
        for entry in entries {
            let path = entry.path();
            let cannot = |source| ArchiveError::Io {
                doing: format!("cannot read {}", path.display()),
                source,
            };
            let file_name = entry.file_name();
            let Some(file_name) = file_name.to_str() else {
                return Err(cannot(io::Error::other("its name is not UTF-8")));
            };
            if left_out(file_name) {
                continue;
            }
            let name = format!("{prefix}/{file_name}");
            let kind = entry.file_type().map_err(cannot)?;
            if kind.is_symlink() {
                let target = fs::read_link(&path).map_err(cannot)?;
                let parent = layout::parent_target(&name, target.as_os_str().as_bytes());
                let parent = parent.ok_or_else(|| {
                    cannot(io::Error::other("it is a link that CRIU never makes"))
                })?;
                self.header(&name, 0, tar::EntryType::Symlink, Some(parent))?;
                continue;
            }
            if !kind.is_file() {
                return Err(cannot(io::Error::other(
                    "it is not a file; CRIU writes none such",
                )));
            }
            let mut file = open_file(&path).map_err(cannot)?;
            let len = file.metadata().map_err(cannot)?.len();
            self.append_file(&name, &mut file, len)?;
        }
        Ok(())
    }

    /// Writes the digests and the end of the archive, puts it on disk and gives it its name.
    pub fn finish(mut self) -> Result<Summary, ArchiveError> {
        let doing = format!("cannot write {}", self.archive);
        let mut digests = match self.digester.take() {
            Some(digester) => digester.finish().map_err(io_error(&doing))?,
            None => Vec::new(),
        };
        self.digester = Some(Digester::idle());
        digests.append(&mut self.vouched);
        self.next_part()?;
        let sums = sums::render(&digests);
        self.append_bytes(layout::SUMS, &sums)?;
        if let Some((key, comment)) = self.signer.take() {
            let signature = key.sign(&sums, &comment).map_err(io_error(&doing))?;
            self.append_bytes(layout::SIGNATURE, &signature)?;
        }
        let end = |writer: &mut Self| -> io::Result<u64> {
            let Sink { target, written } = writer.end_tar()?;
            match (target, &mut writer.place) {
                (Target::File(file, writeback), Some(place)) => {
                    writeback.finish()?;
                    file.sync_all()?;
                    fs::rename(&place.partial, &place.path)?;
                    place.renamed = true;
                    sync_parent(&place.path)?;
                }
                (Target::Part(part), _) => part.end()?,
                _ => {}
            }
            Ok(writer.written + written)
        };
        let written = end(&mut self).map_err(io_error(doing))?;
        Ok(Summary {
            content: self.content,
            written,
            members: self.members,
            sums: digests,
        })
    }

    fn append_exact(
        &mut self,
        name: &str,
        len: u64,
        produce: impl FnOnce(&mut MemberSink<'_>) -> io::Result<()>,
    ) -> Result<(), ArchiveError> {
        self.header(name, len, tar::EntryType::Regular, None)?;
        let doing = format!("cannot write {name} into {}", self.archive);
        let (Some(encoder), Some(digester)) = (&mut self.encoder, &self.digester) else {
            return Err(io_error(doing)(io::Error::other("an earlier write failed")));
        };
        let write = || -> io::Result<()> {
            digester.member(name)?;
            let buffer = digester.buffer();
            let mut sink = MemberSink {
                encoder,
                digester,
                buffer,
                missing: len,
            };
            produce(&mut sink)?;
            sink.end()?;
            let padding = (512 - len % 512) % 512;
            io::copy(&mut io::repeat(0).take(padding), encoder).map(drop)
        };
        let result = write();
        if result.is_err() {
            // Half a member can't be followed by another.
            self.encoder = None;
        }
        result.map_err(io_error(doing))?;
        self.content += len;
        Ok(())
    }

    fn header(
        &mut self,
        name: &str,
        len: u64,
        kind: tar::EntryType,
        target: Option<&str>,
    ) -> Result<(), ArchiveError> {
        let doing = format!("cannot write {name} into {}", self.archive);
        if let Err(refusal) = layout::clean(name.as_bytes()) {
            return Err(io_error(doing)(io::Error::other(format!(
                "the name {refusal}"
            ))));
        }
        let bare = match target {
            Some(target) => Some(sums::link(name, target)),
            None => (kind == tar::EntryType::Directory).then(|| name.to_owned()),
        };
        if let (Some(bare), Some(_), Some(digester)) = (bare, &self.signer, &self.digester) {
            digester.member(&bare).map_err(io_error(&doing))?;
        }
        let mtime = self.mtime;
        let Some(encoder) = &mut self.encoder else {
            return Err(io_error(doing)(io::Error::other("an earlier write failed")));
        };
        let mut write = || -> io::Result<()> {
            let mut header = plain_header(kind, len, mtime);
            if header.set_path(name).is_err() {
                let mut long =
                    plain_header(tar::EntryType::GNULongName, name.len() as u64 + 1, mtime);
                long.set_path("././@LongLink")?;
                long.set_cksum();
                encoder.write_all(long.as_bytes())?;
                let mut block = name.as_bytes().to_vec();
                block.resize((name.len() + 1).next_multiple_of(512), 0);
                encoder.write_all(&block)?;
                let mut cut = 100;
                while !name.is_char_boundary(cut) {
                    cut -= 1;
                }
                header.set_path(&name[..cut])?;
            }
            if let Some(target) = target {
                header.set_link_name(target)?;
            }
            header.set_cksum();
            encoder.write_all(header.as_bytes())
        };
        write().map_err(io_error(doing))?;
        self.members += 1;
        Ok(())
    }
}

fn plain_header(kind: tar::EntryType, len: u64, mtime: u64) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(match kind {
        tar::EntryType::Directory => 0o700,
        tar::EntryType::Symlink => 0o777,
        _ => 0o600,
    });
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(mtime);
    header.set_size(len);
    header
}

/// Opens a file that must not be a link, even if it became one just now.
fn open_file(path: &Path) -> io::Result<File> {
    let flags = i32::try_from(OFlags::NOFOLLOW.bits()).map_err(io::Error::other)?;
    OpenOptions::new().read(true).custom_flags(flags).open(path)
}

fn is_in_use(partial: &Path) -> bool {
    open_file(partial).is_ok_and(|file| {
        rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive)
            == Err(rustix::io::Errno::WOULDBLOCK)
    })
}

/// The data of one member on its way to the digest and the encoder.
struct MemberSink<'a> {
    encoder: &'a mut Way,
    digester: &'a Digester,
    buffer: Vec<u8>,
    missing: u64,
}

impl MemberSink<'_> {
    /// All that is missing, from a file.
    fn copy_from(&mut self, file: &mut File) -> io::Result<()> {
        while self.missing > 0 {
            let room = (CHUNK - self.buffer.len()) as u64;
            let count = file
                .take(room.min(self.missing))
                .read_to_end(&mut self.buffer)?;
            if count == 0 {
                break;
            }
            self.missing -= count as u64;
            self.send()?;
        }
        Ok(())
    }

    fn send(&mut self) -> io::Result<()> {
        let full = std::mem::replace(&mut self.buffer, self.digester.buffer());
        let chunk = self.digester.bytes(full)?;
        self.encoder.write_all(&chunk)?;
        self.digester.done(chunk);
        Ok(())
    }

    fn end(mut self) -> io::Result<()> {
        if self.missing > 0 {
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                format!(
                    "{} bytes fewer than announced; did it change meanwhile?",
                    self.missing
                ),
            ));
        }
        self.send()
    }
}

impl Write for MemberSink<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() as u64 > self.missing {
            return Err(io::Error::other(
                "more bytes than announced; did it change meanwhile?",
            ));
        }
        let count = bytes.len().min(CHUNK - self.buffer.len());
        self.buffer.extend_from_slice(&bytes[..count]);
        self.missing -= count as u64;
        if self.buffer.len() == CHUNK {
            self.send()?;
        }
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
