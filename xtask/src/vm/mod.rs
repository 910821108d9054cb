//! `cargo xtask vm`: runs a command in a small virtual machine with a Debian kernel of its own, for
//! what a container host can't show: memory tracking (CRIU's pre-dumps), limits in cgroup v2.
//!
//! The machine is emulated (no KVM), some ten times slower than its host: only what needs it belongs
//! into it. It is made from the root of `cargo xtask host`, once for each recipe, and forgets all
//! writes. How is in make.sh, run.sh and guest.sh, in this order.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::host::recipe::{Recipe, hex};
use crate::host::{self, enter, mirror, root, scratch::Scratch};

const MAKE: &str = concat!(include_str!("../host/apt.sh"), include_str!("make.sh"));
const INITRAMFS: &str = include_str!("initramfs.sh");
const RUN: &str = include_str!("run.sh");
const GUEST: &str = include_str!("guest.sh");

/// Debian packages that are installed over the host root: the emulator, the guest's directory
/// server, what makes its disk and loads its modules.
const TOOLS: &str = "qemu-system-x86 seabios virtiofsd e2fsprogs kmod";
/// The package whose kernel the machine boots: small, built with `CONFIG_MEM_SOFT_DIRTY`.
const KERNEL: &str = "linux-image-cloud-amd64";

/// Arguments of `cargo xtask vm`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Stop the machine after this many seconds
    #[arg(long, default_value_t = 1200)]
    timeout: u32,
    /// Memory of the machine in MiB
    #[arg(long, default_value_t = 2048)]
    memory: u32,
    /// Make the machine anew
    #[arg(long)]
    rebuild: bool,
    /// The command and its arguments; its output comes on standard output
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
    command: Vec<String>,
}

/// Makes the machine if needed, runs the command in it and returns its exit status.
pub fn run(arguments: &Arguments, repository: &Path) -> Result<i32> {
    let root = root::ensure(&Recipe::from_environment(), false)?;
    let machine = ensure(&root, arguments.rebuild)?;
    let scratch = Scratch::create()?;
    let place = |name: &str, text: &str| -> Result<PathBuf> {
        let path = scratch.directory.join(name);
        std::fs::write(&path, text)?;
        Ok(path)
    };
    let visible: Vec<String> = host::visible_paths(repository)
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    let mut command = enter::in_namespaces("bash");
    command
        .arg(place("run.sh", RUN)?)
        .args(&arguments.command)
        .env("ROOT", &root)
        .env("VM", &machine)
        .env("SCRATCH", scratch.directory.join("vm"))
        .env("GUEST", place("guest.sh", GUEST)?)
        .env("BINDS", visible.join("\n"))
        .env("MEMORY", arguments.memory.to_string())
        .env("PROCESSORS", "2")
        .env("LIMIT", arguments.timeout.to_string());
    enter::wait_for(&mut command)
}

/// As [`run`] with the ordinary machine.
pub fn run_in(repository: &Path, words: &[String]) -> Result<i32> {
    let arguments = Arguments {
        timeout: 1200,
        memory: 2048,
        rebuild: false,
        command: words.to_vec(),
    };
    run(&arguments, repository)
}

/// The directory of the machine, made first when it isn't there.
fn ensure(root: &Path, rebuild: bool) -> Result<PathBuf> {
    if std::env::consts::ARCH != "x86_64" {
        bail!(
            "the VM is made for x86_64 only, this is {}",
            std::env::consts::ARCH
        );
    }
    let name = format!("vm-{}", hash(root));
    root::make_once(&name, rebuild, |partial, log| {
        let scratch = Scratch::create()?;
        let script = scratch.directory.join("make.sh");
        let init = scratch.directory.join("initramfs.sh");
        std::fs::write(&script, MAKE)?;
        std::fs::write(&init, INITRAMFS)?;
        let mut command = enter::in_namespaces("bash");
        command
            .arg(&script)
            .env("ROOT", root)
            .env("TARGET", partial)
            .env("TOOLS", TOOLS)
            .env("KERNEL", KERNEL)
            .env("INIT", init)
            .env("PROXY", mirror::apt_proxy().unwrap_or_default());
        root::run_logged(&mut command, log).context("the VM can't be made")
    })
}

/// Sixteen hexadecimal digits that change with whatever the machine is made from.
fn hash(root: &Path) -> String {
    let mut hasher = Sha256::new();
    let root = root.file_name().unwrap_or_default().to_string_lossy();
    for part in [&root, TOOLS, KERNEL, MAKE, INITRAMFS] {
        hasher.update(part);
        hasher.update([0]);
    }
    hex(&hasher.finalize()[..8])
}
