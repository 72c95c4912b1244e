//! The tools of a lock that are missing on this machine, each with the command that installs it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_project::target::Target;

use super::form::{From, LockFile};
use super::{Change, Tool, install};
use crate::toolchain::Machine;
use crate::toolchain::choice::{Std, StdFrom, std_for};
use crate::toolchain::rust::Toolchain;
use crate::toolchain::std_cache::StdCache;

/// A tool of a lock that is missing here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Missing {
    /// `rustc`, `maturin`, `zig`, `monowheel`, or a Rust target whose standard library it is.
    pub(super) what: String,
    locked: String,
    /// What is installed here instead.
    here: Option<String>,
    get: String,
    /// The option that updates the lock instead.
    tool: Tool,
}

impl Missing {
    /// The compiler.
    pub(super) fn rust(lock: &LockFile, toolchains: &[Toolchain]) -> Self {
        let mut here: Vec<String> = toolchains.iter().map(|toolchain| toolchain.line().to_owned()).collect();
        here.sort_unstable();
        here.dedup();
        let needs_source = lock.targets.values().any(|row| row.std == Std::Source);
        Self {
            what: "rustc".to_owned(),
            locked: lock.rust.text(),
            here: (!here.is_empty()).then(|| here.join(", ")),
            get: install::rust(&lock.rust, needs_source),
            tool: Tool::Rust,
        }
    }

    pub(super) fn change(&self) -> Change {
        Change { what: self.what.clone(), locked: Some(self.locked.clone()), here: self.here.clone() }
    }
}

/// The packages of `lock` that have another version here, after those of `upgraded` were updated to this machine's.
///
/// # Errors
/// [`ErrorKind::Toolchain`] when one cannot be updated, because it is not installed here.
pub(super) fn packages(
    lock: &mut LockFile,
    upgraded: &BTreeSet<Tool>,
    machine: &Machine,
    asked: &[Target],
) -> Result<Vec<Missing>> {
    let version = |tool: &Option<crate::toolchain::tools::Tool>| tool.as_ref().map(|tool| tool.version.clone());
    let (maturin, zig) = (version(&machine.maturin), version(&machine.zig));
    let needs_zig = asked.iter().any(Target::links_with_zig);
    if lock.tools.zig.is_none() && zig.is_some() {
        lock.tools.zig.clone_from(&zig);
    }
    let mut missing = Vec::new();
    let mut look = |tool: Tool, package: &str, locked: &mut String, here: Option<String>| {
        if upgraded.contains(&tool) {
            *locked = here.ok_or_else(|| {
                Error::new(
                    ErrorKind::Toolchain,
                    format!("{} is not installed, so the lock cannot be updated to it", tool.word()),
                )
                .next("pip install 'monowheel[build]'")
            })?;
        } else if here.as_ref() != Some(locked) {
            let get = install::pip(package, locked).unwrap_or_else(|| format!("install {package} {locked}"));
            missing.push(Missing { what: tool.word().to_owned(), locked: locked.clone(), here, get, tool });
        }
        Ok::<_, Error>(())
    };
    look(Tool::Monowheel, "monowheel", &mut lock.tools.monowheel, Some(monowheel_error::VERSION.to_owned()))?;
    look(Tool::Maturin, "maturin", &mut lock.tools.maturin, maturin)?;
    if let Some(locked) = lock.tools.zig.as_mut().filter(|_| needs_zig || zig.is_some()) {
        look(Tool::Zig, "ziglang", locked, zig)?;
    }
    Ok(missing)
}

/// The programs and C libraries of `lock` that this monowheel has in another version; those that have no entry yet get
/// one.
pub(super) fn native(lock: &mut LockFile, upgraded: &BTreeSet<Tool>, needed: BTreeMap<String, String>) -> Vec<Missing> {
    if upgraded.contains(&Tool::Monowheel) {
        lock.native = needed;
        return Vec::new();
    }
    let mut missing = Vec::new();
    for (what, here) in needed {
        let locked = lock.native.entry(what.clone()).or_insert_with(|| here.clone());
        if *locked != here {
            let monowheel = &lock.tools.monowheel;
            missing.push(Missing {
                what: what.clone(),
                locked: locked.clone(),
                get: format!("install monowheel {monowheel}, which includes {what} {locked}"),
                here: Some(here),
                tool: Tool::Monowheel,
            });
        }
    }
    missing
}

/// The requested platforms whose standard library cannot be obtained in the way that the lock requires.
pub(super) fn std(lock: &LockFile, toolchain: &Toolchain, asked: &[Target], cache: &StdCache) -> Vec<Missing> {
    let rows = lock.targets.iter().map(|(triple, row)| (triple.clone(), row.std)).collect();
    let toolchain = Toolchain { std: rows, ..toolchain.clone() };
    let triples: BTreeSet<&String> = asked.iter().flat_map(|target| &target.triples).collect();
    let is_nowhere = |triple: &&String| {
        toolchain.std.contains_key(*triple) && std_for(&toolchain, triple, cache) == StdFrom::Nowhere
    };
    let missing = triples.into_iter().filter(is_nowhere).map(|triple| {
        let std = toolchain.std.get(triple).copied().unwrap_or(Std::Toolchain);
        let name = &toolchain.name;
        let get = match (std, toolchain.by_rustup) {
            (Std::Source, true) => format!("rustup component add --toolchain {name} rust-src"),
            (Std::Toolchain, true) => format!("rustup target add --toolchain {name} {triple}"),
            (Std::Source, false) => {
                "apt-get install rust-web-src (Debian; the package that matches your rustc)".to_owned()
            }
            (Std::Toolchain, false) => format!("install the standard library of {triple} that matches this rustc"),
        };
        let locked = match std {
            Std::Source => "standard library from source",
            Std::Toolchain => "standard library of the toolchain",
        };
        Missing { what: triple.clone(), locked: locked.to_owned(), here: None, get, tool: Tool::Rust }
    });
    missing.collect()
}

/// One error for all that is missing.
pub(super) fn error(path: &Path, missing: &[Missing]) -> Error {
    let lines: Vec<String> = missing
        .iter()
        .map(|Missing { what, locked, here, .. }| match here {
            Some(here) => format!("\n  {what} {locked}; here: {here}"),
            None => format!("\n  {what} {locked}; here: none"),
        })
        .collect();
    let mut next: Vec<String> = missing.iter().map(|missing| missing.get.clone()).collect();
    next.dedup();
    let mut tools: Vec<Tool> = missing
        .iter()
        .filter(|missing| missing.here.is_some() || missing.tool == Tool::Rust)
        .map(|missing| missing.tool)
        .collect();
    tools.sort_unstable();
    tools.dedup();
    if !tools.is_empty() {
        let words: Vec<String> = tools.iter().map(|tool| format!(" --upgrade={}", tool.word())).collect();
        next.push(format!("or update the lock to the tools of this machine: monowheel build{}", words.concat()));
    }
    Error::new(ErrorKind::Toolchain, format!("the lock names tools that are not installed here{}", lines.concat()))
        .at(path.display())
        .next(next.join("\n"))
}

/// Where a toolchain was installed from.
pub(super) const fn from(toolchain: &Toolchain) -> From {
    if toolchain.by_rustup { From::Rustup } else { From::System }
}
