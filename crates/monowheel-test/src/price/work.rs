//! What is measured, once it is known which calls the module has.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// The statement that times pure Python in each process, as in time_calls.py.
pub(super) const CONTROL: &str = "control(1, 2)";

/// What time_calls.py and count_calls.py read, and find_calls.py writes.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Found {
    /// Statements that run before.
    pub(super) setup: String,
    /// Statements to measure.
    pub(super) calls: Vec<String>,
    /// A command to measure instead; it is the only call.
    #[serde(skip)]
    pub(super) command: Option<Vec<String>>,
    /// The directory in which the command runs.
    #[serde(skip)]
    pub(super) project: Option<PathBuf>,
}
