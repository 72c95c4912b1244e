//! The context of a recipe: its directories, its log, and its tools.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::{Call, CancelToken, last_lines};

use super::fetched::{Fetch, Words};
use super::{Lab, UNFINISHED};

/// The file in a shared piece's directory with the key of its recipe.
const STAMP: &str = ".recipe";

/// The context of a recipe. It builds in [`Site::work`], with all paths for [`Site::home`], to which the
/// complete directory is moved.
pub(super) struct Site<'a> {
    /// The lab, locked.
    pub(super) lab: &'a Lab,
    /// The entry's name.
    pub(super) id: &'a str,
    /// The requested major and minor version.
    pub(super) version: (u8, u8),
    /// The directory to build in, empty at first. Its contents become the entry.
    pub(super) work: PathBuf,
    /// The directory that `work` becomes.
    pub(super) home: PathBuf,
    /// The Python that runs monowheel: it has pip, and perhaps ziglang.
    pub(super) python: Option<&'a Path>,
    /// The log of the tools' output.
    pub(super) log: Mutex<fs_err::File>,
    /// Whether lists with an expired signature are accepted.
    pub(super) allow_outdated: bool,
    /// Ends the work early.
    pub(super) stop: &'a CancelToken,
    /// Receives one short line for each slow step.
    pub(super) watch: &'a (dyn Fn(&str) + Sync),
}

impl Site<'_> {
    /// `3.15`.
    pub(super) fn minor(&self) -> String {
        format!("{}.{}", self.version.0, self.version.1)
    }

    /// Reports the current step.
    pub(super) fn say(&self, what: &str) {
        (self.watch)(&format!("{}: {what}", self.id));
    }

    /// Runs a tool to its end, with its output in the log.
    ///
    /// # Errors
    /// When it cannot be run or does not exit with 0; `what` is the error message.
    pub(super) fn run(&self, call: &Call, what: &str) -> Result<()> {
        self.heard(call, what, &mut |_| ())
    }

    /// Runs a download tool, and returns whether a server does not have the file.
    ///
    /// # Errors
    /// As [`run`](Self::run); [`ErrorKind::Format`] when a file does not have the expected SHA-256, or its signature
    /// is not valid.
    pub(super) fn fetch(&self, call: &Call, what: &str) -> Result<Fetch> {
        let mut words = Words::default();
        match self.heard(call, what, &mut |line| words.line(line)) {
            Ok(()) => Ok(Fetch::Done),
            Err(error) if error.kind() == ErrorKind::Tool => words.judge(what, error),
            Err(error) => Err(error),
        }
    }

    fn heard(&self, call: &Call, what: &str, hear: &mut dyn FnMut(&str)) -> Result<()> {
        self.stop.check()?;
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        let mut tail = String::new();
        let status = call.logged(&mut *log, self.stop, &mut |line| {
            hear(line);
            tail.push_str(line);
            tail.push('\n');
            if tail.len() > 1 << 14 {
                tail = last_lines(&tail, 12) + "\n";
            }
        })?;
        self.stop.check()?;
        if status.success() {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Tool, format!("{what}: {status}\n{}", last_lines(&tail, 8)))
            .at(self.lab.log(self.id).display())
            .next(format!("see the log, then run monowheel lab get {}", self.id)))
    }

    /// A piece that several entries share, in `<lab>/shared/<name>`: built by `make` in a separate
    /// directory unless it exists from the same recipe (`key`). `make` gets the directory to fill and
    /// the directory that this becomes.
    ///
    /// # Errors
    /// Those of `make`, after which nothing of the piece is left.
    pub(super) fn piece(
        &self,
        name: &str,
        key: &str,
        make: impl FnOnce(&Path, &Path) -> Result<()>,
    ) -> Result<PathBuf> {
        let shared = self.lab.root().join("shared");
        let home = shared.join(name);
        // A directory of the same name elsewhere is another piece: it contains absolute paths.
        let key = format!("{key}\n{}\n", home.display());
        if fs_err::read_to_string(home.join(STAMP)).is_ok_and(|found| found == key) {
            return Ok(home);
        }
        self.stop.check()?;
        fs_err::create_dir_all(&shared)?;
        super::gone(&home)?;
        let work = tempfile::Builder::new().prefix(&format!("{UNFINISHED}{name}-")).tempdir_in(&shared)?;
        make(work.path(), &home)?;
        self.stop.check()?;
        fs_err::write(work.path().join(STAMP), key)?;
        super::settle(work, &home)?;
        Ok(home)
    }

    /// The directory of kept downloads, so that rebuilding an entry downloads nothing.
    pub(super) fn downloads(&self) -> Result<PathBuf> {
        let folder = self.lab.root().join("shared/downloads");
        fs_err::create_dir_all(&folder)?;
        Ok(folder)
    }
}
