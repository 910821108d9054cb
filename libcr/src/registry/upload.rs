//! Blobs and manifests into a registry.

use std::io::{self, Read};

use ureq::http::{Method, StatusCode, header};

use super::RegistryError;
use super::client::{Call, Client, Payload};

/// How often an upload is begun anew after the connection broke.
const TRIES: u32 = 3;

/// What asking for a place for a blob gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// It is there by now: mounted from another repository.
    Mounted,
    /// Where it is to be sent.
    At(String),
}

impl Client {
    /// Whether the repository has a blob.
    ///
    /// # Errors
    /// [`RegistryError::Lost`] and the like.
    pub fn has_blob(&self, digest: &str) -> Result<bool, RegistryError> {
        let doing = format!(
            "checking whether a blob {digest} exists in {}",
            self.place().shown()
        );
        let url = self.repository_url(&format!("blobs/{digest}"));
        let answer = self.send(Call::new(Method::HEAD, url), &doing)?;
        match answer.status() {
            StatusCode::OK => Ok(true),
            StatusCode::NOT_FOUND => Ok(false),
            _ => Err(Self::failure(answer, &doing)),
        }
    }

    /// Asks for a place for a blob, or for the blob of another repository of the registry.
    ///
    /// # Errors
    /// [`RegistryError::Unauthorized`] and the like.
    pub fn begin_blob(&self, digest: &str, from: Option<&str>) -> Result<Begun, RegistryError> {
        let doing = format!("initiating layer upload to {}", self.place().shown());
        let mut url = self.repository_url("blobs/uploads/");
        if let Some(from) = from {
            // Neither a digest nor a repository has anything in it that a query may not.
            url = format!("{url}?mount={digest}&from={from}");
        }
        let answer = self.send(Call::new(Method::POST, url), &doing)?;
        match answer.status() {
            StatusCode::CREATED if from.is_some() => Ok(Begun::Mounted),
            StatusCode::ACCEPTED => {
                let location = answer.headers().get(header::LOCATION);
                let location = location.and_then(|value| value.to_str().ok());
                let location = location.ok_or_else(|| RegistryError::Lie {
                    what: doing,
                    reason: "the registry doesn't say where to".into(),
                })?;
                Ok(Begun::At(self.absolute(location)))
            }
            _ => Err(Self::failure(answer, &doing)),
        }
    }

    /// Sends a blob; `open` gives its bytes from the beginning, `done` hears how many have gone.
    ///
    /// # Errors
    /// [`RegistryError::Lost`] when it breaks off again and again; [`RegistryError::Local`].
    pub fn send_blob(
        &self,
        digest: &str,
        size: u64,
        begun: Begun,
        open: &mut dyn FnMut() -> io::Result<Box<dyn Read + Send>>,
        done: &mut dyn FnMut(u64),
    ) -> Result<(), RegistryError> {
        let mut begun = begun;
        let mut tries = 0;
        loop {
            let Begun::At(location) = begun else {
                return Ok(());
            };
            let error = match self.whole(digest, size, &location, open, done) {
                Ok(()) => return Ok(()),
                Err(error @ RegistryError::Lost { .. }) => error,
                Err(error) => return Err(error),
            };
            tries += 1;
            if tries >= TRIES {
                return Err(error);
            }
            tracing::debug!(digest, %error, "sending a blob once more");
            // The registry may have kept it though its answer was lost.
            if self.has_blob(digest)? {
                return Ok(());
            }
            begun = self.begin_blob(digest, None)?;
        }
    }

    fn whole(
        &self,
        digest: &str,
        size: u64,
        location: &str,
        open: &mut dyn FnMut() -> io::Result<Box<dyn Read + Send>>,
        done: &mut dyn FnMut(u64),
    ) -> Result<(), RegistryError> {
        let doing = format!("writing blob {digest} to {}", self.place().shown());
        let stream = open().map_err(|source| RegistryError::Local {
            doing: doing.clone(),
            source,
        })?;
        let mut stream = Told {
            stream,
            sent: 0,
            done,
            failed: None,
        };
        let separator = if location.contains('?') { '&' } else { '?' };
        let mut call = Call::new(Method::PUT, format!("{location}{separator}digest={digest}"))
            .header(header::CONTENT_TYPE, "application/octet-stream");
        call.payload = Payload::Stream(&mut stream, size);
        let answer = self.send(call, &doing);
        if let Some(source) = stream.failed {
            return Err(RegistryError::Local { doing, source });
        }
        let answer = answer?;
        match answer.status() {
            StatusCode::CREATED => Ok(()),
            _ => Err(Self::failure(answer, &doing)),
        }
    }

    /// Gives a manifest its name in the repository: a tag or its digest.
    ///
    /// # Errors
    /// [`RegistryError::Refused`] with the registry's words.
    pub fn put_manifest(
        &self,
        reference: &str,
        media_type: &str,
        bytes: &[u8],
    ) -> Result<(), RegistryError> {
        let doing = format!("writing manifest {reference} to {}", self.place().shown());
        let url = self.repository_url(&format!("manifests/{reference}"));
        let mut call = Call::new(Method::PUT, url).header(header::CONTENT_TYPE, media_type);
        call.payload = Payload::Document(bytes);
        let answer = self.send(call, &doing)?;
        match answer.status() {
            StatusCode::CREATED => Ok(()),
            _ => Err(Self::failure(answer, &doing)),
        }
    }
}

/// A stream that tells how much of it is gone, and keeps why it could not be read.
struct Told<'a> {
    stream: Box<dyn Read + Send>,
    sent: u64,
    done: &'a mut dyn FnMut(u64),
    failed: Option<io::Error>,
}

impl Read for Told<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.stream.read(buffer) {
            Ok(count) => {
                self.sent += count as u64;
                (self.done)(self.sent);
                Ok(count)
            }
            Err(error) => {
                let told = io::Error::new(error.kind(), error.to_string());
                self.failed = Some(error);
                Err(told)
            }
        }
    }
}
