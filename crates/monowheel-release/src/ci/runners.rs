//! The machines and interpreters that a CI service has (`runners.toml`).

use std::sync::LazyLock;

use monowheel_project::target::{Level, System, Target};
use serde::Deserialize;

/// A GitHub runner, and what can run there.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Runner {
    /// Its name in a project's configuration: `windows-arm64`.
    pub(crate) name: String,
    /// GitHub's label.
    pub(crate) label: String,
    /// GitLab's tag of such a machine: empty if it needs none, absent if GitLab has no such machine.
    pub(crate) gitlab: Option<String>,
    systems: Vec<System>,
    arch: Vec<String>,
    glibc: Option<String>,
    /// The ABI of Pyodide.
    abi: Option<String>,
    /// uv's name of its platform; empty if the interpreters come from the lab.
    #[serde(default)]
    pub(crate) uv: String,
    /// The suffix of the version in `monowheel test --python`.
    #[serde(default)]
    pub(crate) kind: String,
    #[serde(default)]
    without: Vec<Without>,
    /// The interpreters that the lab emulates, if there is no such machine.
    #[serde(default)]
    pub(crate) lab: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Without {
    pythons: Vec<String>,
    reason: String,
}

/// A GitLab container.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Image {
    /// The suffix of the version in the image's name.
    pub(crate) variant: String,
    systems: Vec<System>,
    glibc: Option<String>,
}

/// The complete table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Data {
    /// The default interpreters, oldest first, free-threaded ones last.
    pub(crate) pythons: Vec<String>,
    /// Machines.
    pub(crate) runner: Vec<Runner>,
    /// Containers.
    pub(crate) image: Vec<Image>,
}

#[allow(clippy::expect_used, reason = "the data is part of this crate and parsed by a test")]
static DATA: LazyLock<Data> =
    LazyLock::new(|| toml::from_str(include_str!("runners.toml")).expect("runners.toml parses"));

/// The table.
#[must_use]
pub(crate) fn data() -> &'static Data {
    &DATA
}

fn is_within(target: &Target, glibc: Option<&String>) -> bool {
    let newest = glibc.and_then(|text| {
        let (major, minor) = text.split_once('_')?;
        Some::<Level>((major.parse().ok()?, minor.parse().ok()?))
    });
    target.system != System::Manylinux || target.level <= newest
}

impl Runner {
    /// Whether a wheel for this platform runs on it.
    #[must_use]
    pub(crate) fn runs(&self, target: &Target) -> bool {
        self.systems.contains(&target.system)
            && self.arch.contains(&target.arch)
            && is_within(target, self.glibc.as_ref())
            && self.abi.as_ref().is_none_or(|abi| target.pyodide().is_some_and(|known| known.name() == *abi))
    }

    /// Whether its interpreters are emulated by the lab on another kind of machine.
    #[must_use]
    pub(crate) fn is_emulated(&self) -> bool {
        !self.lab.is_empty()
    }

    /// The lab's name of one of its interpreters: `cpython-3.15-s390x`.
    #[must_use]
    pub(crate) fn lab_id(&self, python: &str) -> String {
        if self.abi.is_some() {
            return self.name.clone();
        }
        format!("cpython-{python}{}", self.kind.trim_start_matches("-linux"))
    }

    /// Why an interpreter is not available.
    #[must_use]
    pub(crate) fn lacks(&self, python: &str) -> Option<&str> {
        if self.is_emulated() && !self.lab.iter().any(|emulated| emulated == python) {
            let is_pyodide = self.abi.is_some();
            return Some(if is_pyodide {
                "this Pyodide has another Python version"
            } else {
                "`monowheel lab` has none for this processor"
            });
        }
        let without = self.without.iter().find(|without| without.pythons.iter().any(|lacked| lacked == python))?;
        Some(&without.reason)
    }
}

impl Image {
    /// Whether a wheel for this platform runs in it, on a machine of its architecture.
    #[must_use]
    pub(crate) fn runs(&self, target: &Target) -> bool {
        self.systems.contains(&target.system) && is_within(target, self.glibc.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use monowheel_project::target::WindowsAbi;

    use super::*;

    #[test]
    fn the_data_is_sound() {
        let is_python = |text: &String| monowheel_wheel::abi::undotted(text.trim_end_matches('t')).is_some();
        assert!(data().pythons.iter().all(is_python));
        for runner in &data().runner {
            assert!(!runner.label.contains("latest"), "{}: a label that moves", runner.name);
            assert_eq!(runner.uv.is_empty(), runner.is_emulated(), "{}", runner.name);
            for id in runner.lab.iter().map(|python| runner.lab_id(python)) {
                assert!(monowheel_test::lab::recipes().iter().any(|recipe| recipe.id == id), "the lab has no {id}");
            }
            assert_eq!(runner.glibc.is_some(), runner.systems.contains(&System::Manylinux), "{}", runner.name);
            for without in &runner.without {
                assert!(!without.reason.is_empty() && without.pythons.iter().all(is_python), "{}", runner.name);
            }
        }
    }

    #[test]
    fn a_machine_runs_what_its_system_loads() -> monowheel_error::Result<()> {
        let runs = |name: &str| -> monowheel_error::Result<Vec<&str>> {
            let target = Target::parse(name, WindowsAbi::Gnullvm)?;
            Ok(data().runner.iter().filter(|runner| runner.runs(&target)).map(|runner| runner.name.as_str()).collect())
        };
        assert_eq!(runs("macosx_universal2")?, ["macos-x86_64", "macos-arm64"]);
        assert_eq!(runs("manylinux_2_39_aarch64")?, ["linux-aarch64"]);
        assert!(runs("manylinux_2_40_aarch64")?.is_empty());
        assert!(runs("musllinux_1_2_x86_64")?.is_empty());
        assert!(runs("win32")?.is_empty());
        assert_eq!(runs("manylinux_s390x")?, ["linux-s390x"]);
        assert_eq!(runs("manylinux_armv7l")?, ["linux-armv7l"]);
        assert!(runs("musllinux_s390x")?.is_empty());
        assert_eq!(runs("pyemscripten_2026_0_wasm32")?, ["pyodide-314"]);
        assert_eq!(runs("pyemscripten_2025_0_wasm32")?, ["pyodide-0.29"]);
        Ok(())
    }
}
