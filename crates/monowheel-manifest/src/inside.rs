//! Restricts the paths in a manifest.
//!
//! Your own project may have any layout: `manifest-path = "../rust/Cargo.toml"` is normal. A third party's source (an
//! unpacked sdist, a checkout that is verified) may refer only to itself. In both, a path is relative, it names a
//! regular file, and an error never quotes a file that is a link to a file with another name.

use std::path::{Component, Path, PathBuf};

use monowheel_error::{Error, ErrorKind, Result};

/// Which files the manifests of a project may name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    boundary: Option<PathBuf>,
}

impl Scope {
    /// The scope of the user's own project: a relative path may lead up with `..`.
    #[must_use]
    pub const fn own() -> Self {
        Self { boundary: None }
    }

    /// The scope of a third party's source: nothing outside this directory, neither by `..` nor through a symbolic
    /// link.
    #[must_use]
    pub fn within(directory: &Path) -> Self {
        Self { boundary: Some(directory.to_path_buf()) }
    }

    /// Whether this is the user's own project.
    #[must_use]
    pub const fn is_own(&self) -> bool {
        self.boundary.is_none()
    }

    /// The path in `key` of a manifest in `folder`.
    ///
    /// # Errors
    /// [`ErrorKind::Project`] when it is absolute or points outside this scope.
    pub fn path(&self, folder: &Path, named: &Path, key: &str) -> Result<PathBuf> {
        let refused = |why: &str| {
            Err(Error::new(ErrorKind::Project, format!("{key} {why}: {:?}", named.display().to_string()))
                .at(folder.display())
                .next("name a path inside the project, relative to the file that names it"))
        };
        let is_relative = |part: Component<'_>| !matches!(part, Component::Prefix(_) | Component::RootDir);
        if named.as_os_str().is_empty() || !named.components().all(is_relative) {
            return refused("is not a relative path");
        }
        if named.to_string_lossy().contains('\0') {
            return refused("contains a NUL byte");
        }
        let path = folder.join(named);
        if self.contains(&path) { Ok(path) } else { refused("points outside the project") }
    }

    /// Whether a path is in this scope, by its name and, if it exists, after resolving every symbolic link.
    #[must_use]
    pub fn contains(&self, path: &Path) -> bool {
        let Some(boundary) = &self.boundary else { return true };
        let by_name = match (plain(path), plain(boundary)) {
            (Some(path), Some(boundary)) => path.starts_with(boundary),
            _ => false,
        };
        // The existing part: the rest cannot lead anywhere.
        let there = path.ancestors().find_map(|part| fs_err::canonicalize(part).ok());
        let by_links = match (there, fs_err::canonicalize(boundary)) {
            (Some(there), Ok(boundary)) => there.starts_with(boundary),
            _ => false,
        };
        by_name && by_links
    }

    /// A directory and those above it that are in this scope.
    pub fn ancestors<'a>(&'a self, folder: &'a Path) -> impl Iterator<Item = &'a Path> {
        folder.ancestors().take_while(|above| self.contains(above))
    }
}

/// Whether a path is relative and leads only down.
pub(crate) fn plain_relative(path: &Path) -> bool {
    path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}

/// A path without `.` and `..`, by its name only; `None` when it leads above the root.
fn plain(path: &Path) -> Option<PathBuf> {
    let mut plain = PathBuf::new();
    for part in std::path::absolute(path).ok()?.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                if !plain.pop() {
                    return None;
                }
            }
            part => plain.push(part),
        }
    }
    Some(plain)
}

/// Whether a file is not a symbolic link to a file with another name. An error about another file
/// would quote lines of it, for instance those of a `Cargo.toml` that is a link to somebody's keys.
#[must_use]
pub fn is_itself(path: &Path) -> bool {
    match fs_err::canonicalize(path) {
        Ok(whole) => whole.file_name() == path.file_name(),
        Err(_) => fs_err::symlink_metadata(path).map_or(true, |metadata| !metadata.is_symlink()),
    }
}

/// The quotable part of a file's error: `said`, unless the file is a link to a file with another name.
#[must_use]
pub fn quotable(path: &Path, said: &dyn std::fmt::Display) -> String {
    if is_itself(path) {
        said.to_string().trim_end().to_owned()
    } else {
        "it is a link to a file with another name, whose content is not quoted".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_third_party_s_path_stays_inside() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let (root, inner) = (dir.path().join("x-1"), dir.path().join("x-1/inner"));
        fs_err::create_dir_all(&inner)?;
        fs_err::write(dir.path().join("secret"), "")?;
        let (own, theirs) = (Scope::own(), Scope::within(&root));
        let ok = |scope: &Scope, folder: &Path, path: &str| scope.path(folder, Path::new(path), "key").is_ok();
        for path in ["Cargo.toml", "./inner/Cargo.toml", "inner/../Cargo.toml", "not/there"] {
            assert!(ok(&own, &root, path) && ok(&theirs, &root, path), "{path}");
        }
        for path in ["../secret", "inner/../../secret", "..", "inner/../../x-1-other/y"] {
            assert!(ok(&own, &root, path) && !ok(&theirs, &root, path), "{path}");
        }
        assert!(ok(&theirs, &inner, "../Cargo.toml") && !ok(&theirs, &inner, "../../secret"));
        for path in ["/dev/zero", "/etc/passwd", "", "a\0b"] {
            assert!(!ok(&own, &root, path) && !ok(&theirs, &root, path), "{path:?}");
        }
        assert_eq!(theirs.ancestors(&inner).collect::<Vec<_>>(), [inner.as_path(), root.as_path()]);
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leads_out_is_not_inside_and_is_not_quoted() -> Result<()> {
        use fs_err::os::unix::fs::symlink;
        let dir = tempfile::tempdir()?;
        let root = dir.path().join("x-1");
        fs_err::create_dir_all(&root)?;
        fs_err::write(dir.path().join("secret"), "")?;
        fs_err::write(root.join("own.toml"), "")?;
        symlink("../secret", root.join("Cargo.toml"))?;
        symlink("..", root.join("up"))?;
        symlink("own.toml", root.join("link.toml"))?;
        let theirs = Scope::within(&root);
        assert!(!theirs.contains(&root.join("Cargo.toml")) && !theirs.contains(&root.join("up/secret")));
        assert!(!theirs.contains(&root.join("up/new")), "nor does a path that does not exist yet");
        assert!(theirs.contains(&root.join("link.toml")));
        assert_eq!(quotable(&root.join("own.toml"), &"line"), "line");
        assert!(quotable(&root.join("Cargo.toml"), &"root:x:0").contains("not quoted"));
        Ok(())
    }
}
