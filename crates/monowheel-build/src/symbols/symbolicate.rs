//! The frames of a crash report with their functions, files and lines.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::foreign_file;
use serde::Serialize;

use crate::symbols::folder::SymbolFile;
use crate::symbols::identity;
use crate::symbols::report::{Frame, Loaded, Report};
use crate::symbols::resolve::{Address, Place, extent, places};

/// The version of the document.
pub const SCHEMA: &str = "monowheel.symbolicate/1";
/// The largest library that is read for its ID.
const MOST: u64 = 1 << 30;

/// A report with what its frames stand for.
#[derive(Clone, Debug, Serialize)]
pub struct Symbolicated {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// The frames, in their order; without those that can be something else than a frame.
    pub frames: Vec<Resolved>,
    /// Addresses for which the report does not say which library is there.
    pub unplaced: usize,
    /// Whether the report has more frames than were read.
    pub is_cut: bool,
}

/// A frame.
#[derive(Clone, Debug, Serialize)]
pub struct Resolved {
    /// What the report says.
    #[serde(flatten)]
    pub frame: Frame,
    /// The wheel whose library it is in, without its suffix.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wheel: Option<String>,
    /// The functions, those that were inlined first.
    pub places: Vec<Place>,
    /// Why a frame of one of the wheels' libraries has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

impl Symbolicated {
    /// How many frames have a function.
    #[must_use]
    pub fn resolved(&self) -> usize {
        self.frames.iter().filter(|frame| !frame.places.is_empty()).count()
    }

    /// How many frames of the wheels' libraries have none.
    #[must_use]
    pub fn failed(&self) -> usize {
        self.frames.iter().filter(|frame| frame.why.is_some()).count()
    }
}

/// Looks up the frames of `report` in `files`; of several files for one library, in that of the wheel whose name
/// contains `wheel`.
///
/// # Errors
/// When a file cannot be read, and [`ErrorKind::Usage`] when several files could be meant.
pub fn symbolicate(report: Report, files: &[SymbolFile], wheel: Option<&str>) -> Result<Symbolicated> {
    let mut ids: BTreeMap<String, Option<String>> = BTreeMap::new();
    let mut frames: Vec<Resolved> = Vec::with_capacity(report.frames.len());
    let mut wanted: BTreeMap<&Path, Vec<(usize, Address)>> = BTreeMap::new();
    for mut frame in report.frames {
        if frame.id.is_none() && frame.module.starts_with('/') {
            // The library may still be here; its ID says which build it is of.
            frame.id = ids.entry(frame.module.clone()).or_insert_with_key(|path| id_of(Path::new(path))).clone();
        }
        let (file, why) = match choose(&frame, files, wheel)? {
            Choice::File(file) => (Some(file), None),
            Choice::NotOurs if frame.is_guess => continue,
            Choice::NotOurs => (None, None),
            Choice::Other(why) => (None, Some(why)),
        };
        if let Some(file) = file {
            wanted.entry(&file.path).or_default().push((frames.len(), frame.address));
        }
        frames.push(Resolved { frame, wheel: file.map(|file| file.wheel.clone()), places: Vec::new(), why });
    }
    for file in files {
        let Some(wanted) = wanted.get(file.path.as_path()) else { continue };
        let addresses: Vec<Address> = wanted.iter().map(|(_, address)| *address).collect();
        let found = places(&file.read()?, &addresses).map_err(|error| error.at(file.path.display()))?;
        for ((index, _), places) in wanted.iter().zip(found) {
            if places.is_empty() {
                frames[*index].why = Some("no function is at this address of the library".to_owned());
            }
            frames[*index].places = places;
        }
    }
    Ok(Symbolicated { schema: SCHEMA, frames, unplaced: report.unplaced, is_cut: report.is_cut })
}

/// The libraries that were loaded at `bases`, a name and an address each, for a report that does not say it.
///
/// # Errors
/// As [`symbolicate`], and [`ErrorKind::Usage`] when there are no line tables of a library with this name.
pub fn loaded(bases: &[(String, u64)], files: &[SymbolFile], wheel: Option<&str>) -> Result<Vec<Loaded>> {
    let one = |(module, start): &(String, u64)| {
        let address = Address::FromBase(0);
        let frame = Frame { line: 0, text: String::new(), module: module.clone(), address, id: None, is_guess: false };
        let Choice::File(file) = choose(&frame, files, wheel)? else {
            let known: BTreeSet<&str> = files.iter().map(|file| file.module.as_str()).collect();
            let known: Vec<&str> = known.into_iter().collect();
            return Err(Error::new(ErrorKind::Usage, format!("there are no line tables of {module}"))
                .next(format!("name one of: {}", known.join(", "))));
        };
        let length = extent(&file.read()?).map_err(|error| error.at(file.path.display()))?;
        Ok(Loaded { module: file.module.clone(), start: *start, end: start.saturating_add(length) })
    };
    bases.iter().map(one).collect()
}

/// The line tables for a frame.
enum Choice<'f> {
    File(&'f SymbolFile),
    /// The library is in none of the wheels.
    NotOurs,
    /// It is, but in another build.
    Other(String),
}

fn choose<'f>(frame: &Frame, files: &'f [SymbolFile], wheel: Option<&str>) -> Result<Choice<'f>> {
    let mut named: Vec<&SymbolFile> = files.iter().filter(|file| is_named(frame, file)).collect();
    if let Some(wheel) = wheel {
        named.retain(|file| file.wheel.contains(wheel));
    }
    if named.is_empty() {
        return Ok(Choice::NotOurs);
    }
    if let Some(id) = &frame.id {
        // A PE in a report may have its age after the GUID.
        let same = named.iter().find(|file| file.id.eq_ignore_ascii_case(id));
        return Ok(same.map_or_else(|| Choice::Other(other_build(id, &named)), |file| Choice::File(file)));
    }
    // macOS reports have an ID.
    if named.iter().any(|file| file.wheel.contains("linux")) {
        named.retain(|file| !file.wheel.contains("macosx"));
    }
    match named.as_slice() {
        [one] => Ok(Choice::File(one)),
        several => {
            let wheels: Vec<&str> = several.iter().map(|file| file.wheel.as_str()).collect();
            let what = format!("the report does not say which build {} is of", frame.file_name());
            let example = wheels.first().and_then(|wheel| wheel.rsplit('-').next()).unwrap_or_default();
            Err(Error::new(ErrorKind::Usage, format!("{what}: it is in {}", wheels.join(", ")))
                .next(format!("name a part of the wheel that was installed, such as `--wheel {example}`")))
        }
    }
}

/// Whether a frame's library has the file's name; debuggers for Windows leave out the suffix.
fn is_named(frame: &Frame, file: &SymbolFile) -> bool {
    let name = frame.file_name();
    let stem = file.module.strip_suffix(".pyd").or_else(|| file.module.strip_suffix(".dll"));
    name.eq_ignore_ascii_case(&file.module) || stem.is_some_and(|stem| name.eq_ignore_ascii_case(stem))
}

fn other_build(id: &str, named: &[&SymbolFile]) -> String {
    let known: Vec<String> = named.iter().map(|file| format!("{} ({})", file.id, file.wheel)).collect();
    format!("the crash is of another build, {id}; these line tables are of {}", known.join(", "))
}

fn id_of(path: &Path) -> Option<String> {
    let bytes = foreign_file::read(path, MOST).ok()?;
    // Of a fat file, the report does not say which slice ran.
    let slices = identity::slices(&bytes);
    let [one] = slices.as_slice() else { return None };
    identity::of(one).map(|id| identity::text(&id))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0123456789abcdef0123456789abcdef";

    fn file(wheel: &str, module: &str, id: &str) -> SymbolFile {
        SymbolFile { path: wheel.into(), module: module.to_owned(), id: id.to_owned(), wheel: wheel.to_owned() }
    }

    fn frame(module: &str, id: Option<&str>) -> Frame {
        Frame {
            line: 1,
            text: String::new(),
            module: module.to_owned(),
            address: Address::FromBase(1),
            id: id.map(str::to_owned),
            is_guess: false,
        }
    }

    fn chosen(frame: &Frame, files: &[SymbolFile], wheel: Option<&str>) -> String {
        match choose(frame, files, wheel) {
            Ok(Choice::File(file)) => file.wheel.clone(),
            Ok(Choice::NotOurs) => "not ours".to_owned(),
            Ok(Choice::Other(why)) => why,
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_library_is_found_by_its_id_and_by_its_name() {
        let other = ID.replace('0', "f");
        let files = [
            file("x-1-cp38-abi3-manylinux_2_17_x86_64", "_x.abi3.so", ID),
            file("x-1-cp38-abi3-manylinux_2_17_aarch64", "_x.abi3.so", &other),
            file("x-1-cp38-abi3-win_amd64", "_x.pyd", ID),
        ];
        let x86 = &files[0].wheel;
        assert_eq!(&chosen(&frame("/v/_x.abi3.so", Some(ID)), &files, None), x86);
        assert_eq!(&chosen(&frame("/v/_x.abi3.so", None), &files, Some("x86_64")), x86);
        assert_eq!(chosen(&frame(r"C:\v\_X.pyd", None), &files, None), files[2].wheel);
        assert_eq!(chosen(&frame("_x", None), &files, None), files[2].wheel);
        assert_eq!(chosen(&frame("/usr/lib/libc.so.6", None), &files, None), "not ours");
        let ambiguous = chosen(&frame("/v/_x.abi3.so", None), &files, None);
        assert!(ambiguous.contains("such as `--wheel manylinux_2_17_x86_64`"), "{ambiguous}");
        let stale = chosen(&frame("/v/_x.abi3.so", Some("77777777777777777777")), &files, None);
        assert!(stale.contains("another build, 77777777777777777777; these line tables are of 0123"), "{stale}");
    }
}
