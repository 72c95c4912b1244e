//! Normalizing: makes the bytes of maturin's wheel depend only on the source, the lock file and the tools.
//!
//! ```text
//! wheel(bytes, recipe)
//!   ├ members   archive → files in memory; ambiguous, signed or inconsistent archives are refused
//!   ├ code      each library and program, by its bytes:
//!   │   ├ macho   per slice: unused symbols removed, LC_UUID from content, signed ad hoc again
//!   │   ├ pe      time stamps, debug GUIDs and the checksum from content
//!   │   └ elf     build-id from content
//!   ├ sbom      no timestamp, no path of this machine, the serial number from content
//!   ├ METADATA  Import-Name and Import-Namespace of the sdist (PEP 794)
//!   ├ extra     files for the .dist-info, such as the recipe of the build
//!   ├ record    RECORD, again
//!   └ zip       one order, one time, two modes, the smallest deflate
//! ```
//!
//! Every step is a pure function on bytes. None changes what a loader maps as code or data, and what
//! the reader of [`binary`](monowheel_wheel::binary) sees of a library before and after is compared: a
//! difference is an error, not a wheel. Parts that a step does not know are left alone, as recorded in
//! [`Finished::steps`]. Normalizing twice gives the same result as normalizing once.

pub(crate) mod code;
mod elf;
pub(crate) mod macho;
pub(crate) mod members;
pub(crate) mod pe;
mod record;
pub(crate) mod sbom;
mod zip;

use monowheel_audit::gather;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::check_signals;
use monowheel_system::threads;
use monowheel_wheel::import_names::ImportNames;
use rayon::prelude::*;
use serde::Serialize;

use crate::normalize::members::{Contents, File};

pub use macho::hide::hide;

/// Part of a normalized wheel's key: increase it when the output changes.
pub(crate) const REVISION: &str = "2: the sdist's import names";

/// The inputs of normalizing besides the wheel.
#[derive(Clone, Debug, Default)]
pub struct Recipe {
    /// Files to add to the `.dist-info`: the name there (`monowheel.json`) and the bytes. An existing file of that
    /// name is replaced.
    pub extra: Vec<(String, Vec<u8>)>,
    /// Directories of this machine that an SBOM may name (`/tmp/x/demo-1.0`), and their replacements
    /// (`demo`). If several match, the longest counts.
    pub paths: Vec<(String, String)>,
    /// The import names for METADATA, if it has none.
    pub import_names: Option<ImportNames>,
    /// Whether to remove Mach-O symbols that neither the loader nor the linker needs.
    pub strip: bool,
    /// Seconds since 1970 (`SOURCE_DATE_EPOCH`) for all members; 1980-01-01 without one.
    pub time: Option<u64>,
}

/// A normalized wheel.
#[derive(Clone, Debug)]
pub struct Finished {
    /// The wheel.
    pub bytes: Vec<u8>,
    /// The steps, including those not taken, by member in the order of the archive.
    pub steps: Vec<Step>,
}

/// A step that was applied to a member, or not applied for a reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// The member's path; `None` for the archive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// In words: `LC_UUID from content`.
    pub what: String,
}

/// Normalizes a wheel.
///
/// # Errors
/// [`ErrorKind::Format`] when the wheel is damaged, ambiguous, signed, or does not match its own RECORD, or
/// when a step would change what a loader sees; [`ErrorKind::Usage`] when the recipe names a file that
/// cannot be in a `.dist-info`.
pub fn wheel(bytes: &[u8], recipe: &Recipe) -> Result<Finished> {
    let Contents { mut files, info, mut steps } = members::read(bytes)?;
    for (name, content) in &recipe.extra {
        add(&mut files, &info, name, content, &mut steps)?;
    }
    if let Some(names) = &recipe.import_names {
        let metadata = format!("{info}/METADATA");
        for file in files.iter_mut().filter(|file| file.path == metadata) {
            let written = names.written(&file.bytes);
            if written != file.bytes {
                file.bytes = written;
                steps.push(Step { member: Some(metadata.clone()), what: "Import-Name of the sdist".to_owned() });
            }
        }
    }
    threads::ready()?;
    let done: Vec<Vec<Step>> = files.par_iter_mut().map(|file| finish(file, &info, recipe)).collect::<Result<_>>()?;
    steps.extend(done.into_iter().flatten());
    steps.sort_by(|a, b| {
        let key = |step: &Step| step.member.as_ref().map(|path| (place(path, &info).0, path.clone()));
        key(a).cmp(&key(b))
    });
    Ok(Finished { bytes: packed(files, &info, recipe.time)?, steps })
}

/// The wheel of these files, which have no RECORD yet.
///
/// # Errors
/// When it would be too large for an archive that every installer can read.
pub(crate) fn packed(mut files: Vec<File>, info: &str, time: Option<u64>) -> Result<Vec<u8>> {
    files.sort_by(|a, b| place(&a.path, info).cmp(&place(&b.path, info)));
    let record = format!("{info}/RECORD");
    let rows = record::write(&files, &record);
    files.push(File { path: record, bytes: rows, executable: false });
    zip::write(&files, time)
}

/// The position of a member: those of the `.dist-info` after all others, as PEP 427 recommends.
fn place<'a>(path: &'a str, info: &str) -> (bool, &'a str) {
    (path.strip_prefix(info).is_some_and(|rest| rest.starts_with('/')), path)
}

/// Every step for this file.
fn finish(file: &mut File, info: &str, recipe: &Recipe) -> Result<Vec<Step>> {
    check_signals()?;
    let step = |what: String| Step { member: Some(file.path.clone()), what };
    let inside = file.path.strip_prefix(info).and_then(|rest| rest.strip_prefix("/sboms/"));
    let done = if inside.is_some_and(|name| name.to_ascii_lowercase().ends_with(".json")) {
        sbom::finish(&file.bytes, &recipe.paths)
    } else if gather::is_code(&file.path) {
        code::finish(&file.bytes, recipe.strip).map_err(|error| error.at(&file.path))?
    } else {
        return Ok(Vec::new());
    };
    let steps = done.said.into_iter().map(step).collect();
    if let Some(bytes) = done.bytes {
        file.bytes = bytes;
    }
    Ok(steps)
}

/// The result of a step on a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Done {
    /// The new bytes; `None` if they are unchanged.
    pub(crate) bytes: Option<Vec<u8>>,
    /// The changes, or why there are none, in words.
    pub(crate) said: Vec<String>,
}

/// Adds a file to the `.dist-info`.
fn add(files: &mut Vec<File>, info: &str, name: &str, content: &[u8], steps: &mut Vec<Step>) -> Result<()> {
    let is_ours = matches!(name, "RECORD" | "METADATA" | "WHEEL" | "entry_points.txt");
    let is_name = |part: &str| !matches!(part, "" | "." | "..") && !part.contains(['\\', ':', '\0']);
    if is_ours || !name.split('/').all(is_name) {
        return Err(Error::new(
            ErrorKind::Usage,
            format!("{name:?} is not a valid name for a file added to .dist-info"),
        )
        .at(info)
        .next("use a different name, such as `monowheel.json`"));
    }
    let path = format!("{info}/{name}");
    if files.iter().any(|file| file.path != path && file.path.eq_ignore_ascii_case(&path)) {
        return Err(Error::new(ErrorKind::Usage, format!("{name:?} differs only in case from an existing file"))
            .at(info)
            .next("use a different name, such as `monowheel.json`"));
    }
    let step = |what: &str| Step { member: Some(path.clone()), what: what.to_owned() };
    if let Some(file) = files.iter_mut().find(|file| file.path == path) {
        if file.bytes != content {
            steps.push(step("replaced"));
            content.clone_into(&mut file.bytes);
        }
        return Ok(());
    }
    steps.push(step("added"));
    files.push(File { path, bytes: content.to_owned(), executable: false });
    Ok(())
}
