//! Finds interpreters: in the lab, pyenv, uv, on PATH, and by the launcher of Windows.

use std::path::{Path, PathBuf};
use std::time::Duration;

use monowheel_error::Result;
use monowheel_system::exec::{Call, CancelToken, on_path, search_path};

use crate::lab::{Entry, Lab};
use crate::trials::python::{Candidate, Origin, Python};

/// Every place, best first: of two paths of one interpreter the first is used.
pub(super) fn all(stop: &CancelToken) -> Vec<Candidate> {
    let mut found = lab();
    found.extend(pyenv());
    found.extend(uv());
    found.extend(path());
    found.extend(launcher(stop));
    found
}

fn var(name: &str) -> Option<PathBuf> {
    // A relative path would be in the current directory, whose programs are not run.
    std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute())
}

fn home() -> Option<PathBuf> {
    var("HOME").or_else(|| var("USERPROFILE"))
}

/// The subdirectories of a directory that need not exist, by name.
fn below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs_err::read_dir(folder).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

fn lab() -> Vec<Candidate> {
    let entries = Lab::open().map(|lab| lab.entries()).unwrap_or_default();
    entries.iter().map(of_lab).collect()
}

fn of_lab(entry: &Entry) -> Candidate {
    let mut launch = entry.command(Path::new(""));
    launch.pop();
    Candidate { path: entry.python(), origin: Origin::Lab, runner: Some(entry.runner), launch }
}

/// The lab's interpreter with `ThreadSanitizer`, which no wheel is tested on otherwise.
///
/// # Errors
/// [`monowheel_error::ErrorKind::Toolchain`] when it is not installed; when it does not work.
pub fn with_thread_sanitizer(stop: &CancelToken) -> Result<Python> {
    of_lab(&Lab::open()?.sanitized()?).ask(stop)
}

fn pyenv_root() -> Option<PathBuf> {
    var("PYENV_ROOT").or_else(|| Some(home()?.join(if cfg!(windows) { ".pyenv/pyenv-win" } else { ".pyenv" })))
}

/// `$PYENV_ROOT/versions/*/bin/python`.
fn pyenv() -> Vec<Candidate> {
    pyenv_root().into_iter().flat_map(|root| installations(&root.join("versions"), Origin::Pyenv)).collect()
}

/// Whether a directory on PATH has pyenv's shims: scripts that run one of its interpreters, which are found themselves,
/// or say that it is not selected here. Each takes a third of a second.
fn has_shims(folder: &Path, pyenv_root: Option<&Path>) -> bool {
    folder.ends_with("shims") && pyenv_root.is_some_and(|root| folder.starts_with(root))
}

/// The directory of `uv python install` (uv 0.4 and later).
fn uv() -> Vec<Candidate> {
    let root = var("UV_PYTHON_INSTALL_DIR").or_else(|| Some(var("XDG_DATA_HOME")?.join("uv/python"))).or_else(|| {
        if cfg!(windows) {
            Some(var("APPDATA")?.join("uv/data/python"))
        } else {
            Some(home()?.join(".local/share/uv/python"))
        }
    });
    root.into_iter().flat_map(|root| installations(&root, Origin::Uv)).collect()
}

/// One interpreter per directory.
fn installations(root: &Path, origin: Origin) -> Vec<Candidate> {
    let python = |folder: &PathBuf| {
        let places = ["bin/python3", "bin/python", "python.exe", "install/bin/python3"];
        places.iter().map(|place| folder.join(place)).find(|path| path.is_file())
    };
    // Links next to the directories are other names of them.
    let folders = below(root).into_iter().filter(|folder| !folder.is_symlink());
    folders.filter_map(|folder| Some(Candidate::at(python(&folder)?, origin))).collect()
}

/// Executables on PATH named `python`, `python3`, `python3.13`, `python3.14t` or `python3.13d`.
fn path() -> Vec<Candidate> {
    let mut found = Vec::new();
    let pyenv_root = pyenv_root();
    for folder in search_path().into_iter().filter(|folder| !has_shims(folder, pyenv_root.as_deref())) {
        let entries = fs_err::read_dir(&folder).into_iter().flatten().flatten();
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| is_python(path)).collect();
        // The most specific name comes first.
        files.sort_by_key(|path| std::cmp::Reverse(path.as_os_str().len()));
        found.extend(files.into_iter().map(|file| Candidate::at(file, Origin::Path)));
    }
    found
}

fn is_python(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name = name.strip_suffix(".exe").unwrap_or(&name);
    let Some(version) = name.strip_prefix("python") else { return false };
    // A free-threaded one ends in t, a debug build in d.
    let minor = version.strip_prefix("3.").map(|minor| minor.strip_suffix('d').unwrap_or(minor));
    let minor = minor.map(|minor| minor.strip_suffix('t').unwrap_or(minor));
    let is_number = minor.is_some_and(|minor| !minor.is_empty() && minor.bytes().all(|byte| byte.is_ascii_digit()));
    (is_number || version.is_empty() || version == "3") && path.is_file()
}

/// `py -0p`, only on Windows: elsewhere a program of this name is something else.
fn launcher(stop: &CancelToken) -> Vec<Candidate> {
    if !cfg!(windows) {
        return Vec::new();
    }
    let call = on_path("py").and_then(|py| Call::new(py).arg("-0p").in_empty_dir().ok());
    let told = call.and_then(|call| call.stdout(Duration::from_secs(20), stop).ok());
    told.iter().flat_map(|told| listed(told)).map(|path| Candidate::at(path, Origin::Py)).collect()
}

/// The paths in a list like ` -V:3.13 *        C:\Python313\python.exe`.
fn listed(told: &str) -> Vec<PathBuf> {
    let path = |line: &str| {
        let (drive, _) = line.char_indices().find(|(at, _)| {
            let mut rest = line.chars().skip(*at);
            rest.next().is_some_and(|c| c.is_ascii_alphabetic())
                && rest.next() == Some(':')
                && rest.next() == Some('\\')
        })?;
        Some(PathBuf::from(line.get(drive..)?.trim_end()))
    };
    told.lines().filter_map(path).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_interpreters() -> std::io::Result<()> {
        let folder = tempfile::tempdir()?;
        for (name, is) in [
            ("python", true),
            ("python3", true),
            ("python3.8", true),
            ("python3.15t", true),
            ("python3.11d", true),
            ("python3.14td", true),
            ("python3.14dt", false),
            ("python3.exe", true),
            ("python2", false),
            ("python3-config", false),
            ("python3.", false),
            ("pythonw", false),
            ("ipython3", false),
        ] {
            let path = folder.path().join(name);
            fs_err::write(&path, "")?;
            assert_eq!(is_python(&path), is, "{name}");
        }
        Ok(())
    }

    #[test]
    fn shims_of_pyenv() {
        let root = Some(Path::new("/home/me/.pyenv"));
        assert!(has_shims(Path::new("/home/me/.pyenv/shims"), root));
        assert!(has_shims(Path::new("/home/me/.pyenv/plugins/pyenv-virtualenv/shims"), root));
        for (folder, root) in [("/home/me/.pyenv/bin", root), ("/home/me/.asdf/shims", root), ("/x/shims", None)] {
            assert!(!has_shims(Path::new(folder), root), "{folder}");
        }
    }

    #[test]
    fn the_list_of_the_launcher() {
        let told = " -V:3.13 *        C:\\Program Files\\Python313\\python.exe\n -V:3.8-32        D:\\py\\python.exe\r\nNo more\n";
        let paths = ["C:\\Program Files\\Python313\\python.exe", "D:\\py\\python.exe"];
        assert_eq!(listed(told), paths.map(PathBuf::from));
    }

    #[test]
    fn one_interpreter_a_folder() -> std::io::Result<()> {
        let root = tempfile::tempdir()?;
        for place in ["3.8.18/bin", "3.9.1/bin", "empty"] {
            fs_err::create_dir_all(root.path().join(place))?;
        }
        fs_err::write(root.path().join("3.8.18/bin/python3"), "")?;
        fs_err::write(root.path().join("3.9.1/bin/python"), "")?;
        let found = installations(root.path(), Origin::Pyenv);
        let paths: Vec<_> = found.into_iter().map(|candidate| candidate.path).collect();
        assert_eq!(paths, [root.path().join("3.8.18/bin/python3"), root.path().join("3.9.1/bin/python")]);
        Ok(())
    }
}
