//! The plan of a project's workflows: the machines and interpreters that test its wheels, and what is left out.

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_project::abi::Abi;
use monowheel_project::target::Target;
use monowheel_wheel::abi::{PythonVersion, admits, undotted};
use monowheel_wheel::names::normalized_name;
use serde::Serialize;

use crate::ci::Provider;
use crate::ci::facts::{Facts, Spelling};
use crate::ci::runners::{Runner, data};
use crate::ci::settings::Settings;
use crate::ci::validate::{self, Words};

/// Everything that is written into workflows.
#[derive(Clone, Debug, Serialize)]
pub struct Plan {
    /// The distribution's name as in the URLs of an index: `my-demo`.
    pub name: String,
    /// The project's directory in the repository; empty at its root.
    pub(crate) folder: String,
    /// The directory of the distributions, relative to the root of the repository.
    pub(crate) dist: String,
    /// Whether the project is monowheel, which builds itself.
    pub(crate) own: bool,
    /// `[tool.monowheel.ci]`, with all defaults filled in.
    pub(crate) settings: Settings,
    /// The parts of a tag before and after the version.
    pub(crate) tag: [String; 2],
    /// Whether tox runs the project's suite.
    pub(crate) tox: bool,
    /// Whether its environments are called `py313`.
    pub(crate) tox_py: bool,
    /// Where the wheels are run.
    pub machines: Vec<Machine>,
    /// Interpreters that no machine has, each with the reason.
    pub left_out: Vec<LeftOut>,
    /// Platforms whose wheels no machine here can run.
    pub untested: Vec<String>,
}

/// A machine or a kind of container, and its interpreters.
#[derive(Clone, Debug, Serialize)]
pub struct Machine {
    /// `linux-x86_64`; of a container also its kind, `linux-x86_64 alpine`.
    pub name: String,
    /// GitHub's label, GitLab's tag.
    pub label: String,
    /// uv's name of its platform.
    pub(crate) uv: String,
    /// The suffix of the version in `monowheel test --python`.
    pub(crate) kind: String,
    /// The lab's names of its interpreters, if the machine is emulated.
    pub(crate) lab: Vec<String>,
    /// The suffix of the version in the name of an image.
    pub(crate) variant: String,
    /// `3.8`, `3.15t`.
    pub pythons: Vec<String>,
    /// Interpreters that are not available on it.
    pub left_out: Vec<LeftOut>,
}

/// An interpreter that wheels are not tested on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// `3.8`, `3.14t`.
    pub python: String,
    /// Why.
    pub reason: String,
}

impl Plan {
    /// The directory of the lock files, relative to the root of the repository.
    pub(crate) fn locks(&self, provider: Provider) -> String {
        format!("{}/{}monowheel", provider.directory(), self.settings.prefix)
    }

    /// A lock file, relative to the root of the repository.
    pub(crate) fn lock_path(&self, provider: Provider, file: &str) -> String {
        format!("{}/{file}", self.locks(provider))
    }
}

impl LeftOut {
    fn new(python: &str, reason: &str) -> Self {
        Self { python: python.to_owned(), reason: reason.to_owned() }
    }
}

/// Decides what the workflows do.
///
/// # Errors
/// [`ErrorKind::Usage`] for settings that cannot be written into a workflow, interpreters or machines that are unknown
/// or that no wheel is for, and cibuildwheel without its table.
pub fn plan(facts: &Facts, provider: Provider) -> Result<Plan> {
    let settings = Settings::of(&facts.table, facts.lock.as_ref())?;
    let name = normalized_name(&facts.name);
    validate::word("[project] name", &name, Words::Name)?;
    let tag = match facts.tag.split_once("{version}") {
        Some((before, after)) if !after.contains("{version}") => [before.to_owned(), after.to_owned()],
        _ => {
            return Err(fault(
                "a tag must contain {version} exactly once",
                "[tool.monowheel.release] tag",
                "tag = \"v{version}\"",
            ));
        }
    };
    validate::word("[tool.monowheel.release] tag", &facts.tag.replace("{version}", "1"), Words::Branch)?;
    if settings.msvc && !facts.cibuildwheel {
        let next = "[tool.cibuildwheel]\nbuild = \"cp3*-win_*\"\n(or leave msvc out)";
        return Err(fault(
            "msvc needs [tool.cibuildwheel], which says what to build",
            "[tool.monowheel.ci] msvc",
            next,
        ));
    }
    if settings.msvc && provider == Provider::Gitlab {
        let next = "remove msvc; the wheels for Windows are built with the others";
        return Err(fault("GitLab has no Windows runners outside its paid beta", "[tool.monowheel.ci] msvc", next));
    }
    if facts.table.tox == Some(true) && facts.tox.is_none() {
        let next = "write a tox.ini, or remove tox";
        return Err(fault("tox has no configuration", "[tool.monowheel.ci] tox", next));
    }
    let (pythons, left_out) = pythons(facts)?;
    let machines = machines(facts, provider, &pythons)?;
    let runs = |target: &&Target| !machines.iter().any(|(_, targets)| targets.contains(target));
    let untested = facts.targets.iter().filter(runs).map(ToString::to_string).collect();
    let dist = if facts.folder.is_empty() { "dist".to_owned() } else { format!("{}/dist", facts.folder) };
    Ok(Plan {
        own: name == "monowheel",
        name,
        folder: facts.folder.clone(),
        dist,
        tag,
        tox: facts.table.tox.unwrap_or(facts.tox.is_some()),
        tox_py: facts.tox == Some(Spelling::Py),
        settings,
        machines: machines.into_iter().map(|(machine, _)| machine).collect(),
        left_out,
        untested,
    })
}

fn fault(what: &str, place: &str, next: &str) -> Error {
    Error::new(ErrorKind::Usage, what).at(place).next(next)
}

/// The parts of `3.14t`.
fn parsed(python: &str) -> Option<(PythonVersion, bool)> {
    let version = python.strip_suffix('t');
    let (major, minor) = undotted(version.unwrap_or(python))?;
    // The spelling is written to the workflow as it is: no sign, no leading zero.
    let same = format!("{major}.{minor}") == version.unwrap_or(python);
    (major == 3 && same).then_some(((major, minor), version.is_some()))
}

/// The interpreters that a wheel exists for, and the others.
fn pythons(facts: &Facts) -> Result<(Vec<String>, Vec<LeftOut>)> {
    let place = "[tool.monowheel.ci] pythons";
    let wanted = facts.table.pythons.as_ref().unwrap_or(&data().pythons);
    let (mut taken, mut left_out) = (Vec::new(), Vec::new());
    for python in wanted {
        let Some((version, free_threaded)) = parsed(python) else {
            return Err(fault(
                &format!("{python:?} is not a Python version"),
                place,
                "write it like pythons = [\"3.8\", \"3.15t\"]",
            ));
        };
        let serves = |&(abi, floor): &(Abi, PythonVersion)| abi.serves(floor, version, free_threaded);
        let reason = if !admits(facts.requires_python.as_ref(), version) {
            "Requires-Python does not admit it"
        } else if facts.abis.iter().any(serves) {
            if !taken.contains(python) {
                taken.push(python.clone());
            }
            continue;
        } else if free_threaded && version < (3, 15) {
            "the stable ABI of free-threaded builds starts with 3.15"
        } else {
            "no wheel is built for it"
        };
        if facts.table.pythons.is_some() {
            return Err(fault(&format!("no wheel for {python}: {reason}"), place, "remove it from pythons"));
        }
        left_out.push(LeftOut::new(python, reason));
    }
    if taken.is_empty() {
        return Err(fault("no interpreter left to test the wheels on", place, "remove pythons to use all of them"));
    }
    Ok((taken, left_out))
}

/// The machines that wheels run on, and which.
fn machines<'a>(facts: &'a Facts, provider: Provider, pythons: &[String]) -> Result<Vec<(Machine, Vec<&'a Target>)>> {
    let place = "[tool.monowheel.ci] runners";
    let wanted = facts.table.runners.as_ref();
    let known = || data().runner.iter().map(|runner| runner.name.as_str()).collect::<Vec<_>>().join(", ");
    if let Some(odd) =
        wanted.into_iter().flatten().find(|name| !data().runner.iter().any(|runner| runner.name == **name))
    {
        return Err(fault(&format!("there is no runner {odd:?}"), place, &format!("choose from: {}", known())));
    }
    let mut machines = Vec::new();
    for runner in &data().runner {
        let is_named = wanted.is_some_and(|names| names.contains(&runner.name));
        if wanted.is_some() && !is_named {
            continue;
        }
        let before = machines.len();
        match provider {
            Provider::Github => {
                let targets: Vec<&Target> = facts.targets.iter().filter(|target| runner.runs(target)).collect();
                let machine = github(runner, pythons);
                if !targets.is_empty() && !machine.pythons.is_empty() {
                    machines.push((machine, targets));
                }
            }
            // Not every project has a machine with a tag: use it only if it is named.
            Provider::Gitlab if is_named || runner.gitlab.as_deref() == Some("") => {
                machines.extend(gitlab(runner, facts, pythons));
            }
            Provider::Gitlab => continue,
        }
        if is_named && machines.len() == before {
            let what = match runner.gitlab {
                None if provider == Provider::Gitlab && runner.is_emulated() => {
                    format!("the GitLab pipeline has no {}, which only GitHub's workflow emulates", runner.name)
                }
                None if provider == Provider::Gitlab => format!("GitLab has no {} outside its paid beta", runner.name),
                _ => format!("no wheel or no interpreter is for {}", runner.name),
            };
            return Err(fault(&what, place, "remove it from runners"));
        }
    }
    if machines.is_empty() {
        return Err(fault("no machine of this CI can run any of the wheels", place, &format!("it has: {}", known())));
    }
    Ok(machines)
}

fn github(runner: &Runner, pythons: &[String]) -> Machine {
    let lacks = |python: &&String| runner.lacks(python).is_some();
    let left_out = pythons.iter().filter_map(|python| Some(LeftOut::new(python, runner.lacks(python)?))).collect();
    let pythons: Vec<String> = pythons.iter().filter(|python| !lacks(python)).cloned().collect();
    let lab =
        if runner.is_emulated() { pythons.iter().map(|python| runner.lab_id(python)).collect() } else { Vec::new() };
    Machine {
        name: runner.name.clone(),
        label: runner.label.clone(),
        uv: runner.uv.clone(),
        kind: runner.kind.clone(),
        variant: String::new(),
        lab,
        pythons,
        left_out,
    }
}

/// One kind of container per machine.
fn gitlab<'a>(runner: &Runner, facts: &'a Facts, pythons: &[String]) -> Vec<(Machine, Vec<&'a Target>)> {
    let Some(tag) = &runner.gitlab else { return Vec::new() };
    let arch = runner.uv.split('-').nth(1).unwrap_or_default();
    let mut machines = Vec::new();
    for image in &data().image {
        let runs = |target: &&Target| target.arch == arch && image.runs(target);
        let targets: Vec<&Target> = facts.targets.iter().filter(runs).collect();
        let (without_gil, with_gil): (Vec<&String>, Vec<&String>) =
            pythons.iter().partition(|name| name.ends_with('t'));
        if targets.is_empty() || with_gil.is_empty() {
            continue;
        }
        let reason = "it has no official image";
        let machine = Machine {
            name: format!("{} {}", runner.name, image.variant),
            label: tag.clone(),
            uv: String::new(),
            kind: String::new(),
            lab: Vec::new(),
            variant: image.variant.clone(),
            pythons: with_gil.into_iter().cloned().collect(),
            left_out: without_gil.into_iter().map(|python| LeftOut::new(python, reason)).collect(),
        };
        machines.push((machine, targets));
    }
    machines
}
