//! How dyld finds a library.

use monowheel_wheel::binary::Slice;
use monowheel_wheel::platform::macos;

use crate::facts::BinaryFacts;
use crate::rules::platform::reach::{Reach, Where, key, resolve};

impl Reach<'_> {
    /// Where the library `name` of a Mach-O slice is. Libraries of macOS are not handled here.
    pub(in crate::rules::platform) fn find_dylib(&self, binary: &BinaryFacts, slice: &Slice, name: &str) -> Where {
        if let Some(path) = name.strip_prefix("@rpath/") {
            let runs = |is: fn(&str) -> bool| slice.run_paths.iter().any(|folder| is(folder));
            // `/usr/lib/swift` of Swift's own libraries.
            if runs(|folder| macos::is_system(&format!("{folder}/"))) {
                return Where::Found;
            }
            return match self.find(binary, slice, path) {
                Where::Absent if runs(|folder| folder.starts_with("@executable_path")) => Where::Elsewhere,
                place => place,
            };
        }
        let place = if name.starts_with("@loader_path") {
            match resolve(binary, name) {
                Some(path) if self.files.contains(path.as_str()) => Where::Found,
                Some(_) => Where::Absent,
                None => Where::Elsewhere,
            }
        } else if name.starts_with("@executable_path") {
            // Python's own directory; a virtual environment has a different one.
            Where::Elsewhere
        } else {
            Where::Absent
        };
        // A library that was loaded before is found again by its install name.
        let shipped = || self.names.contains(key(name, binary.binary.format).as_str());
        if place != Where::Found && shipped() { Where::Astray } else { place }
    }
}
