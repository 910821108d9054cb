//! From a checkpoint to a running container: unpack, find the image, thaw, consume.

pub mod base_image;
pub mod bounds;
pub mod consume;
pub mod foreign;
pub mod imported_record;
pub mod imported_spec;
pub mod lazy_pages;
pub mod put_back;
pub mod thaw;
pub mod thaw_again;
pub mod trust;
pub mod unpack;
pub mod whole_pod;
