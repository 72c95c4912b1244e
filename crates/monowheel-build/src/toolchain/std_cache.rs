//! Standard libraries built from source, once per compiler and target.
//!
//! Where a toolchain has rust-src but no ready standard library for a target, all that are missing
//! are built in one cargo call from an empty crate (`-Zbuild-std`; Windows in a second), so that every core is busy
//! and nothing is built twice; each becomes part of a sysroot of our own that any later build of any
//! project uses by `rustc --sysroot`. The alternative, build-std inside each wheel's build, compiles
//! std again for every project and target directory.
//!
//! Layout: `CACHE/std/RELEASE-KEY/lib/rustlib/TRIPLE/{SHA256SUMS,lib/*.rlib}`. KEY hashes the compiler's
//! identity and the recipe. An entry appears by one rename, whole or not at all; what happens to it later
//! is found by its hashes.

mod recipe;
#[cfg(all(test, unix))]
mod tests;

use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::cache::{self, USED};
use monowheel_system::exec::CancelToken;
use monowheel_system::lock::sweep;
use sha2::{Digest, Sha256};

use crate::sums;
use crate::toolchain::choice::Std;
use crate::toolchain::rust::Toolchain;
use crate::toolchain::rustup::Rustup;

/// Begins the line that says for whom a build waits.
pub(crate) const WAITING: &str = "waiting for ";
/// The directory of the libraries in an entry, as rustc expects it.
const LIBRARIES: &str = "lib";
/// What the directory of a build is called that has not ended.
const UNFINISHED: &str = ".building-";

/// The directory of standard libraries that monowheel built.
#[derive(Clone, Debug)]
pub struct StdCache {
    root: PathBuf,
    /// Who may have a standard library ready that is not here.
    rustup: Rustup,
}

impl StdCache {
    /// That in the user's cache.
    ///
    /// # Errors
    /// When none of the variables that name it is set.
    pub(crate) fn open() -> Result<Self> {
        Ok(Self { rustup: Rustup::find(), ..Self::at(cache::root()?.join("std")) })
    }

    /// A cache in a directory that need not exist; what is missing in it is not asked of rustup, where it can be built.
    #[must_use]
    pub fn at(root: PathBuf) -> Self {
        Self { root, rustup: Rustup::default() }
    }

    /// The same cache, whose missing standard libraries are built from source where that is possible.
    #[must_use]
    pub(crate) fn without_rustup(&self) -> Self {
        Self::at(self.root.clone())
    }

    /// Whether a standard library that `toolchain` could build is better fetched.
    #[must_use]
    pub(crate) fn is_fetched(&self, toolchain: &Toolchain) -> bool {
        self.rustup.can_add_to(toolchain)
    }

    /// rustup itself.
    pub(crate) fn rustup(&self) -> Option<PathBuf> {
        self.rustup.program()
    }

    #[cfg(test)]
    pub(crate) fn with_rustup(self, rustup: Rustup) -> Self {
        Self { rustup, ..self }
    }

    /// The sysroot for `toolchain`; pass it to `rustc --sysroot` when `StdCache::has` says yes.
    #[must_use]
    pub fn sysroot(&self, toolchain: &Toolchain) -> PathBuf {
        self.root.join(format!("{}-{}", toolchain.release(), key(toolchain)))
    }

    /// Whether the standard library of `triple` is there for `toolchain`. It may be damaged since.
    #[must_use]
    pub(crate) fn has(&self, toolchain: &Toolchain, triple: &str) -> bool {
        sums::is_recorded(&self.entry(toolchain, triple))
    }

    /// Which of `triples`, that are there, are not what was built, and what is wrong with each. Reads all of them.
    #[must_use]
    pub fn damaged<'a>(&self, toolchain: &Toolchain, triples: &[&'a str]) -> Vec<(&'a str, String)> {
        let faults =
            triples.iter().map(|triple| Some((*triple, sums::fault(&self.entry(toolchain, triple), LIBRARIES)?)));
        faults.flatten().collect()
    }

    fn entry(&self, toolchain: &Toolchain, triple: &str) -> PathBuf {
        self.sysroot(toolchain).join("lib/rustlib").join(triple)
    }

    /// Builds those of `triples` that are missing or damaged, and completes the sysroot with what the toolchain has.
    ///
    /// # Errors
    /// When the cache cannot be written or cargo fails; the log says why. Nothing half-built stays.
    pub(crate) fn fill(
        &self,
        toolchain: &Toolchain,
        triples: &[&str],
        log: &Path,
        stop: &CancelToken,
        on_line: &mut dyn FnMut(&str),
    ) -> Result<()> {
        let sysroot = self.sysroot(toolchain);
        let is_linked = |triple: &String| fs_err::symlink_metadata(self.entry(toolchain, triple)).is_ok();
        if triples.is_empty() && toolchain.used().all(is_linked) {
            // A cache that cannot be written needs no date: nobody will remove it.
            let _ = fs_err::write(sysroot.join(USED), "");
            return Ok(());
        }
        // Two projects may want the same entry at once; the second finds it ready.
        let waiting = |holder: &str| on_line(&format!("{WAITING}{holder}, which is building standard libraries"));
        let _lock = cache::lock(&sysroot, stop, waiting)?;
        fs_err::create_dir_all(sysroot.join("lib/rustlib"))?;
        fs_err::write(sysroot.join(USED), "")?;
        sweep(&sysroot, UNFINISHED);
        self.link_installed(toolchain)?;
        let is_missing = |triple: &&str| sums::fault(&self.entry(toolchain, triple), LIBRARIES).is_some();
        let missing: Vec<&str> = triples.iter().copied().filter(is_missing).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let work = tempfile::Builder::new().prefix(UNFINISHED).tempdir_in(&sysroot)?;
        let mut file = fs_err::File::create(log)?;
        let mut is_complete = true;
        for call in recipe::calls(toolchain, work.path(), &missing)? {
            is_complete &= call.logged(&mut file, stop, on_line)?.success();
            stop.check()?;
        }
        let mut failed = Vec::new();
        for triple in missing {
            if !self.adopt(toolchain, triple, work.path())? {
                failed.push(triple);
            }
        }
        if failed.is_empty() && is_complete {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Tool,
            format!("the standard library could not be built from source for {}", failed.join(", ")),
        )
        .at(log.display())
        .next("see the log; or use a toolchain that has it (rustup target add), or build only the other targets with --target"))
    }

    /// Moves the libraries of one target to their place, by a rename of the whole directory; says
    /// whether they were all there.
    fn adopt(&self, toolchain: &Toolchain, triple: &str, work: &Path) -> Result<bool> {
        let Some(libraries) = recipe::built(work, triple) else { return Ok(false) };
        let staged = work.join("staged").join(triple);
        fs_err::create_dir_all(staged.join("lib"))?;
        for path in libraries {
            fs_err::rename(&path, staged.join("lib").join(path.file_name().unwrap_or_default()))?;
        }
        sums::write(&staged, LIBRARIES)?;
        let entry = self.entry(toolchain, triple);
        if entry.exists() {
            fs_err::remove_dir_all(&entry)?;
        }
        fs_err::rename(&staged, entry)?;
        Ok(true)
    }

    /// Links what the toolchain itself has, so that one sysroot serves every target: the host's
    /// libraries, on which build scripts and procedural macros stand, above all.
    fn link_installed(&self, toolchain: &Toolchain) -> Result<()> {
        for triple in toolchain.used() {
            let entry = self.entry(toolchain, triple);
            if fs_err::symlink_metadata(&entry).is_err() {
                link_folder(&toolchain.sysroot.join("lib/rustlib").join(triple), &entry)?;
            }
        }
        Ok(())
    }
}

/// What identifies the standard library that a toolchain would build.
fn key(toolchain: &Toolchain) -> String {
    let mut hash = Sha256::new();
    hash.update(recipe::REVISION);
    hash.update(&toolchain.verbose_version);
    hash.update(toolchain.sysroot.as_os_str().as_encoded_bytes());
    // Where a lock wants one from source that is installed: in the other sysroot the same name is the installed one.
    for triple in toolchain.installed.iter().filter(|triple| toolchain.std.get(*triple) == Some(&Std::Source)) {
        hash.update(triple);
    }
    monowheel_system::hash::hex(&hash.finalize())[..12].to_owned()
}

#[cfg(unix)]
fn link_folder(from: &Path, to: &Path) -> Result<()> {
    Ok(std::os::unix::fs::symlink(from, to)?)
}

#[cfg(windows)]
fn link_folder(from: &Path, to: &Path) -> Result<()> {
    Ok(std::os::windows::fs::symlink_dir(from, to)?)
}
