//! Manifests and blobs from a registry.

use std::io::{self, Read, Write};

use ureq::http::{Method, StatusCode, header};

use sha2::{Digest, Sha256};

use super::client::{Call, Client};
use super::{MANIFEST_LIMIT, RegistryError};

/// The kinds of manifests that are understood.
const ACCEPTED: &str = "application/vnd.oci.image.manifest.v1+json, \
     application/vnd.docker.distribution.manifest.v2+json, \
     application/vnd.oci.image.index.v1+json, \
     application/vnd.docker.distribution.manifest.list.v2+json";
/// How often a blob is asked for again without anything of it having come.
const TRIES: u32 = 3;
/// How much passes through at a time.
const PIECE: usize = 128 << 10;

/// A manifest or an index as it came.
#[derive(Debug, Clone)]
pub struct Document {
    /// Its bytes, exactly.
    pub bytes: Vec<u8>,
    /// `sha256:…` of them.
    pub digest: String,
    /// What the registry says it is.
    pub media_type: String,
}

impl Client {
    /// Fetches a manifest or an index by tag or digest.
    ///
    /// # Errors
    /// [`RegistryError::NotFound`]; [`RegistryError::TooLarge`]; [`RegistryError::Lie`] when it is not
    /// what its digest says.
    pub fn manifest(&self, reference: &str) -> Result<Document, RegistryError> {
        let shown = self.place().shown();
        let doing = format!("reading manifest {reference} in {shown}");
        let url = self.repository_url(&format!("manifests/{reference}"));
        let call = Call::new(Method::GET, url).header(header::ACCEPT, ACCEPTED);
        let answer = self.send(call, &doing)?;
        if answer.status() != StatusCode::OK {
            return Err(Self::failure(answer, &doing));
        }
        let text = |name: &str| {
            let value = answer.headers().get(name)?.to_str().ok()?;
            Some(value.to_owned())
        };
        let media_type = text("content-type").unwrap_or_default();
        let promised = text("docker-content-digest");
        let body = answer.into_body();
        let what = format!("manifest {reference} in {shown}");
        let bytes = limited(body, MANIFEST_LIMIT, &what, &doing)?;
        let digest = digest_of(&bytes);
        let promised = promised.filter(|promised| promised.starts_with("sha256:"));
        let asked = Some(reference.to_owned()).filter(|_| reference.contains(':'));
        for expected in [asked, promised].into_iter().flatten() {
            if expected != digest {
                let reason = format!("digest mismatch: expected {expected}, got {digest}");
                return Err(RegistryError::Lie { what, reason });
            }
        }
        Ok(Document {
            bytes,
            digest,
            media_type,
        })
    }

    /// The digest of what a tag names; `None` where there is no such tag, or the registry says none.
    ///
    /// # Errors
    /// [`RegistryError::Lost`] and the like.
    pub fn manifest_digest(&self, reference: &str) -> Result<Option<String>, RegistryError> {
        let doing = format!("reading manifest {reference} in {}", self.place().shown());
        let url = self.repository_url(&format!("manifests/{reference}"));
        let call = Call::new(Method::HEAD, url).header(header::ACCEPT, ACCEPTED);
        let answer = self.send(call, &doing)?;
        match answer.status() {
            StatusCode::OK => {
                let digest = answer.headers().get("docker-content-digest");
                Ok(digest.and_then(|value| Some(value.to_str().ok()?.to_owned())))
            }
            StatusCode::NOT_FOUND => Ok(None),
            _ => Err(Self::failure(answer, &doing)),
        }
    }

    /// Streams a blob that is `size` bytes long; `done` hears how many have come. Goes on where it
    /// was when the connection breaks.
    ///
    /// Whoever takes the bytes checks the digest.
    ///
    /// # Errors
    /// [`RegistryError::Lie`] when it is longer or shorter; [`RegistryError::Lost`].
    pub fn blob(
        &self,
        digest: &str,
        size: u64,
        sink: &mut dyn Write,
        done: &mut dyn FnMut(u64),
    ) -> Result<(), RegistryError> {
        let mut sink = Counted { sink, count: 0 };
        let mut idle = 0;
        loop {
            let before = sink.count;
            let error = match self.part(digest, size, &mut sink, done) {
                Ok(()) => return Ok(()),
                Err(error @ RegistryError::Lost { .. }) => error,
                Err(error) => return Err(error),
            };
            idle = if sink.count == before { idle + 1 } else { 0 };
            // Who is silent at once would be so again, and each time for as long.
            let silent = error.to_string().contains("silent");
            if idle >= TRIES || idle > 0 && silent {
                return Err(error);
            }
            tracing::debug!(digest, at = sink.count, %error, "asking for the rest of a blob");
        }
    }

    fn part(
        &self,
        digest: &str,
        size: u64,
        sink: &mut Counted<'_>,
        done: &mut dyn FnMut(u64),
    ) -> Result<(), RegistryError> {
        let doing = format!("reading blob {digest}");
        let what = format!("blob {digest} in {}", self.place().shown());
        let url = self.repository_url(&format!("blobs/{digest}"));
        let mut call = Call::new(Method::GET, url);
        if sink.count > 0 {
            call = call.header(header::RANGE, format!("bytes={}-", sink.count));
        }
        let answer = self.send(call, &doing)?;
        let mut skip = match answer.status() {
            StatusCode::OK => sink.count,
            StatusCode::PARTIAL_CONTENT if sink.count > 0 => 0,
            _ => return Err(Self::failure(answer, &doing)),
        };
        let rest = size - sink.count + skip;
        let body = answer.into_body();
        let length = body.content_length();
        if let Some(length) = length.filter(|length| *length != rest) {
            let reason = format!("it has {length} bytes, but its descriptor says {rest}");
            return Err(RegistryError::Lie { what, reason });
        }
        // One byte more shows that there is more.
        let mut stream = body.into_with_config().limit(rest + 1).reader();
        let mut piece = vec![0; PIECE];
        while sink.count < size {
            let count = stream
                .read(&mut piece)
                .map_err(|error| broken(&error, &doing))?;
            if count == 0 {
                return Err(match length {
                    // It said how much would come.
                    Some(_) => RegistryError::Lost {
                        doing,
                        reason: "the connection ended early".into(),
                    },
                    None => RegistryError::Lie {
                        what,
                        reason: format!("it ends after {} bytes of {size}", sink.count),
                    },
                });
            }
            let old = usize::try_from(skip).unwrap_or(usize::MAX).min(count);
            skip -= old as u64;
            let new = &piece[old..count];
            let room = usize::try_from(size - sink.count).unwrap_or(usize::MAX);
            if new.len() > room {
                return Err(longer(what, size));
            }
            sink.sink
                .write_all(new)
                .map_err(|source| RegistryError::Local {
                    doing: doing.clone(),
                    source,
                })?;
            sink.count += new.len() as u64;
            done(sink.count);
        }
        match stream.read(&mut piece[..1]) {
            Ok(1..) => Err(longer(what, size)),
            // What comes behind the whole of it is no concern of ours.
            _ => Ok(()),
        }
    }

    /// A small blob, whole; the digest is checked.
    ///
    /// # Errors
    /// As [`Self::blob`]; [`RegistryError::TooLarge`].
    pub fn small_blob(
        &self,
        digest: &str,
        size: u64,
        limit: u64,
    ) -> Result<Vec<u8>, RegistryError> {
        let what = format!("blob {digest} in {}", self.place().shown());
        if size > limit {
            return Err(RegistryError::TooLarge { what, limit });
        }
        let mut bytes = Vec::new();
        self.blob(digest, size, &mut bytes, &mut |_| ())?;
        let actual = digest_of(&bytes);
        if actual == digest {
            return Ok(bytes);
        }
        let reason = format!("digest mismatch: expected {digest}, got {actual}");
        Err(RegistryError::Lie { what, reason })
    }
}

struct Counted<'a> {
    sink: &'a mut dyn Write,
    count: u64,
}

fn longer(what: String, size: u64) -> RegistryError {
    let reason = format!("it goes on after the {size} bytes that its descriptor says");
    RegistryError::Lie { what, reason }
}

/// The words of a body that broke off.
fn broken(error: &io::Error, doing: &str) -> RegistryError {
    let reason = match error.get_ref().and_then(|inner| inner.downcast_ref()) {
        Some(inner) => super::client::reason(inner),
        None => crate::error::one_line(&crate::sys::dir::reason(error)),
    };
    let doing = doing.to_owned();
    RegistryError::Lost { doing, reason }
}

/// A document, not more of it than there may be.
fn limited(
    body: ureq::Body,
    limit: u64,
    what: &str,
    doing: &str,
) -> Result<Vec<u8>, RegistryError> {
    let too_large = || RegistryError::TooLarge {
        what: what.to_owned(),
        limit,
    };
    if body.content_length().is_some_and(|length| length > limit) {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    let stream = body.into_with_config().limit(limit + 2).reader();
    stream
        .take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| broken(&error, doing))?;
    if bytes.len() as u64 > limit {
        return Err(too_large());
    }
    Ok(bytes)
}

fn digest_of(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = "sha256:".to_owned();
    for byte in Sha256::digest(bytes) {
        // Writing to a string can't fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
