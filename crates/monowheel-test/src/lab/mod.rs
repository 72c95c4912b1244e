//! Additional interpreters that one Linux machine can run: newer and free-threaded ones, and those for
//! another processor, C library or operating system.
//!
//! Layout of the lab's directory (`$MONOWHEEL_LAB`, else `lab` in the user's cache):
//!
//! ```text
//! .lock                       one command at a time
//! <id>/interpreter.json       an entry; written last, after the interpreter was run
//! <id>/…                      the interpreter itself
//! shared/<piece>/             shared by several entries: patchelf, qemu, musl, wine, apt's state, downloads
//! logs/<id>.log               output of the tools
//! ```
//!
//! An entry is built in `.building-<id>-…`, moved to its place, run, and then described. If that is
//! interrupted, nothing of it is left.

mod apt;
mod bench;
mod debian;
mod entry;
mod fetched;
mod forwarder;
mod musl;
mod pins;
mod processor;
mod prove;
mod pyodide;
mod qemu;
mod recipe;
mod sanitized;
mod site;
mod source;
mod stdlib;
mod uv;
mod windows;
mod wine;
mod zig;

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Instant;

pub use entry::{Entry, Runner, SCHEMA};
pub use recipe::{Hindrance, Recipe, Way, all as recipes, for_tests as recipes_for_tests};

use apt::Apt;
use entry::Made;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::cache;
use monowheel_system::exec::CancelToken;
use monowheel_system::lock::{Lock, sweep};
use site::Site;

/// Prefix of the directory of an unfinished entry or piece.
const UNFINISHED: &str = ".building-";

/// The directory of the interpreters.
#[derive(Clone, Debug)]
pub struct Lab {
    root: PathBuf,
}

/// The state of an interpreter.
#[derive(Clone, Debug)]
pub enum State {
    /// Nothing.
    Missing,
    /// Complete, by the recipe of this version.
    Ready(Box<Entry>),
    /// Complete, by a recipe that has changed since.
    Outdated(Box<Entry>),
    /// Unusable, with the reason.
    Broken(Error),
}

/// The settings for installing an interpreter.
#[derive(Clone, Copy)]
pub struct Wish<'a> {
    /// The Python that runs monowheel: it has pip, and perhaps ziglang.
    pub python: Option<&'a Path>,
    /// Accept Debian's lists even if their signature has expired. The variable `MONOWHEEL_LAB_ALLOW_OUTDATED_INDEX`
    /// has the same effect.
    pub allow_outdated: bool,
    /// Ends the work early.
    pub stop: &'a CancelToken,
    /// Receives one short line for each slow step.
    pub watch: &'a (dyn Fn(&str) + Sync),
}

impl std::fmt::Debug for Wish<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wish").field("python", &self.python).finish_non_exhaustive()
    }
}

/// Builds an interpreter: by its recipe, or in a test.
struct Hands<'a> {
    make: &'a dyn Fn(&Site<'_>) -> Result<Made>,
    prove: &'a dyn Fn(&Site<'_>, &mut Entry) -> Result<()>,
}

impl Lab {
    /// The user's lab: `$MONOWHEEL_LAB`, else `lab` in the user's cache.
    ///
    /// # Errors
    /// When none of the variables that name it is set, or the path cannot be made absolute.
    pub fn open() -> Result<Self> {
        let named = std::env::var_os("MONOWHEEL_LAB").filter(|value| !value.is_empty()).map(PathBuf::from);
        Self::at(&named.map_or_else(|| cache::root().map(|cache| cache.join("lab")), Ok)?)
    }

    /// A lab in a directory that need not exist.
    ///
    /// # Errors
    /// When the path cannot be made absolute: it is written into files there.
    pub(crate) fn at(root: &Path) -> Result<Self> {
        Ok(Self { root: std::path::absolute(root)? })
    }

    /// The lab's directory.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The log of an entry's installation.
    #[must_use]
    pub(crate) fn log(&self, id: &str) -> PathBuf {
        self.root.join("logs").join(format!("{id}.log"))
    }

    /// The state of the recipe's interpreter.
    #[must_use]
    pub fn state(&self, recipe: &Recipe) -> State {
        let home = self.root.join(recipe.id);
        match Entry::read(&home) {
            Ok(Some(entry)) if entry.recipe == recipe.key(&home) => State::Ready(Box::new(entry)),
            Ok(Some(entry)) => State::Outdated(Box::new(entry)),
            Ok(None) if fs_err::symlink_metadata(&home).is_ok() => {
                let why = Error::new(ErrorKind::Format, "its installation was interrupted").at(home.display());
                State::Broken(why.next(format!("monowheel lab get {}", recipe.id)))
            }
            Ok(None) => State::Missing,
            Err(error) => State::Broken(error.next(format!("monowheel lab get {}", recipe.id))),
        }
    }

    /// The usable interpreters that wheels are tested on, in the order of the recipes.
    #[must_use]
    pub(crate) fn entries(&self) -> Vec<Entry> {
        recipe::for_tests().filter_map(|recipe| self.usable(recipe)).collect()
    }

    /// The usable interpreter with `ThreadSanitizer`.
    ///
    /// # Errors
    /// [`ErrorKind::Toolchain`] when it is not installed, or broken.
    pub(crate) fn sanitized(&self) -> Result<Entry> {
        let recipe = recipe::sanitized();
        recipe.and_then(|recipe| self.usable(recipe)).ok_or_else(|| {
            let what = "ThreadSanitizer needs an interpreter that was compiled with it, which is not installed";
            let id = recipe.map_or("", |recipe| recipe.id);
            Error::new(ErrorKind::Toolchain, what).next(format!("monowheel lab get {id}, which takes some minutes"))
        })
    }

    fn usable(&self, recipe: &Recipe) -> Option<Entry> {
        match self.state(recipe) {
            State::Ready(entry) | State::Outdated(entry) => Some(*entry),
            State::Missing | State::Broken(_) => None,
        }
    }

    /// The unusable ones: the directory of each, and the reason.
    #[must_use]
    pub(crate) fn broken(&self) -> Vec<(PathBuf, Error)> {
        let broken = |recipe: &Recipe| match self.state(recipe) {
            State::Broken(error) => Some((self.root.join(recipe.id), error)),
            State::Ready(_) | State::Outdated(_) | State::Missing => None,
        };
        recipe::for_tests().filter_map(broken).collect()
    }

    /// The interpreter called `id`, installed now if missing. Returns whether it was installed now.
    ///
    /// # Errors
    /// When there is no such recipe, this machine cannot run it, or it fails; nothing of the entry
    /// stays then.
    pub fn get(&self, id: &str, wish: Wish<'_>) -> Result<(Entry, bool)> {
        let recipe = Recipe::named(id)?;
        if !matches!(self.state(recipe), State::Ready(_)) {
            if let Some(hindrance) = recipe.hindrance(wish.python) {
                return Err(hindrance.error(recipe.id));
            }
        }
        self.get_by(recipe, wish, &Hands { make: &|site| recipe::make(recipe, site), prove: &prove::run })
    }

    fn get_by(&self, recipe: &Recipe, wish: Wish<'_>, hands: &Hands<'_>) -> Result<(Entry, bool)> {
        // A complete entry needs no lock: another command may be working on the lab.
        if let State::Ready(entry) = self.state(recipe) {
            return Ok((*entry, false));
        }
        let _lock = self.lock(wish)?;
        if let State::Ready(entry) = self.state(recipe) {
            return Ok((*entry, false));
        }
        let began = Instant::now();
        let home = self.root.join(recipe.id);
        gone(&home)?;
        fs_err::create_dir_all(self.root.join("logs"))?;
        let work = tempfile::Builder::new().prefix(&format!("{UNFINISHED}{}-", recipe.id)).tempdir_in(&self.root)?;
        let site = Site {
            lab: self,
            id: recipe.id,
            version: recipe.version,
            work: work.path().to_path_buf(),
            home: home.clone(),
            python: wish.python,
            log: Mutex::new(fs_err::File::create(self.log(recipe.id))?),
            allow_outdated: wish.allow_outdated
                || std::env::var_os(fetched::OUTDATED).is_some_and(|value| value == "1"),
            stop: wish.stop,
            watch: wish.watch,
        };
        let made = (hands.make)(&site)?;
        wish.stop.check()?;
        settle(work, &home)?;
        let declared = Self::declare(&site, recipe, made, began, hands);
        if declared.is_err() {
            // The first error is the one to report.
            let _ = gone(&home);
        }
        declared.map(|entry| (entry, true))
    }

    /// Runs the interpreter, and writes the entry's file.
    fn declare(site: &Site<'_>, recipe: &Recipe, made: Made, began: Instant, hands: &Hands<'_>) -> Result<Entry> {
        let mut entry = Entry::of(recipe, &site.home, made);
        site.say("running it: venv, pip");
        (hands.prove)(site, &mut entry)?;
        if entry.free_threaded != recipe.free_threaded() {
            let what = if entry.free_threaded { "is free-threaded" } else { "has the GIL" };
            return Err(Error::new(ErrorKind::Tool, format!("{} {what}", recipe.id)).at(site.home.display()));
        }
        entry.bytes = size(&site.home)?;
        entry.seconds = began.elapsed().as_secs();
        entry.write()?;
        Ok(entry)
    }

    /// Removes the interpreter called `id`; returns whether anything was there.
    ///
    /// # Errors
    /// When there is no such recipe, or it cannot be removed.
    pub fn remove(&self, id: &str, wish: Wish<'_>) -> Result<bool> {
        let recipe = Recipe::named(id)?;
        let home = self.root.join(recipe.id);
        if fs_err::symlink_metadata(&home).is_err() {
            return Ok(false);
        }
        let _lock = self.lock(wish)?;
        gone(&home)?;
        let _ = fs_err::remove_file(self.log(recipe.id));
        Ok(true)
    }

    /// Removes every interpreter and the shared files; returns what was there.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn clear(&self, wish: Wish<'_>) -> Result<Vec<String>> {
        let mut removed = Vec::new();
        if !self.root.is_dir() {
            return Ok(removed);
        }
        let _lock = self.lock(wish)?;
        // By name: the user may have named a directory with other files in it.
        for name in recipe::all().iter().map(|recipe| recipe.id).chain(["shared", "logs"]) {
            let path = self.root.join(name);
            if fs_err::symlink_metadata(&path).is_ok() {
                gone(&path)?;
                removed.push(name.to_owned());
            }
        }
        Ok(removed)
    }

    /// Locks the lab for this process, and removes the leftovers of a killed one.
    fn lock(&self, wish: Wish<'_>) -> Result<Lock> {
        fs_err::create_dir_all(&self.root)?;
        let waiting = |holder: &str| (wish.watch)(&format!("waiting for {holder}, which is using the lab"));
        let lock = Lock::acquire(&self.root.join(".lock"), wish.stop, waiting)?;
        sweep(&self.root, UNFINISHED);
        sweep(&self.root.join("shared"), UNFINISHED);
        Ok(lock)
    }
}

/// Moves a complete directory to its place.
fn settle(work: tempfile::TempDir, home: &Path) -> Result<()> {
    // A temporary directory is private to its owner; an interpreter may be read by others.
    #[cfg(unix)]
    fs_err::set_permissions(work.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    fs_err::rename(work.path(), home)?;
    // It was moved, so there is nothing to remove.
    let _ = work.keep();
    Ok(())
}

/// Removes a directory if it exists.
fn gone(folder: &Path) -> Result<()> {
    match fs_err::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// The total size of all files below `folder`, without links.
fn size(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in fs_err::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            bytes += size(&entry.path())?;
        } else if kind.is_file() {
            bytes += entry.metadata()?.len();
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests;
