//! maturin and zig: their paths and versions.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;

use monowheel_system::exec::{Call, CancelToken, executable, on_path};
use monowheel_system::python;

/// How long a tool may take to print its version.
const LIMIT: Duration = Duration::from_secs(20);

/// The oldest maturin whose wheels have the tags that a plan expects (the first with abi3t).
pub const OLDEST_MATURIN: (u64, u64) = (1, 16);
/// The zig versions that were tested with the default targets. Below 0.15 some Rust link arguments
/// are not understood; each upgrade so far broke a Windows target, so a newer one is untested.
pub const TESTED_ZIG: [(u64, u64); 2] = [(0, 15), (0, 17)];

/// A program and its version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tool {
    /// Its path; not part of any machine-readable output, which must be equal on every machine.
    #[serde(skip)]
    pub path: PathBuf,
    /// The version that it reports.
    pub version: String,
}

impl Tool {
    /// Major and minor version.
    #[must_use]
    pub fn release(&self) -> (u64, u64) {
        let mut numbers = self.version.split('.').map(|number| number.parse().unwrap_or(0));
        (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
    }

    fn asked(path: PathBuf, args: &[&str], stop: &CancelToken) -> Option<Self> {
        let printed = Call::new(&path).args(args).in_empty_dir().ok()?.stdout(LIMIT, stop).ok()?;
        let version =
            printed.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?.to_owned();
        Some(Self { path, version })
    }
}

/// maturin: beside the Python that runs monowheel, else on PATH.
pub(crate) fn maturin(python: Option<&Path>, stop: &CancelToken) -> Option<Tool> {
    let beside =
        python.and_then(Path::parent).map(|folder| folder.join(executable("maturin"))).filter(|path| path.is_file());
    Tool::asked(beside.or_else(|| on_path("maturin"))?, &["--version"], stop)
}

/// zig: the `ziglang` package of that Python, else on PATH.
///
/// The binary itself is called, not `python -m ziglang`, so that no interpreter starts for every compile.
pub fn zig(python: Option<&Path>, stop: &CancelToken) -> Option<Tool> {
    const WHERE: &str =
        "import importlib.util as u; print(next(iter(u.find_spec('ziglang').submodule_search_locations)))";
    let packaged = python.and_then(|python| {
        let folder = python::script(python, WHERE).ok()?.stdout(LIMIT, stop).ok()?;
        Some(Path::new(folder.trim()).join(executable("zig"))).filter(|path| path.is_file())
    });
    Tool::asked(packaged.or_else(|| on_path("zig"))?, &["version"], stop)
}

/// cargo-xwin's directory for the Windows SDK: `XWIN_CACHE_DIR`, else the user's cache (cargo-xwin 0.20).
pub(crate) fn windows_sdk() -> Option<PathBuf> {
    if cfg!(windows) {
        return Some(PathBuf::new());
    }
    let var = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let cache = var("XDG_CACHE_HOME").or_else(|| var("HOME").map(|home| home.join(".cache")));
    let folder = var("XWIN_CACHE_DIR").or_else(|| cache.map(|cache| cache.join("cargo-xwin")))?;
    ["xwin", "windows-msvc-sysroot"].iter().map(|name| folder.join(name)).find(|sdk| sdk.is_dir())
}
