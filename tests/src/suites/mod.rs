//! The suites, a file each; a test is a function of a host and has a line in its file's table.

mod bad_input;
mod checkpoint_images;
mod clients;
mod compat;
mod dbus;
mod endurance;
mod events;
mod failures;
mod faults;
mod freezing;
mod golden;
mod health;
mod hostile;
mod hostile_images;
mod inspections;
mod interop;
mod lifecycle;
mod network;
mod networks;
mod operating;
mod pods;
mod registry;
mod rest;
mod sealed;
mod shared_memory;
mod showing;
mod system_check;
mod varlink;
mod volume_mounts;
mod volumes;
mod workloads;

use crate::harness::Host;

/// A suite's tests.
pub type Tests = &'static [Test];

/// A test as its suite's table has it.
#[derive(Debug, Clone, Copy)]
pub struct Test {
    /// The function's name.
    pub name: &'static str,
    /// What it does; the host has the runtime.
    pub body: fn(&Host),
    /// Which runtimes it is run with.
    pub runtimes: Runtimes,
}

/// The runtimes of a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Runtimes {
    /// One after the other: the rule, for whatever a runtime may have a part in.
    Both,
    /// Either: what is tested comes before a runtime, or is the same to both.
    Once,
    /// This one: it does that itself, or the test says of both what is to be said.
    Only(&'static str),
}

/// All suites by name, in the order they run.
pub const ALL: &[(&str, Tests)] = &[
    ("lifecycle", lifecycle::TESTS),
    ("operating", operating::TESTS),
    ("checkpoint", freezing::checkpoint::TESTS),
    ("restore", freezing::restore::TESTS),
    ("catalogue", freezing::catalogue::TESTS),
    ("consistency", freezing::consistency::TESTS),
    ("all", freezing::all::TESTS),
    ("network", network::TESTS),
    // Before the firewall is flushed: what CNI made once for all would be made again.
    ("networks::cni", networks::cni::TESTS),
    ("networks", networks::TESTS),
    ("networks::addresses", networks::addresses::TESTS),
    ("networks::connections", networks::connections::TESTS),
    ("networks::failures", networks::failures::TESTS),
    ("options", freezing::options::TESTS),
    ("inspections", inspections::TESTS),
    ("travel", freezing::travel::TESTS),
    ("health", health::TESTS),
    ("events", events::TESTS),
    ("bad_input", bad_input::TESTS),
    ("hostile", hostile::TESTS),
    ("interop", interop::TESTS),
    ("checkpoint_images", checkpoint_images::TESTS),
    (
        "checkpoint_images::interop",
        checkpoint_images::interop::TESTS,
    ),
    ("sealed::encrypted", sealed::encrypted::TESTS),
    ("sealed::signed", sealed::signed::TESTS),
    ("sealed::policy", sealed::policy::TESTS),
    ("registry", registry::TESTS),
    ("registry::liar", registry::liar::TESTS),
    ("registry::interop", registry::interop::TESTS),
    ("sealed::interop", sealed::signed::INTEROP),
    ("shared_memory", shared_memory::TESTS),
    ("include_image", checkpoint_images::include_image::TESTS),
    ("containerd", checkpoint_images::containerd::TESTS),
    ("golden", golden::TESTS),
    ("hostile_images", hostile_images::TESTS),
    ("showing", showing::TESTS),
    ("showing::harm", showing::harm::TESTS),
    ("compat", compat::TESTS),
    ("system_check", system_check::TESTS),
    ("faults::crash", faults::crash::TESTS),
    ("faults::phases", faults::phases::TESTS),
    ("faults::stores", faults::stores::TESTS),
    ("faults::pods", faults::pods::TESTS),
    ("faults::calls", faults::calls::TESTS),
    ("faults::disk", faults::disk::TESTS),
    ("faults::criu", faults::criu::TESTS),
    ("faults::client", faults::client::TESTS),
    ("pods", pods::TESTS),
    ("pods::freezing", pods::freezing::TESTS),
    ("pods::whole", pods::whole::TESTS),
    ("rest::libpod", rest::libpod::TESTS),
    ("rest::docker", rest::docker::TESTS),
    ("rest::execs", rest::execs::TESTS),
    ("rest::verbs", rest::verbs::TESTS),
    ("rest::pouch", rest::pouch::TESTS),
    ("rest::registries", rest::registries::TESTS),
    ("rest::harm", rest::harm::TESTS),
    ("dbus::story", dbus::story::TESTS),
    ("dbus::harm", dbus::harm::TESTS),
    ("clients", clients::TESTS),
    ("clients::crowd", clients::crowd::TESTS),
    ("clients::foreign", clients::foreign::TESTS),
    ("clients::doors", clients::doors::TESTS),
    ("cri", clients::cri::TESTS),
    ("varlink::engine", varlink::engine::TESTS),
    ("varlink::podman", varlink::podman::TESTS),
    ("varlink::harm", varlink::harm::TESTS),
    ("varlink::clients", varlink::clients::TESTS),
    ("varlink::others", varlink::others::TESTS),
    ("volumes", volumes::TESTS),
    ("volume_mounts", volume_mounts::TESTS),
    ("workloads::kernel", workloads::kernel::TESTS),
    ("workloads::processes", workloads::processes::TESTS),
    ("workloads::programs", workloads::programs::TESTS),
    ("workloads::refused", workloads::refused::TESTS),
    ("workloads::trees", workloads::trees::TESTS),
    ("workloads::generations", workloads::generations::TESTS),
    ("failures::files", failures::files::TESTS),
    ("failures::host", failures::host::TESTS),
    ("failures::images", failures::images::TESTS),
    ("failures::names", failures::names::TESTS),
    ("failures::objects", failures::objects::TESTS),
    ("failures::processes", failures::processes::TESTS),
    ("failures::programs", failures::programs::TESTS),
    ("failures::sockets", failures::sockets::TESTS),
    ("precopy", freezing::precopy::TESTS),
    ("endurance", endurance::TESTS),
];

/// What takes too long to be run each time (`cargo xtask e2e --endurance`).
pub const ENDURANCE: &[(&str, Tests)] = &[("endurance", endurance::LONG)];

/// The suites of the virtual machine (`cargo xtask e2e --vm`): what needs its kernel, nothing else,
/// since everything takes ten times as long there.
pub const IN_VM: &[(&str, Tests)] = &[
    ("precopy", freezing::precopy::IN_VM),
    ("faults::phases", faults::phases::IN_VM),
    ("precopy_interop", freezing::precopy::INTEROP_IN_VM),
    ("operating", operating::IN_VM),
];

/// What CNI's plugins make once for all is there before the first test looks around.
pub fn prepare_cni(engine: &crate::harness::Engine) {
    networks::cni::prepare(engine);
}

/// The table of a suite from the names of its functions. Each is run with both runtimes, but for
/// those with a word before them: `once NAME` with either, `crun NAME` and `runc NAME` with that.
macro_rules! tests {
    (@runtimes) => { crate::suites::Runtimes::Both };
    (@runtimes once) => { crate::suites::Runtimes::Once };
    (@runtimes $runtime:ident) => { crate::suites::Runtimes::Only(stringify!($runtime)) };
    (@test $name:ident) => { crate::suites::tests!(@row $name,) };
    (@test $word:ident $name:ident) => { crate::suites::tests!(@row $name, $word) };
    (@row $name:ident, $($word:ident)?) => {
        crate::suites::Test {
            name: stringify!($name),
            body: $name,
            runtimes: crate::suites::tests!(@runtimes $($word)?),
        }
    };
    ($($first:ident $($second:ident)?),+ $(,)?) => {
        &[$(crate::suites::tests!(@test $first $($second)?)),+]
    };
}
use tests;

/// A script that prints 0, 1, 2 … ten times a second.
const COUNT_ALOUD: &str = "i=0; while :; do echo $i; i=$((i+1)); sleep 0.1; done";
