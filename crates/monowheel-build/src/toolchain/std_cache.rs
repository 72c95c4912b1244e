//! Standard libraries built from source, once per compiler and target.
//!
//! If a toolchain has rust-src but no standard library for some targets, all missing ones
//! are built in one cargo call from an empty crate (`-Zbuild-std`; Windows in a second), so that every core is busy
//! and nothing is built twice; each becomes part of a monowheel sysroot that any later build of any
//! project uses with `rustc --sysroot`. The alternative, build-std inside each wheel's build, compiles
//! std again for every project and target directory.
//!
//! Layout: `CACHE/std/RELEASE-KEY/lib/rustlib/TRIPLE/{SHA256SUMS,lib/*.rlib}`. KEY hashes the compiler's
//! identity and the recipe. An entry is created by one rename, complete or not at all; later changes
//! are detected by its hashes.

mod recipe;
#[cfg(all(test, unix))]
mod tests;

use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::cache::{self, USED};
use monowheel_system::exec::CancelToken;
use monowheel_system::lock::sweep;
pub(crate) use recipe::REVISION;
use sha2::{Digest, Sha256};

use crate::sums;
use crate::toolchain::choice::Std;
use crate::toolchain::rust::Toolchain;
use crate::toolchain::rustup::Rustup;

/// The beginning of the line that names the build that is waited for.
pub(crate) const WAITING: &str = "waiting for ";
/// The directory of the libraries in an entry, as rustc expects it.
const LIBRARIES: &str = "lib";
/// The name prefix of an incomplete build's directory.
const UNFINISHED: &str = ".building-";

/// The cache of standard libraries that monowheel built.
#[derive(Clone, Debug)]
pub struct StdCache {
    root: PathBuf,
    /// The service that may have a ready-made standard library.
    rustup: Rustup,
    /// Options of the compiler for the libraries that are built.
    options: &'static [&'static str],
}

impl StdCache {
    /// The cache of the user.
    ///
    /// # Errors
    /// When none of the variables that name it is set.
    pub(crate) fn open() -> Result<Self> {
        Ok(Self { rustup: Rustup::find(), ..Self::at(cache::root()?.join("std")) })
    }

    /// A cache in a directory that need not exist; rustup is not asked for missing libraries that can be built.
    #[must_use]
    pub fn at(root: PathBuf) -> Self {
        Self { root, rustup: Rustup::default(), options: &[] }
    }

    /// The same cache for libraries that are compiled with these options of the compiler, which have a sysroot of their own.
    #[must_use]
    pub(crate) fn compiled_with(&self, options: &'static [&'static str]) -> Self {
        Self { options, ..self.clone() }
    }

    /// The same cache, in which missing standard libraries are built from source if possible.
    #[must_use]
    pub(crate) fn without_rustup(&self) -> Self {
        Self::at(self.root.clone())
    }

    /// Whether a standard library that `toolchain` could build should be fetched instead.
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
        self.root.join(format!("{}-{}", toolchain.release(), key(toolchain, self.options)))
    }

    /// Whether the standard library of `triple` exists for `toolchain`. It may have been damaged since.
    #[must_use]
    pub(crate) fn has(&self, toolchain: &Toolchain, triple: &str) -> bool {
        sums::is_recorded(&self.entry(toolchain, triple))
    }

    /// Those of `triples` that have changed since they were built, and what is wrong with each. Reads all of them.
    #[must_use]
    pub fn damaged<'a>(&self, toolchain: &Toolchain, triples: &[&'a str]) -> Vec<(&'a str, String)> {
        let faults =
            triples.iter().map(|triple| Some((*triple, sums::fault(&self.entry(toolchain, triple), LIBRARIES)?)));
        faults.flatten().collect()
    }

    fn entry(&self, toolchain: &Toolchain, triple: &str) -> PathBuf {
        self.sysroot(toolchain).join("lib/rustlib").join(triple)
    }

    /// Builds those of `triples` that are missing or damaged, and adds the toolchain's own to the sysroot.
    ///
    /// # Errors
    /// When the cache cannot be written or cargo fails; the log has the reason. No incomplete library is kept.
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
            // A read-only cache needs no time of last use: nothing will be removed from it.
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
        for call in recipe::calls(toolchain, work.path(), &missing, self.options)? {
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

    /// Moves the libraries of one target to their place, by a rename of the complete directory; returns
    /// whether all of them existed.
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

    /// Links the toolchain's own libraries, so that one sysroot supports every target: above all the host's
    /// libraries, which build scripts and procedural macros need.
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

/// The identity of the standard library that a toolchain would build with these options.
fn key(toolchain: &Toolchain, options: &[&str]) -> String {
    let mut hash = Sha256::new();
    hash.update(recipe::REVISION);
    hash.update(&toolchain.verbose_version);
    hash.update(toolchain.sysroot.as_os_str().as_encoded_bytes());
    // If a lock requires an installed one from source: in the other sysroot, the same name is the installed one.
    for triple in toolchain.installed.iter().filter(|triple| toolchain.std.get(*triple) == Some(&Std::Source)) {
        hash.update(triple);
    }
    options.iter().for_each(|option| hash.update(option));
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
