//! How many wheels a floor saves, and the advice that follows.

use monowheel_manifest::pyo3::Support;
use monowheel_project::abi::OLDEST;
use monowheel_project::project::Project;
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
    /// For the `lowest` floor that compiles, and the one that the crate has now; the crate calls PyO3 `key`.
    pub(super) fn of(key: &str, supported: &[u8], lowest: u8, current: Option<u8>) -> Self {
        let (without, with) = (supported.len(), with_floor(supported, lowest));
        let below: Vec<u8> = supported.iter().copied().filter(|minor| *minor < lowest).collect();
        let saved = match with {
            1 => format!("1 wheel per platform instead of {without}"),
            _ => format!("{with} wheels per platform instead of {without}"),
        };
        let change = format!("{key} = {{ …, features = [\"abi3-py3{lowest}\"] }} in Cargo.toml");
        if below.is_empty() {
            return Self {
                floor: Some(dotted(lowest)),
                why: format!("it supports every CPython that the project does: {saved}"),
                next_step: if current == Some(lowest) {
                    "nothing to change: the crate has this floor".to_owned()
                } else {
                    change
                },
            };
        }
        let abis: String = below.iter().map(|minor| format!(" --abi cp3{minor}")).collect();
        let lost = shares::served(below);
        Self {
            floor: Some(dotted(lowest)),
            why: format!(
                "it is the lowest that compiles; {} ({} % of downloads) need wheels of their own: {saved}",
                lost.pythons.join(", "),
                lost.percent
            ),
            next_step: format!(
                "make abi3-py3{lowest} a feature of the crate that is not on by default, and build: --abi abi3{abis}\n\
                 or drop the older CPythons: requires-python = \">=3.{lowest}\", and {change}"
            ),
        }
    }

    /// For a crate that compiles for no floor.
    pub(super) fn none(without_abi3: bool) -> Self {
        let although = if without_abi3 { ", although it compiles without abi3" } else { "" };
        Self {
            floor: None,
            why: format!("the crate compiles for none{although}"),
            next_step: "replace what is listed above, or build a wheel for each CPython: --abi auto".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_older_python_has_a_wheel_of_its_own() {
        let advice = Advice::of("pyo3", &[8, 10, 11], 11, None);
        assert!(advice.next_step.contains("--abi abi3 --abi cp38 --abi cp310\n"), "{}", advice.next_step);
        assert!(advice.why.contains("3.8, 3.10 (16.61 % of downloads)"), "{}", advice.why);
        assert!(advice.why.ends_with("3 wheels per platform instead of 3"), "{}", advice.why);
        let same = Advice::of("pyo3", &[10, 11], 10, Some(10));
        assert!(same.why.ends_with("1 wheel per platform instead of 2") && same.next_step.starts_with("nothing"));
    }
}
