//! The levels that `[tool.maturin]` sets for platforms: `compatibility`, and macOS's deployment target.
//!
//! They apply if no targets are named. A named target has the level in its name.

use std::collections::BTreeMap;

use monowheel_manifest::pyproject::MaturinTable;

use crate::target::{Level, System, Target, WindowsAbi};

/// `compatibility` of `[tool.maturin]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compatibility {
    /// A level of one system.
    Level(System, Level),
    /// Any level that an index accepts.
    Pypi,
    /// A platform that no index accepts.
    Linux,
}

/// A contradiction between a target and the levels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// The contradiction.
    pub what: String,
    /// The next step.
    pub next: String,
    /// Whether its wheel would get a different tag than planned.
    pub is_fatal: bool,
}

/// The levels by platform.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Levels {
    linux: Option<(System, Level)>,
    /// By Rust target.
    macos: BTreeMap<String, Level>,
}

impl Compatibility {
    /// Parses it like maturin: `manylinux_2_28`, `manylinux2014`, `2_28`, `2014`, `musllinux_1_2`, `pypi`, `linux`,
    /// `off`.
    ///
    /// # Errors
    /// The expected values, for any other text.
    pub fn parse(text: &str) -> Result<Self, String> {
        let level = |text: &str| {
            let (major, minor) = text.trim_start_matches('_').split_once('_')?;
            Some((major.parse().ok()?, minor.parse().ok()?))
        };
        let word = text.to_ascii_lowercase();
        let (system, rest) = match (word.strip_prefix("manylinux"), word.strip_prefix("musllinux")) {
            (Some(rest), _) => (System::Manylinux, rest),
            (_, Some(rest)) => (System::Musllinux, rest),
            _ => (System::Manylinux, word.as_str()),
        };
        match (word.as_str(), rest) {
            ("pypi", _) => Ok(Self::Pypi),
            ("linux" | "off", _) => Ok(Self::Linux),
            (_, "1") => Ok(Self::Level(System::Manylinux, (2, 5))),
            (_, "2010") => Ok(Self::Level(System::Manylinux, (2, 12))),
            (_, "2014") => Ok(Self::Level(System::Manylinux, (2, 17))),
            _ => level(rest)
                .map(|level| Self::Level(system, level))
                .ok_or_else(|| "write it like manylinux_2_28 or musllinux_1_2, or remove it".to_owned()),
        }
    }
}

impl Levels {
    /// The levels of a `[tool.maturin]`; malformed values are ignored here, and reported by the preflight.
    #[must_use]
    pub fn of(maturin: &MaturinTable) -> Self {
        let linux = match maturin.compatibility.as_deref().map(Compatibility::parse) {
            Some(Ok(Compatibility::Level(system, level))) => Some((system, level)),
            _ => None,
        };
        let macos = maturin.target.iter().filter_map(|(triple, table)| {
            let text = table.macos_deployment_target.as_deref()?;
            let (major, minor) = text.split_once('.').unwrap_or((text, "0"));
            Some((triple.clone(), (major.parse().ok()?, minor.parse().ok()?)))
        });
        Self { linux, macos: macos.collect() }
    }

    /// The default targets, each at the requested level, if that is higher than its own.
    #[must_use]
    pub fn defaults(&self, windows: WindowsAbi) -> Vec<Target> {
        let raised = |target: Target| {
            let Some(level) = self.wanted(&target).filter(|level| Some(*level) > target.level) else { return target };
            let name = format!("{}_{}_{}_{}", target.system.prefix(), level.0, level.1, target.arch);
            Target::parse(&name, windows).unwrap_or(target)
        };
        Target::defaults(windows).into_iter().map(raised).collect()
    }

    /// How a target contradicts the levels: maturin would tag its wheel differently, which is fatal, or it is for other
    /// systems than requested.
    #[must_use]
    pub fn contradiction(&self, target: &Target) -> Option<Contradiction> {
        let (major, minor) = self.wanted(target).filter(|wanted| Some(*wanted) != target.level)?;
        Some(match target.system {
            System::Macosx => Contradiction {
                what: format!(
                    "[tool.maturin.target] asks for macOS {major}.{minor}, but the wheel for {target} is planned for another version"
                ),
                next: format!("--target macosx_{major}_{minor}_{}, or remove macos-deployment-target", target.arch),
                is_fatal: true,
            },
            _ => Contradiction {
                what: format!(
                    "[tool.maturin] compatibility asks for {major}.{minor}, but {target} is named explicitly, so its level applies"
                ),
                next: "leave `targets` or --target out to build for that level".to_owned(),
                is_fatal: false,
            },
        })
    }

    fn wanted(&self, target: &Target) -> Option<Level> {
        match target.system {
            System::Macosx => target.triples.iter().filter_map(|triple| self.macos.get(triple)).max().copied(),
            system => self.linux.filter(|(linux, _)| *linux == system).map(|(_, level)| level),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compatibility_is_read_as_maturin_reads_it() {
        let level = |system, level| Ok(Compatibility::Level(system, level));
        assert_eq!(Compatibility::parse("manylinux_2_28"), level(System::Manylinux, (2, 28)));
        assert_eq!(Compatibility::parse("2_28"), level(System::Manylinux, (2, 28)));
        assert_eq!(Compatibility::parse("manylinux2014"), level(System::Manylinux, (2, 17)));
        assert_eq!(Compatibility::parse("2014"), level(System::Manylinux, (2, 17)));
        assert_eq!(Compatibility::parse("musllinux_1_2"), level(System::Musllinux, (1, 2)));
        assert_eq!(Compatibility::parse("pypi"), Ok(Compatibility::Pypi));
        assert!(Compatibility::parse("amiga").is_err());
    }

    #[test]
    fn the_default_targets_are_raised_and_a_named_one_is_not() {
        let maturin: MaturinTable = toml::from_str(
            "compatibility = \"manylinux_2_28\"\n[target.x86_64-apple-darwin]\nmacos-deployment-target = \"11.0\"\n",
        )
        .unwrap_or_default();
        let levels = Levels::of(&maturin);
        let names: Vec<String> = levels.defaults(WindowsAbi::Gnullvm).iter().map(ToString::to_string).collect();
        assert!(names.contains(&"manylinux_2_28_x86_64".to_owned()), "{names:?}");
        assert!(names.contains(&"manylinux_2_28_aarch64".to_owned()), "{names:?}");
        assert!(names.iter().all(|name| !name.starts_with("manylinux_2_17")), "{names:?}");
        assert!(names.iter().any(|name| name.starts_with("macosx_11_0")), "{names:?}");
        let named = |name: &str| Target::parse(name, WindowsAbi::Gnullvm).ok();
        let said =
            |name: &str| named(name).and_then(|target| levels.contradiction(&target)).map(|problem| problem.is_fatal);
        assert_eq!(said("manylinux_2_17_x86_64"), Some(false));
        assert_eq!(
            (said("manylinux_2_28_x86_64"), said("musllinux_1_2_x86_64"), said("win_amd64")),
            (None, None, None)
        );
        assert_eq!((said("macosx_x86_64"), said("macosx_11_0_x86_64")), (Some(true), None));
    }
}
