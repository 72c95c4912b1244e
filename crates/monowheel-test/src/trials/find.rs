//! Every interpreter of this machine, each once; and the broken ones.

use std::collections::HashSet;
use std::path::PathBuf;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::CancelToken;
use monowheel_system::threads;
use monowheel_wheel::abi::undotted;
use rayon::prelude::*;
use serde::Serialize;

use crate::lab::{Lab, Recipe};
use crate::trials::discovery;
use crate::trials::probe_cache::Answers;
use crate::trials::python::{Candidate, Origin, Python};

/// The found interpreters.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Pythons {
    /// The working ones, by version, then by how they run.
    pub pythons: Vec<Python>,
    /// The broken ones.
    pub broken: Vec<Broken>,
}

/// A program with an interpreter's name that does not work as one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Broken {
    /// Its path.
    pub path: PathBuf,
    /// Where it was found.
    pub origin: Origin,
    /// Why it does not work.
    pub why: String,
}

/// The user's selection: one interpreter by its path, or all of a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// `/opt/python/bin/python3`.
    Path(PathBuf),
    /// `3.13`, `3.14t`, `3.13d`, `3.13-win-amd64`: the version, and a prefix of the platform.
    Kind(String),
}

impl Wanted {
    /// Parses a selection.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when it is neither a version nor a file.
    pub fn parse(text: &str) -> Result<Self> {
        let version = text.split('-').next().unwrap_or_default();
        if undotted(version.trim_end_matches(['t', 'd'])).is_some() {
            return Ok(Self::Kind(text.to_owned()));
        }
        let path = PathBuf::from(text);
        if path.is_file() {
            return Ok(Self::Path(path));
        }
        Err(Error::new(ErrorKind::Usage, "neither a Python version nor an interpreter")
            .at(text)
            .next("use 3.13, 3.14t, 3.13-win-amd64, 3.11-linux-aarch64 or a path like /usr/bin/python3; `monowheel pythons` lists the installed ones"))
    }

    /// The lab's recipe for it, if there is one.
    #[must_use]
    pub fn recipe(&self) -> Option<&'static Recipe> {
        let Self::Kind(kind) = self else { return None };
        let (version, platform) = kind.split_once('-').unwrap_or((kind, ""));
        let without_gil = version.strip_suffix('t');
        Recipe::making(undotted(without_gil.unwrap_or(version))?, without_gil.is_some(), platform)
    }

    /// The path, when it is one.
    #[must_use]
    pub fn path(&self) -> Option<PathBuf> {
        match self {
            Self::Path(path) => Some(path.clone()),
            Self::Kind(_) => None,
        }
    }

    /// Whether it means this interpreter.
    #[must_use]
    pub fn is(&self, python: &Python) -> bool {
        match self {
            // An environment's interpreter stands for its base, whose path is different.
            Self::Path(_) => python.origin == Origin::Named,
            Self::Kind(kind) => {
                let (version, platform) = kind.split_once('-').unwrap_or((kind, ""));
                let about = &python.about;
                let musl = about.libc.as_ref().is_some_and(|(name, _)| name == "musl");
                let is_platform = platform.is_empty()
                    || about.platform.starts_with(platform)
                    || (musl && about.platform.replacen("linux", "musllinux", 1).starts_with(platform));
                about.short() == version && is_platform
            }
        }
    }
}

impl std::fmt::Display for Wanted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Path(path) => write!(f, "{}", path.display()),
            Self::Kind(kind) => f.write_str(kind),
        }
    }
}

/// Probes every program with an interpreter's name, `named` ones first, several in parallel.
///
/// # Errors
/// After Ctrl-C.
pub fn find(named: &[PathBuf], stop: &CancelToken) -> Result<Pythons> {
    let mut candidates: Vec<Candidate> = named.iter().map(|path| Candidate::at(path.clone(), Origin::Named)).collect();
    candidates.extend(discovery::all(stop));
    let mut known = HashSet::new();
    candidates.retain(|one| known.insert(fs_err::canonicalize(&one.path).unwrap_or_else(|_| one.path.clone())));
    let answers = Answers::read();
    threads::ready()?;
    let asked: Vec<(Candidate, Result<Python>)> = candidates
        .into_par_iter()
        .map(|candidate| {
            let answer = ask(&candidate, &answers, stop).and_then(|python| outside(python, &answers, stop));
            (candidate, answer)
        })
        .collect();
    stop.check()?;
    answers.write();
    let mut found = Pythons { broken: of_lab(), ..Pythons::default() };
    let mut seen = HashSet::new();
    for (candidate, answer) in asked {
        match answer {
            Ok(python) if seen.insert((python.about.executable.clone(), python.launch.clone())) => {
                found.pythons.push(python);
            }
            Ok(_) => {}
            Err(error) => {
                let why = error.what().to_owned();
                found.broken.push(Broken { path: candidate.path, origin: candidate.origin, why });
            }
        }
    }
    found.pythons.sort_by(|a, b| order(a).cmp(&order(b)));
    Ok(found)
}

/// A broken entry of the lab, and how to fix it.
fn of_lab() -> Vec<Broken> {
    let broken = Lab::open().map(|lab| lab.broken()).unwrap_or_default();
    let told = |(path, error): (PathBuf, Error)| {
        let next_step = error.next_step().map(|step| format!("; {step}")).unwrap_or_default();
        Broken { path, origin: Origin::Lab, why: format!("{}{next_step}", error.what()) }
    };
    broken.into_iter().map(told).collect()
}

/// Its probe result, possibly cached.
fn ask(candidate: &Candidate, answers: &Answers, stop: &CancelToken) -> Result<Python> {
    if let Some(about) = answers.of(candidate) {
        return Ok(candidate.with(about));
    }
    let python = candidate.ask(stop)?;
    answers.keep(candidate, &python.about);
    Ok(python)
}

/// The base of an environment's interpreter: new environments are created from the base.
fn outside(python: Python, answers: &Answers, stop: &CancelToken) -> Result<Python> {
    if !python.about.in_environment || python.about.executable == python.path {
        return Ok(python);
    }
    ask(&Candidate::at(python.about.executable.clone(), python.origin), answers, stop)
}

fn order(python: &Python) -> impl Ord + '_ {
    let about = &python.about;
    (about.version, about.free_threaded, about.debug, python.runner, &about.platform, python.origin, &python.path)
}

impl Pythons {
    /// One interpreter of each kind (version, build, platform, C library): the one found in the best
    /// place, of those the newest release; and every one that was named.
    #[must_use]
    pub fn one_of_each(&self) -> Vec<&Python> {
        let kind = |python: &Python| {
            let about = &python.about;
            let libc = about.libc.as_ref().map(|(name, _)| name.clone());
            (
                about.version,
                about.free_threaded,
                about.debug,
                about.platform.clone(),
                libc,
                about.implementation.clone(),
            )
        };
        let mut known = HashSet::new();
        let mut chosen: Vec<&Python> = self.pythons.iter().collect();
        chosen.sort_by_key(|python| python.origin);
        chosen.retain(|python| known.insert(kind(python)) || python.origin == Origin::Named);
        chosen.sort_by(|a, b| order(a).cmp(&order(b)));
        chosen
    }
}
