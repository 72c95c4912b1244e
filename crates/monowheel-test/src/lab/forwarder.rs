//! `python3.dll`: the stable ABI of one version of Windows' CPython, each name forwarded to
//! `pythonXY.dll`, as in the official installer.
//!
//! The names are those in the stable ABI table for that version that the DLL exports. A wheel that
//! imports another one fails here, as it does on Windows.

use std::path::Path;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::Call;
use monowheel_wheel::abi;
use monowheel_wheel::binary::Binary;

use super::Site;

/// The entry point that the linker requires, which does nothing.
const ENTRY: &str = "int DllMainCRTStartup(void *module, unsigned reason, void *reserved) { return 1; }\nint _DllMainCRTStartup(void *module, unsigned reason, void *reserved) { return 1; }\n";
/// Fewer names than any CPython exports: 3.2 had 650.
const FEWEST: usize = 650;

/// Writes `python3.dll` into `folder`, next to the existing `library` (`python314.dll`). `build` is a
/// directory for other files of the linker.
///
/// # Errors
/// When the library is not that of a CPython of this version, or the linker fails or writes something else.
pub(super) fn make(site: &Site<'_>, zig: &Path, folder: &Path, library: &str, build: &Path) -> Result<()> {
    let names = promised(&exports(&folder.join(library))?, site.version);
    if names.len() < FEWEST {
        let what = format!("{library} exports only {} names of the stable ABI", names.len());
        return Err(Error::new(ErrorKind::Format, what).at(folder.join(library).display()));
    }
    fs_err::write(build.join("python3.def"), definition(&names, library))?;
    fs_err::write(build.join("python3.c"), ENTRY)?;
    let call = Call::new(zig)
        .args(["cc", "-target", "x86_64-windows-gnu", "-shared", "-nostdlib", "-s"])
        .args(["python3.c", "python3.def", "-o", "python3.dll"])
        .dir(build);
    site.run(&call, "could not link python3.dll")?;
    let made = exports(&build.join("python3.dll"))?;
    if made != names {
        let what = format!("python3.dll was linked with {} names instead of {}", made.len(), names.len());
        return Err(Error::new(ErrorKind::Tool, what).at(build.display()).next("pip install ziglang==0.17.*"));
    }
    fs_err::rename(build.join("python3.dll"), folder.join("python3.dll"))?;
    Ok(())
}

/// The names that a library exports for Python, sorted.
fn exports(path: &Path) -> Result<Vec<String>> {
    let binary = Binary::read(&fs_err::read(path)?)?;
    Ok(binary.slices.into_iter().flat_map(|slice| slice.exports.python).collect())
}

fn promised(exports: &[String], version: abi::PythonVersion) -> Vec<String> {
    let is_promised = |name: &&String| abi::lookup(name).is_some_and(|symbol| symbol.added <= version);
    exports.iter().filter(is_promised).cloned().collect()
}

/// The module definition of a library that only forwards.
fn definition(names: &[String], library: &str) -> String {
    let module = library.strip_suffix(".dll").unwrap_or(library);
    let lines: String = names.iter().map(|name| format!("  {name}={module}.{name}\n")).collect();
    format!("LIBRARY python3.dll\nEXPORTS\n{lines}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_promised_and_there_is_forwarded() {
        // Not promised at all; promised later; promised.
        let there = ["PyUnicode_AsUTF8", "PyType_GetModuleState", "PyList_New", "PyList_Type"].map(str::to_owned);
        let names = promised(&there, (3, 8));
        assert_eq!(
            definition(&names, "python38.dll"),
            "LIBRARY python3.dll\nEXPORTS\n  PyList_New=python38.PyList_New\n  PyList_Type=python38.PyList_Type\n"
        );
        assert!(promised(&there, (3, 10)).contains(&"PyType_GetModuleState".to_owned()));
        // Promised, and not there: nothing to forward to.
        assert!(!names.contains(&"PyDict_New".to_owned()));
    }
}
