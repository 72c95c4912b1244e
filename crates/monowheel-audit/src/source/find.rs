//! What the user names → the project: its crates with bindings, their files, its package.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_manifest::cargo::manifest_path;
use monowheel_manifest::inside::Scope;

use crate::source::modules::shown;
use crate::source::{Package, Source, crates, modules, pyproject};

/// Folders that hold no sources of the project.
const PASSED_OVER: [&str; 3] = ["target", "node_modules", ".git"];

/// How many directories above a crate are looked through for the pyproject.toml that names it.
const MOST_ABOVE: usize = 16;
/// The most entries of a directory without a manifest, and of those in it, that are looked at.
const MOST_ENTRIES: usize = 200_000;

/// Reads what `path` names: a project's or a crate's folder, its Cargo.toml or pyproject.toml, a workspace, one
/// file of Rust, or a folder of such files. Relative or absolute, the answer is the same.
///
/// # Errors
/// [`ErrorKind::Usage`] when it is not there or nothing in it is a crate with Python bindings or a file of Rust;
/// [`ErrorKind::Project`] when a manifest cannot be read.
pub fn find(path: &Path) -> Result<Source> {
    let mut source = named(path)?;
    source.resolve();
    Ok(source)
}

fn named(path: &Path) -> Result<Source> {
    let place = path.display().to_string();
    let source = Source { place, ..Source::default() };
    let Ok(whole) = whole(path) else {
        return Err(Error::new(ErrorKind::Usage, "no such file or folder")
            .at(path.display())
            .next("name the folder of a PyO3 project; `.` is this one"));
    };
    if whole.is_dir() {
        return project(&whole, source);
    }
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    // By its own name, where it is a link.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match name {
        "Cargo.toml" | "pyproject.toml" => project(&self::whole(folder)?, source),
        _ if name.ends_with(".rs") && whole.is_file() => {
            let mut source = source;
            modules::alone(&[path.to_path_buf()], folder, &mut source);
            Ok(source)
        }
        _ => Err(Error::new(ErrorKind::Usage, "neither a folder, a manifest nor a file of Rust")
            .at(path.display())
            .next("name the folder of a PyO3 project, or a .rs file")),
    }
}

/// The whole path of what is there. That of `canonicalize` is of another form on Windows, which joins no `/`.
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
        return Err(Error::new(ErrorKind::Usage, "nothing here depends on pyo3")
            .at(manifest.display())
            .next("name the folder of the crate that does, or of its workspace"));
    }
    source.unreadable = unread;
    let mut seen = HashSet::new();
    for krate in found {
        let index = source.crates.len();
        modules::read(&krate.root, root, index, &mut seen, &mut source);
        source.crates.push(krate);
    }
    source.package = package.map(|(package, _)| package).or_else(|| {
        // A workspace's package is often with the member that is built.
        let built = source.crates.iter().filter(|krate| krate.is_cdylib && krate.is_asked);
        let folders = built.filter_map(|krate| krate.path.parent());
        let found = folders.filter_map(|folder| Package::of(folder, shown(&folder.join("pyproject.toml"), root)));
        found.into_iter().next()
    });
    Ok(source)
}

/// The package whose pyproject.toml, in a directory above, names this manifest, and that directory.
fn package_above(root: &Path, manifest: &Path) -> Option<(Package, PathBuf)> {
    let manifest = fs_err::canonicalize(manifest).ok()?;
    let names_it = |folder: &&Path| {
        let named = pyproject::maturin_table(folder).and_then(|maturin| maturin.manifest_path);
        named.is_some_and(|named| fs_err::canonicalize(folder.join(named)).is_ok_and(|named| named == manifest))
    };
    let folder = root.ancestors().skip(1).take(MOST_ABOVE).find(names_it)?;
    Some((Package::of(folder, shown(&folder.join("pyproject.toml"), root))?, folder.to_path_buf()))
}

/// Every file of Rust in a folder without a manifest.
fn folder_of_files(root: &Path, mut source: Source) -> Result<Source> {
    let mut files = Vec::new();
    let mut waiting = vec![root.to_path_buf()];
    let mut left = MOST_ENTRIES;
    while let Some(folder) = waiting.pop() {
        for entry in fs_err::read_dir(&folder)? {
            let entry = entry?;
            left = left.checked_sub(1).ok_or_else(|| {
                Error::new(ErrorKind::Usage, format!("more than {MOST_ENTRIES} files and directories are in here"))
                    .at(root.display())
                    .next("name the directory of a PyO3 project")
            })?;
            // A link to a folder may lead back.
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
        return Err(Error::new(ErrorKind::Usage, "no Cargo.toml and no file of Rust in this folder")
            .at(root.display())
            .next("name the folder of a PyO3 project, or a .rs file"));
    }
    files.sort();
    modules::alone(&files, root, &mut source);
    Ok(source)
}
