//! The members of a workspace: patterns of directories, as in cargo. The walk is bounded: `members = ["../../**"]`
//! is a pattern too.

use std::path::{Path, PathBuf};

use cargo_toml::Manifest;
use glob::Pattern;
use monowheel_error::{Error, ErrorKind, Result};

use crate::files::FILE;
use crate::inside::Scope;

/// The maximum number of directory entries that all patterns of a workspace may examine.
const MOST_ENTRIES: usize = 20_000;
/// The maximum length of a pattern in bytes.
const LONGEST: usize = 1024;

/// The Cargo.toml of every directory that a pattern of `[workspace] members` in `folder` matches.
///
/// # Errors
/// [`ErrorKind::Project`] when a pattern is malformed, absolute or points outside the scope, and when the patterns
/// match too many directories.
pub fn members<'p>(folder: &Path, patterns: impl IntoIterator<Item = &'p str>, scope: &Scope) -> Result<Vec<PathBuf>> {
    let mut walk = Walk { scope, left: MOST_ENTRIES, found: Vec::new() };
    for pattern in patterns {
        let refused = |why: &str| {
            let shown: String = pattern.chars().take(80).collect();
            Error::new(ErrorKind::Project, format!("[workspace] members {why}: {shown:?}"))
                .at(folder.join(FILE).display())
                .next("name the directories of the members; `cargo metadata` shows more")
        };
        if pattern.len() > LONGEST || pattern.starts_with('/') || pattern.contains(['\0', '\\', ':']) {
            return Err(refused("is not a relative path"));
        }
        let parts: Vec<&str> = pattern.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
        walk.follow(folder.to_path_buf(), &parts).map_err(|stop| match stop {
            Stop::TooMany => {
                refused("matches too much: more than 20000 files and directories would have to be searched")
            }
            Stop::Outside => refused("points outside the project"),
            Stop::Pattern(error) => refused(&format!("is not a valid pattern ({error})")),
        })?;
    }
    walk.found.sort();
    walk.found.dedup();
    Ok(walk.found)
}

/// The Cargo.toml of each member that the workspace of `manifest`, in `folder`, lists; none if it is not a workspace.
///
/// # Errors
/// As [`members`].
pub fn of_workspace(manifest: &Manifest, folder: &Path, scope: &Scope) -> Result<Vec<PathBuf>> {
    members(folder, manifest.workspace.iter().flat_map(|workspace| &workspace.members).map(String::as_str), scope)
}

struct Walk<'a> {
    scope: &'a Scope,
    /// How many more entries may be examined.
    left: usize,
    found: Vec<PathBuf>,
}

/// Why a walk ends early.
enum Stop {
    TooMany,
    Outside,
    Pattern(glob::PatternError),
}

impl Walk<'_> {
    /// Follows the parts of a pattern, starting at a directory. The depth is that of the pattern.
    fn follow(&mut self, folder: PathBuf, parts: &[&str]) -> Result<(), Stop> {
        self.spend()?;
        let Some((part, rest)) = parts.split_first() else {
            let manifest = folder.join(FILE);
            self.found.extend(manifest.is_file().then_some(manifest));
            return Ok(());
        };
        match *part {
            "**" => {
                let mut waiting = vec![folder];
                while let Some(folder) = waiting.pop() {
                    waiting.extend(self.directories(&folder, None)?);
                    self.follow(folder, rest)?;
                }
                Ok(())
            }
            part if part.contains(['*', '?', '[']) => {
                let pattern = Pattern::new(part).map_err(Stop::Pattern)?;
                for inner in self.directories(&folder, Some(&pattern))? {
                    self.follow(inner, rest)?;
                }
                Ok(())
            }
            part => {
                let inner = folder.join(part);
                if !self.scope.contains(&inner) {
                    return Err(Stop::Outside);
                }
                if inner.is_dir() { self.follow(inner, rest) } else { Ok(()) }
            }
        }
    }

    /// The subdirectories, by name; without a pattern those of `**`, which follows no links.
    fn directories(&mut self, folder: &Path, pattern: Option<&Pattern>) -> Result<Vec<PathBuf>, Stop> {
        let mut found = Vec::new();
        for entry in fs_err::read_dir(folder).into_iter().flatten().flatten() {
            self.spend()?;
            let path = entry.path();
            let is_wanted = match pattern {
                Some(pattern) => pattern.matches(&entry.file_name().to_string_lossy()) && path.is_dir(),
                None => entry.file_type().is_ok_and(|kind| kind.is_dir()),
            };
            // A link that leads outside is not a member: the pattern found it.
            if is_wanted && self.scope.contains(&path) {
                found.push(path);
            }
        }
        found.sort();
        Ok(found)
    }

    fn spend(&mut self) -> Result<(), Stop> {
        self.left = self.left.checked_sub(1).ok_or(Stop::TooMany)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace() -> Result<tempfile::TempDir> {
        let dir = tempfile::tempdir()?;
        for member in ["a", "b", "crates/c", "crates/deep/d"] {
            fs_err::create_dir_all(dir.path().join("root").join(member))?;
            fs_err::write(dir.path().join("root").join(member).join(FILE), "")?;
        }
        fs_err::create_dir_all(dir.path().join("beside"))?;
        fs_err::write(dir.path().join("beside").join(FILE), "")?;
        Ok(dir)
    }

    fn of(root: &Path, patterns: &[&str], scope: &Scope) -> Result<Vec<String>> {
        let found = members(root, patterns.iter().copied(), scope)?;
        let shown = |path: &PathBuf| path.strip_prefix(root).ok()?.parent().map(|path| path.display().to_string());
        Ok(found.iter().filter_map(shown).collect())
    }

    #[test]
    fn patterns_match_as_those_of_cargo() -> Result<()> {
        let dir = workspace()?;
        let root = dir.path().join("root");
        let own = Scope::own();
        assert_eq!(of(&root, &["a", "./b/"], &own)?, ["a", "b"]);
        assert_eq!(of(&root, &["?", "crates/*", "a"], &own)?, ["a", "b", "crates/c"]);
        assert_eq!(of(&root, &["crates/**"], &own)?, ["crates/c", "crates/deep/d"]);
        assert_eq!(of(&root, &["gone", "gone/*"], &own)?, Vec::<String>::new());
        assert_eq!(of(&root, &["../beside"], &own)?, ["../beside"]);
        Ok(())
    }

    #[test]
    fn what_leads_out_of_a_third_party_s_source_is_refused() -> Result<()> {
        let dir = workspace()?;
        let root = dir.path().join("root");
        let theirs = Scope::within(&root);
        assert_eq!(of(&root, &["crates/**"], &theirs)?, ["crates/c", "crates/deep/d"]);
        for pattern in ["../beside", "../**", "a/../../beside", "/", "/etc/*", "c:/x", "[", "a\\b"] {
            let refused = of(&root, &[pattern], &theirs).err().map(|error| error.kind());
            assert_eq!(refused, Some(ErrorKind::Project), "{pattern}");
        }
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn links_neither_lead_out_nor_around_in_circles() -> Result<()> {
        let dir = workspace()?;
        let root = dir.path().join("root");
        fs_err::os::unix::fs::symlink("../../beside", root.join("crates/out"))?;
        fs_err::os::unix::fs::symlink("..", root.join("crates/up"))?;
        assert_eq!(of(&root, &["crates/**"], &Scope::own())?, ["crates/c", "crates/deep/d"]);
        assert_eq!(of(&root, &["crates/*"], &Scope::within(&root))?, ["crates/c"]);
        Ok(())
    }

    #[test]
    fn the_walk_of_a_pattern_has_an_end() -> Result<()> {
        let dir = workspace()?;
        let root = dir.path().join("root");
        for number in 0..200 {
            fs_err::create_dir_all(root.join(format!("many/{number}")))?;
        }
        assert!(of(&root, &["many/**"], &Scope::own()).is_ok());
        for pattern in ["many/**/../**/../**", "../root/many/*/../*/../*"] {
            let said = of(&root, &[pattern], &Scope::own()).err().map(|error| error.to_string()).unwrap_or_default();
            assert!(said.contains("matches too much"), "{pattern}: {said}");
        }
        Ok(())
    }
}
