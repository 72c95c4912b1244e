//! Reads the projects in `examples/`, which are the templates of `monowheel new`.
//!
//! The build script embeds them in the binary, and tests compare the binary with them. Both compile this file, so it
//! uses only the standard library. It does not ask git: an unpacked sdist has none.

use std::fs;
use std::path::{Path, PathBuf};

/// The directory of the examples, relative to this crate's.
pub(super) const DIRECTORY: &str = "../../examples";

/// Directories that builds and tests leave. Hidden ones (`.venv`, `.tox`, `.ruff_cache`) are left out as well.
/// `[tool.maturin]` in pyproject.toml keeps the same directories and files out of the sdist.
const BUILT_DIRECTORIES: [&str; 3] = ["target", "dist", "__pycache__"];
/// Extensions of files that builds and tests leave.
const BUILT_EXTENSIONS: [&str; 5] = ["dll", "dylib", "pyc", "pyd", "so"];

/// The examples, and what has to change before they are read again.
#[derive(Debug, Default)]
pub(super) struct Examples {
    /// Every example, in the order of their names.
    pub(super) examples: Vec<Example>,
    /// Paths for `cargo::rerun-if-changed`.
    pub(super) watched: Vec<PathBuf>,
}

/// One example.
#[derive(Debug)]
pub(super) struct Example {
    /// The name of its directory.
    pub(super) name: String,
    /// Its files, in the order of their paths.
    pub(super) files: Vec<ExampleFile>,
}

/// A file of an example.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ExampleFile {
    /// Relative to the example, with `/`.
    pub(super) path: String,
    /// Whether it is a program. The first line decides, because an sdist does not record permissions.
    pub(super) executable: bool,
    /// Its content.
    pub(super) text: String,
}

/// Reads every directory in `directory` that has a Cargo.toml.
///
/// # Errors
/// A sentence with the path, for anything that cannot be part of a template.
pub(super) fn read(directory: &Path) -> Result<Examples, String> {
    let mut found = Examples::default();
    let mut is_clean = true;
    for (name, path) in entries(directory)? {
        if !path.join("Cargo.toml").is_file() {
            continue;
        }
        let mut files = Vec::new();
        is_clean &= walk(&path, "", &mut files, &mut found.watched)?;
        files.sort_by(|one, other| one.path.cmp(&other.path));
        found.examples.push(Example { name, files });
    }
    if found.examples.is_empty() {
        return Err(format!("{}: no example has a Cargo.toml; {NEXT}", directory.display()));
    }
    if is_clean {
        found.watched = vec![directory.to_owned()];
    }
    Ok(found)
}

const NEXT: &str = "build from a git checkout or from the sdist, which have the examples";

/// Adds the files of a directory, and returns whether it has nothing that builds and tests left.
///
/// cargo looks at everything below a directory that it watches, so a directory with build outputs is not watched
/// itself: only what was read from it. A file that is added there later is found when something else changes.
fn walk(
    directory: &Path,
    inside: &str,
    files: &mut Vec<ExampleFile>,
    watched: &mut Vec<PathBuf>,
) -> Result<bool, String> {
    let before = watched.len();
    let mut is_clean = true;
    for (name, path) in entries(directory)? {
        let wrong = |what: &str| Err(format!("{}: {what}", path.display()));
        let kind = fs::symlink_metadata(&path).map_err(|error| format!("{}: {error}", path.display()))?.file_type();
        // `monowheel ci` writes a project's workflows for its own name.
        if inside.is_empty() && name == ".github" {
            continue;
        }
        if is_left_by_a_build(&name, kind.is_file()) {
            is_clean = false;
        } else if kind.is_dir() {
            is_clean &= walk(&path, &format!("{inside}{name}/"), files, watched)?;
        } else if kind.is_file() {
            let bytes = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            let Ok(text) = String::from_utf8(bytes) else {
                return wrong(
                    "not UTF-8 text, so it cannot be part of a template; remove it, or move it out of examples/",
                );
            };
            if text.contains('\r') {
                return wrong(
                    "has a carriage return, which would be in every new project; convert it to LF line endings",
                );
            }
            // `#![warn(…)]` begins in the same way.
            files.push(ExampleFile { path: format!("{inside}{name}"), executable: text.starts_with("#!/"), text });
            watched.push(path);
        } else {
            return wrong("neither a file nor a directory (a symbolic link?); put a copy of the file in its place");
        }
    }
    if is_clean {
        watched.truncate(before);
        watched.push(directory.to_owned());
    }
    Ok(is_clean)
}

/// Whether builds, tests or tools made this, and not the author of the example.
fn is_left_by_a_build(name: &str, is_file: bool) -> bool {
    if name.starts_with('.') {
        return name != ".gitignore";
    }
    if !is_file {
        return BUILT_DIRECTORIES.contains(&name);
    }
    // The tools of this machine, which are not those of a new project.
    if name == "monowheel.lock" {
        return true;
    }
    Path::new(name).extension().is_some_and(|extension| BUILT_EXTENSIONS.iter().any(|built| extension == *built))
}

/// The names and paths of a directory's entries, in the order of their names.
fn entries(directory: &Path) -> Result<Vec<(String, PathBuf)>, String> {
    let wrong = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => format!("{}: no such directory; {NEXT}", directory.display()),
        _ => format!("{}: {error}", directory.display()),
    };
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).map_err(wrong)? {
        let path = entry.map_err(wrong)?.path();
        match path.file_name().and_then(|name| name.to_str()) {
            Some(name) => found.push((name.to_owned(), path)),
            None => return Err(format!("{}: the name is not UTF-8; rename it", path.display())),
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes files below a directory, and those directories.
    fn write(directory: &Path, files: &[(&str, &[u8])]) {
        for (path, bytes) in files {
            let path = directory.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
    }

    const SOURCES: &[(&str, &[u8])] = &[
        ("b/Cargo.toml", b"[package]\n"),
        ("b/src/target.rs", b"#![no_std]\n"),
        ("b/ci.sh", b"#!/bin/sh\n"),
        ("b/.gitignore", b"/target/\n"),
        ("a/Cargo.toml", b"no line break at the end"),
        ("README.md", b"of all"),
    ];

    #[test]
    fn every_source_is_read_in_order() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), SOURCES);
        write(dir.path(), &[("b/.github/workflows/ci.yml", b"b's own"), ("none/x", b"\r")]);
        let found = read(dir.path()).unwrap();
        let seen: Vec<_> = (found.examples.iter())
            .map(|example| (example.name.as_str(), example.files.iter().map(|file| file.path.as_str()).collect()))
            .collect();
        assert_eq!(
            seen,
            [("a", vec!["Cargo.toml"]), ("b", vec![".gitignore", "Cargo.toml", "ci.sh", "src/target.rs"])]
        );
        let executable: Vec<bool> = found.examples[1].files.iter().map(|file| file.executable).collect();
        assert_eq!(executable, [false, false, true, false]);
        assert_eq!(found.examples[0].files[0].text, "no line break at the end");
        assert_eq!(found.watched, [dir.path()]);
    }

    #[test]
    fn build_outputs_are_neither_read_nor_watched() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), SOURCES);
        let clean = read(dir.path()).unwrap();
        write(
            dir.path(),
            &[
                ("b/target/debug/x.rs", b"\xff"),
                ("b/dist/b.whl", b"PK"),
                ("b/.venv/bin/python", b"\x7fELF"),
                ("b/.tox/x", b""),
                ("b/.coverage", b"\xff"),
                ("b/python/b/_b.abi3.so", b"\x7fELF"),
                ("b/python/b/_b.pyd", b"MZ"),
                ("b/python/b/__pycache__/x.pyc", b"\xff"),
                ("b/src/.mypy_cache/x", b""),
            ],
        );
        let built = read(dir.path()).unwrap();
        assert_eq!(built.examples[1].files, clean.examples[1].files);
        let watched: Vec<_> = (built.watched.iter()).map(|path| path.strip_prefix(dir.path()).unwrap()).collect();
        assert_eq!(watched, ["a", "b/.gitignore", "b/Cargo.toml", "b/ci.sh", "b/src/target.rs"].map(Path::new));
    }

    #[test]
    fn what_cannot_be_a_template_is_named() {
        for (bytes, what) in [(&b"\xff"[..], "not UTF-8 text"), (b"a\r\n", "carriage return")] {
            let dir = tempfile::tempdir().unwrap();
            write(dir.path(), SOURCES);
            write(dir.path(), &[("b/src/wrong", bytes)]);
            let error = read(dir.path()).unwrap_err();
            assert!(error.contains(what) && error.contains("wrong"), "{error}");
        }
        let dir = tempfile::tempdir().unwrap();
        assert!(read(dir.path()).unwrap_err().contains("no example"));
        assert!(read(&dir.path().join("gone")).unwrap_err().contains("no such directory"));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_refused_unless_a_build_left_it() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), SOURCES);
        std::os::unix::fs::symlink("/nowhere", dir.path().join("b/target")).unwrap();
        std::os::unix::fs::symlink("/nowhere", dir.path().join("b/.venv")).unwrap();
        read(dir.path()).unwrap();
        std::os::unix::fs::symlink("Cargo.toml", dir.path().join("b/link")).unwrap();
        let error = read(dir.path()).unwrap_err();
        assert!(error.contains("link") && error.contains("symbolic link"), "{error}");
    }
}
