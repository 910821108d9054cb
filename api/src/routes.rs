//! All routes, as the documentation and its check see them.

pub use crate::http::route::Route;
use crate::{docker, libpod};

/// A door and its routes.
#[derive(Debug, Clone, Copy)]
pub struct Door {
    /// What it is called.
    pub name: &'static str,
    /// What stands before its patterns, version and all.
    pub prefix: &'static str,
    /// Its routes, in the order in which they are tried.
    pub routes: &'static [Route],
}

/// Every door.
pub const fn all() -> [Door; 2] {
    [
        Door {
            name: "libpod",
            prefix: "/v{version}/libpod",
            routes: libpod::ROUTES,
        },
        Door {
            name: "docker",
            prefix: "/v{version}",
            routes: docker::ROUTES,
        },
    ]
}
