//! Image verbs: `cryopod image VERB`, and the short forms `images`, `rmi`, `import`, `load`,
//! `save`, `history`, `pull`, `push`, `tag`, `untag`, `login`, `logout`.

mod history;
mod list;
mod load;
mod prune;
mod registry;
mod rm;
mod save;
mod tag;

pub use history::History;
pub use list::ImageList;
pub use load::{Import, Load};
pub use prune::ImagePrune;
pub use registry::{AccessFlags, Login, Logout, Pull, Push};
pub use rm::ImageRm;
pub use save::Save;
pub use tag::{Tag, Untag};

use clap::{Args, Subcommand};

/// The verbs of `cryopod image`.
#[derive(Debug, Subcommand)]
pub enum ImageCommand {
    /// List images in local storage
    #[command(visible_alias = "ls")]
    List(ImageList),
    /// Remove one or more images from local storage
    Rm(ImageRm),
    /// Import a tarball to create a filesystem image
    Import(Import),
    /// Load image(s) from a tar archive
    Load(Load),
    /// Save image(s) to an archive
    Save(Save),
    /// Show history of a specified image
    History(History),
    /// Remove unused images
    Prune(ImagePrune),
    /// Pull an image from a registry
    Pull(Pull),
    /// Push an image to a registry
    Push(Push),
    /// Add an additional name to a local image
    Tag(Tag),
    /// Remove a name from a local image
    Untag(Untag),
    /// Display the configuration of an image
    Inspect(ImageInspect),
    /// Check if an image exists in local storage
    Exists(ImageExists),
}

/// Flags of `image inspect`.
#[derive(Debug, Args)]
pub struct ImageInspect {
    /// Format the output to a Go template or json
    #[arg(short, long, value_name = "FORMAT", default_value = "json")]
    pub format: String,
    /// The images.
    #[arg(value_name = "IMAGE [IMAGE...]")]
    pub names: Vec<String>,
}

/// Flags of `image exists`: none; exit status 0 or 1 is the answer.
#[derive(Debug, Args)]
pub struct ImageExists {
    /// The image.
    #[arg(value_name = "IMAGE")]
    pub names: Vec<String>,
}
