//! Python's own shared libraries, by the names that extensions load.

use crate::abi::PythonVersion;

/// A library of Python.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PythonLibrary {
    /// `python3.dll` and, with `free_threaded`, `python3t.dll` (3.15's GIL build has both; 3.14 and
    /// before only its own): the stable ABI's.
    Stable {
        /// `python3t.dll`.
        free_threaded: bool,
        /// `python3_d.dll`: of a debug build.
        debug: bool,
    },
    /// `python311.dll`, `python314t.dll`.
    Version {
        /// Its version.
        version: PythonVersion,
        /// `python314t.dll`.
        free_threaded: bool,
        /// `python311_d.dll`: of a debug build.
        debug: bool,
    },
    /// `libpython3.11.so.1.0`, `Python.framework/Versions/3.11/Python`, `libpython3.11.dylib`,
    /// `libpython3.so`.
    Unix,
}

impl PythonLibrary {
    /// The library of this name, which may be a path; `None` if it is not Python's.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let file = name.rsplit('/').next().unwrap_or(name);
        if let Some(library) = Self::dll(file) {
            return Some(library);
        }
        let framework = ["/Python.framework/", "/Python3.framework/"]
            .iter()
            .any(|part| name.contains(part) || name.starts_with(part.trim_start_matches('/')));
        let is_libpython = file
            .strip_prefix("libpython3")
            .is_some_and(|rest| rest.contains(".so") || rest.ends_with(".dylib") || rest.ends_with(".dll"));
        (framework || is_libpython).then_some(Self::Unix)
    }

    /// A Windows name; case does not matter there.
    fn dll(file: &str) -> Option<Self> {
        let file = file.to_ascii_lowercase();
        let stem = file.strip_suffix(".dll")?.strip_prefix("python3")?;
        let (stem, debug) = stem.strip_suffix("_d").map_or((stem, false), |stem| (stem, true));
        let (minor, free_threaded) = stem.strip_suffix('t').map_or((stem, false), |minor| (minor, true));
        if minor.is_empty() {
            return Some(Self::Stable { free_threaded, debug });
        }
        let is_number = minor.bytes().all(|byte| byte.is_ascii_digit());
        Some(Self::Version { version: (3, minor.parse().ok().filter(|_| is_number)?), free_threaded, debug })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        use PythonLibrary::{Stable, Unix, Version};
        let version = |minor, free_threaded, debug| Version { version: (3, minor), free_threaded, debug };
        for (name, expected) in [
            ("python3.dll", Some(Stable { free_threaded: false, debug: false })),
            ("PYTHON3.DLL", Some(Stable { free_threaded: false, debug: false })),
            ("python3t.dll", Some(Stable { free_threaded: true, debug: false })),
            ("python3_d.dll", Some(Stable { free_threaded: false, debug: true })),
            ("python38.dll", Some(version(8, false, false))),
            ("python314t.dll", Some(version(14, true, false))),
            ("python311_d.dll", Some(version(11, false, true))),
            ("libpython3.11.so.1.0", Some(Unix)),
            ("libpython3.so", Some(Unix)),
            ("@rpath/libpython3.12.dylib", Some(Unix)),
            ("/Library/Frameworks/Python.framework/Versions/3.11/Python", Some(Unix)),
            ("@rpath/Python3.framework/Versions/3.9/Python3", Some(Unix)),
            ("libpython3.11.dll", Some(Unix)),
            ("python3x.dll", None),
            ("python3+8.dll", None),
            ("pythoncom311.dll", None),
            ("libpyside6.abi3.so.6.7", None),
            ("libboost_python311.so.1.83.0", None),
            ("libc.so.6", None),
        ] {
            assert_eq!(PythonLibrary::parse(name), expected, "{name}");
        }
    }
}
