//! The contents of a crate's Cargo.toml that rules need.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use cargo_toml::{Dependency, Edition, Manifest};
use monowheel_manifest::bindings::Bindings;
use monowheel_manifest::cargo::{find_lock, library_name};
use monowheel_manifest::inside::Scope;
use monowheel_manifest::pyproject::MaturinTable;
use monowheel_wheel::abi::{PythonVersion, cpython_of_tag};

/// A crate with Python bindings.
#[derive(Clone, Debug, Default)]
pub struct Crate {
    /// Its name.
    pub(crate) name: String,
    /// The name of its library.
    pub(crate) library: String,
    /// Its version; none if inherited from a workspace.
    pub(crate) version: Option<String>,
    /// Its Cargo.toml, as shown.
    pub(crate) manifest: String,
    /// Its Cargo.toml on disk.
    pub(crate) path: PathBuf,
    /// The root file of its library.
    pub(crate) root: PathBuf,
    /// Whether it builds a library that Python can load.
    pub(crate) is_cdylib: bool,
    /// Whether there is a Cargo.lock for it.
    pub(crate) has_lock: bool,
    /// Whether it has integration tests.
    pub(crate) has_tests: bool,
    /// Its dependency on `PyO3`.
    pub(crate) binding: Binding,
    /// Its other dependencies, by the name used in its sources.
    pub(crate) dependencies: BTreeSet<String>,
    /// Whether a dependency that is not read may define a Python module.
    pub(crate) has_unread_bindings: bool,
    /// Whether it is of edition 2024 or later, where temporaries live shorter.
    pub(crate) is_2024: bool,
    /// Whether its log messages go to Python, through pyo3-log.
    pub(crate) logs_to_python: bool,
    /// Whether a panic ends the process, in the release profile.
    pub(crate) aborts: bool,
    /// Whether the user asked for it. The other members of its workspace are read for context.
    pub(crate) is_asked: bool,
}

/// A crate's dependency on `PyO3`.
#[derive(Clone, Debug, Default)]
pub struct Binding {
    /// Major and minor version, if known.
    pub(crate) version: Option<(u64, u64)>,
    /// The `PyO3` features enabled in the wheel that maturin builds.
    pub(crate) enabled: BTreeSet<String>,
    /// Those enabled regardless of the crate's features, on the dependency itself.
    pub(crate) always: BTreeSet<String>,
    /// Those enabled by a plain `cargo build` or `cargo test`.
    pub(crate) by_default: BTreeSet<String>,
}

impl Binding {
    /// The oldest Python that the wheel supports: the lowest of its features such as `abi3-py38`.
    #[must_use]
    pub(crate) fn floor(&self) -> Option<PythonVersion> {
        self.enabled.iter().filter_map(|name| cpython_of_tag(&format!("cp{}", name.strip_prefix("abi3-py")?))).min()
    }
}

impl Crate {
    /// Reads a manifest; none if it is not of a crate with bindings.
    pub(super) fn of(
        manifest: &Manifest,
        path: &Path,
        shown: String,
        maturin: &MaturinTable,
        scope: &Scope,
    ) -> Option<Self> {
        let package = manifest.package.as_ref()?;
        let lock = find_lock(path, scope);
        // cargo reports an unreadable Cargo.lock.
        let bindings = Bindings::find(manifest, path, lock.as_deref(), maturin)
            .or_else(|_| Bindings::find(manifest, path, None, maturin))
            .ok()?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let library = manifest.lib.as_ref();
        let root = library.and_then(|lib| lib.path.clone()).unwrap_or_else(|| "src/lib.rs".to_owned());
        // The features of an optional dependency are not enabled if it is disabled.
        let when_on = |start: &[&str]| match bindings.is_on(start.iter().copied()) {
            true => bindings.closure(start.iter().copied()),
            false => BTreeSet::new(),
        };
        let binding = Binding {
            version: (bindings.version != (0, 0)).then_some(bindings.version),
            always: when_on(&[]),
            by_default: when_on(&["default"]),
            enabled: bindings.enabled,
        };
        Some(Self {
            name: package.name().to_owned(),
            library: library_name(manifest, package),
            version: package.version.get().ok().map(ToString::to_string),
            manifest: shown,
            path: path.to_path_buf(),
            root: folder.join(root),
            is_cdylib: library.is_some_and(|lib| lib.crate_type.iter().any(|kind| kind == "cdylib")),
            has_lock: lock.is_some(),
            has_tests: has_tests(folder),
            binding,
            dependencies: dependencies(manifest)
                .map(|(key, _)| key.replace('-', "_"))
                .filter(|key| !key.starts_with("pyo3"))
                .collect(),
            has_unread_bindings: false,
            is_2024: package.edition.get().is_ok_and(|edition| *edition >= Edition::E2024),
            logs_to_python: dependencies(manifest).any(|(key, _)| matches!(key.as_str(), "pyo3-log" | "pyo3_log")),
            aborts: aborts(manifest),
            is_asked: true,
        })
    }
}

/// Whether the release profile of a manifest aborts at a panic.
pub(super) fn aborts(manifest: &Manifest) -> bool {
    let release = manifest.profile.release.as_ref();
    release.and_then(|profile| profile.panic.as_deref()).is_some_and(|panic| panic == "abort")
}

/// Whether a directory has integration tests in Rust.
fn has_tests(folder: &Path) -> bool {
    let is_rust = |path: &Path| path.extension().is_some_and(|end| end == "rs");
    folder.join("tests").read_dir().is_ok_and(|files| files.flatten().any(|file| is_rust(&file.path())))
}

/// The dependencies of a crate, including those for specific targets.
pub(super) fn dependencies(manifest: &Manifest) -> impl Iterator<Item = (&String, &Dependency)> {
    let of_targets = manifest.target.values().flat_map(|target| &target.dependencies);
    manifest.dependencies.iter().chain(of_targets)
}
