//! What an archive from anywhere meets first, as functions of some bytes: the targets of the fuzzer.
//!
//! Each function takes any bytes, and panics when a rule is broken that libcr promises: nothing
//! outside the directory, the same answer twice, no more granted than asked for. A panic, a step
//! that takes long and memory without bound are found by whoever runs them: libFuzzer
//! (`cargo xtask fuzz`), or the unit test, which runs them over the corpus. Nothing here may depend
//! on time, on chance or on other files.

mod archives;
mod description;
mod images;
pub mod mutation;
mod parts;
mod trees;

pub use archives::archive_reader;
pub use description::dumps;
pub use images::criu_images;
pub use trees::inner_tar;

use std::path::Path;

use rustix::process::{Resource, Rlimit, setrlimit};
use tempfile::TempDir;

/// Address space that a target may have, bytes. More than libFuzzer and all of us need, too little
/// for a length that was believed: asking for that much ends the process, touched or not.
const ADDRESS_SPACE: u64 = 4 << 30;

/// What is set once, before the first input.
///
/// # Panics
/// When the kernel does not take the limit.
pub fn begin() {
    let limit = Rlimit {
        current: Some(ADDRESS_SPACE),
        maximum: Some(ADDRESS_SPACE),
    };
    setrlimit(Resource::As, limit).expect("a lower limit can be set");
}

/// A directory in memory, empty, removed when dropped.
fn scratch() -> TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() {
        tempfile::tempdir_in(memory)
    } else {
        tempfile::tempdir()
    };
    made.expect("a directory can be made")
}

/// A number that depends on all the bytes (FNV-1a): what is done to an input besides.
fn choice(data: &[u8]) -> u64 {
    data.iter().fold(0xcbf2_9ce4_8422_2325, |sum, &byte| {
        (sum ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    type Target = fn(&[u8]);

    /// Every file of the corpus: what was interesting once, and what was wrong once.
    #[test]
    fn the_corpus_does_no_harm() {
        let targets: [(&str, Target); 4] = [
            ("archive_reader", archive_reader),
            ("criu_images", criu_images),
            ("dumps", dumps),
            ("inner_tar", inner_tar),
        ];
        for (name, target) in targets {
            let corpus = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
                .join("corpus")
                .join(name);
            let files = std::fs::read_dir(&corpus).unwrap();
            let files: Vec<_> = files.map(|entry| entry.unwrap().path()).collect();
            assert!(files.len() > 2, "{} is empty", corpus.display());
            for file in files {
                let bytes = std::fs::read(&file).unwrap();
                let done = std::panic::catch_unwind(|| target(&bytes));
                assert!(done.is_ok(), "{}", file.display());
            }
        }
    }
}
