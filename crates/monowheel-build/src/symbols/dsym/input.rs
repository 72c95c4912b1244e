//! The objects of a link: files and members of archives.

use object::macho;
use object::read::archive::ArchiveFile;

use super::Damage;
use super::budget::Budget;
use super::macho::{Macho, read};

/// How archives begin.
const ARCHIVE: &[u8] = b"!<arch>\n";

/// An object that was passed to the linker.
#[derive(Debug)]
pub(super) struct Object<'a> {
    /// Its name for people.
    pub(super) label: String,
    pub(super) key: Key,
    pub(super) file: Macho<'a>,
}

/// What identifies an object in the debug map: its file name, and the name of the member if it is in an archive.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    file: Vec<u8>,
    member: Option<Vec<u8>>,
}

impl Object<'_> {
    pub(super) fn has_debug(&self) -> bool {
        self.file.sections().any(|section| section.is_debug && section.name() == b"__debug_info")
    }
}

impl Key {
    fn new(path: &[u8], member: Option<&[u8]>) -> Self {
        let name = path.rsplit(|byte| matches!(byte, b'/' | b'\\')).next().unwrap_or_default();
        // Copies that are linked instead of the originals have a number before their name.
        let digits = name.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let original = match name.get(digits..) {
            Some([b'-', rest @ ..]) if digits > 0 && !rest.is_empty() => rest,
            _ => name,
        };
        Self { file: original.to_vec(), member: member.map(<[u8]>::to_vec) }
    }

    /// The key for the text of an `N_OSO`: `path/x.o` or `path/libx.a(x.o)`.
    pub(super) fn of_map(text: &[u8]) -> Self {
        let inner = text.strip_suffix(b")").and_then(|text| {
            let open = memchr::memrchr(b'(', text)?;
            Some((text.get(..open)?, text.get(open + 1..)?))
        });
        match inner {
            Some((path, member)) => Self::new(path, Some(member)),
            None => Self::new(text, None),
        }
    }
}

/// The objects of `inputs` for a processor, in their order.
pub(super) fn objects<'a>(
    inputs: &'a [(String, Vec<u8>)],
    cpu: [u32; 2],
    budget: &mut Budget,
) -> Result<Vec<Object<'a>>, String> {
    let mut found = Vec::new();
    let mut add = |label: String, key: Key, bytes: &'a [u8]| {
        let file = read(bytes, budget).map_err(|Damage(why)| format!("{label}: {why}"))?;
        // The subtype differs between objects of one link.
        found.extend(file.filter(|file| file.kind == macho::MH_OBJECT.0 && file.cpu[0] == cpu[0]).map(|file| Object {
            label,
            key,
            file,
        }));
        Ok::<_, String>(())
    };
    for (name, bytes) in inputs {
        if !bytes.starts_with(ARCHIVE) {
            add(name.clone(), Key::new(name.as_bytes(), None), bytes)?;
            continue;
        }
        let damaged = |error: object::read::Error| format!("{name}: the archive is damaged: {error}");
        let archive = ArchiveFile::parse(bytes.as_slice()).map_err(damaged)?;
        for member in archive.members() {
            let member = member.map_err(damaged)?;
            let content = member.data(bytes.as_slice()).map_err(damaged)?;
            let label = format!("{name}({})", String::from_utf8_lossy(member.name()));
            add(label, Key::new(name.as_bytes(), Some(member.name())), content)?;
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_known_by_their_file_names() {
        let key = Key::of_map(b"/tmp/link-1/11-libx.rlib(x.1.rcgu.o)");
        assert_eq!(key, Key::new(b"libx.rlib", Some(b"x.1.rcgu.o")));
        assert_eq!(Key::of_map(b"a\\b\\3-c.o"), Key::new(b"/d/c.o", None));
        assert_ne!(Key::of_map(b"c.o"), Key::new(b"libc.a", Some(b"c.o")));
        assert_eq!(Key::of_map(b"3-"), Key::new(b"3-", None));
    }
}
