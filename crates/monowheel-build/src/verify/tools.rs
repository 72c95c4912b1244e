//! Compares the tools that a recipe names with those of this machine.

use std::collections::{BTreeMap, BTreeSet};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_project::abi::AbiChoice;
use monowheel_project::project::Project;
use serde::Serialize;

use crate::lockfile::install::{pip, rustup};
use crate::lockfile::{self, Standing};
use crate::maturin;
use crate::plan::{Job, Plan, Selection, ToolFacts};
use crate::prepare::planned as with_lock;
use crate::provenance::{Provenance, Std};
use crate::toolchain::Machine;
use crate::toolchain::choice::StdFrom;
use crate::verify::recipe::Checked;

/// A difference between this machine and the recipe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mismatch {
    /// `monowheel`, `rustc`, `maturin`, `linker`, `std of TRIPLE`, `arguments`.
    pub what: String,
    /// The value in the wheel.
    pub wheel: String,
    /// The value here.
    pub here: String,
    /// The command that installs the wheel's version, if there is one.
    pub get: Option<String>,
}

/// The tools that would build a wheel on this machine.
#[derive(Clone, Debug)]
pub(super) struct Chosen {
    /// The tag of its file's name.
    pub(super) tag: String,
    /// The Rust toolchain by name: a build of several targets at once might choose another one by itself.
    pub(super) toolchain: Option<String>,
    /// Whether the source has a lock with these tools.
    pub(super) is_locked: bool,
    /// The tools' versions.
    pub(super) tools: ToolFacts,
    /// The differences from the recipe.
    pub(super) mismatches: Vec<Mismatch>,
}

/// Plans the wheel of a recipe with each toolchain that may match, and uses the best match.
///
/// # Errors
/// When the project cannot be built in this way, or a required tool is missing here.
pub(super) fn choose(recipe: &Provenance, checked: &Checked, project: &Project, machine: &Machine) -> Result<Chosen> {
    let is_the_same = |verbose: &str| verbose.lines().next() == recipe.rustc.as_deref();
    let others = machine.toolchains.iter().filter(|toolchain| is_the_same(&toolchain.verbose_version));
    let toolchains = std::iter::once(None).chain(others.map(|toolchain| Some(toolchain.name.clone())));
    // The source's lock names the wanted tools, and the recipe the used ones: it counts if the two agree.
    let candidates = toolchains
        .flat_map(|toolchain| [lockfile::Mode::Use, lockfile::Mode::Ignore].map(|lock| (toolchain.clone(), lock)));
    let planned = candidates.map(|(toolchain, lock)| planned(recipe, checked, project, machine, toolchain, lock));
    // A missing tool is worse than a different one.
    let rank = |chosen: &Result<Chosen>| chosen.as_ref().map_or(usize::MAX, |chosen| chosen.mismatches.len());
    planned.min_by_key(rank).unwrap_or_else(|| Err(Error::new(ErrorKind::Toolchain, "no tools to build with")))
}

fn planned(
    recipe: &Provenance,
    checked: &Checked,
    project: &Project,
    machine: &Machine,
    toolchain: Option<String>,
    lock: lockfile::Mode,
) -> Result<Chosen> {
    let selection = Selection {
        targets: Some(vec![checked.target.to_string()]),
        abis: Some(vec![AbiChoice::One(recipe.abi)]),
        floor: recipe.floor,
        windows: Some(checked.target.windows),
        toolchain,
        lock,
        frame_pointers: recipe.frame_pointers,
        symbols: false,
        for_trial: false,
    };
    // A library that the recipe built from source is not fetched here.
    let std_cache =
        if recipe.is_std_from_source() { machine.std_cache.without_rustup() } else { machine.std_cache.clone() };
    let machine = &Machine { std_cache, ..machine.clone() };
    // In a checkout too: missing tools are reported relative to the recipe.
    let (plan, settled) = with_lock(project, &selection, machine, true)?;
    let is_locked = settled.state.is_some_and(|state| state.state == Standing::Used);
    let job = plan.jobs.first().ok_or_else(|| Error::new(ErrorKind::Project, "the project has no such wheel"))?;
    if let Some(blocked) = &job.blocked {
        return Err(Error::new(ErrorKind::Toolchain, format!("cannot be built here: {}", blocked.why))
            .next(blocked.next_step.clone()));
    }
    let profile = project.pyproject.maturin().profile.as_deref().unwrap_or("release");
    let mismatches = mismatches(recipe, &plan, job, profile);
    let (tag, toolchain, tools) = (job.tag.clone(), plan.tools.toolchain.clone(), plan.tools.clone());
    Ok(Chosen { tag, toolchain, is_locked, mismatches, tools })
}

/// The differences between the recipe and this plan.
fn mismatches(recipe: &Provenance, plan: &Plan, job: &Job, profile: &str) -> Vec<Mismatch> {
    let mut found = Vec::new();
    let mut compare = |what: &str, wheel: &str, here: &str, get: Option<String>| {
        if wheel != here {
            found.push(Mismatch { what: what.to_owned(), wheel: wheel.to_owned(), here: here.to_owned(), get });
        }
    };
    let told = |tool: &Option<String>| tool.clone().unwrap_or_else(|| "none".to_owned());
    let rustc = |tool: &Option<String>| told(tool).trim_start_matches("rustc ").to_owned();
    compare("monowheel", &recipe.monowheel, monowheel_error::VERSION, pip("monowheel", &recipe.monowheel));
    let wanted = rustc(&recipe.rustc);
    compare("rustc", &wanted, &rustc(&plan.tools.rustc), rustup(&wanted));
    let wanted = told(&recipe.maturin);
    compare("maturin", &wanted, &told(&plan.tools.maturin), pip("maturin", &wanted));
    let zig = recipe.linker.strip_prefix("zig ").and_then(|version| pip("ziglang", version));
    compare("linker", &recipe.linker, &job.linker, zig);
    let here: BTreeMap<&str, Std> = job.std.iter().map(|std| (std.triple.as_str(), origin(std.from))).collect();
    let triples: BTreeSet<&str> = recipe.std.keys().map(String::as_str).chain(here.keys().copied()).collect();
    for triple in triples {
        let (there, here) = (recipe.std.get(triple).copied(), here.get(triple).copied());
        let get = match (there, here, &plan.tools.toolchain) {
            (Some(Std::Toolchain), Some(Std::Source), Some(name)) if name != "system" => {
                Some(format!("rustup target add --toolchain {} {triple}", monowheel_system::exec::quoted(name)))
            }
            _ => None,
        };
        compare(&format!("std of {triple}"), std_word(there), std_word(here), get);
    }
    let frames = |kept: bool| if kept { "kept" } else { "not requested" };
    compare("frame pointers", frames(recipe.frame_pointers), frames(plan.frame_pointers), None);
    compare("arguments", &recipe.arguments.join(" "), &maturin::arguments(job, profile).join(" "), None);
    found
}

const fn origin(from: StdFrom) -> Std {
    match from {
        StdFrom::Source | StdFrom::Cache => Std::Source,
        _ => Std::Toolchain,
    }
}

const fn std_word(std: Option<Std>) -> &'static str {
    match std {
        Some(Std::Toolchain) => "the toolchain's",
        Some(Std::Source) => "built from source",
        None => "none",
    }
}

#[cfg(test)]
mod tests {
    use monowheel_project::target::{Target, WindowsAbi};

    use super::*;
    use crate::plan::{ProjectFacts, SCHEMA, TripleStd};

    const HOST: &str = "x86_64-unknown-linux-gnu";

    fn recipe(change: impl Fn(&mut serde_json::Value)) -> Provenance {
        let mut value = crate::verify::recipe::tests::good();
        value["arguments"] = maturin::arguments(&job(), "release").into();
        change(&mut value);
        serde_json::from_value(value).unwrap()
    }

    fn job() -> Job {
        Job {
            id: String::new(),
            target: Target::parse("manylinux_2_17_x86_64", WindowsAbi::Gnullvm).unwrap(),
            family: monowheel_project::abi::Abi::Stable(monowheel_wheel::abi::Family::Abi3),
            floor: (3, 8),
            tag: String::new(),
            std: vec![TripleStd { triple: HOST.to_owned(), from: StdFrom::Installed }],
            linker: "zig 0.17.0".to_owned(),
            features: Vec::new(),
            added_features: Vec::new(),
            import_library: false,
            replaces_import_library: false,
            interpreter: "3.8".to_owned(),
            notes: Vec::new(),
            blocked: None,
        }
    }

    fn found(recipe: &Provenance) -> Vec<Mismatch> {
        let plan = Plan {
            schema: SCHEMA,
            monowheel: monowheel_error::VERSION,
            project: ProjectFacts {
                name: "x".to_owned(),
                version: "1".to_owned(),
                module: "x".to_owned(),
                requires_python: None,
                bindings: String::new(),
            },
            tools: ToolFacts {
                maturin: Some("1.16.0".to_owned()),
                zig: Some("0.17.0".to_owned()),
                toolchain: Some("stable-x".to_owned()),
                rustc: Some("rustc 1.96.0 (0 2026-06-01)".to_owned()),
            },
            frame_pointers: false,
            symbols: false,
            lock: None,
            native: Default::default(),
            problems: Vec::new(),
            notes: Vec::new(),
            jobs: vec![job()],
        };
        mismatches(recipe, &plan, &job(), "release")
    }

    #[test]
    fn the_same_tools_are_no_mismatch() {
        assert_eq!(found(&recipe(|_| {})), []);
    }

    #[test]
    fn each_tool_is_named_with_its_command() {
        let found = found(&recipe(|value| {
            value["monowheel"] = "9.9.9".into();
            value["rustc"] = "rustc 1.97.1 (1 2026-07-01)".into();
            value["maturin"] = "1.17.0".into();
            value["linker"] = "zig 0.15.2".into();
            value["frame_pointers"] = true.into();
            value["arguments"] = vec!["build", "--zig"].into();
        }));
        let told: Vec<(&str, Option<&str>)> =
            found.iter().map(|mismatch| (mismatch.what.as_str(), mismatch.get.as_deref())).collect();
        assert_eq!(
            told,
            [
                ("monowheel", Some("pip install 'monowheel==9.9.9'")),
                ("rustc", Some("rustup toolchain install 1.97.1")),
                ("maturin", Some("pip install 'maturin==1.17.0'")),
                ("linker", Some("pip install 'ziglang==0.15.2'")),
                ("frame pointers", None),
                ("arguments", None),
            ]
        );
        assert_eq!(
            (found[1].wheel.as_str(), found[1].here.as_str()),
            ("1.97.1 (1 2026-07-01)", "1.96.0 (0 2026-06-01)")
        );
    }

    #[test]
    fn where_std_comes_from_counts() {
        let found = found(&recipe(|value| value["std"] = serde_json::json!({HOST: "source", "other": "toolchain"})));
        let told: Vec<(&str, &str, &str)> = found
            .iter()
            .map(|mismatch| (mismatch.what.as_str(), mismatch.wheel.as_str(), mismatch.here.as_str()))
            .collect();
        let host = format!("std of {HOST}");
        let expected =
            [("std of other", "the toolchain's", "none"), (host.as_str(), "built from source", "the toolchain's")];
        assert_eq!(told, expected);
    }

    #[test]
    fn a_strangers_text_becomes_no_command() {
        for version in ["1; rm -rf ~", "1'$(x)'", "", "--index-url=http://x", "1 2", &"1".repeat(99)] {
            let found = found(&recipe(|value| {
                value["maturin"] = version.into();
                value["linker"] = format!("zig {version}").into();
                value["rustc"] = format!("rustc {version}").into();
            }));
            let commands: Vec<&str> = found.iter().filter_map(|mismatch| mismatch.get.as_deref()).collect();
            let rust_alone = version == "1 2";
            assert_eq!(commands.len(), usize::from(rust_alone), "{version}: {commands:?}");
        }
    }
}
