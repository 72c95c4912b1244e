//! The lock of a third party's sdist: a request, followed as far as its tools are installed.

use monowheel_error::Result;

use super::form::LockFile;
use super::missing::{self, Missing};
use super::settle::{Settled, Settling};
use super::{Change, Mode, Standing, State};

impl Settling<'_> {
    /// The lock of a third party's sdist: if its compiler is installed, it is used as the lock says.
    pub(super) fn requested(&self, lock: &LockFile) -> Result<Settled> {
        let mut here = lock.clone();
        let found = match self.question.toolchain {
            Some(_) => Some(self.chosen(None)?).filter(|toolchain| lock.rust.is(toolchain)),
            None => lock.rust.find(&self.machine.toolchains),
        };
        let mut missing = missing::packages(&mut here, &Default::default(), self.machine, self.question.asked)?;
        if found.is_none() {
            missing.insert(0, Missing::rust(lock, &self.machine.toolchains));
        }
        let cache = &self.machine.std_cache;
        let without: Vec<Missing> =
            found.map(|toolchain| missing::std(lock, toolchain, self.question.asked, cache)).unwrap_or_default();
        for missing in &without {
            here.targets.remove(&missing.what);
        }
        missing.extend(without);
        if *self.question.mode == Mode::Locked && !missing.is_empty() {
            return Err(missing::error(&self.path(), &missing));
        }
        let changes: Vec<Change> = missing.iter().map(Missing::change).collect();
        let standing = if changes.is_empty() { Standing::Used } else { Standing::RequestNotMet };
        let mut notes = Vec::new();
        if !changes.is_empty() {
            let lines: Vec<String> = changes.iter().map(Change::line).collect();
            notes.push(format!(
                "the sdist was built with other tools ({}): its lock is only a request, and this machine's tools are used",
                lines.join(", ")
            ));
        }
        let state = State { state: standing, changes };
        match found {
            Some(toolchain) => Ok(Settled { notes, ..self.applied(&here, toolchain, state) }),
            None => self.unlocked(Some(state), notes),
        }
    }
}
