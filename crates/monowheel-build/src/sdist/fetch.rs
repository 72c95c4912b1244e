//! Fetches the dependencies of an sdist, once.

use std::path::Path;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_manifest::cargo::Lock;
use monowheel_system::exec::{Call, CancelToken, last_lines};

/// The options for the lock file that a build may pass to maturin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Locked {
    /// The lock file is the published one: `--locked`.
    AsPublished,
    /// cargo removed entries that the sdist does not need (a member without its workspace).
    Pruned,
    /// The sdist has no lock file; cargo resolved the newest versions.
    Resolved,
}

/// A cargo that can fetch, with the name of its toolchain.
pub struct Fetcher {
    /// The user's name for the toolchain.
    pub toolchain: String,
    /// The call, without its arguments.
    pub cargo: Call,
}

/// The result of a fetch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// The options for the lock file that a build may pass to maturin.
    pub locked: Locked,
    /// A note for the user.
    pub note: Option<String>,
}

/// The message of a cargo whose libgit2 differs from the one that it was compiled for: it cannot fetch repositories,
/// and `net.git-fetch-with-cli` does not help. Debian's cargo 1.96 is an example.
const GIT_MISMATCH: &str = "git_proxy_options";

/// The input, and the directory in which cargo works.
pub struct Needs<'a> {
    /// The unpacked sdist, or the project.
    pub project: &'a Path,
    /// Its Cargo.toml.
    pub manifest: &'a Path,
    /// Where cargo is called: it merges the configuration of this and of every parent directory, which can name
    /// programs.
    pub dir: &'a Path,
    /// The log file for cargo's output.
    pub log: &'a Path,
    /// Stops it.
    pub stop: &'a CancelToken,
}

/// Fetches every dependency once, before the builds, so that they can run offline side by side.
///
/// The first of `fetchers` is the build's own cargo. The others fetch git dependencies if it cannot: the first one then
/// uses their results in `CARGO_HOME` offline.
///
/// # Errors
/// When cargo cannot fetch a dependency, or when the lock file no longer matches the manifest: then other
/// versions than the published ones would be built.
pub fn fetch(fetchers: &[Fetcher], needs: &Needs<'_>, on_line: &mut dyn FnMut(&str)) -> Result<Fetched> {
    let mut first_error = None;
    let own = fetchers.first().map_or("", |own| own.toolchain.as_str());
    for fetcher in fetchers {
        match with(&fetcher.cargo, needs, on_line) {
            Ok(locked) => {
                let by = (first_error.is_some()).then_some(fetcher.toolchain.as_str());
                let note = by.map(|by| {
                    format!("the cargo of the toolchain {own} cannot fetch git dependencies ({GIT_MISMATCH}): used that of {by}")
                });
                return Ok(Fetched { locked, note });
            }
            Err(error) if error.what().contains(GIT_MISMATCH) => first_error = first_error.or(Some(error)),
            Err(error) if first_error.is_some() => {
                let by = format!("(the cargo of {}; that of {own} cannot fetch from git)", fetcher.toolchain);
                let said = Error::new(error.kind(), format!("{}\n{by}", error.what())).at(needs.log.display());
                return Err(said.next(error.next_step().unwrap_or_default()));
            }
            Err(error) => return Err(error),
        }
    }
    Err(first_error.unwrap_or_else(|| Error::new(ErrorKind::Toolchain, "no cargo found to fetch dependencies")))
}

/// Fetches with one cargo.
fn with(cargo: &Call, needs: &Needs<'_>, on_line: &mut dyn FnMut(&str)) -> Result<Locked> {
    let Needs { project, manifest, dir, log, stop } = *needs;
    let lock = std::iter::once(manifest.parent().unwrap_or(project))
        .chain([project])
        .map(|folder| folder.join("Cargo.lock"))
        .find(|lock| lock.exists());
    let before = lock.as_deref().map(Lock::read).transpose()?;
    let mut file = fs_err::File::create(log)?;
    let mut printed = String::new();
    let mut run = |args: &[&str]| {
        let call = cargo.clone().arg("fetch").arg("--manifest-path").arg(manifest).args(args).dir(dir);
        printed.clear();
        call.logged(&mut file, stop, &mut |line| {
            printed.push_str(line);
            printed.push('\n');
            on_line(line);
        })
        .map(|status| (status.success(), printed.clone()))
    };
    if before.is_some() {
        let (fetched, said) = run(&["--locked"])?;
        if fetched {
            return Ok(Locked::AsPublished);
        }
        if !said.contains("lock file") {
            return Err(unfetched(&said, log));
        }
    }
    let (fetched, said) = run(&[])?;
    if !fetched {
        return Err(unfetched(&said, log));
    }
    match (before, lock) {
        (Some(before), Some(lock)) if Lock::read(&lock)?.is_within(&before) => Ok(Locked::Pruned),
        (Some(_), _) => Err(Error::new(
            ErrorKind::Project,
            "Cargo.lock does not match Cargo.toml: cargo would build versions other than the locked ones",
        )
        .at(log.display())
        .next("run `cargo update --workspace` in the project and commit Cargo.lock")),
        (None, _) => Ok(Locked::Resolved),
    }
}

/// The package whose locked release the registry does not have (cargo 1.96).
fn missing_release(said: &str) -> Option<&str> {
    let (before, after) = said.split_once("` (locked to ")?;
    let is_missing = after.contains("candidate versions found which didn't match");
    before.rsplit('`').next()?.split(' ').next().filter(|_| is_missing)
}

fn unfetched(said: &str, log: &Path) -> Error {
    if said.contains(GIT_MISMATCH) {
        return Error::new(
            ErrorKind::Toolchain,
            format!(
                "this cargo cannot fetch git dependencies: it does not match its libgit2 (not a network problem)\n{}",
                last_lines(said, 4)
            ),
        )
        .at(log.display())
        .next(
            "install a cargo from rustup, which monowheel then uses to fetch: rustup toolchain install stable\n\
             or depend on a registry release instead of the repository",
        );
    }
    let next = match missing_release(said) {
        Some(package) => format!(
            "the registry does not have the release that Cargo.lock names (it was yanked, or a mirror is older): \
             cargo update -p {package}, or use a registry that has it"
        ),
        None => "check the network and cargo's registry settings, then run the command again".to_owned(),
    };
    Error::new(ErrorKind::Tool, format!("cargo could not fetch the dependencies\n{}", last_lines(said, 8)))
        .at(log.display())
        .next(next)
}

#[cfg(all(test, unix))]
mod tests {
    use std::path::PathBuf;

    use super::*;

    /// A cargo that prints this and exits with this code.
    fn cargo(folder: &Path, name: &str, says: &str, code: u8) -> Result<Fetcher> {
        use std::os::unix::fs::PermissionsExt;
        let path = folder.join(name);
        fs_err::write(&path, format!("#!/bin/sh\ncat >&2 <<'END'\n{says}\nEND\nexit {code}\n"))?;
        fs_err::set_permissions(&path, std::fs::Permissions::from_mode(0o755))?;
        Ok(Fetcher { toolchain: name.to_owned(), cargo: Call::new(path) })
    }

    fn fetched(fetchers: &[Fetcher], root: &Path) -> Result<Fetched> {
        let (manifest, log): (PathBuf, PathBuf) = (root.join("Cargo.toml"), root.join("log"));
        let needs = Needs { project: root, manifest: &manifest, dir: root, log: &log, stop: &CancelToken::default() };
        fetch(fetchers, &needs, &mut |_| {})
    }

    /// Debian's cargo 1.96 prints this for any git dependency.
    const MISMATCH: &str = "error: failed to get `x` as a dependency\n\nCaused by:\n  failed to clone into: /x\n\nCaused by:\n  invalid version 0 on git_proxy_options; class=Invalid (3)";

    #[test]
    fn git_dependencies_are_fetched_by_another_toolchain_where_this_cargo_cannot() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let cannot = |name: &str| cargo(dir.path(), name, MISMATCH, 101);
        let found = fetched(&[cannot("system")?, cargo(dir.path(), "stable", "", 0)?], dir.path())?;
        assert_eq!(found.locked, Locked::Resolved);
        let note = found.note.unwrap_or_default();
        assert!(note.contains("toolchain system cannot") && note.contains("used that of stable"), "{note}");
        // If the first one succeeds, no other is called.
        assert_eq!(fetched(&[cargo(dir.path(), "good", "", 0)?], dir.path())?.note, None);
        Ok(())
    }

    #[test]
    fn a_locked_release_that_the_registry_lacks_is_named() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let said = "error: failed to select a version for the requirement `target-lexicon = \"^0.13.3\"` (locked to 0.13.6)\n\
                    candidate versions found which didn't match: 0.13.5, 0.13.4\nlocation searched: crates.io index\n\
                    required by package `pyo3-build-config v0.30.1`";
        let error = fetched(&[cargo(dir.path(), "system", said, 101)?], dir.path()).err();
        let next = error.as_ref().and_then(Error::next_step).unwrap_or_default();
        assert!(next.contains("cargo update -p target-lexicon,"), "{next}");
        assert_eq!(missing_release("failed to download `x v1.0.0` (locked to 1.0.0)"), None);
        Ok(())
    }

    #[test]
    fn where_no_cargo_can_fetch_git_dependencies_the_error_names_the_cargo_and_not_the_network() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let both = [cargo(dir.path(), "system", MISMATCH, 101)?, cargo(dir.path(), "other", MISMATCH, 101)?];
        let error = fetched(&both, dir.path()).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(
            error.contains("this cargo cannot fetch git dependencies") && error.contains("rustup toolchain install"),
            "{error}"
        );
        assert!(!error.contains("check the network"), "{error}");
        // Another failure is not the cargo's, nor if it is the second cargo's.
        let offline = || cargo(dir.path(), "offline", "error: failed to download", 101);
        let behind = [cargo(dir.path(), "system", MISMATCH, 101)?, offline()?];
        let error = fetched(&behind, dir.path()).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains("failed to download") && error.contains("check the network"), "{error}");
        assert!(error.contains("the cargo of offline") && !error.contains("rustup toolchain install"), "{error}");
        let offline = offline()?;
        let error = fetched(&[offline], dir.path()).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains("check the network"), "{error}");
        Ok(())
    }
}
