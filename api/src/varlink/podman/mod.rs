//! `io.podman`
use super::failed::Failed;
use super::interface::Interface;
pub const INTERFACE: Interface = Interface {
    name: "io.podman",
    description: "interface io.podman\nmethod A() -> ()\n",
    methods: &[],
    missing: &["A"],
    refuse: Failed::for_engine,
};
