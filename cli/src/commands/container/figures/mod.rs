//! Verbs that show what containers do at the moment.

pub mod port;
pub mod stats;
mod stats_row;
pub mod top;
pub mod watch;

pub use stats_row::pod_row;
