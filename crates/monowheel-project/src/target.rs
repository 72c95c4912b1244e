//! The platforms a wheel can be built for, named by the platform tag a user knows.
//!
//! The rows are data (`targets.toml`). A name is `SYSTEM[_LEVEL]_ARCH`: `win_amd64`,
//! `macosx_universal2`, `macosx_11_0_arm64`, `manylinux_2_28_aarch64`, or one of PEP 600's legacy
//! spellings such as `manylinux2014_x86_64`. Without a level it means the lowest.

use std::fmt;
use std::sync::LazyLock;

use monowheel_error::near_names::nearest_few;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_wheel::platform::pyodide::{self, Abi};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The families of platform tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum System {
    /// Linux with glibc (PEP 600); the level is a glibc version.
    Manylinux,
    /// Linux with musl (PEP 656); the level is a musl version.
    Musllinux,
    /// macOS; the level is the deployment target.
    Macosx,
    /// Windows; tags have no level.
    Win,
    /// Pyodide (PEP 783); the level is the version of its ABI, each of which is a separate platform.
    Pyemscripten,
}

impl System {
    pub(crate) const fn prefix(self) -> &'static str {
        match self {
            Self::Manylinux => "manylinux",
            Self::Musllinux => "musllinux",
            Self::Macosx => "macosx",
            Self::Win => "win",
            Self::Pyemscripten => "pyemscripten",
        }
    }
}

/// How Windows extensions are linked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum WindowsAbi {
    /// `*-pc-windows-gnullvm`, linked by zig: needs nothing from Microsoft.
    #[default]
    Gnullvm,
    /// `*-pc-windows-msvc`, linked maturin's own way: needs the Windows SDK.
    Msvc,
}

/// A version of a platform: glibc 2.17 is `(2, 17)`.
pub type Level = (u16, u16);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    system: System,
    arch: String,
    #[serde(default)]
    level: Option<String>,
    triples: Vec<String>,
    #[serde(default)]
    msvc: Option<String>,
    #[serde(default)]
    why: Option<String>,
    #[serde(default)]
    #[allow(dead_code, reason = "for docs/targets.md, which ci/docs_pages.py generates from this table")]
    run: Option<String>,
    #[serde(default)]
    default: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    manylinux_levels: Vec<String>,
    target: Vec<Row>,
}

#[allow(clippy::expect_used, reason = "the table is part of this crate and parsed by a test")]
static TABLE: LazyLock<Table> =
    LazyLock::new(|| toml::from_str(include_str!("targets.toml")).expect("targets.toml parses"));

/// One platform to build for, at one level.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Target {
    /// The family of its platform tag.
    pub system: System,
    /// The architecture as the platform tag spells it.
    pub arch: String,
    /// glibc, musl or macOS version; none on Windows.
    pub level: Option<Level>,
    /// The Rust targets, two for universal2.
    pub triples: Vec<String>,
    /// How Windows extensions are linked; without meaning elsewhere.
    pub windows: WindowsAbi,
}

impl Row {
    fn lowest(&self) -> Option<Level> {
        self.level.as_deref().and_then(parse_level)
    }

    /// The name in messages and tables.
    fn name(&self) -> String {
        match (self.system, &self.level) {
            (System::Manylinux | System::Musllinux | System::Pyemscripten, Some(level)) => {
                format!("{}_{level}_{}", self.system.prefix(), self.arch)
            }
            (System::Win, _) if self.arch == "32" => "win32".to_owned(),
            _ => self.name_without_level(),
        }
    }

    fn name_without_level(&self) -> String {
        format!("{}_{}", self.system.prefix(), self.arch)
    }

    fn at(&self, level: Option<Level>, windows: WindowsAbi) -> Target {
        let triples = match (&self.msvc, windows) {
            (Some(msvc), WindowsAbi::Msvc) => vec![msvc.clone()],
            _ => self.triples.clone(),
        };
        Target {
            system: self.system,
            arch: self.arch.clone(),
            level: level.or_else(|| self.lowest()),
            triples,
            windows,
        }
    }
}

impl Target {
    /// The platforms of these names, each once; the default set when none are given.
    ///
    /// # Errors
    /// As [`Target::parse`]; and [`ErrorKind::Usage`] for an empty list.
    pub fn select(names: Option<&[String]>, windows: WindowsAbi) -> Result<Vec<Self>> {
        let Some(names) = names else { return Ok(Self::defaults(windows)) };
        let mut targets: Vec<Self> = Vec::new();
        for name in names {
            let target = Self::parse(name, windows)?;
            if !targets.contains(&target) {
                targets.push(target);
            }
        }
        if targets.is_empty() {
            return Err(
                Error::new(ErrorKind::Usage, "no target is named").next("leave `targets` out for the default set")
            );
        }
        Ok(targets)
    }

    /// The platform that `name` stands for.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] with the nearest names when the name is unknown, or when the level is
    /// below what the Rust target supports.
    pub fn parse(name: &str, windows: WindowsAbi) -> Result<Self> {
        let spelled = without_legacy_name(name);
        for row in TABLE.target.iter() {
            // An ABI of Pyodide must be named: there is no lowest one that newer versions support.
            let is_of_one_level = row.system == System::Pyemscripten;
            if spelled == row.name() || (spelled == row.name_without_level() && !is_of_one_level) {
                return Ok(row.at(None, windows));
            }
            if is_of_one_level {
                continue;
            }
            let level = spelled
                .strip_prefix(row.system.prefix())
                .and_then(|rest| rest.strip_prefix('_'))
                .and_then(|rest| rest.strip_suffix(&row.arch))
                .and_then(|rest| rest.strip_suffix('_'))
                .and_then(parse_level);
            let (Some(level), Some(lowest)) = (level, row.lowest()) else { continue };
            if level < lowest {
                let what = match &row.why {
                    Some(why) => format!("target {name} is below the lowest that can be built: {why}"),
                    None => format!("target {name} is below what Rust supports there ({}.{})", lowest.0, lowest.1),
                };
                return Err(Error::new(ErrorKind::Usage, what).next(format!("use {}", row.name())));
            }
            check_level(row.system, level).map_err(|(what, use_instead)| {
                Error::new(ErrorKind::Usage, format!("target {name}: {what}"))
                    .next(format!("use {}", tag(row.system.prefix(), use_instead, &row.arch)))
            })?;
            return Ok(row.at(Some(level), windows));
        }
        let near = match by_other_name(name) {
            Some(known) => vec![known],
            None => nearest_few(name, Self::names(), 2),
        };
        let hint = if near.is_empty() { String::new() } else { format!("did you mean {}? ", near.join(" or ")) };
        Err(Error::new(ErrorKind::Usage, format!("unknown target {name}"))
            .next(format!("{hint}`monowheel plan --help` lists the names")))
    }

    /// The platforms that are built by default.
    #[must_use]
    pub fn defaults(windows: WindowsAbi) -> Vec<Self> {
        TABLE.target.iter().filter(|row| row.default).map(|row| row.at(None, windows)).collect()
    }

    /// Every name of the table, the defaults first.
    #[must_use]
    pub fn names() -> Vec<String> {
        TABLE.target.iter().map(Row::name).collect()
    }

    /// The platform tags that the wheel must have, in the order of the file name.
    ///
    /// Legacy aliases (PEP 600) and the thin tags of a universal2 wheel are included.
    #[must_use]
    pub fn platform_tags(&self) -> Vec<String> {
        let mut tags = match (self.system, self.level) {
            (System::Macosx, Some(level)) if self.arch == "universal2" => {
                let arm = level.max((11, 0));
                vec![tag("macosx", level, "universal2"), tag("macosx", level, "x86_64"), tag("macosx", arm, "arm64")]
            }
            (System::Manylinux, Some((2, 17))) => {
                let mut tags = vec![tag("manylinux", (2, 17), &self.arch)];
                tags.push(format!("manylinux2014_{}", self.arch));
                tags
            }
            (system, Some(level)) => vec![tag(system.prefix(), level, &self.arch)],
            (_, None) => vec![self.to_string()],
        };
        tags.sort();
        tags
    }

    /// The name of this platform for maturin's `--target`.
    #[must_use]
    pub fn maturin_target(&self) -> &str {
        match self.triples.as_slice() {
            [one] => one,
            _ => "universal2-apple-darwin",
        }
    }

    /// The ABI of Pyodide that it is for.
    #[must_use]
    pub fn pyodide(&self) -> Option<&'static Abi> {
        self.level.filter(|_| self.system == System::Pyemscripten).and_then(pyodide::abi)
    }

    /// Whether zig links it.
    #[must_use]
    pub fn links_with_zig(&self) -> bool {
        self.system != System::Win || self.windows == WindowsAbi::Gnullvm
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lowest = TABLE.target.iter().find(|row| row.system == self.system && row.arch == self.arch);
        match (self.level, lowest) {
            (level, Some(row)) if level == row.lowest() => f.write_str(&row.name()),
            (Some((major, minor)), _) => write!(f, "{}_{major}_{minor}_{}", self.system.prefix(), self.arch),
            (None, _) => write!(f, "{}_{}", self.system.prefix(), self.arch),
        }
    }
}

impl Serialize for Target {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

fn tag(system: &str, (major, minor): Level, arch: &str) -> String {
    format!("{system}_{major}_{minor}_{arch}")
}

fn parse_level(text: &str) -> Option<Level> {
    let (major, minor) = text.split_once('_')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

/// Whether maturin can tag a wheel with this level; if not, why, and the nearest level below.
fn check_level(system: System, level: Level) -> std::result::Result<(), (&'static str, Level)> {
    match system {
        System::Manylinux => {
            let known: Vec<Level> = TABLE.manylinux_levels.iter().filter_map(|known| parse_level(known)).collect();
            match known.iter().rfind(|known| **known <= level) {
                Some(nearest) if *nearest != level => Err(("no manylinux policy is defined for this glibc", *nearest)),
                _ => Ok(()),
            }
        }
        // Since macOS 11 tags carry the major version only (platform compatibility tags).
        System::Macosx if level.0 >= 11 && level.1 != 0 => Err(("macOS tags from 11 on end in _0", (level.0, 0))),
        _ => Ok(()),
    }
}

/// PEP 600's legacy spelling `manylinux2014_*` as `manylinux_2_17_*`. The older two name a glibc
/// that Rust does not support, and are rejected because of the level.
fn without_legacy_name(name: &str) -> String {
    for (legacy, level) in [("manylinux2014_", "2_17"), ("manylinux2010_", "2_12"), ("manylinux1_", "2_5")] {
        if let Some(arch) = name.strip_prefix(legacy) {
            return format!("manylinux_{level}_{arch}");
        }
    }
    name.to_owned()
}

/// The architectures of Linux and Windows by their names in Debian, Rust and uname.
const OTHER_NAMES: [(&str, &str); 9] = [
    ("amd64", "x86_64"),
    ("arm64", "aarch64"),
    ("armhf", "armv7l"),
    ("armv7", "armv7l"),
    ("i386", "i686"),
    ("powerpc64le", "ppc64le"),
    ("ppc64el", "ppc64le"),
    ("riscv64gc", "riscv64"),
    ("x86", "i686"),
];

/// The target that is meant by a name with another word for its architecture.
fn by_other_name(name: &str) -> Option<String> {
    if ["win_i686", "win_i386", "win_x86", "win_32"].contains(&name) {
        return Some("win32".to_owned());
    }
    let (other, usual) = OTHER_NAMES.into_iter().find(|(other, _)| name.ends_with(&format!("_{other}")))?;
    let usual = format!("{}{usual}", name.strip_suffix(other)?);
    Target::parse(&usual, WindowsAbi::Gnullvm).ok().map(|target| target.to_string())
}

#[cfg(test)]
mod tests;
