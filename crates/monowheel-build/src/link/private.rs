//! Restricts the exports of a library for macOS, for which zig has no option.
//!
//! rustc's list of exports (`-exported_symbols_list`) is dropped on the way to zig's linker, so that every public Rust
//! symbol would be exported and nothing of the standard library could be left out. Instead, symbols that are not on the
//! list are made private in copies of the objects and archives ([`normalize::hide`]), and these are linked.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use monowheel_error::Result;

use super::words;
use crate::normalize;

/// The option that names the list.
const LIST: &str = "-exported_symbols_list";

/// The linker's arguments with copies in the directory `into` instead of the files that change; unchanged
/// without a list of exports.
///
/// # Errors
/// When a file cannot be read or written, or is damaged.
pub(super) fn objects(arguments: &[OsString], into: &Path) -> Result<Vec<OsString>> {
    let Some(list) = list(arguments) else { return Ok(arguments.to_vec()) };
    let exported: BTreeSet<String> = fs_err::read_to_string(list)?
        .lines()
        .map(|line| line.trim().to_owned())
        .filter(|line| !line.is_empty())
        .collect();
    let mut changed = Vec::with_capacity(arguments.len());
    for (at, argument) in arguments.iter().enumerate() {
        let path = Path::new(argument);
        let is_code = path.extension().is_some_and(|end| ["o", "rlib", "a"].iter().any(|code| end == *code));
        let hidden = match is_code && path.is_file() {
            true => normalize::hide(&fs_err::read(path)?, &exported).map_err(|error| error.at(path.display()))?,
            false => None,
        };
        changed.push(match hidden {
            None => argument.clone(),
            Some(bytes) => {
                let copy = into.join(format!("{at}-{}", path.file_name().unwrap_or_default().to_string_lossy()));
                fs_err::write(&copy, bytes)?;
                copy.into_os_string()
            }
        });
    }
    Ok(changed)
}

/// The file with the list: `-Wl,-exported_symbols_list,FILE`, `-Wl,-exported_symbols_list -Wl,FILE`, or as two words.
fn list(arguments: &[OsString]) -> Option<PathBuf> {
    let words = words(arguments);
    let option = words.iter().position(|word| word == LIST)?;
    Some(words.get(option + 1)?.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(words: &[&str]) -> Vec<OsString> {
        words.iter().map(OsString::from).collect()
    }

    #[test]
    fn the_list_is_found_in_each_form() {
        for form in [
            given(&["a.o", "-Wl,-exported_symbols_list,/x/list"]),
            given(&["-Wl,-exported_symbols_list", "-Wl,/x/list", "a.o"]),
            given(&["-exported_symbols_list", "/x/list"]),
        ] {
            assert_eq!(list(&form), Some("/x/list".into()), "{form:?}");
        }
        assert_eq!(list(&given(&["a.o", "-dynamiclib"])), None);
    }

    #[test]
    fn without_a_list_and_without_objects_nothing_changes() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let (list, text) = (dir.path().join("list"), dir.path().join("text.o"));
        fs_err::write(&list, "_PyInit_x\n")?;
        fs_err::write(&text, "no object")?;
        let plain = given(&["-o", "libx.dylib", &text.to_string_lossy()]);
        assert_eq!(objects(&plain, dir.path())?, plain);
        let listed = [plain, given(&[&format!("-Wl,-exported_symbols_list,{}", list.display())])].concat();
        assert_eq!(objects(&listed, dir.path())?, listed);
        Ok(())
    }
}
