//! Placeholder while being written.
use crate::suites::Tests;
pub const TESTS: Tests = &[];
