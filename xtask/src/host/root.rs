//! Makes the Debian root of a throw-away host, once, and finds it again.
//!
//! A root is complete or absent: it is made under another name by one process at a time and renamed
//! when everything is on the disk. Once made nobody writes to it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use rustix::fs::{FlockOperation, flock};

use super::mirror;
use super::recipe::{Recipe, cache_directory};

/// Returns the cached root of the recipe, making it first when it isn't there or `rebuild` is set.
pub fn ensure(recipe: &Recipe, rebuild: bool) -> Result<PathBuf> {
    let cache = cache_directory()?;
    fs::create_dir_all(&cache).with_context(|| format!("cannot make {}", cache.display()))?;
    let name = format!("host-{}", recipe.hash());
    let root = cache.join(&name);
    if !rebuild && root.is_dir() {
        return Ok(root);
    }
    let lock_path = cache.join(format!("{name}.lock"));
    let lock =
        File::create(&lock_path).with_context(|| format!("cannot make {}", lock_path.display()))?;
    flock(&lock, FlockOperation::LockExclusive).context("cannot lock the host root")?;
    // Another process may have made it while this one waited.
    if !rebuild && root.is_dir() {
        return Ok(root);
    }
    if rustix::process::geteuid().as_raw() != 0 {
        bail!("a throw-away host needs root: run this as root");
    }
    let started = Instant::now();
    eprintln!(
        "Making the {} root {} (once, about a minute)",
        recipe.suite,
        root.display()
    );
    let partial = cache.join(format!("{name}.partial"));
    remove_tree(&partial)?;
    debootstrap(recipe, &partial, &cache.join(format!("{name}.log")))?;
    check(&partial)?;
    sync(&partial)?;
    if root.exists() {
        let old = cache.join(format!("{name}.old"));
        remove_tree(&old)?;
        fs::rename(&root, &old).context("cannot move the old root away")?;
        fs::rename(&partial, &root).context("cannot put the new root in place")?;
        remove_tree(&old)?;
    } else {
        fs::rename(&partial, &root).context("cannot put the new root in place")?;
    }
    File::open(&cache).and_then(|directory| directory.sync_all())?;
    eprintln!(
        "Made {} in {} s",
        root.display(),
        started.elapsed().as_secs()
    );
    Ok(root)
}

/// Runs debootstrap in mount and pid namespaces of its own, so that a killed one leaves neither a
/// mount nor a process.
fn debootstrap(recipe: &Recipe, target: &Path, log_path: &Path) -> Result<()> {
    install_debootstrap()?;
    let log =
        File::create(log_path).with_context(|| format!("cannot make {}", log_path.display()))?;
    let mut command = super::enter::dying_with_us("unshare");
    command
        .args([
            "--mount",
            "--pid",
            "--fork",
            "--kill-child",
            "--propagation",
            "private",
        ])
        .args(["debootstrap", "--variant=minbase"])
        .arg(format!("--include={}", recipe.packages.join(",")))
        .arg(&recipe.suite)
        .arg(target)
        .arg(mirror::of_this_machine())
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .env("LC_ALL", "C")
        .env("DEBIAN_FRONTEND", "noninteractive");
    let script = PathBuf::from("/usr/share/debootstrap/scripts").join(&recipe.suite);
    if !script.exists() {
        // Older releases don't know newer suites by name; sid's script serves them all.
        command.arg("/usr/share/debootstrap/scripts/sid");
    }
    if let Some(proxy) = mirror::apt_proxy() {
        command.env("http_proxy", &proxy).env("https_proxy", proxy);
    }
    let status = super::enter::wait_for(&mut command).context("cannot run debootstrap")?;
    if status != 0 {
        let text = fs::read_to_string(log_path).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        let tail = lines[lines.len().saturating_sub(15)..].join("\n");
        bail!(
            "debootstrap failed; {} ends with:\n{tail}",
            log_path.display()
        );
    }
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
