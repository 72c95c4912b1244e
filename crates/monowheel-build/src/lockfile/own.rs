//! The lock of the project itself: binding; a build follows it or stops.

use monowheel_error::{Error, ErrorKind, Result};

use super::form::{LockFile, Rust};
use super::missing::{self, Missing};
use super::rust_toolchain::Channel;
use super::settle::{Settled, Settling};
use super::write::Pending;
use super::{Change, FILE, Mode, Standing, State, Tool};
use crate::toolchain::choice::numbers;
use crate::toolchain::rust::Toolchain;

impl Settling<'_> {
    /// The project's own lock.
    pub(super) fn locked(&self, lock: &LockFile, text: String) -> Result<Settled> {
        let none = Default::default();
        let upgraded = if let Mode::Upgrade(tools) = self.question.mode { tools } else { &none };
        let mut wanted = lock.clone();
        let channel = self.channel.as_ref();
        let toolchain = if upgraded.contains(&Tool::Rust) {
            let toolchain = self.chosen(channel)?;
            wanted.rust = Rust::of(toolchain);
            wanted.targets.clear();
            Ok(toolchain)
        } else {
            self.check_project(lock, channel)?;
            match self.question.toolchain {
                Some(_) => Ok(self.chosen(None)?),
                None => lock
                    .rust
                    .find(&self.machine.toolchains)
                    .ok_or_else(|| Missing::rust(lock, &self.machine.toolchains)),
            }
        };
        let mut missing = missing::packages(&mut wanted, upgraded, self.machine, self.question.asked)?;
        missing.extend(missing::native(&mut wanted, upgraded, self.native()?));
        let toolchain = match toolchain {
            Ok(toolchain) => Some(toolchain),
            Err(rust) => {
                missing.insert(0, rust);
                None
            }
        };
        let is_locked = toolchain.is_some_and(|toolchain| wanted.rust.is(toolchain));
        if let Some(toolchain) = toolchain.filter(|_| is_locked) {
            wanted.add_rows(toolchain, &self.planned, &self.machine.std_cache);
            missing.extend(missing::std(&wanted, toolchain, self.question.asked, &self.machine.std_cache));
        }
        let (true, Some(toolchain)) = (missing.is_empty(), toolchain) else {
            return Err(missing::error(&self.path(), &missing));
        };
        if *self.question.mode == Mode::Locked {
            self.check_locked(lock, &wanted, toolchain)?;
        }
        let changes = wanted.changes(Some(lock));
        let pending = (!changes.is_empty()).then(|| {
            let lines: Vec<String> = changes.iter().map(Change::line).collect();
            let told = format!("changed {FILE}; commit it: {}", lines.join(", "));
            Pending { path: self.path(), before: Some(text), text: wanted.text(), told }
        });
        let standing = match (&pending, is_locked) {
            (_, false) => Standing::Overridden,
            (Some(_), true) => Standing::Changed,
            (None, true) => Standing::Used,
        };
        let state = State { state: standing, changes };
        if is_locked {
            return Ok(Settled { pending, ..self.applied(&wanted, toolchain, state) });
        }
        let note = format!(
            "--toolchain: rustc {} instead of the one in {FILE} ({}), for this build only",
            toolchain.line(),
            lock.rust.rustc
        );
        Ok(Settled {
            machine: self.machine.clone(),
            toolchain: Some(toolchain.name.clone()),
            state: Some(state),
            pending,
            notes: vec![note],
        })
    }

    /// The project's own requirements for its compiler apply to the lock too.
    fn check_project(&self, lock: &LockFile, channel: Option<&Channel>) -> Result<()> {
        let version = lock.rust.version();
        let contradicts = |what: String, place: String| {
            Err(Error::new(ErrorKind::Project, what)
                .at(place)
                .next("monowheel build --upgrade=rust, and commit the lock"))
        };
        if let Some(oldest) = &self.question.project.rust_version {
            if numbers(version) < numbers(oldest) {
                let what = format!("the lock has rustc {version}, but the crate needs {oldest} (rust-version)");
                return contradicts(what, self.path().display().to_string());
            }
        }
        match channel {
            Some(channel) if !lock.rust.is_of(channel) => contradicts(
                format!("{FILE} has rustc {}, but this file asks for {}", lock.rust.rustc, channel.name),
                channel.path.display().to_string(),
            ),
            _ => Ok(()),
        }
    }

    /// `--locked`: nothing is written, and only entries of the lock are used.
    fn check_locked(&self, lock: &LockFile, wanted: &LockFile, toolchain: &Toolchain) -> Result<()> {
        let fault = |kind, what: String, next: &str| Err(Error::new(kind, what).at(self.path().display()).next(next));
        if !lock.rust.is(toolchain) {
            let what =
                format!("--toolchain names rustc {}, but --locked requires the one in the lock", toolchain.line());
            return fault(ErrorKind::Usage, what, "leave out one of the two options");
        }
        let changes: Vec<String> = wanted.changes(Some(lock)).iter().map(Change::line).collect();
        if !changes.is_empty() {
            let what = format!("the lock would change, but --locked writes nothing: {}", changes.join(", "));
            return fault(ErrorKind::Project, what, "run monowheel build without --locked, and commit the lock");
        }
        let mut triples = self.question.asked.iter().flat_map(|target| &target.triples);
        match triples.find(|triple| !lock.targets.contains_key(*triple)) {
            Some(triple) => fault(
                ErrorKind::Project,
                format!("the lock has no entry for {triple}, which is not one of the project's targets"),
                "add the platform to `targets` in [tool.monowheel] and build without --locked",
            ),
            None => Ok(()),
        }
    }
}
