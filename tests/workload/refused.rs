//! What CRIU can't take along: each is opened and kept, so that a test sees the freeze refused, why,
//! and the process running on.

use std::fs::File;
use std::io::{Error, Result};
use std::os::fd::OwnedFd;

use crate::held::{Check, check, same};
use crate::kernel_unsafe as kernel;

/// Keeps a descriptor; afterwards it must still be there.
fn keep(fd: OwnedFd) -> Result<Check> {
    check(move || {
        fd.try_clone()?;
        Ok("still open".into())
    })
}

/// The kinds, by name.
pub fn object(kind: &str, word: &str) -> Result<Check> {
    match kind {
        "io_uring" => keep(kernel::io_uring()?),
        "userfaultfd" => keep(kernel::user_faults()?),
        "posix-queue" => keep(kernel::posix_queue(c"/held")?),
        "device" => keep(File::options().read(true).write(true).open(word)?.into()),
        "traced" => {
            let mut child = std::process::Command::new(std::env::current_exe()?)
                .arg("wait")
                .spawn()?;
            crate::processes::wait_until_begun(&child)?;
            kernel::trace(child.id())?;
            check(move || {
                same("the child", child.try_wait()?, None)?;
                child.kill()?;
                Ok("still traced".into())
            })
        }
        _ => Err(Error::other(format!("there is no {kind}"))),
    }
}
