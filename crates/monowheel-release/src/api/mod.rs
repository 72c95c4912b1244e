//! The Python API of distributions before they are released, compared with the release before.

mod baseline;
mod side;

use std::path::{Path, PathBuf};

use monowheel_api::comparison::Comparison;
use monowheel_api::surface::Note;
use monowheel_api::{diff, set};
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_net::{Files, IndexOptions, NamedFiles};
use monowheel_project::config::Configuration;
use monowheel_system::exec::CancelToken;

pub use side::{Side, no_python, read, representatives};

use crate::api::baseline::baseline;

/// What a comparison needs besides the project.
#[derive(Clone, Debug, Default)]
pub struct Means {
    /// The interpreter whose parser reads stubs.
    pub python: Option<PathBuf>,
    /// The index that has the release before.
    pub index: IndexOptions,
}

/// A release, compared with the one before.
#[derive(Clone, Debug)]
pub struct Compared {
    /// The release before, as it is named.
    pub against: String,
    /// The verdict.
    pub comparison: Comparison,
    /// What is not known of either.
    pub notes: Vec<Note>,
}

/// Compares the wheels in a directory with the `baseline` of `[tool.monowheel.api]`; `None` when the index has no release
/// before this version.
///
/// # Errors
/// When either cannot be read, or has nothing that can be compared.
pub(crate) fn compare(
    configuration: &Configuration,
    named: &str,
    (name, version): (&str, &str),
    folder: &Path,
    means: &Means,
    stop: &CancelToken,
) -> Result<Option<Compared>> {
    let python = means.python.as_deref().ok_or_else(no_python)?;
    let index = IndexOptions { stop: stop.clone(), ..means.index.clone() };
    let Some((against, before)) = baseline(named, configuration, (name, version), &index)? else { return Ok(None) };
    let after = NamedFiles::parse(folder)?.files(&index)?;
    let kept = tempfile::Builder::new().prefix("monowheel-api-").tempdir()?;
    let (old_wheel, new_wheel) = representatives(before.names(), after.names());
    let path = |files: &Files, wheel: Option<String>, folder: &str| {
        files.path(&wheel.unwrap_or_default(), &kept.path().join(folder))
    };
    let old = read(&before, path(&before, old_wheel, "old")?, python, stop)?;
    let new = read(&after, path(&after, new_wheel, "new")?, python, stop)?;
    for side in [&old, &new] {
        if side.surface.modules.is_empty() {
            return Err(Error::new(ErrorKind::Tool, "nothing of its API can be read")
                .at(&side.read)
                .next("add stubs to the wheels: monowheel api stubs"));
        }
    }
    let mut changes = diff::changes(&old.surface, &new.surface);
    if let (Some(old), Some(new)) = (&old.wheels, &new.wheels) {
        changes.extend(set::changes(old, new));
    }
    let allow = &configuration.config.api.allow;
    let comparison = Comparison::of(changes, allow, old.version.as_deref(), new.version.as_deref());
    let notes = old.surface.notes.into_iter().chain(new.surface.notes).collect();
    Ok(Some(Compared { against, comparison, notes }))
}
