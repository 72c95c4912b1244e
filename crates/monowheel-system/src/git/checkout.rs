//! Read-only access to a checkout.

use std::path::{Path, PathBuf};
use std::time::Duration;

use monowheel_error::{Error, ErrorKind, Result};

use crate::exec::{Call, CancelToken, last_lines};
use crate::git::settings::{ALWAYS, Switches, switches};
use crate::git::{Git, slashed};

/// Deeper submodules are not examined.
const DEPTH: usize = 16;
/// How git marks a submodule in its index.
const SUBMODULE: &str = "160000 ";

/// A checkout. No call in it starts a program that its settings name, runs a hook, or writes into it as a side effect.
#[derive(Clone, Debug)]
pub struct Checkout {
    git: Git,
    top: PathBuf,
    switches: Switches,
}

impl Git {
    /// The checkout that contains this directory.
    ///
    /// # Errors
    /// [`ErrorKind::Project`] when it is in none, or git refuses it (it belongs to another user); [`ErrorKind::Format`]
    /// when its settings start programs and that cannot be disabled.
    pub fn checkout(&self, folder: &Path, limit: Duration, stop: &CancelToken) -> Result<Checkout> {
        let nothing = Switches::default();
        let asked = quiet(self, folder, &nothing).args(["rev-parse", "--show-toplevel"]).capture(limit, stop)?;
        if !asked.status.success() {
            let said = last_lines(&asked.stderr, 4);
            let error = Error::new(ErrorKind::Project, format!("not in a git checkout: {said}")).at(folder.display());
            return Err(if said.contains("safe.directory") {
                error.next("follow git's advice above: the checkout belongs to another user")
            } else {
                error.next("git init && git add -A && git commit; or run this in a clone, not in an unpacked sdist")
            });
        }
        let top = fs_err::canonicalize(asked.stdout.trim_end_matches(['\r', '\n']))?;
        let listed = quiet(self, &top, &nothing).args(["config", "--list", "--show-scope", "-z"]);
        let listed = listed.stdout(limit, stop).map_err(|error| match error.kind() {
            ErrorKind::Tool => error.at(top.display()).next("install git 2.26 or newer"),
            _ => error,
        })?;
        let switches = switches(&listed).map_err(|error| error.at(top.display()))?;
        Ok(Checkout { git: self.clone(), top, switches })
    }
}

impl Checkout {
    /// Its top directory, without links.
    #[must_use]
    pub fn top(&self) -> &Path {
        &self.top
    }

    /// The program.
    #[must_use]
    pub const fn git(&self) -> &Git {
        &self.git
    }

    /// A call with these arguments, at the top.
    #[must_use]
    pub fn call(&self, words: &[&str]) -> Call {
        quiet(&self.git, &self.top, &self.switches).args(words)
    }

    /// A call of `git status --porcelain` without the contents of submodules, in which git would start itself, with
    /// the settings of the submodule.
    #[must_use]
    pub fn status(&self) -> Call {
        // Renames are found by contents, which a partial clone may not have.
        self.call(&["status", "--porcelain", "--no-renames", "--ignore-submodules=dirty"])
    }

    /// The differences from the checked out commit, one line of `git status --porcelain` each: in the complete checkout
    /// except for the directory `without`. Submodules count.
    ///
    /// # Errors
    /// When git fails.
    pub fn changes(&self, without: &Path, limit: Duration, stop: &CancelToken) -> Result<Vec<String>> {
        self.changes_within(without, DEPTH, limit, stop)
    }

    fn changes_within(&self, without: &Path, depth: usize, limit: Duration, stop: &CancelToken) -> Result<Vec<String>> {
        let call = self.status().args(["--untracked-files=normal", "--", ":/"]);
        let call = match without.strip_prefix(&self.top) {
            Ok(without) if without != Path::new("") => call.arg(format!(":(top,exclude,literal){}", slashed(without))),
            _ => call,
        };
        let mut changes: Vec<String> = call.stdout(limit, stop)?.lines().map(str::to_owned).collect();
        for path in self.submodules(limit, stop)? {
            stop.check()?;
            let folder = self.top.join(&path);
            // git does not examine a missing one either.
            if !folder.join(".git").exists() {
                continue;
            }
            let depth = depth.checked_sub(1).ok_or_else(|| {
                Error::new(ErrorKind::Project, "submodules are nested too deeply").at(folder.display())
            })?;
            let inside = self.git.checkout(&folder, limit, stop)?;
            if inside.top != fs_err::canonicalize(&folder)? {
                return Err(
                    Error::new(ErrorKind::Project, "a submodule whose files are elsewhere").at(folder.display())
                );
            }
            let line = format!(" M {path}");
            if !changes.contains(&line) && !inside.changes_within(without, depth, limit, stop)?.is_empty() {
                changes.push(line);
            }
        }
        Ok(changes)
    }

    /// The directories of its submodules.
    fn submodules(&self, limit: Duration, stop: &CancelToken) -> Result<Vec<String>> {
        let listed = self.call(&["ls-files", "--stage", "-z"]).stdout(limit, stop)?;
        let rows = listed.split('\0').filter(|row| row.starts_with(SUBMODULE));
        Ok(rows.filter_map(|row| row.split_once('\t')).map(|(_, path)| path.to_owned()).collect())
    }
}

/// A call that starts no program from the settings of a checkout.
fn quiet(git: &Git, folder: &Path, switches: &Switches) -> Call {
    let call = git.plain(&["--no-pager"]).dir(folder);
    // The index is not refreshed on disk, and missing objects are not fetched from the checkout's remotes.
    let call = call.env("GIT_OPTIONAL_LOCKS", "0").env("GIT_NO_LAZY_FETCH", "1");
    let call = switches.variables.iter().fold(call, |call, (name, value)| call.env(name, value));
    let options = ALWAYS.into_iter().chain(switches.options.iter().map(String::as_str));
    options.fold(call, |call, option| call.args(["-c", option]))
}
