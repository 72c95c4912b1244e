//! How many wheels a floor saves, and the advice that follows.

use monowheel_project::abi::OLDEST;
use monowheel_project::project::Project;
use monowheel_project::pyo3::Support;
use monowheel_wheel::abi::admits;
use serde::Serialize;

use crate::floor::{dotted, shares};

/// CPythons that a wheel supports.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Served {
    /// Their versions.
    pub pythons: Vec<String>,
    /// Their share of downloads from PyPI, in percent; see [`shares`].
    pub percent: f64,
}

/// The floor to choose.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Advice {
    /// The floor; `None` where the crate cannot have abi3.
    pub floor: Option<String>,
    /// The reason, as one sentence.
    pub why: String,
    /// What to change, or which command to run.
    pub next_step: String,
}

/// The CPythons with the GIL that both the project and its PyO3 support.
pub(super) fn supported(project: &Project) -> Vec<u8> {
    let (oldest, newest) = Support::of(&project.bindings).versions;
    (oldest.max(OLDEST)..=newest).filter(|minor| admits(project.requires_python.as_ref(), (3, *minor))).collect()
}

/// Wheels per platform: one for abi3, and one for each CPython below the floor.
pub(super) fn with_floor(supported: &[u8], floor: u8) -> usize {
    1 + supported.iter().filter(|minor| **minor < floor).count()
}

impl Advice {
    /// For the `lowest` floor that compiles, and the one that the crate has now.
    pub(super) fn of(project: &Project, supported: &[u8], lowest: Option<u8>, current: Option<u8>) -> Self {
        let key = &project.bindings.key;
        let Some(lowest) = lowest else {
            return Self {
                floor: None,
                why: "the crate compiles for no floor, although it does without abi3".to_owned(),
                next_step: "replace what is listed above, or build a wheel for each CPython: --abi auto".to_owned(),
            };
        };
        let (without, with) = (supported.len(), with_floor(supported, lowest));
        let below: Vec<u8> = supported.iter().copied().filter(|minor| *minor < lowest).collect();
        let saved = format!("{with} of {without} wheels per platform {}", if with == 1 { "remains" } else { "remain" });
        let why = if below.is_empty() {
            format!("it supports every CPython that the project does; {saved}")
        } else {
            let lost = shares::served(below);
            let older = lost.pythons.join(", ");
            format!("it is the lowest that compiles; {older} ({} %) need wheels of their own; {saved}", lost.percent)
        };
        let change = format!("{key} = {{ …, features = [\"abi3-py3{lowest}\"] }} in Cargo.toml");
        let next_step = if with > 1 {
            let oldest = supported.first().copied().unwrap_or(lowest);
            let range = match lowest - 1 {
                last if last == oldest => format!("cp3{oldest}"),
                last => format!("cp3{oldest}-cp3{last}"),
            };
            format!(
                "make abi3-py3{lowest} a feature of the crate that is not on by default, and build both: --abi abi3 --abi {range}\n\
                 or drop the older CPythons: requires-python = \">=3.{lowest}\", and {change}"
            )
        } else if current == Some(lowest) {
            "nothing to change: the crate has this floor".to_owned()
        } else {
            change
        };
        Self { floor: Some(dotted(lowest)), why, next_step }
    }
}
