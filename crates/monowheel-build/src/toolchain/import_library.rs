//! Import libraries of Python for Windows, created without Windows: PyO3 before 0.29 links with one.
//!
//! PyO3's own way is its feature `generate-import-lib`. Enabled from outside, it would need a crate that the lock file
//! of a project does not have, so `--locked` would refuse the build. zig's `dlltool` creates the library from a list of
//! names instead (as PyO3's python3-dll-a does); the linker uses the symbols that the extension needs.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_project::abi::Abi;
use monowheel_project::family::{Family, PythonVersion};
use monowheel_system::atomic_write;
use monowheel_system::exec::{Call, CancelToken};
use monowheel_wheel::abi::{exports, stable_names};

use crate::toolchain::tools::Tool;

/// zig compiles nothing for it.
const LIMIT: Duration = Duration::from_secs(120);

/// The library of one DLL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ImportLibrary {
    /// `python3`, `python312`, `python314t`.
    dll: String,
    /// Its names for `-l`. PyO3 uses the name of a Unix library (`python3.9`, also for abi3) if maturin's configuration
    /// file tells it what to build for. With any name, the extension imports the DLL above.
    names: Vec<String>,
    exports: BTreeSet<&'static str>,
}

impl ImportLibrary {
    /// The library for an extension with this ABI and floor.
    pub(crate) fn of(abi: Abi, (major, minor): PythonVersion) -> Self {
        let t = match abi {
            Abi::Stable(Family::Abi3t) | Abi::Version { free_threaded: true, .. } => "t",
            _ => "",
        };
        let mut names = vec![format!("python{major}{minor}{t}"), format!("python{major}.{minor}{t}")];
        let mut exports: BTreeSet<&'static str> = stable_names().collect();
        let dll = if abi.family().is_some() {
            names.push(format!("python3{t}"));
            format!("python3{t}")
        } else {
            // Measured on Linux; names that only Windows has are in the stable ABI.
            exports.extend(exports::of((major, minor), t == "t"));
            format!("python{major}{minor}{t}")
        };
        Self { dll, names, exports }
    }

    /// What the extension imports, without `.dll`.
    pub(crate) fn dll(&self) -> &str {
        &self.dll
    }

    /// Writes it into `folder` for a Rust architecture; an existing one is left alone.
    ///
    /// # Errors
    /// When the directory cannot be written or zig fails.
    pub(crate) fn write(&self, zig: &Tool, arch: &str, folder: &Path, stop: &CancelToken) -> Result<()> {
        let missing: Vec<PathBuf> =
            self.names.iter().map(|name| folder.join(format!("{name}.lib"))).filter(|path| !path.is_file()).collect();
        if missing.is_empty() {
            return Ok(());
        }
        fs_err::create_dir_all(folder)?;
        let making = tempfile::tempdir_in(folder)?;
        let (definition, made) = (making.path().join("exports.def"), making.path().join("made.lib"));
        fs_err::write(&definition, self.definition())?;
        let call = Call::new(&zig.path).args(["dlltool", "-m", machine(arch)?, "-d"]);
        call.arg(&definition).arg("-l").arg(&made).dir(making.path()).stdout(LIMIT, stop)?;
        let bytes = fs_err::read(&made)?;
        missing.iter().try_for_each(|path| atomic_write::write(path, &bytes))
    }

    fn definition(&self) -> String {
        let names: Vec<&str> = self.exports.iter().copied().collect();
        format!("LIBRARY \"{}.dll\"\nEXPORTS\n{}\n", self.dll, names.join("\n"))
    }
}

/// The name of a Rust architecture for `dlltool`.
fn machine(arch: &str) -> Result<&'static str> {
    match arch {
        "x86_64" => Ok("i386:x86-64"),
        "i686" => Ok("i386"),
        "aarch64" => Ok("arm64"),
        _ => Err(Error::new(ErrorKind::Project, format!("there is no Python for Windows on {arch}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_dll_has_its_name_and_what_it_exports() {
        let stable = ImportLibrary::of(Abi::Stable(Family::Abi3), (3, 8));
        assert!(stable.definition().starts_with("LIBRARY \"python3.dll\"\nEXPORTS\n"));
        assert!(stable.exports.contains("PyModule_Create2") && !stable.exports.contains("PyUnicode_InternInPlaceX"));
        assert!(stable.exports.contains("PyErr_SetFromWindowsErr"));
        assert_eq!(stable.names, ["python38", "python3.8", "python3"]);
        let version = ImportLibrary::of(Abi::Version { minor: 12, free_threaded: false }, (3, 12));
        assert_eq!(version.names, ["python312", "python3.12"]);
        // Gone in 3.12.
        assert!(version.exports.contains("PyFloat_Type") && !version.exports.contains("_PyUnicode_Ready"));
        let without_gil = ImportLibrary::of(Abi::CP314T, (3, 14));
        assert_eq!(without_gil.dll, "python314t");
        // PyO3 calls it in every module of a free-threaded build.
        assert!(without_gil.exports.contains("PyUnstable_Module_SetGIL"));
    }
}
