//! The workspace that a crate belongs to, according to cargo's rules.

use std::path::{Path, PathBuf};

use monowheel_system::regular_file;
use toml::{Table, Value};

use crate::files::{FILE, absolute};
use crate::inside::Scope;

/// The Cargo.lock of a package: beside its manifest, or beside that of the workspace it belongs to.
///
/// A crate with a `[workspace]` of its own, or one that the workspace above excludes, has its own lock file, wherever
/// it is. A Cargo.toml above it that has no `[workspace]` belongs to another package.
pub fn find_lock(manifest: &Path, scope: &Scope) -> Option<PathBuf> {
    let lock = workspace_root(manifest, scope)?.join("Cargo.lock");
    (lock.exists() && scope.contains(&lock)).then_some(lock)
}

/// The directory of the workspace's manifest; the package's own if it belongs to none.
pub fn workspace_root(manifest: &Path, scope: &Scope) -> Option<PathBuf> {
    let own = manifest.parent()?;
    let table = read(manifest);
    let named = table.as_ref().and_then(|table| table.get("package")?.get("workspace")?.as_str());
    if let Some(named) = named {
        return scope.path(own, Path::new(named), "[package] workspace").ok();
    }
    if table.is_some_and(|table| table.contains_key("workspace")) {
        return Some(own.to_path_buf());
    }
    let folder = absolute(own).ok()?;
    let above = scope.ancestors(&folder).skip(1).find(|above| is_workspace_of(above, &folder));
    Some(above.map_or_else(|| own.to_path_buf(), Path::to_path_buf))
}

fn is_workspace_of(above: &Path, folder: &Path) -> bool {
    let Some(workspace) = read(&above.join(FILE)).and_then(|mut table| table.remove("workspace")) else { return false };
    let excluded = workspace.get("exclude").and_then(Value::as_array);
    let excluded = excluded.into_iter().flatten().filter_map(Value::as_str);
    !excluded.map(|path| above.join(path)).any(|path| folder.starts_with(path))
}

/// A manifest that can be read; cargo reports errors in others.
fn read(path: &Path) -> Option<Table> {
    regular_file::read_text(path).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACKAGE: &str = "[package]\nname = \"x\"\nversion = \"1.0.0\"\n";

    fn lock_of(outer: &str, inner: &str, locks: &[&str]) -> Option<String> {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("crates/x");
        fs_err::create_dir_all(&folder).unwrap();
        fs_err::write(dir.path().join(FILE), outer).unwrap();
        fs_err::write(folder.join(FILE), format!("{PACKAGE}{inner}")).unwrap();
        for lock in locks {
            fs_err::write(dir.path().join(lock).join("Cargo.lock"), "").unwrap();
        }
        let found = find_lock(&folder.join(FILE), &Scope::own())?;
        let root = fs_err::canonicalize(dir.path()).unwrap();
        let found = fs_err::canonicalize(found).unwrap();
        Some(found.strip_prefix(root).unwrap().to_string_lossy().into_owned())
    }

    #[test]
    fn a_member_has_the_lock_of_its_workspace() {
        let workspace = "[workspace]\nmembers = [\"crates/*\"]\n";
        assert_eq!(lock_of(workspace, "", &["", "crates/x"]).as_deref(), Some("Cargo.lock"));
        assert_eq!(lock_of("", "workspace = \"../..\"\n", &[""]).as_deref(), Some("Cargo.lock"));
    }

    #[test]
    fn a_crate_inside_another_repository_does_not_take_its_lock() {
        let workspace = "[workspace]\n";
        assert_eq!(lock_of(workspace, "[workspace]\n", &[""]), None);
        assert_eq!(lock_of(workspace, "[workspace]\n", &["", "crates/x"]).as_deref(), Some("crates/x/Cargo.lock"));
        assert_eq!(lock_of("[workspace]\nexclude = [\"crates/x\"]\n", "", &[""]), None);
        assert_eq!(lock_of("[package]\nname = \"y\"\nversion = \"1.0.0\"\n", "", &[""]), None);
    }
}
