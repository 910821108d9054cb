//! Clients of the engine's doors that other projects made, put into a new root: Debian's packages,
//! and below `/opt/clients` what no Debian package installs, each known by its hash.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use super::enter::in_namespaces;
use super::recipe::hex;
use super::root::run_logged;

/// What npm installs: exact versions with the hashes of their packages.
const NPM_LOCK: &str = include_str!("../../../tests/clients/package-lock.json");
const NPM_PACKAGE: &str = include_str!("../../../tests/clients/package.json");

/// The last source archive of docker-py that has its integration tests, which need a daemon only.
const DOCKER_PY: Archive = Archive {
    url: "https://files.pythonhosted.org/packages/25/14/7d40f8f64ceca63c741ee5b5611ead4fb8d3bcaf3e6ab57d2ab0f01712bc/docker-7.0.0.tar.gz",
    sha256: "323736fb92cd9418fc5e7133bc953e11a9da04f4483f828b527db553f1e7e5a3",
};

/// Installs what Debian has.
const INSTALL: &str = concat!(include_str!("apt.sh"), include_str!("clients.sh"));

/// Debian's package of Kubernetes' CRI description. Only its files are wanted, to generate a client
/// from; what it depends on is a hundred packages of Go.
const CRI_DESCRIPTION: &str = "golang-k8s-cri-api-dev";

/// Debian packages of the clients, and of what their own test suites need.
const PACKAGES: &[&str] = &[
    "docker-cli",
    "dbus",
    "polkitd",
    "systemd",
    "libglib2.0-bin",
    "kubernetes-client",
    "nodejs",
    "python3-dbus",
    "python3-docker",
    "python3-fixtures",
    "python3-grpc-tools",
    "python3-paramiko",
    "python3-podman",
    "python3-pytest",
    "python3-pytest-timeout",
    "python3-varlink",
    "python3-websocket",
];

struct Archive {
    url: &'static str,
    sha256: &'static str,
}

/// What a root's hash must follow.
pub fn identity() -> impl Iterator<Item = &'static str> {
    let others = [
        INSTALL,
        NPM_LOCK,
        NPM_PACKAGE,
        DOCKER_PY.sha256,
        CRI_DESCRIPTION,
    ];
    PACKAGES.iter().copied().chain(others)
}

/// Installs everything into the root; programs' output goes to the log.
pub fn install(root: &Path, log: &Path) -> Result<()> {
    debian(root, log).context("cannot install the clients that Debian has")?;
    let home = root.join("opt/clients");
    javascript(&home, log).context("cannot install the clients in JavaScript")?;
    unpack(&DOCKER_PY, &home, log).context("cannot unpack docker-py's tests")
}

/// Packages by the root's own apt, which checks signatures, and the description of CRI.
fn debian(root: &Path, log: &Path) -> Result<()> {
    run_logged(
        in_namespaces("bash")
            .args(["-c", INSTALL])
            .env("ROOT", root)
            .env("PACKAGES", PACKAGES.join(" "))
            .env("DESCRIPTION", CRI_DESCRIPTION)
            .env("PROXY", super::mirror::apt_proxy().unwrap_or_default()),
        log,
    )
}

/// `npm ci` of this machine, without any package's scripts.
fn javascript(home: &Path, log: &Path) -> Result<()> {
    fs::write(home.join("package.json"), NPM_PACKAGE)?;
    fs::write(home.join("package-lock.json"), NPM_LOCK)?;
    if Command::new("npm")
        .arg("--version")
        .stdout(Stdio::null())
        .status()
        .is_err()
    {
        run_logged(
            Command::new("apt-get").args(["install", "-q", "-y", "--no-install-recommends", "npm"]),
            log,
        )
        .context("npm is not there and cannot be installed")?;
    }
    run_logged(
        Command::new("npm")
            .args(["ci", "--ignore-scripts", "--omit=optional", "--no-audit"])
            .args(["--no-fund", "--no-update-notifier"])
            .current_dir(home),
        log,
    )
}

/// Downloads an archive, compares its hash and unpacks it into a directory of its own name.
fn unpack(archive: &Archive, home: &Path, log: &Path) -> Result<()> {
    let file = home.join("download.tar.gz");
    run_logged(
        Command::new("curl")
            .args(["-sSfL", "--retry", "3", "-o"])
            .arg(&file)
            .arg(archive.url),
        log,
    )?;
    let content = fs::read(&file)?;
    let digest = hex(&Sha256::digest(&content));
    if digest != archive.sha256 {
        bail!("{} has the hash {digest}", archive.url);
    }
    run_logged(
        Command::new("tar")
            .args(["--no-same-owner", "-xzf"])
            .arg(&file)
            .arg("-C")
            .arg(home),
        log,
    )?;
    fs::remove_file(file)?;
    Ok(())
}

/// The file of the root in which npm's clients are found, for a check of the whole.
pub fn marker() -> PathBuf {
    PathBuf::from("opt/clients/node_modules/dockerode/package.json")
}
