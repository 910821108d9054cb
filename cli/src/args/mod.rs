//! The command tree: one struct a verb, Podman's names, letters and defaults. Nothing here opens a
//! file or asks the engine; what can be judged from the command line alone is judged by each
//! struct's `validate()`, in Podman's order and words.
//!
//! `container/`, `image/`, `network/`, `pod/`, `volume/`, `system.rs`: the verbs by noun. `value/`: what flags hold. `parse.rs`:
//! from words to structs, and clap's complaints in Podman's words.

pub mod checkpoint;
pub mod container;
pub mod diagnose;
pub mod events;
pub mod globals;
pub mod health;
pub mod image;
pub mod inspect;
pub mod network;
pub mod parse;
pub mod pod;
pub mod seal;
pub mod selection;
pub mod system;
pub mod value;
pub mod volume;

use clap::{Parser, Subcommand};
pub use globals::{Globals, LogLevel};

/// What `cryopod` was asked to do.
#[derive(Debug, Parser)]
#[command(
    name = "cryopod",
    about = "Manage containers and images, and freeze containers to files",
    version = concat!("version ", env!("CARGO_PKG_VERSION")),
    subcommand_required = true,
    args_override_self = true,
    disable_version_flag = true,
)]
pub struct Cli {
    /// Flags that every command takes.
    #[command(flatten)]
    pub globals: Globals,
    /// The verb, or the noun and its verb.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands of the first level.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Manage containers
    #[command(subcommand)]
    Container(container::ContainerCommand),
    /// Manage checkpoints with names
    #[command(subcommand)]
    Checkpoint(checkpoint::CheckpointCommand),
    /// Manage images
    #[command(subcommand)]
    Image(image::ImageCommand),
    /// Manage networks
    #[command(subcommand)]
    Network(network::NetworkCommand),
    /// Manage pods
    #[command(subcommand)]
    Pod(pod::PodCommand),
    /// Manage volumes
    #[command(subcommand)]
    Volume(volume::VolumeCommand),
    /// Manage health checks on containers
    #[command(subcommand)]
    Healthcheck(health::HealthcheckCommand),
    /// Manage the engine
    #[command(subcommand)]
    System(system::SystemCommand),
    /// The container verbs that need no noun.
    #[command(flatten)]
    Verb(container::ContainerVerb),
    /// List containers
    Ps(container::Ps),
    /// Display the configuration of object denoted by ID
    Inspect(inspect::Inspect),
    /// List images in local storage
    Images(image::ImageList),
    /// Import a tarball to create a filesystem image
    Import(image::Import),
    /// Load image(s) from a tar archive
    Load(image::Load),
    /// Save image(s) to an archive
    Save(image::Save),
    /// Show history of a specified image
    History(image::History),
    /// Pull an image from a registry
    Pull(image::Pull),
    /// Push an image to a registry
    Push(image::Push),
    /// Log in to a container registry
    Login(image::Login),
    /// Log out of a container registry
    Logout(image::Logout),
    /// Remove one or more images from local storage
    Rmi(image::ImageRm),
    /// Add an additional name to a local image
    Tag(image::Tag),
    /// Remove a name from a local image
    Untag(image::Untag),
    /// Show events
    Events(events::Events),
    /// Show whether this host can freeze and thaw containers
    Doctor(system::Doctor),
    /// Display system information
    Info(system::Info),
    /// Display the version information
    Version(system::Version),
}
