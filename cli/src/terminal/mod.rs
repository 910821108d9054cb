//! The caller's standard streams joined with a container's, until it ends or the user detaches.
//! One thread waits for output, input, window sizes and signals at once, so that nothing overtakes.

mod detach;
mod raw;
mod session;

pub use session::{Ended, Session};
