//! The versions of symbols: `.gnu.version_r` and `.gnu.version_d`.

use monowheel_wheel::binary::{Import, Slice};

use crate::bytes::{Bytes, Strings};

/// Name, index, and whether it may be absent.
type Version<'a> = (&'a str, u16, bool);

/// `.gnu.version_r`, and the index of each version.
pub(super) struct Needs<'a> {
    /// Libraries in order, each with its versions.
    pub(super) files: Vec<(&'a str, Vec<Version<'a>>)>,
    pub(super) count: u16,
}

impl<'a> Needs<'a> {
    pub(super) fn of(slice: &'a Slice) -> Self {
        let mut needs = Self { files: Vec::new(), count: 0 };
        for need in &slice.versions {
            needs.add(&need.library, &need.version, false);
        }
        // A version of only weak symbols need not exist, and is not in the slice's list.
        for import in &slice.imports {
            if let (Some(library), Some(version)) = (&import.library, &import.version) {
                needs.add(library, version, true);
            }
        }
        needs
    }

    fn add(&mut self, library: &'a str, version: &'a str, weak: bool) {
        if self.index(library, version) == 1 {
            self.count += 1;
            let entry = (version, self.count + 1, weak);
            match self.files.iter_mut().find(|(name, _)| *name == library) {
                Some((_, versions)) => versions.push(entry),
                None => self.files.push((library, vec![entry])),
            }
        }
    }

    /// The index of a version in `.gnu.version`; 1, which is *global*, when it is not here.
    fn index(&self, library: &str, version: &str) -> u16 {
        let file = self.files.iter().find(|(name, _)| *name == library);
        file.and_then(|(_, all)| all.iter().find(|(name, ..)| *name == version)).map_or(1, |(_, index, _)| *index)
    }

    /// The index of the first version that the library defines itself.
    pub(super) fn next_index(&self) -> u16 {
        self.count + 2
    }

    pub(super) fn of_import(&self, import: &Import) -> u16 {
        self.index(import.library.as_deref().unwrap_or(""), import.version.as_deref().unwrap_or(""))
    }

    pub(super) fn write(&self, out: &mut Bytes, strings: &mut Strings) {
        for (file, (library, versions)) in self.files.iter().enumerate() {
            let next = if file + 1 == self.files.len() { 0 } else { 16 + 16 * versions.len() as u32 };
            out.u16(1).u16(versions.len() as u16).u32(strings.add(library)).u32(16).u32(next);
            for (index, (version, number, weak)) in versions.iter().enumerate() {
                let next = if index + 1 == versions.len() { 0 } else { 16 };
                out.u32(0).u16(if *weak { 2 } else { 0 }).u16(*number).u32(strings.add(version)).u32(next);
            }
        }
    }
}

/// `.gnu.version_d`: the library's own name, then each version; their indices begin with `first`.
pub(super) fn define(out: &mut Bytes, own_name: &str, versions: &[String], first: u16, strings: &mut Strings) {
    let names = std::iter::once(own_name).chain(versions.iter().map(String::as_str));
    for (at, name) in names.enumerate() {
        let (flags, index) = if at == 0 { (1, 1) } else { (0, first + at as u16 - 1) };
        let next = if at == versions.len() { 0 } else { 28 };
        out.u16(1).u16(flags).u16(index).u16(1).u32(0).u32(20).u32(next).u32(strings.add(name)).u32(0);
    }
}
