//! The containers of a long run: each keeps a number in its memory and writes down where it stands,
//! so that nothing that is lost or done twice can hide.

use std::fs;
use std::path::Path;

use crate::harness::{Host, ask_web, value};
use crate::suites::COUNT_ALOUD;

/// What a container does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Counts on standard output.
    Log,
    /// Counts in a file that it holds open.
    File,
    /// Counts requests, on a network of its own.
    Web,
    /// Counts in shared memory.
    Shared,
    /// Several processes, each of which counts.
    Tree,
    /// Counts in a volume.
    Volume,
}

/// All of them.
pub const KINDS: [Kind; 6] = [
    Kind::Log,
    Kind::File,
    Kind::Web,
    Kind::Shared,
    Kind::Tree,
    Kind::Volume,
];

/// A counter that holds the file it writes to open.
const WRITE: &str = "i=0; while :; do echo $i >&3; i=$((i+1)); sleep 0.05; done";
/// Two levels of processes below the first one.
const FAMILY: &str = "count() { i=0; while :; do echo $i >>/data/$1; i=$((i+1)); sleep 0.1; done; }; \
    count 1 & (count 2 & count 3 & wait) & wait";

impl Kind {
    /// Options of `run`.
    pub fn options(self, name: &str) -> Vec<String> {
        match self {
            Self::Web => vec!["--network".to_owned(), network(name)],
            Self::Volume => vec!["-v".to_owned(), format!("{}:/kept", volume(name))],
            _ => Vec::new(),
        }
    }

    /// The shell script that it runs.
    pub fn script(self) -> String {
        match self {
            Self::Log => COUNT_ALOUD.to_owned(),
            Self::Web => "exec workload web 80 /data/requests".to_owned(),
            Self::Tree => FAMILY.to_owned(),
            Self::File | Self::Shared | Self::Volume => {
                format!("exec 3>>{}; {WRITE}", self.file())
            }
        }
    }

    /// Whether it dies when nobody reads what it says, so soon after its monitor.
    pub fn speaks(self) -> bool {
        matches!(self, Self::Log | Self::Web)
    }

    /// The file with a line for each number.
    fn file(self) -> &'static str {
        match self {
            Self::Shared => "/dev/shm/lines",
            Self::Volume => "/kept/lines",
            _ => "/data/lines",
        }
    }

    /// The number where it stands, after a look at all the numbers before it; none when it has none
    /// to tell, which one that is going away may have not.
    ///
    /// # Errors
    /// What is missing among them, or there twice.
    pub fn number(self, host: &Host, name: &str) -> Result<Option<u64>, String> {
        if self == Self::Web {
            let address =
                host.inspect(name)["NetworkSettings"]["Networks"][&network(name)]["IPAddress"]
                    .as_str()
                    .unwrap_or("")
                    .to_owned();
            let Some(answer) = ask_web(&address, 80) else {
                return Ok(None);
            };
            let [memory, file] = ["mem", "file"].map(|key| value(&answer, key));
            if memory != file {
                return Err(format!("its memory and its file differ: {answer}"));
            }
            return Ok(memory);
        }
        if self == Self::Log {
            // What was said before a thaw from an earlier instant is not taken back.
            let lines = host.log(name).lines().count();
            return Ok((lines > 0).then_some(lines as u64));
        }
        let root = format!("/proc/{}/root", host.pid(name));
        if self == Self::Tree {
            let mut least = None;
            for process in ["1", "2", "3"] {
                let path = format!("{root}/data/{process}");
                let Some(number) = counted(Path::new(&path))? else {
                    return Ok(None);
                };
                least = Some(least.map_or(number, |least: u64| least.min(number)));
            }
            return Ok(least);
        }
        counted(Path::new(&format!("{root}{}", self.file())))
    }
}

/// How many lines a file has; each must be the number of those before it.
fn counted(path: &Path) -> Result<Option<u64>, String> {
    let Ok(text) = fs::read_to_string(path) else {
        return Ok(None);
    };
    let mut count = 0;
    for line in text
        .split_inclusive('\n')
        .filter(|line| line.ends_with('\n'))
    {
        if line.trim_end() != count.to_string() {
            let path = path.display();
            return Err(format!("{path} has {line:?} where {count} should be"));
        }
        count += 1;
    }
    Ok((count > 0).then_some(count))
}

/// The lines of a counter's log from the given one on follow each other.
///
/// # Errors
/// Where they don't.
pub fn check_log(host: &Host, name: &str, from: usize) -> Result<usize, String> {
    let log = host.log(name);
    let lines: Vec<u64> = log.lines().filter_map(|line| line.parse().ok()).collect();
    for pair in lines.get(from..).unwrap_or_default().windows(2) {
        if pair[1] != pair[0] + 1 {
            return Err(format!("its log goes from {} to {}", pair[0], pair[1]));
        }
    }
    Ok(lines.len())
}

/// The network that a container has for itself.
pub fn network(name: &str) -> String {
    format!("net-{name}")
}

/// The volume that a container has for itself.
pub fn volume(name: &str) -> String {
    format!("kept-{name}")
}
