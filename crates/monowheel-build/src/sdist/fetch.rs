//! The dependencies of an sdist, fetched once.

use std::path::Path;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_manifest::cargo::Lock;
use monowheel_system::exec::{Call, CancelToken, last_lines};

/// What a build may tell maturin about the lock file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Locked {
    /// The lock file stands as published: `--locked`.
    AsPublished,
    /// cargo removed entries that the sdist does not need (a member without its workspace).
    Pruned,
    /// The sdist has no lock file; cargo resolved the newest versions.
    Resolved,
}

/// Fetches every dependency once, before the builds, so that they can run offline side by side.
///
/// cargo merges the configuration of `dir` and of every directory above it, which can name programs.
///
/// # Errors
/// When cargo cannot get a dependency, or when the lock file no longer fits the manifest: then other
/// versions than the published ones would be built.
pub fn fetch(
    cargo: Call,
    project: &Path,
    manifest: &Path,
    dir: &Path,
    log: &Path,
    stop: &CancelToken,
    on_line: &mut dyn FnMut(&str),
) -> Result<Locked> {
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
            "Cargo.lock does not fit Cargo.toml: cargo would build other versions than the locked ones",
        )
        .at(log.display())
        .next("run `cargo update --workspace` in the project and commit Cargo.lock")),
        (None, _) => Ok(Locked::Resolved),
    }
}

fn unfetched(said: &str, log: &Path) -> Error {
    Error::new(ErrorKind::Tool, format!("cargo could not get the dependencies\n{}", last_lines(said, 8)))
        .at(log.display())
        .next("check the network and cargo's registry settings, then run the command again")
}
