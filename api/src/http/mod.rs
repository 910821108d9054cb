//! HTTP as both interfaces use it: routes, queries, errors, bodies, streams, upgrades.

pub mod body;
pub mod call;
pub mod client;
pub mod detach;
pub mod dispatch;
pub mod failure;
pub mod frames;
pub mod path;
pub mod query;
pub mod reply;
pub mod route;
pub mod stream;

pub use call::Call;
pub use failure::Failure;
pub use query::Query;
pub use reply::Reply;
pub use route::{Body, Handler, Route};
