//! How a container is asked whether it is well, and what it answered: Podman's and Docker's health
//! checks, with their JSON keys.

use serde::{Deserialize, Serialize};

/// A health check (OCI image configuration of Docker, `Healthcheck`); times in nanoseconds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Healthcheck {
    /// `["NONE"]`, `["CMD", program, arguments…]` or `["CMD-SHELL", line]`.
    pub test: Vec<String>,
    /// Failures are not counted during this time after the start, nanoseconds.
    #[serde(skip_serializing_if = "is_zero")]
    pub start_period: u64,
    /// Time between two checks, nanoseconds; 0: none runs by itself.
    #[serde(skip_serializing_if = "is_zero")]
    pub interval: u64,
    /// A check that takes longer has failed, nanoseconds.
    #[serde(skip_serializing_if = "is_zero")]
    pub timeout: u64,
    /// Failures in a row that make it unhealthy.
    #[serde(skip_serializing_if = "no_retries")]
    pub retries: u32,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde's skip_serializing_if passes &T"
)]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde's skip_serializing_if passes &T"
)]
fn no_retries(number: &u32) -> bool {
    *number == 0
}
