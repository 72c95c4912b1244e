//! From a lock and a machine to the tools of a build.

use std::collections::BTreeMap;
use std::path::PathBuf;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_project::project::Project;
use monowheel_project::target::Target;

use super::form::{LockFile, Rust, Tools};
use super::rust_toolchain::{Asked, Channel};
use super::write::Pending;
use super::{FILE, Mode, Standing, State};
use crate::isolated::top;
use crate::kept::Sources;
use crate::native::Native;
use crate::toolchain::Machine;
use crate::toolchain::choice::{self, Choice};
use crate::toolchain::rust::Toolchain;

/// What to build, and how to use the lock.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The project.
    pub project: &'a Project,
    /// Whether it is a third party's sdist: its lock is a request then, never an order.
    pub is_foreign: bool,
    /// The platforms that are requested now; the lock is for all that the project plans.
    pub asked: &'a [Target],
    /// `--toolchain`.
    pub toolchain: Option<&'a str>,
    /// How to use the lock.
    pub mode: &'a Mode,
}

/// The tools of a build.
#[derive(Clone, Debug)]
pub struct Settled {
    /// The machine; if there is a lock, with the locked compiler as its only one.
    pub machine: Machine,
    /// The Rust toolchain by name, if it is settled.
    pub toolchain: Option<String>,
    /// The state of the lock; `None` without one.
    pub state: Option<State>,
    /// The lock that a build has to write.
    pub pending: Option<Pending>,
    /// Notes for the user.
    pub notes: Vec<String>,
}

/// Chooses the tools of a build: those of the lock, or those of this machine that support all targets of the project.
///
/// # Errors
/// [`ErrorKind::Toolchain`] when a tool of the lock is missing; [`ErrorKind::Project`] for a lock that cannot be used,
/// or that contradicts the project; [`ErrorKind::Usage`] for an option that contradicts the lock.
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

/// The request in a `rust-toolchain.toml` of the project; `--toolchain` takes precedence, as `cargo +NAME` does. A
/// third party's is only a request, which may be impossible to follow.
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
                "{} names a toolchain by its path, which other machines do not have: it is not used",
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

/// A question while it is answered; a project's own lock is in `own`, a third party's in `request`.
pub(super) struct Settling<'a> {
    pub(super) question: &'a Question<'a>,
    pub(super) machine: &'a Machine,
    /// All platforms of the project.
    pub(super) planned: Vec<Target>,
    /// The project's request to rustup.
    pub(super) channel: Option<Channel>,
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
                Err(Error::new(ErrorKind::Usage, "--upgrade updates the lock of a project, but this is an sdist").next(
                    "leave out --upgrade: the lock of an sdist is only a request, and this machine's tools are used",
                ))
            }
            (None, Mode::Locked) => {
                Err(Error::new(ErrorKind::Project, format!("there is no {FILE}, and --locked does not create one"))
                    .at(folder.join(FILE).display())
                    .next(format!("run monowheel build, and commit {FILE}")))
            }
            (None, _) if question.is_foreign => self.unlocked(None, Vec::new()),
            (None, _) => self.first(),
            (Some((lock, _)), _) if question.is_foreign => self.requested(&lock),
            (Some((lock, text)), _) => self.locked(&lock, text),
        }
    }

    pub(super) fn path(&self) -> PathBuf {
        self.question.project.root.join(FILE)
    }

    fn triples(&self) -> Vec<&str> {
        self.planned.iter().flat_map(|target| &target.triples).map(String::as_str).collect()
    }

    /// The programs and C libraries that the project needs, each with this monowheel's version.
    pub(super) fn native(&self) -> Result<BTreeMap<String, String>> {
        let sources = Sources { is_reached: Some(true), ..self.machine.native.clone() };
        Ok(Native::of(self.question.project, &[], &sources)?.locked())
    }

    /// The compiler without a lock.
    pub(super) fn chosen(&self, channel: Option<&Channel>) -> Result<&Toolchain> {
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
            let what = format!("Rust {} is not installed, but {} asks for it", channel.name, channel.path.display());
            Error::new(ErrorKind::Toolchain, what)
                .at(channel.path.display())
                .next(format!("rustup toolchain install {}, or name another with --toolchain NAME", channel.name))
        })
    }

    /// The tools of this machine, without a lock.
    pub(super) fn unlocked(&self, state: Option<State>, mut notes: Vec<String>) -> Result<Settled> {
        let toolchain = match (&self.channel, self.question.toolchain) {
            (_, Some(named)) => Some(named.to_owned()),
            (None, None) => None,
            (Some(channel), None) => match self.chosen(Some(channel)) {
                Ok(toolchain) => Some(toolchain.name.clone()),
                Err(error) if self.question.is_foreign => {
                    notes.push(format!("{}; using another toolchain", error.what()));
                    None
                }
                Err(error) => return Err(error),
            },
        };
        Ok(Settled { machine: self.machine.clone(), toolchain, state, pending: None, notes })
    }

    /// A project without a lock: the tools are chosen, and a build writes them to a lock.
    fn first(&self) -> Result<Settled> {
        let channel = self.channel.as_ref();
        let toolchain = match self.chosen(channel) {
            Ok(toolchain) => toolchain,
            Err(error) if channel.is_some() || error.kind() == ErrorKind::Usage => return Err(error),
            // The plan reports what is missing.
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
        lock.native = self.native()?;
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

    /// This machine with only the locked compiler.
    pub(super) fn applied(&self, lock: &LockFile, toolchain: &Toolchain, state: State) -> Settled {
        let std = lock.targets.iter().map(|(triple, row)| (triple.clone(), row.std)).collect();
        let others = self.machine.toolchains.iter().filter(|other| other.name != toolchain.name).cloned().collect();
        let toolchain = Toolchain { std, ..toolchain.clone() };
        Settled {
            toolchain: Some(toolchain.name.clone()),
            machine: Machine { toolchains: vec![toolchain], others, ..self.machine.clone() },
            state: Some(state),
            pending: None,
            notes: Vec::new(),
        }
    }
}
