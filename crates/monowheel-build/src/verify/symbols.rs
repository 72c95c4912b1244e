//! The line tables of a rebuild, for the wheel that was published.

use std::path::Path;

use monowheel_audit::gather;
use monowheel_error::Result;
use monowheel_system::hash::sha256;
use monowheel_system::{atomic_write, foreign_file};

use crate::held::Held;
use crate::normalize::members;
use crate::symbols::{FOLDER, folder, identity};

/// The largest wheel, and the largest file with line tables.
const MOST: u64 = 2 << 30;

/// Copies those whose ID a library of `wheel` has, from the rebuild's output directory `built` into `out`; returns their
/// paths there. The ID is derived from the content: a library with the same ID has the same code.
///
/// # Errors
/// When the wheel is damaged, and when a file cannot be read or written.
pub(super) fn taken(wheel: &Held, built: &Path, out: &Path) -> Result<Vec<String>> {
    let bytes = foreign_file::read(wheel.path(), MOST)?;
    if sha256(&bytes) != wheel.sha256() {
        return Ok(Vec::new());
    }
    let contents = members::read_without_record(&bytes)?;
    let libraries = contents.files.iter().filter(|file| gather::is_code(&file.path));
    let ids: Vec<String> = libraries
        .flat_map(|file| identity::slices(&file.bytes))
        .filter_map(identity::of)
        .map(|id| identity::text(&id))
        .collect();
    let mut taken = Vec::new();
    // The rebuild of a wheel without libraries has none either.
    for file in folder::files(built).unwrap_or_default().iter().filter(|file| ids.contains(&file.id)) {
        let name = file.path.file_name().unwrap_or_default().to_string_lossy();
        let path = format!("{FOLDER}/{}/{name}", file.wheel);
        let place = out.join(&path);
        place.parent().map(fs_err::create_dir_all).transpose()?;
        atomic_write::write(&place, foreign_file::read(&file.path, MOST)?)?;
        taken.push(path);
    }
    Ok(taken)
}
