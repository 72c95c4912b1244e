//! Where the bytes of a wheel go: by member, and in each binary by section, crate, module and function.
//!
//! Nothing is run, and nothing is written. What cannot be read is said where its bytes are counted ([`Part::note`]),
//! so that sums are always those of the file. A binary whose symbols were stripped is counted by section alone.

mod against;
mod binary;
mod budget;
mod crates;
mod dist;
mod duplicates;
mod forecast;
mod member;
mod pairing;
mod sbom;
mod wasm;

pub use crate::image::demangle::Language;
pub use against::{Cause, CauseOf, Change};
pub use binary::{Part, SectionSize, Symbols};
pub use budget::OverBudget;
pub use crates::{CrateSize, FunctionSize, ModuleSize};
pub use dist::{BinarySize, DistSize};
pub use duplicates::Duplicate;
pub use forecast::Forecast;
pub use member::{KindSize, MemberKind, MemberSize};
pub use pairing::counterpart;

use std::path::Path;

use monowheel_audit::cancellable::Cancellable;
use monowheel_error::{ExitCode, Result};
use monowheel_system::exec::CancelToken;
use monowheel_wheel::source::File;
use serde::Serialize;

use crate::symbols::folder;

/// The version of the JSON form.
pub const SCHEMA: &str = "monowheel.size/1";

/// The sizes of one file or more.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// The version of monowheel.
    pub monowheel: &'static str,
    /// The files.
    pub files: Vec<DistSize>,
    /// The wheels that have more bytes than `[tool.monowheel.size]` allows.
    pub over_budget: Vec<OverBudget>,
    /// How far it is to the limits of the index.
    pub forecast: Forecast,
    /// The files that could not be read.
    pub failures: Vec<Failure>,
}

/// A file that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// Its path.
    pub place: String,
    /// Why, with the next step.
    pub why: String,
}

impl Report {
    /// The report of these files, with the budget of a wheel where there is one.
    #[must_use]
    pub fn of(files: Vec<DistSize>, failures: Vec<Failure>, max_wheel: Option<u64>) -> Self {
        let over_budget = files
            .iter()
            .filter(|file| file.is_wheel)
            .filter_map(|file| OverBudget::check(&file.file, file.bytes, max_wheel));
        Self {
            schema: SCHEMA,
            monowheel: monowheel_error::VERSION,
            over_budget: over_budget.collect(),
            forecast: Forecast::of(&files),
            files,
            failures,
        }
    }

    /// What a command that made this report ends with.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        match (self.failures.is_empty(), self.over_budget.is_empty()) {
            (false, _) => ExitCode::Incomplete,
            (true, false) => ExitCode::Findings,
            (true, true) => ExitCode::Clean,
        }
    }
}

/// Measures a wheel, or a shared library that is in none.
///
/// # Errors
/// When it cannot be read, is neither of these, or `stop` was set.
pub fn file(path: &Path, stop: &CancelToken) -> Result<DistSize> {
    let source = Cancellable::new(File::open(path)?, stop);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let measured = if name.to_ascii_lowercase().ends_with(".whl") {
        dist::wheel(&name, &source, &folder::beside(path), stop)
    } else {
        dist::bare(&name, &source)
    };
    let mut measured = measured.map_err(|error| error.at(path.display()))?;
    measured.place = path.display().to_string();
    Ok(measured)
}
