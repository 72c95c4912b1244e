//! Where a recipe works: its folders, its log, and what it may ask of the machine.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::{Call, CancelToken, last_lines};

use super::fetched::{Fetch, Words};
use super::{Lab, UNFINISHED};

/// The file in a shared piece's folder that says which recipe made it.
const STAMP: &str = ".recipe";

/// What a recipe is given. It builds in [`Site::work`], with all paths aimed at [`Site::home`], to which
/// the finished folder is moved.
pub(super) struct Site<'a> {
    /// The lab, whose lock is held.
    pub(super) lab: &'a Lab,
    /// The entry's name.
    pub(super) id: &'a str,
    /// Major and minor version that it shall have.
    pub(super) version: (u8, u8),
    /// The folder to build in, empty at first. What is in it afterwards is the entry.
    pub(super) work: PathBuf,
    /// The folder that `work` becomes.
    pub(super) home: PathBuf,
    /// The Python that runs monowheel: it has pip, and perhaps ziglang.
    pub(super) python: Option<&'a Path>,
    /// What the tools print goes here.
    pub(super) log: Mutex<fs_err::File>,
    /// Whether lists are taken although what signed them is out of date.
    pub(super) allow_outdated: bool,
    /// Ends the work early.
    pub(super) stop: &'a CancelToken,
    /// Takes one short line for each thing that takes a while.
    pub(super) watch: &'a (dyn Fn(&str) + Sync),
}

impl Site<'_> {
    /// `3.15`.
    pub(super) fn minor(&self) -> String {
        format!("{}.{}", self.version.0, self.version.1)
    }

    /// Says what goes on now.
    pub(super) fn say(&self, what: &str) {
        (self.watch)(&format!("{}: {what}", self.id));
    }

    /// Runs a tool to its end, its words into the log.
    ///
    /// # Errors
    /// When it cannot be run or does not end with 0; `what` says what could not be done.
    pub(super) fn run(&self, call: &Call, what: &str) -> Result<()> {
        self.heard(call, what, &mut |_| ())
    }

    /// Runs a tool that fetches, and says whether a server does not have what was asked for.
    ///
    /// # Errors
    /// As [`run`](Self::run); [`ErrorKind::Format`] when a file is does not have the expected SHA-256, or what vouches for it is
    /// not valid.
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
            .next(format!("the log says more; then: monowheel lab get {}", self.id)))
    }

    /// A piece that several entries share, in `<lab>/shared/<name>`: made by `make` in a folder of its
    /// own unless it is there from the same recipe (`key`). `make` gets the folder to fill and the
    /// folder that this becomes.
    ///
    /// # Errors
    /// Those of `make`, after which nothing of the piece is there.
    pub(super) fn piece(
        &self,
        name: &str,
        key: &str,
        make: impl FnOnce(&Path, &Path) -> Result<()>,
    ) -> Result<PathBuf> {
        let shared = self.lab.root().join("shared");
        let home = shared.join(name);
        // A folder of the same name elsewhere is another piece: paths are written into it.
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

    /// The folder of fetched files that stay, so that making an entry again fetches nothing.
    pub(super) fn downloads(&self) -> Result<PathBuf> {
        let folder = self.lab.root().join("shared/downloads");
        fs_err::create_dir_all(&folder)?;
        Ok(folder)
    }
}
