//! The files with line tables: their names, and their directories.
//!
//! `symbols/NAME-VERSION-TAG/MODULE-ID.debug.gz`, where MODULE is the library's file name. Nothing else records which
//! library a file is for, so that one can be sent, moved or deleted.

use std::path::{Path, PathBuf};

use libdeflater::Decompressor;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::foreign_file;

use crate::gzip;
use crate::symbols::identity;
use crate::symbols::inflate::{MOST, believed};

/// The directory beside the wheels.
pub const FOLDER: &str = "symbols";
const END: &str = ".debug.gz";

/// A file with the line tables of one library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SymbolFile {
    /// Where it is.
    pub path: PathBuf,
    /// The library's file name.
    pub module: String,
    /// What a debugger compares, hexadecimal.
    pub id: String,
    /// The wheel's file name without its suffix: the name of the directory.
    pub wheel: String,
}

impl SymbolFile {
    /// From a path of the form above.
    fn of(path: PathBuf) -> Option<Self> {
        let name = path.file_name()?.to_str()?.strip_suffix(END)?;
        let (module, id) = name.rsplit_once('-')?;
        let is_id = id.len() >= 16 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        let wheel = path.parent()?.file_name()?.to_str()?.to_owned();
        let (module, id) = (module.to_owned(), id.to_owned());
        (is_id && !module.is_empty()).then_some(Self { module, id, wheel, path })
    }

    /// The unpacked file.
    ///
    /// # Errors
    /// When it cannot be read, is damaged, or is larger than 2 GiB.
    pub fn read(&self) -> Result<Vec<u8>> {
        unpacked(&foreign_file::read(&self.path, MOST)?).map_err(|error| error.at(self.path.display()))
    }
}

/// The name of a file, in the directory of its wheel.
pub(crate) fn name(member: &str, id: &str) -> String {
    let module = member.rsplit('/').next().unwrap_or(member);
    format!("{module}-{id}{END}")
}

/// The files that a build kept beside a wheel, if any.
pub(crate) fn beside(wheel: &Path) -> Vec<SymbolFile> {
    let folder = wheel.parent().zip(wheel.file_stem()).map(|(folder, stem)| folder.join(FOLDER).join(stem));
    folder.and_then(|folder| files(&folder).ok()).unwrap_or_default()
}

/// The line tables of a binary: those with its ID. Damaged ones are as good as none.
pub(crate) fn of_binary(bytes: &[u8], kept: &[SymbolFile]) -> Option<Vec<u8>> {
    let id = identity::text(&identity::of(bytes)?);
    kept.iter().find(|file| file.id == id)?.read().ok()
}

/// All files in a directory of wheels, in its `symbols`, or in that of one wheel; sorted by path.
///
/// # Errors
/// When `folder` has no such file, or cannot be read.
pub fn files(folder: &Path) -> Result<Vec<SymbolFile>> {
    let mut found = Vec::new();
    let inside = folder.join(FOLDER);
    let root = if inside.is_dir() { inside } else { folder.to_path_buf() };
    let entries = match fs_err::read_dir(&root) {
        // It has none either.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        entries => Some(entries?),
    };
    for entry in entries.into_iter().flatten() {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(fs_err::read_dir(&path)?.flatten().filter_map(|entry| SymbolFile::of(entry.path())));
        } else {
            found.extend(SymbolFile::of(path));
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    if found.is_empty() {
        return Err(Error::new(ErrorKind::Usage, "no line tables here").at(root.display()).next(
            "build with `monowheel build --symbols`, or get those of a release with \
             `monowheel symbols rebuild NAME==VERSION`",
        ));
    }
    Ok(found)
}

/// The file of these line tables.
///
/// # Errors
/// When they cannot be packed.
pub(crate) fn packed(bytes: &[u8]) -> Result<Vec<u8>> {
    gzip::packed(bytes)
        .map_err(|error| Error::new(ErrorKind::Format, format!("the line tables cannot be packed: {error}")))
}

/// The content of such a file; its last four bytes are its length.
fn unpacked(bytes: &[u8]) -> Result<Vec<u8>> {
    let length = bytes.last_chunk::<4>().map(|length| u32::from_le_bytes(*length));
    let length = length.and_then(|length| believed(length.into(), bytes.len()));
    let mut out = vec![0; length.ok_or_else(|| damaged("it is not a gzip file"))?];
    match Decompressor::new().gzip_decompress(bytes, &mut out) {
        Ok(read) if read == out.len() => Ok(out),
        Ok(_) => Err(damaged("its length is wrong")),
        Err(error) => Err(damaged(&error.to_string())),
    }
}

fn damaged(why: &str) -> Error {
    Error::new(ErrorKind::Format, format!("the line tables cannot be read: {why}")).next("get the file again")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_which_library_a_file_is_for() {
        let id = "0123456789abcdef0123456789abcdef01234567";
        let path = Path::new("symbols/x-1-cp38-abi3-win_amd64").join(name("x/_a-b.pyd", id));
        let file = SymbolFile::of(path.clone());
        let expected = SymbolFile {
            path,
            module: "_a-b.pyd".to_owned(),
            id: id.to_owned(),
            wheel: "x-1-cp38-abi3-win_amd64".to_owned(),
        };
        assert_eq!(file, Some(expected));
        for other in ["x/README.md", "x/_a.pyd-short.debug.gz", "x/-0123456789abcdef0123.debug.gz", "a.debug.gz"] {
            assert_eq!(SymbolFile::of(other.into()), None, "{other}");
        }
    }

    #[test]
    fn what_was_packed_is_unpacked_and_lies_are_refused() -> Result<()> {
        let content = b"line tables ".repeat(1000);
        let gzip = packed(&content)?;
        assert_eq!(gzip, packed(&content)?);
        assert!(unpacked(&gzip)? == content);
        let mut long = gzip.clone();
        let end = long.len() - 4;
        long[end..].copy_from_slice(&0x7fff_ffff_u32.to_le_bytes());
        for damaged in [&gzip[..gzip.len() - 9], b"", b"\x1f\x8b", &long] {
            assert!(unpacked(damaged).is_err_and(|error| error.kind() == ErrorKind::Format));
        }
        Ok(())
    }
}
