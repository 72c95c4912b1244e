//! Names of the frames of stripped libraries, by the line tables that a build kept.

use std::collections::BTreeMap;
use std::path::Path;

use monowheel_build::symbols::folder::SymbolFile;
use monowheel_build::symbols::identity;
use monowheel_build::symbols::resolve::{Address, Place, places};
use monowheel_error::text::count;
use monowheel_system::foreign_file;
use serde::Serialize;

use super::{Frame, Language, Thread};
use crate::frames;

/// A library of which more is not read.
const MOST: u64 = 1 << 30;

/// A library whose frames have no names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unnamed {
    /// Its path.
    pub library: String,
    /// How many frames.
    pub frames: usize,
    /// The reason.
    pub why: String,
}

impl Unnamed {
    /// `2 frames of _x.abi3.so have no names: …`.
    #[must_use]
    pub fn sentence(&self) -> String {
        let name = self.library.rsplit('/').next().unwrap_or(&self.library);
        let have = if self.frames == 1 { "has no name" } else { "have no names" };
        format!("{} of {name} {have}: {}", count(self.frames, "frame"), self.why)
    }
}

/// Names the frames that have none: a frame becomes those of all functions that were inlined there. `root` is the root
/// directory of the process. Returns the libraries that stay without names.
pub(super) fn name(threads: &mut [Thread], symbols: &[SymbolFile], root: &Path) -> Vec<Unnamed> {
    let (mut named, mut unnamed) = (Named::new(), Vec::new());
    for (library, addresses) in wanted(threads) {
        match found(&library, &addresses, symbols, root) {
            Ok(found) => named.extend(addresses.iter().map(|address| (library.clone(), *address)).zip(found)),
            Err(why) => unnamed.push(Unnamed { library, frames: addresses.len(), why }),
        }
    }
    for thread in threads {
        let frames = std::mem::take(&mut thread.frames).into_iter().enumerate();
        thread.frames = frames.flat_map(|(depth, frame)| with_names(depth, frame, &named)).collect();
    }
    unnamed
}

/// What the addresses of libraries stand for.
type Named = BTreeMap<(String, u64), Vec<Place>>;

/// The addresses without a name, by library.
fn wanted(threads: &[Thread]) -> BTreeMap<String, Vec<u64>> {
    let mut wanted: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for (depth, frame) in threads.iter().flat_map(|thread| thread.frames.iter().enumerate()) {
        if let Some(address) = address(depth, frame) {
            wanted.entry(frame.library.clone()).or_default().push(address);
        }
    }
    wanted
}

/// Where the code of a frame without a name is; of a caller, where it calls.
fn address(depth: usize, frame: &Frame) -> Option<u64> {
    let is_nameless = frame.language == Language::Native && frame.function.is_empty();
    let at = frame.address.filter(|_| is_nameless && !frames::is_system(&frame.library))?;
    Some(if depth == 0 { at } else { at.saturating_sub(1) })
}

/// The frames that a frame stands for.
fn with_names(depth: usize, frame: Frame, named: &Named) -> Vec<Frame> {
    let known = address(depth, &frame).and_then(|address| named.get(&(frame.library.clone(), address)));
    let Some(places) = known.filter(|places| !places.is_empty()) else { return vec![frame] };
    let of = |place: &Place| Frame {
        function: frames::name(&place.function),
        file: place.file.clone().unwrap_or_default(),
        line: place.line.unwrap_or_default(),
        ..frame.clone()
    };
    places.iter().map(of).collect()
}

/// The functions at addresses of a library, or why they are not known.
fn found(library: &str, addresses: &[u64], symbols: &[SymbolFile], root: &Path) -> Result<Vec<Vec<Place>>, String> {
    let path = root.join(library.trim_start_matches('/'));
    let bytes = foreign_file::read(&path, MOST).map_err(|error| format!("it cannot be read: {error}"))?;
    let id = identity::of(&bytes).ok_or("it is stripped, and has no ID by which its line tables could be found")?;
    let id = identity::text(&id);
    let file = symbols.iter().find(|file| file.id == id);
    let file =
        file.ok_or_else(|| format!("it is stripped, and there are no line tables of this build of it ({id})"))?;
    let addresses: Vec<Address> = addresses.iter().copied().map(Address::FromBase).collect();
    file.read().and_then(|tables| places(&tables, &addresses)).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn native(function: &str, library: &str, address: Option<u64>) -> Frame {
        Frame {
            language: Language::Native,
            function: function.to_owned(),
            file: String::new(),
            line: 0,
            library: library.to_owned(),
            address,
            source: String::new(),
            variables: Vec::new(),
        }
    }

    #[test]
    fn only_frames_without_a_name_are_looked_up_and_a_caller_where_it_calls() {
        let frames = vec![
            native("", "/v/x.so", Some(0x10)),
            native("", "/v/x.so", Some(0x20)),
            native("known", "/v/x.so", Some(0x30)),
            native("", "/lib/libc.so.6", Some(0x40)),
            native("", "/v/y.so", None),
        ];
        let thread = Thread { id: 1, name: String::new(), gil: None, waits: None, frames };
        let expected = [("/v/x.so".to_owned(), vec![0x10, 0x1f])];
        assert_eq!(wanted(&[thread]).into_iter().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_frame_becomes_all_functions_that_are_inlined_there() {
        let place = |function: &str, line| Place {
            function: function.to_owned(),
            file: Some("/source/x/src/lib.rs".to_owned()),
            line: Some(line),
            inlined: line == 1,
        };
        let places = vec![place("x::inner", 1), place("x::outer", 2)];
        let named = Named::from([(("/v/x.so".to_owned(), 0x10), places)]);
        let frames = with_names(0, native("", "/v/x.so", Some(0x10)), &named);
        let labels: Vec<String> = frames.iter().map(Frame::label).collect();
        assert_eq!(labels, ["x::inner (/source/x/src/lib.rs:1)", "x::outer (/source/x/src/lib.rs:2)"]);
        assert_eq!(with_names(0, native("", "/v/x.so", Some(0x11)), &named).len(), 1);
    }

    #[test]
    fn a_library_that_stays_without_names_says_why() {
        let folder = tempfile::tempdir().unwrap();
        fs_err::write(folder.path().join("x.so"), "no library").unwrap();
        let frames = vec![native("", "/x.so", Some(1)), native("", "/gone.so", Some(2))];
        let mut threads = [Thread { id: 1, name: String::new(), gil: None, waits: None, frames }];
        let unnamed = name(&mut threads, &[], folder.path());
        let said: Vec<String> = unnamed.iter().map(Unnamed::sentence).collect();
        assert!(said[0].starts_with("1 frame of gone.so has no name: it cannot be read: "), "{said:?}");
        let expected =
            "1 frame of x.so has no name: it is stripped, and has no ID by which its line tables could be found";
        assert_eq!(said[1], expected);
        assert_eq!(threads[0].frames.len(), 2);
    }
}
