//! From a lock and a machine to the tools of a build.

use std::path::PathBuf;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_project::project::Project;
use monowheel_project::target::Target;

use super::form::{LockFile, Rust, Tools};
use super::missing::{self, Missing};
use super::rust_toolchain::{Asked, Channel};
use super::write::Pending;
use super::{Change, FILE, Mode, Standing, State, Tool};
use crate::isolated::top;
use crate::toolchain::Machine;
use crate::toolchain::choice::{self, Choice, numbers};
use crate::toolchain::rust::Toolchain;

/// What is to be built, and how the lock is to be used.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The project.
    pub project: &'a Project,
    /// Whether it is a third party's sdist: its lock is a request then, never an order.
    pub is_foreign: bool,
    /// The platforms that are asked for now; the lock is for all that the project plans.
    pub asked: &'a [Target],
    /// `--toolchain`.
    pub toolchain: Option<&'a str>,
    /// What to do with the lock.
    pub mode: &'a Mode,
}

/// The tools of a build.
#[derive(Clone, Debug)]
pub struct Settled {
    /// The machine, with the locked compiler as its only one where there is a lock.
    pub machine: Machine,
    /// The Rust toolchain by name, where it is settled.
    pub toolchain: Option<String>,
    /// How the lock stands; `None` without one.
    pub state: Option<State>,
    /// What a build has to write.
    pub pending: Option<Pending>,
    /// What a person should know.
    pub notes: Vec<String>,
}

/// Chooses the tools of a build: those of the lock, or those of this machine that serve all targets of the project.
///
/// # Errors
/// [`ErrorKind::Toolchain`] when a tool of the lock is not here; [`ErrorKind::Project`] for a lock that cannot be used, or
/// that contradicts the project; [`ErrorKind::Usage`] for an option that contradicts the lock.
pub fn settle(question: &Question<'_>, machine: &Machine) -> Result<Settled> {
    let mut notes = Vec::new();
    let settling = Settling {
        question,
        machine,
        planned: question.project.pyproject.config().targets()?,
        channel: channel(question, &mut notes)?,
    };
    let mut settled = settling.settled()?;
    settled.notes.splice(0..0, notes);
    Ok(settled)
}

/// What a `rust-toolchain.toml` of the project asks for; `--toolchain` goes before, as `cargo +NAME` does. That of a third
/// party is a request, which may be one that nobody can follow.
fn channel(question: &Question<'_>, notes: &mut Vec<String>) -> Result<Option<Channel>> {
    let root = &question.project.root;
    if question.toolchain.is_some() {
        return Ok(None);
    }
    let asked = Channel::find(root, &if question.is_foreign { root.clone() } else { top(root) });
    match asked {
        Ok(Asked::Nothing) => Ok(None),
        Ok(Asked::Channel(channel)) => Ok(Some(channel)),
        Ok(Asked::Path(path)) => {
            notes.push(format!(
                "{} names a toolchain by its path, which no other machine has: it is not used",
                path.display()
            ));
            Ok(None)
        }
        Err(error) if question.is_foreign => {
            notes.push(format!("not used: {error}"));
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

struct Settling<'a> {
    question: &'a Question<'a>,
    machine: &'a Machine,
    /// All platforms of the project.
    planned: Vec<Target>,
    /// What the project asks rustup for.
    channel: Option<Channel>,
}

impl Settling<'_> {
    fn settled(&self) -> Result<Settled> {
        let question = self.question;
        let folder = &question.project.root;
        let found = match LockFile::read(folder) {
            _ if *question.mode == Mode::Ignore => return self.unlocked(None, Vec::new()),
            Err(error) if question.is_foreign && *question.mode != Mode::Locked => {
                return self.unlocked(None, vec![format!("the lock of the sdist is not used: {}", error.what())]);
            }
            found => found?,
        };
        match (found, question.mode) {
            (_, Mode::Upgrade(_)) if question.is_foreign => {
                Err(Error::new(ErrorKind::Usage, "--upgrade moves the lock of a project, and this is an sdist")
                    .next("leave --upgrade out: the lock of an sdist is a request, and tools that are here serve"))
            }
            (None, Mode::Locked) => {
                Err(Error::new(ErrorKind::Project, format!("there is no {FILE}, and --locked writes none"))
                    .at(folder.join(FILE).display())
                    .next(format!("monowheel build, and commit {FILE}")))
            }
            (None, _) if question.is_foreign => self.unlocked(None, Vec::new()),
            (None, _) => self.first(),
            (Some((lock, _)), _) if question.is_foreign => self.requested(&lock),
            (Some((lock, text)), _) => self.locked(&lock, text),
        }
    }

    fn path(&self) -> PathBuf {
        self.question.project.root.join(FILE)
    }

    fn triples(&self) -> Vec<&str> {
        self.planned.iter().flat_map(|target| &target.triples).map(String::as_str).collect()
    }

    /// The compiler without a lock.
    fn chosen(&self, channel: Option<&Channel>) -> Result<&Toolchain> {
        let (triples, machine) = (self.triples(), self.machine);
        let rust_version = self.question.project.rust_version.as_deref();
        let choose = |toolchains: &mut dyn Iterator<Item = &'_ Toolchain>, wanted: Option<&str>| {
            let among: Vec<String> = toolchains.map(|toolchain| toolchain.name.clone()).collect();
            choice::choose(
                &machine.toolchains,
                &Choice { triples: &triples, wanted, rust_version, among: Some(&among), cache: &machine.std_cache },
            )
        };
        let Some(channel) = channel else { return choose(&mut machine.toolchains.iter(), self.question.toolchain) };
        if let Some(named) = machine.toolchains.iter().find(|toolchain| channel.names(toolchain)) {
            return Ok(named);
        }
        choose(&mut machine.toolchains.iter().filter(|toolchain| channel.admits(toolchain)), None).map_err(|_| {
            let what = format!("Rust {} is not here, which {} asks for", channel.name, channel.path.display());
            Error::new(ErrorKind::Toolchain, what)
                .at(channel.path.display())
                .next(format!("rustup toolchain install {}, or name another with --toolchain NAME", channel.name))
        })
    }

    /// The tools of this machine, without a lock.
    fn unlocked(&self, state: Option<State>, mut notes: Vec<String>) -> Result<Settled> {
        let toolchain = match (&self.channel, self.question.toolchain) {
            (_, Some(named)) => Some(named.to_owned()),
            (None, None) => None,
            (Some(channel), None) => match self.chosen(Some(channel)) {
                Ok(toolchain) => Some(toolchain.name.clone()),
                Err(error) if self.question.is_foreign => {
                    notes.push(format!("{}: another is used", error.what()));
                    None
                }
                Err(error) => return Err(error),
            },
        };
        Ok(Settled { machine: self.machine.clone(), toolchain, state, pending: None, notes })
    }

    /// A project without a lock: the tools are chosen, and a build writes them down.
    fn first(&self) -> Result<Settled> {
        let channel = self.channel.as_ref();
        let toolchain = match self.chosen(channel) {
            Ok(toolchain) => toolchain,
            Err(error) if channel.is_some() || error.kind() == ErrorKind::Usage => return Err(error),
            // The plan says what is missing.
            Err(_) => {
                return self.unlocked(Some(State { state: Standing::Incomplete, changes: Vec::new() }), Vec::new());
            }
        };
        let machine = self.machine;
        let zig = machine.zig.as_ref().map(|zig| zig.version.clone());
        let needs_zig = self.planned.iter().any(Target::links_with_zig);
        let (Some(maturin), false) = (&machine.maturin, needs_zig && zig.is_none()) else {
            let state = State { state: Standing::Incomplete, changes: Vec::new() };
            return Ok(Settled { toolchain: Some(toolchain.name.clone()), ..self.unlocked(Some(state), Vec::new())? });
        };
        let tools = Tools { maturin: maturin.version.clone(), monowheel: monowheel_error::VERSION.to_owned(), zig };
        let mut lock = LockFile::new(tools, Rust::of(toolchain), Default::default());
        lock.add_rows(toolchain, &self.planned, &machine.std_cache);
        let changes = lock.changes(None);
        let told = format!(
            "wrote {FILE}, the tools of this project: rustc {}, maturin {}{}; commit it",
            lock.rust.text(),
            lock.tools.maturin,
            lock.tools.zig.as_ref().map(|zig| format!(", zig {zig}")).unwrap_or_default()
        );
        let pending = Pending { path: self.path(), before: None, text: lock.text(), told };
        let state = State { state: Standing::New, changes };
        Ok(Settled { pending: Some(pending), ..self.applied(&lock, toolchain, state) })
    }

    /// The project's own lock.
    fn locked(&self, lock: &LockFile, text: String) -> Result<Settled> {
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
            "--toolchain: rustc {} instead of that of {FILE} ({}), for this build alone",
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

    /// What the project itself says of its compiler holds for the lock too.
    fn check_project(&self, lock: &LockFile, channel: Option<&Channel>) -> Result<()> {
        let version = lock.rust.version();
        let contradicts = |what: String, place: String| {
            Err(Error::new(ErrorKind::Project, what)
                .at(place)
                .next("monowheel build --upgrade=rust, and commit the lock"))
        };
        if let Some(oldest) = &self.question.project.rust_version {
            if numbers(version) < numbers(oldest) {
                let what = format!("the lock has rustc {version}, and the crate needs {oldest} (rust-version)");
                return contradicts(what, self.path().display().to_string());
            }
        }
        match channel {
            Some(channel) if !lock.rust.is_of(channel) => contradicts(
                format!("{FILE} has rustc {}, and this file asks for {}", lock.rust.rustc, channel.name),
                channel.path.display().to_string(),
            ),
            _ => Ok(()),
        }
    }

    /// `--locked`: nothing is written, and nothing is used that the lock does not have.
    fn check_locked(&self, lock: &LockFile, wanted: &LockFile, toolchain: &Toolchain) -> Result<()> {
        let fault = |kind, what: String, next: &str| Err(Error::new(kind, what).at(self.path().display()).next(next));
        if !lock.rust.is(toolchain) {
            let what = format!("--toolchain names rustc {}, and --locked wants that of the lock", toolchain.line());
            return fault(ErrorKind::Usage, what, "leave one of the two options out");
        }
        let changes: Vec<String> = wanted.changes(Some(lock)).iter().map(Change::line).collect();
        if !changes.is_empty() {
            let what = format!("the lock would change, and --locked writes nothing: {}", changes.join(", "));
            return fault(ErrorKind::Project, what, "monowheel build without --locked, and commit the lock");
        }
        let mut triples = self.question.asked.iter().flat_map(|target| &target.triples);
        match triples.find(|triple| !lock.targets.contains_key(*triple)) {
            Some(triple) => fault(
                ErrorKind::Project,
                format!("the lock has no row for {triple}, which is not among the project's targets"),
                "add the platform to `targets` in [tool.monowheel] and build without --locked",
            ),
            None => Ok(()),
        }
    }

    /// The lock of a third party's sdist: where its compiler is here, it is used as the lock says.
    fn requested(&self, lock: &LockFile) -> Result<Settled> {
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
                "the sdist was made with other tools than those here ({}): its lock is a request, and these serve",
                lines.join(", ")
            ));
        }
        let state = State { state: standing, changes };
        match found {
            Some(toolchain) => Ok(Settled { notes, ..self.applied(&here, toolchain, state) }),
            None => self.unlocked(Some(state), notes),
        }
    }

    /// This machine with the locked compiler alone.
    fn applied(&self, lock: &LockFile, toolchain: &Toolchain, state: State) -> Settled {
        let std = lock.targets.iter().map(|(triple, row)| (triple.clone(), row.std)).collect();
        let toolchain = Toolchain { std, ..toolchain.clone() };
        Settled {
            toolchain: Some(toolchain.name.clone()),
            machine: Machine { toolchains: vec![toolchain], ..self.machine.clone() },
            state: Some(state),
            pending: None,
            notes: Vec::new(),
        }
    }
}
