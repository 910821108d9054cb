//! `tag`, `untag`.

use crate::args::image::{Tag, Untag};
use crate::commands::{Opener, Outcome};
use libcr::ops::images::tag;

/// Gives an image further names; says nothing.
pub fn tag(opener: &Opener, flags: &Tag) -> Outcome {
    let (image, names) = flags.validate()?;
    tag::tag(&opener.open()?, image, names)?;
    Ok(0)
}

/// Takes names from an image; says nothing.
pub fn untag(opener: &Opener, flags: &Untag) -> Outcome {
    let (image, names) = flags.validate()?;
    tag::untag(&opener.open()?, image, names)?;
    Ok(0)
}
