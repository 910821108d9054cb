//! Makes the Debian root of a throw-away host, once, and finds it again; the same for whatever else
//! is kept in the cache.
//!
//! It is complete or absent: it is made under another name by one process at a time and renamed
//! when everything is on the disk. Once made nobody writes to it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use rustix::fs::{FlockOperation, flock};

use super::clients;
use super::mirror;
use super::recipe::{Recipe, cache_directory};

/// Returns the cached root of the recipe, making it first when it isn't there or `rebuild` is set.
pub fn ensure(recipe: &Recipe, rebuild: bool) -> Result<PathBuf> {
    make_once(
        &format!("host-{}", recipe.hash()),
        rebuild,
        |partial, log| {
            debootstrap(recipe, partial, log)?;
            clients::install(partial, log)?;
            check(partial)
        },
    )
}

/// Returns the directory of this name in the cache, made first when it isn't there or `rebuild` is
/// set. `make` fills a directory that is then renamed, and writes to the log file of the second path.
pub fn make_once(
    name: &str,
    rebuild: bool,
    make: impl FnOnce(&Path, &Path) -> Result<()>,
) -> Result<PathBuf> {
    let cache = cache_directory()?;
    fs::create_dir_all(&cache).with_context(|| format!("cannot make {}", cache.display()))?;
    let whole = cache.join(name);
    if !rebuild && whole.is_dir() {
        return Ok(whole);
    }
    let lock_path = cache.join(format!("{name}.lock"));
    let lock =
        File::create(&lock_path).with_context(|| format!("cannot make {}", lock_path.display()))?;
    flock(&lock, FlockOperation::LockExclusive)
        .with_context(|| format!("cannot lock {}", lock_path.display()))?;
    // Another process may have made it while this one waited.
    if !rebuild && whole.is_dir() {
        return Ok(whole);
    }
    if rustix::process::geteuid().as_raw() != 0 {
        bail!("a throw-away host needs root: run this as root");
    }
    let started = Instant::now();
    eprintln!("Making {} (once, about two minutes)", whole.display());
    let partial = cache.join(format!("{name}.partial"));
    remove_tree(&partial)?;
    make(&partial, &cache.join(format!("{name}.log")))?;
    sync(&partial)?;
    if whole.exists() {
        let old = cache.join(format!("{name}.old"));
        remove_tree(&old)?;
        fs::rename(&whole, &old).context("cannot move the old one away")?;
        fs::rename(&partial, &whole).context("cannot put the new one in place")?;
        remove_tree(&old)?;
    } else {
        fs::rename(&partial, &whole).context("cannot put the new one in place")?;
    }
    File::open(&cache).and_then(|directory| directory.sync_all())?;
    eprintln!(
        "Made {} in {} s",
        whole.display(),
        started.elapsed().as_secs()
    );
    Ok(whole)
}

/// Runs a command with its output in a log file; a failure shows the log's end.
pub fn run_logged(command: &mut Command, log_path: &Path) -> Result<()> {
    let log =
        File::create(log_path).with_context(|| format!("cannot make {}", log_path.display()))?;
    command
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .env("LC_ALL", "C")
        .env("DEBIAN_FRONTEND", "noninteractive");
    if super::enter::wait_for(command)? == 0 {
        return Ok(());
    }
    let text = fs::read_to_string(log_path).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let tail = lines[lines.len().saturating_sub(15)..].join("\n");
    bail!("{} ends with:\n{tail}", log_path.display())
}

/// Runs debootstrap in mount and pid namespaces of its own, so that a killed one leaves neither a
/// mount nor a process.
fn debootstrap(recipe: &Recipe, target: &Path, log_path: &Path) -> Result<()> {
    install_debootstrap()?;
    let mut command = super::enter::in_namespaces("debootstrap");
    command
        .arg("--variant=minbase")
        .arg(format!("--include={}", recipe.packages.join(",")))
        .arg(&recipe.suite)
        .arg(target)
        .arg(mirror::of_this_machine());
    let script = PathBuf::from("/usr/share/debootstrap/scripts").join(&recipe.suite);
    if !script.exists() {
        // Older releases don't know newer suites by name; sid's script serves them all.
        command.arg("/usr/share/debootstrap/scripts/sid");
    }
    if let Some(proxy) = mirror::apt_proxy() {
        command.env("http_proxy", &proxy).env("https_proxy", proxy);
    }
    run_logged(&mut command, log_path).context("debootstrap failed")?;
    // Downloaded packages are half the size of the root and of no further use.
    remove_tree(&target.join("var/cache/apt/archives"))?;
    Ok(())
}

/// Installs debootstrap and Debian's archive keys from the machine's own apt sources if missing.
fn install_debootstrap() -> Result<()> {
    if Path::new("/usr/sbin/debootstrap").exists() {
        return Ok(());
    }
    eprintln!("Installing debootstrap");
    for arguments in [
        &["update", "-q"][..],
        &[
            "install",
            "-q",
            "-y",
            "--no-install-recommends",
            "debootstrap",
            "debian-archive-keyring",
        ],
    ] {
        let output = Command::new("apt-get")
            .args(arguments)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .stdin(Stdio::null())
            .output()
            .context("cannot run apt-get; install debootstrap by hand")?;
        // One broken third-party source fails `update`; the install decides.
        if !output.status.success() && arguments[0] == "install" {
            bail!(
                "apt-get install debootstrap failed: {}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
    }
    Ok(())
}

/// Refuses a root in which the programs that everything else depends on are missing.
fn check(root: &Path) -> Result<()> {
    for program in ["criu", "crun", "runc", "podman", "ip", "nft", "nsenter"] {
        let found = ["usr/bin", "usr/sbin"]
            .iter()
            .any(|dir| root.join(dir).join(program).exists());
        if !found {
            bail!("the new root has no {program}: its package list is not enough for this suite");
        }
    }
    if !root.join(clients::marker()).exists() {
        bail!("the new root has no {}", clients::marker().display());
    }
    Ok(())
}

fn sync(path: &Path) -> Result<()> {
    let directory = File::open(path)?;
    rustix::fs::syncfs(&directory).context("cannot write the root to the disk")?;
    Ok(())
}

/// Removes a directory tree but never crosses into another file system, in case a mount is left.
pub(super) fn remove_tree(path: &Path) -> Result<()> {
    if fs::symlink_metadata(path).is_err() {
        return Ok(());
    }
    let status = Command::new("rm")
        .args(["-rf", "--one-file-system", "--"])
        .arg(path)
        .status()
        .context("cannot run rm")?;
    if !status.success() {
        bail!("cannot remove {}", path.display());
    }
    Ok(())
}
