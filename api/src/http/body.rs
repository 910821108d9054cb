//! Bodies of requests: read whole up to a limit, or as they come through a pipe to a thread.

use std::os::fd::{AsRawFd, OwnedFd};
use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body as _, Incoming};
use tokio::io::AsyncWriteExt;
use tokio::net::unix::pipe;
use tokio::time::timeout;

use super::Failure;

/// Largest JSON of a request, bytes: far beyond any container's options.
pub const JSON_LIMIT: usize = 4 << 20;
/// Largest body of a request that has none, bytes: clients send `{}` and form data.
pub const NONE_LIMIT: usize = 64 << 10;
/// How long a client may take for its next bytes.
pub const STALL: Duration = Duration::from_mins(1);
/// How long one waits for the rest of a body that nobody wants.
const ENOUGH: Duration = Duration::from_secs(1);

/// Reads a body of at most `limit` bytes.
///
/// # Errors
/// 413 as soon as it is known to be larger, 408 when nothing comes, 400 when it breaks off.
pub async fn whole(mut body: Incoming, limit: usize) -> Result<Vec<u8>, Failure> {
    let too_large = || {
        Failure::new(
            413,
            format!("the request's body is larger than {limit} bytes"),
        )
    };
    if body.size_hint().lower() > limit as u64 {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    while let Some(piece) = next(&mut body).await? {
        if bytes.len() + piece.len() > limit {
            return Err(too_large());
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

/// The next bytes; `None` at the end.
async fn next(body: &mut Incoming) -> Result<Option<Bytes>, Failure> {
    loop {
        let frame = timeout(STALL, body.frame())
            .await
            .map_err(|_| Failure::new(408, "the request's body does not come"))?;
        match frame {
            None => return Ok(None),
            Some(Err(error)) => {
                return Err(Failure::bad(format!(
                    "the request's body breaks off: {error}"
                )));
            }
            Some(Ok(frame)) => {
                // Trailers are of no interest.
                if let Ok(data) = frame.into_data() {
                    return Ok(Some(data));
                }
            }
        }
    }
}

/// A pipe's end for a thread that reads or writes by path.
#[derive(Debug)]
pub struct End(OwnedFd);

impl End {
    /// Of a pipe's end that has been made blocking.
    pub fn new(descriptor: OwnedFd) -> Self {
        Self(descriptor)
    }

    /// Where this process can open it, as long as this is there.
    pub fn path(&self) -> PathBuf {
        PathBuf::from(format!("/proc/self/fd/{}", self.0.as_raw_fd()))
    }

    /// The end itself.
    pub fn into_file(self) -> std::fs::File {
        self.0.into()
    }
}

/// Reads a little more of a body, for nobody.
async fn drain(body: &mut Incoming) {
    let mut left: usize = 1 << 20;
    while let Ok(Some(piece)) = next(body).await {
        match left.checked_sub(piece.len()) {
            Some(less) => left = less,
            None => return,
        }
    }
}

/// A body as a pipe: the end to read from, and the work that fills it, which gives the failure of a
/// body that broke off. Dropping the work before its end closes the pipe.
///
/// # Errors
/// 500 when no pipe can be had.
pub fn piped(
    mut body: Incoming,
) -> Result<(End, impl Future<Output = Result<(), Failure>> + Send), Failure> {
    let (mut sender, receiver) = pipe::pipe().map_err(|error| Failure::internal(&error))?;
    let end = receiver
        .into_blocking_fd()
        .map_err(|error| Failure::internal(&error))?;
    let fill = async move {
        while let Some(piece) = next(&mut body).await? {
            if sender.write_all(&piece).await.is_err() {
                // The reader has seen enough; it says itself why. A tar goes on after its end, and
                // Podman's client takes it for a failure when nobody reads that.
                let _ = timeout(ENOUGH, drain(&mut body)).await;
                return Ok(());
            }
        }
        Ok(())
    };
    Ok((End::new(end), fill))
}
