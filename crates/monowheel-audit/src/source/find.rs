//! The path given by the user → the project: its crates with bindings, their files, its package.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_manifest::cargo::manifest_path;
use monowheel_manifest::inside::Scope;
use monowheel_manifest::pyproject::MaturinTable;
use monowheel_system::threads;
use rayon::ThreadPoolBuilder;

use crate::source::modules::shown;
use crate::source::{Package, Source, crates, depth, modules, pyproject};

/// Directories without sources of the project.
const PASSED_OVER: [&str; 3] = ["target", "node_modules", ".git"];

/// How many directories above a crate are searched for the pyproject.toml that names it.
const MOST_ABOVE: usize = 16;
/// The maximum number of entries searched in a directory without a manifest, including subdirectories.
const MOST_ENTRIES: usize = 200_000;

/// Reads `path`: the directory of a project or a crate, its Cargo.toml or pyproject.toml, a workspace, a Rust file, or
/// a directory of Rust files. The result is the same for a relative and an absolute path.
///
/// # Errors
/// [`ErrorKind::Usage`] if it does not exist or contains neither a crate with Python bindings nor a Rust file;
/// [`ErrorKind::Project`] if a manifest cannot be read.
pub fn find(path: &Path) -> Result<Source> {
    let mut source = named(path, false)?;
    source.resolve();
    Ok(source)
}

/// Reads `path` as [`find`] does, for other uses than rules: on threads with a large enough stack, and without the bodies
/// of functions, except those that define something that Python sees. So an error in a body is not found.
///
/// # Errors
/// As [`find`].
pub fn read(path: &Path) -> Result<Source> {
    let pool = threads::build(ThreadPoolBuilder::new().stack_size(depth::STACK))?;
    pool.install(|| named(path, true))
}

/// Reads the files of a library by the path of its root (`src/lib.rs`), as [`read`] does.
///
/// # Errors
/// [`ErrorKind::Usage`] if there is no such file.
pub fn read_library(root: &Path) -> Result<Source> {
    if !root.is_file() {
        return Err(Error::new(ErrorKind::Usage, "no such file").at(root.display()).next("name the root of a library"));
    }
    let mut source = Source { place: root.display().to_string(), is_outline: true, ..Source::default() };
    let folder = root.parent().unwrap_or(Path::new(""));
    // Files are shown as in the manifest: `src/lib.rs`.
    let folder = if folder.ends_with("src") { folder.parent().unwrap_or(folder) } else { folder };
    let pool = threads::build(ThreadPoolBuilder::new().stack_size(depth::STACK))?;
    // It has no manifest that was read: all of it was asked for.
    pool.install(|| modules::read(root, folder, usize::MAX, &mut HashSet::new(), &mut source));
    Ok(source)
}

fn named(path: &Path, is_outline: bool) -> Result<Source> {
    let place = path.display().to_string();
    let source = Source { place, is_outline, ..Source::default() };
    let Ok(whole) = whole(path) else {
        return Err(Error::new(ErrorKind::Usage, "no such file or directory")
            .at(path.display())
            .next("name the directory of a PyO3 project, or `.` for the current directory"));
    };
    if whole.is_dir() {
        return project(&whole, source);
    }
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    // A link is read under its own name.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match name {
        "Cargo.toml" | "pyproject.toml" => project(&self::whole(folder)?, source),
        _ if name.ends_with(".rs") && whole.is_file() => {
            let mut source = source;
            modules::alone(&[path.to_path_buf()], folder, &mut source);
            Ok(source)
        }
        _ => Err(Error::new(ErrorKind::Usage, "not a directory, a manifest or a Rust file")
            .at(path.display())
            .next("name the directory of a PyO3 project, or a .rs file")),
    }
}

/// The absolute path of a file or directory that exists. On Windows, `canonicalize` returns a verbatim path, to which `/`
/// cannot be appended.
fn whole(path: &Path) -> std::io::Result<PathBuf> {
    match cfg!(windows) {
        true => fs_err::metadata(path).and_then(|_| std::path::absolute(path)),
        false => fs_err::canonicalize(path),
    }
}

fn project(root: &Path, mut source: Source) -> Result<Source> {
    let (package, manifest) = match Package::of(root, "pyproject.toml".to_owned()) {
        Some(package) => {
            let manifest = manifest_path(root, package.maturin.manifest_path.as_deref(), &Scope::own())?;
            (Some((package, root.to_path_buf())), manifest)
        }
        None => {
            let manifest = root.join("Cargo.toml");
            (package_above(root, &manifest), manifest)
        }
    };
    if !manifest.is_file() {
        return folder_of_files(root, source);
    }
    let maturin = package.as_ref().map(|(package, _)| package.maturin.clone()).unwrap_or_default();
    let package_root = package.as_ref().map(|(_, root)| root.as_path());
    let (found, unread) = crates::of(&manifest, root, package_root, &maturin)?;
    if !found.iter().any(|krate| krate.is_asked) {
        return Err(Error::new(ErrorKind::Usage, "no crate here depends on pyo3")
            .at(manifest.display())
            .next("name the directory of the crate that does, or of its workspace"));
    }
    source.unreadable = unread;
    let mut seen = HashSet::new();
    for krate in found {
        let index = source.crates.len();
        let start = krate.root.clone();
        source.crates.push(krate);
        modules::read(&start, root, index, &mut seen, &mut source);
    }
    source.package = package.map(|(package, _)| package).or_else(|| {
        // In a workspace, the package is often next to the member that is built.
        let built = source.crates.iter().filter(|krate| krate.is_cdylib && krate.is_asked);
        let folders = built.filter_map(|krate| krate.path.parent());
        let found = folders.filter_map(|folder| Package::of(folder, shown(&folder.join("pyproject.toml"), root)));
        found.into_iter().next()
    });
    Ok(source)
}

/// The package whose pyproject.toml, in a directory above, names this manifest; and that directory.
fn package_above(root: &Path, manifest: &Path) -> Option<(Package, PathBuf)> {
    let (folder, _) = naming(root.ancestors().skip(1), manifest)?;
    Some((Package::of(folder, shown(&folder.join("pyproject.toml"), root))?, folder.to_path_buf()))
}

/// `[tool.maturin]` of the package that is built from a manifest: the pyproject.toml is beside it, or in a directory above and
/// names it.
#[must_use]
pub fn maturin_of(manifest: &Path) -> Option<MaturinTable> {
    let manifest = fs_err::canonicalize(manifest).ok()?;
    naming(manifest.ancestors().skip(1), &manifest).map(|(_, maturin)| maturin)
}

/// The first of some directories whose pyproject.toml leads to this manifest, and its `[tool.maturin]`.
fn naming<'a>(folders: impl Iterator<Item = &'a Path>, manifest: &Path) -> Option<(&'a Path, MaturinTable)> {
    let manifest = fs_err::canonicalize(manifest).ok()?;
    folders.take(MOST_ABOVE).find_map(|folder| {
        let maturin = pyproject::maturin_table(folder)?;
        let named = folder.join(maturin.manifest_path.as_deref().unwrap_or(Path::new("Cargo.toml")));
        fs_err::canonicalize(named).is_ok_and(|named| named == manifest).then_some((folder, maturin))
    })
}

/// Every Rust file in a directory without a manifest.
fn folder_of_files(root: &Path, mut source: Source) -> Result<Source> {
    let mut files = Vec::new();
    let mut waiting = vec![root.to_path_buf()];
    let mut left = MOST_ENTRIES;
    while let Some(folder) = waiting.pop() {
        for entry in fs_err::read_dir(&folder)? {
            let entry = entry?;
            left = left.checked_sub(1).ok_or_else(|| {
                Error::new(
                    ErrorKind::Usage,
                    format!("more than {MOST_ENTRIES} files and directories in this directory"),
                )
                .at(root.display())
                .next("name the directory of a PyO3 project")
            })?;
            // A link to a directory may lead back.
            let kind = entry.file_type()?;
            let name = entry.file_name();
            if kind.is_dir() && !PASSED_OVER.iter().any(|passed| name == *passed) {
                waiting.push(entry.path());
            } else if !kind.is_dir() && entry.path().extension().is_some_and(|end| end == "rs") {
                files.push(entry.path());
            }
        }
    }
    if files.is_empty() {
        return Err(Error::new(ErrorKind::Usage, "no Cargo.toml and no Rust file in this directory")
            .at(root.display())
            .next("name the directory of a PyO3 project, or a .rs file"));
    }
    files.sort();
    modules::alone(&files, root, &mut source);
    Ok(source)
}
