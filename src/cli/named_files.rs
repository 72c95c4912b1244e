//! Files that a user names, with what is said about them while they are found and fetched.

use std::path::{Path, PathBuf};

use monowheel_error::{Result, text};
use monowheel_net::{Files, IndexOptions, NamedFiles};

use crate::cli::screen::{FAINT, Screen};

/// The files that were named; those of an index are not fetched yet.
pub(super) fn files(named: NamedFiles, options: &IndexOptions, screen: &Screen) -> Result<Files> {
    let files = named.files(options)?;
    for note in files.notes() {
        screen.note(text!("{}", note));
    }
    Ok(files)
}

/// The path of a file; one of an index is fetched into `folder`.
pub(super) fn path(files: &Files, name: &str, folder: &Path, screen: &Screen) -> Result<PathBuf> {
    if let Files::Served(_) = files {
        screen.note(FAINT.paint(text!("fetching {}", name)));
    }
    files.path(name, folder)
}
