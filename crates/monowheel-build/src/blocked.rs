//! Why a wheel of a plan cannot be built.

use serde::Serialize;

/// Why a job cannot be built.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Blocked {
    /// The reason.
    pub why: String,
    /// The command that fixes it.
    pub next_step: String,
}
