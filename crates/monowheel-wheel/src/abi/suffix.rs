//! The suffixes of extension modules' file names, and which interpreter looks for which
//! (`importlib.machinery.EXTENSION_SUFFIXES`; CPython's `Python/dynload_shlib.c`, `dynload_win.c`).

use crate::abi::{Family, PythonVersion};
use crate::binary::Arch;

/// The part after a module's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suffix {
    /// Its ABI.
    pub marker: Marker,
    /// Its extension.
    pub ending: Ending,
}

/// The extension of a suffix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// `.so`: Linux and macOS.
    So,
    /// `.pyd`: Windows.
    Pyd,
}

/// The ABI of a suffix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Marker {
    /// None: `.so`, `.pyd`.
    Plain,
    /// `.abi3.so`, `.abi3t-x86_64-linux-gnu.so`.
    Stable {
        /// Which of the two.
        family: Family,
        /// `x86_64-linux-gnu`, `darwin`.
        platform: Option<String>,
    },
    /// `.cpython-311-x86_64-linux-gnu.so`, `.cp314t-win_amd64.pyd`.
    Version {
        /// Of one version of `CPython`.
        version: PythonVersion,
        /// Its free-threaded build.
        free_threaded: bool,
        /// `x86_64-linux-gnu`, `darwin`, `win_amd64`.
        platform: Option<String>,
    },
    /// `.pypy39-pp73-x86_64-linux-gnu.so`: of `39`.
    PyPy(String),
    /// Anything else, which no `CPython` looks for: `.abi3.pyd`.
    Other,
}

/// The properties of an interpreter that determine file names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Build {
    /// Its version.
    pub version: PythonVersion,
    /// Whether it is a free-threaded build.
    pub free_threaded: bool,
}

impl Suffix {
    /// Parses the text after the module's name and its dot: `abi3.so`. `None` if it ends in neither
    /// `.so` nor `.pyd`, which no interpreter imports.
    #[must_use]
    pub fn parse(suffix: &str) -> Option<Self> {
        let (rest, ending) = match suffix.strip_suffix("so") {
            Some(rest) => (rest, Ending::So),
            None => (suffix.strip_suffix("pyd")?, Ending::Pyd),
        };
        let marker = match (rest.strip_suffix('.'), ending) {
            (None, _) if rest.is_empty() => Marker::Plain,
            (None, _) => return None,
            (Some(rest), Ending::So) => unix(rest),
            (Some(rest), Ending::Pyd) => windows(rest),
        };
        Some(Self { marker, ending })
    }

    /// Whether an interpreter of this kind, on a machine of this architecture, looks for such a file.
    /// `musl` means that the machine has musl, where interpreters name themselves `-linux-musl` since 3.11
    /// (bpo-43112), and most of them `-linux-gnu` before.
    #[must_use]
    pub fn is_sought(&self, build: &Build, arch: &Arch, musl: bool) -> bool {
        const MUSL_SUFFIXES: PythonVersion = (3, 11);
        self.is_sought_on(build, |platform| {
            platform_fits(platform, arch, musl, self.ending)
                && !(musl && build.version >= MUSL_SUFFIXES && platform.contains("-linux-gnu"))
        })
    }

    /// Whether an interpreter of this kind looks for such a file, where `fits` decides whether a platform in the suffix
    /// is its own.
    pub fn is_sought_on(&self, build: &Build, fits: impl Fn(&str) -> bool) -> bool {
        const PLATFORM_SUFFIXES: PythonVersion = (3, 15);
        let fits = |platform: &Option<String>| platform.as_deref().is_none_or(&fits);
        match &self.marker {
            Marker::Plain => true,
            Marker::Stable { family, platform } => {
                let family_fits = match family {
                    // gh-146636: since 3.15 the free-threaded build no longer looks for `.abi3.so`.
                    Family::Abi3 => !build.free_threaded || build.version < PLATFORM_SUFFIXES,
                    Family::Abi3t => build.version >= PLATFORM_SUFFIXES,
                };
                // gh-122931: with a platform since 3.15.
                family_fits && (platform.is_none() || build.version >= PLATFORM_SUFFIXES) && fits(platform)
            }
            Marker::Version { version, free_threaded, platform } => {
                (*version, *free_threaded) == (build.version, build.free_threaded) && fits(platform)
            }
            Marker::PyPy(_) | Marker::Other => false,
        }
    }
}

fn unix(marker: &str) -> Marker {
    let (name, rest) = marker.split_once('-').map_or((marker, None), |(name, rest)| (name, Some(rest)));
    if let Some(family) = Family::ALL.into_iter().find(|family| family.name() == name) {
        return Marker::Stable { family, platform: rest.map(str::to_owned) };
    }
    if let Some(version) = name.strip_prefix("pypy") {
        return Marker::PyPy(version.to_owned());
    }
    let Some(rest) = rest.filter(|_| name == "cpython") else { return Marker::Other };
    let (digits, platform) = rest.split_once('-').map_or((rest, None), |(digits, rest)| (digits, Some(rest)));
    version(digits, platform)
}

fn windows(marker: &str) -> Marker {
    let (name, platform) = marker.split_once('-').map_or((marker, None), |(name, rest)| (name, Some(rest)));
    let of_pypy = || name.strip_prefix("pypy").or_else(|| name.strip_prefix("pp"));
    match name.strip_prefix("cp") {
        Some(digits) => version(digits, platform),
        None => of_pypy().map_or(Marker::Other, |version| Marker::PyPy(version.to_owned())),
    }
}

/// `311`, `36m`, `314t`: the version and the flags of the build.
fn version(text: &str, platform: Option<&str>) -> Marker {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, flags) = text.split_at_checked(end).unwrap_or((text, ""));
    let parsed = digits.split_at_checked(1).and_then(|(major, minor)| Some((major.parse().ok()?, minor.parse().ok()?)));
    match parsed {
        // `d`: builds for debugging (`--with-pydebug`) look for it, and no others.
        Some(version) if flags.chars().all(|flag| flag.is_ascii_lowercase() && flag != 'd') => {
            Marker::Version { version, free_threaded: flags.contains('t'), platform: platform.map(str::to_owned) }
        }
        _ => Marker::Other,
    }
}

/// Whether the platform of a suffix is that of a machine.
fn platform_fits(platform: &str, arch: &Arch, musl: bool, ending: Ending) -> bool {
    if ending == Ending::Pyd {
        let expected = match arch {
            Arch::I686 => "win32",
            Arch::X86_64 => "win_amd64",
            Arch::Aarch64 => "win_arm64",
            _ => return true,
        };
        return platform == expected;
    }
    if platform == "darwin" {
        return true;
    }
    if platform == "wasm32-emscripten" {
        return *arch == Arch::Wasm32;
    }
    let Some((cpu, libc)) = platform.split_once("-linux-") else { return false };
    let cpu_fits = match arch {
        // As CPython's configure names them, whatever the tag calls them.
        Arch::I686 => cpu == "i386",
        Arch::Armv7l => cpu == "arm",
        Arch::Ppc64le => cpu == "powerpc64le",
        Arch::Other(_) => true,
        other => cpu == other.name(),
    };
    cpu_fits && (musl || libc.starts_with("gnu"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sought(suffix: &str, minor: u8, free_threaded: bool) -> bool {
        let build = Build { version: (3, minor), free_threaded };
        Suffix::parse(suffix).is_some_and(|suffix| suffix.is_sought(&build, &Arch::X86_64, false))
    }

    /// The lists that interpreters print; each has its own suffixes and no others.
    #[test]
    fn as_interpreters_print_them() {
        let everything = [
            "so",
            "abi3.so",
            "abi3t.so",
            "abi3-x86_64-linux-gnu.so",
            "abi3t-x86_64-linux-gnu.so",
            "cpython-37m-x86_64-linux-gnu.so",
            "cpython-38-x86_64-linux-gnu.so",
            "cpython-314t-x86_64-linux-gnu.so",
            "cpython-315-x86_64-linux-gnu.so",
            "cpython-315d-x86_64-linux-gnu.so",
            "cpython-315t-x86_64-linux-gnu.so",
            "cpython-315-aarch64-linux-gnu.so",
            "cpython-315-x86_64-linux-musl.so",
            "abi3-aarch64-linux-gnu.so",
            "pypy39-pp73-x86_64-linux-gnu.so",
            "foo.so",
        ];
        let list = |minor, free_threaded| -> Vec<&str> {
            everything.into_iter().filter(|suffix| sought(suffix, minor, free_threaded)).collect()
        };
        assert_eq!(list(7, false), ["so", "abi3.so", "cpython-37m-x86_64-linux-gnu.so"]);
        assert_eq!(list(8, false), ["so", "abi3.so", "cpython-38-x86_64-linux-gnu.so"]);
        assert_eq!(list(14, true), ["so", "abi3.so", "cpython-314t-x86_64-linux-gnu.so"]);
        assert_eq!(
            list(15, false),
            [
                "so",
                "abi3.so",
                "abi3t.so",
                "abi3-x86_64-linux-gnu.so",
                "abi3t-x86_64-linux-gnu.so",
                "cpython-315-x86_64-linux-gnu.so",
            ]
        );
        assert_eq!(list(15, true), ["so", "abi3t.so", "abi3t-x86_64-linux-gnu.so", "cpython-315t-x86_64-linux-gnu.so"]);
    }

    #[test]
    fn macos_and_windows() {
        assert!(sought("cpython-311-darwin.so", 11, false) && sought("abi3-darwin.so", 15, false));
        assert!(sought("pyd", 8, false) && sought("cp38-win_amd64.pyd", 8, false));
        assert!(sought("cp314t-win_amd64.pyd", 14, true));
        for wrong in ["abi3.pyd", "cp38-win32.pyd", "cp39-win_amd64.pyd", "cpython-38.pyd"] {
            assert!(!sought(wrong, 8, false), "{wrong}");
        }
        assert_eq!(Suffix::parse("dylib"), None);
        assert_eq!(Suffix::parse("xso"), None);
    }

    #[test]
    fn other_machines() {
        let sought = |suffix: &str, arch, musl| {
            let build = Build { version: (3, 11), free_threaded: false };
            Suffix::parse(suffix).is_some_and(|suffix| suffix.is_sought(&build, &arch, musl))
        };
        assert!(sought("cpython-311-i386-linux-gnu.so", Arch::I686, false));
        assert!(sought("cpython-311-arm-linux-gnueabihf.so", Arch::Armv7l, false));
        assert!(sought("cpython-311-powerpc64le-linux-gnu.so", Arch::Ppc64le, false));
        assert!(sought("cpython-311-x86_64-linux-musl.so", Arch::X86_64, true));
        assert!(!sought("cpython-311-x86_64-linux-gnu.so", Arch::X86_64, true));
        assert!(sought("so", Arch::X86_64, true));
        assert!(!sought("cpython-311-x86_64-linux-musl.so", Arch::X86_64, false));
        assert!(!sought("cpython-311-x86_64-linux-gnu.so", Arch::Aarch64, false));
        assert!(sought("cpython-311-wasm32-emscripten.so", Arch::Wasm32, false));
        assert!(!sought("cpython-311-wasm32-emscripten.so", Arch::X86_64, false));
        assert!(!sought("cpython-311-x86_64-linux-gnu.so", Arch::Wasm32, false));
        for (other, arch) in [("i686", Arch::I686), ("armv7l", Arch::Armv7l), ("ppc64le", Arch::Ppc64le)] {
            assert!(!sought(&format!("cpython-311-{other}-linux-gnu.so"), arch, false), "{other}");
        }
    }
}
