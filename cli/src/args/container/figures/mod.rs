//! Verbs that show what containers do at the moment.

mod port;
mod stats;
mod top;

pub use port::{Port, Whose};
pub use stats::Stats;
pub use top::Top;
