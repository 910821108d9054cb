//! x
use crate::http::Route;
/// t
pub const ROUTES: &[Route]=&[];
