//! The rule `script-module-missing`.

use std::collections::HashSet;

use monowheel_wheel::entry_points::{EntryPoints, SCRIPT_GROUPS, object_reference};

use crate::facts::{Facts, WheelFacts};
use crate::finding::{Finding, Severity, some_of};
use crate::rule::{Found, rule};
use crate::rules::package::common_toplevel_name::is_common;

rule! {
    /// An entry point script refers to a module that is not in the wheel.
    ///
    /// # What it does
    /// Looks for the module of every `console_scripts` and `gui_scripts` entry whose package is in the wheel: as `.py`,
    /// as a package, or as an extension module. If the package is not in the wheel at all, it may come from a
    /// dependency, and the entry is ignored, unless the wheel requires nothing or the package is called `scripts`,
    /// `src` or the like. It is an error if the wheel requires nothing: no other distribution has the module.
    ///
    /// # Why it matters
    /// The command is installed and fails with `ModuleNotFoundError`.
    ///
    /// # Example
    /// `demo = demo.cli:main` in a wheel that has `demo/__init__.py` and no `demo/cli.py`;
    /// `evtx_info = scripts.evtx_info:main` in one without `scripts/` (williballenthin/python-evtx#94).
    ///
    /// # Fix
    /// Correct `[project.scripts]`, or include the module.
    pub(super) static RULE: "script-module-missing", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let Some(points) = &wheel.entry_points else { return };
    if points.entries.is_empty() {
        return;
    }
    let modules = Modules::of(wheel);
    let is_alone = !facts.has_requirements();
    let may_be_elsewhere = |top: &str| !is_alone && !is_common(top);
    let missing: Vec<String> = points
        .scripts()
        .filter_map(|(_, name, value)| {
            let (module, _) = object_reference(value)?;
            let top = module.split('.').next()?;
            let path = module.replace('.', "/");
            (!modules.all.contains(path.as_str()) && (modules.packages.contains(top) || !may_be_elsewhere(top)))
                .then(|| format!("{name} = {value}"))
        })
        .collect();
    let plugins = plugins_missing(wheel, points, &modules);
    if !plugins.is_empty() {
        found.add(
            Finding::new(
                Severity::Warning,
                wheel.info("entry_points.txt"),
                format!("entry points whose module is not in the wheel: {}", some_of(&plugins)),
            )
            .details(plugins)
            .fix("correct `[project.entry-points]` in pyproject.toml, or include the module"),
        );
    }
    if !missing.is_empty() {
        found.add(
            Finding::new(
                if is_alone { Severity::Error } else { Severity::Warning },
                wheel.info("entry_points.txt"),
                format!("scripts whose module is not in the wheel: {}", some_of(&missing)),
            )
            .details(missing)
            .fix("correct `[project.scripts]` in pyproject.toml, or include the module"),
        );
    }
}

/// The entry points of plugins whose module should be in the wheel. Only programs that use the group import these, so a
/// module of another distribution is none of this wheel's.
fn plugins_missing(wheel: &WheelFacts, points: &EntryPoints, modules: &Modules<'_>) -> Vec<String> {
    // Some groups name directories.
    let is_folder = |path: &str| {
        wheel.members.iter().any(|member| member.path.strip_prefix(path).is_some_and(|rest| rest.starts_with('/')))
    };
    let plugins = points.entries.iter().filter(|(group, ..)| !SCRIPT_GROUPS.contains(&group.as_str()));
    plugins
        .filter_map(|(group, name, value)| {
            let (module, _) = object_reference(value)?;
            let is_own = modules.packages.contains(module.split('.').next()?);
            let path = module.replace('.', "/");
            (is_own && !modules.all.contains(path.as_str()) && !is_folder(&path))
                .then(|| format!("{name} = {value} in [{group}]"))
        })
        .collect()
}

/// Deeper than any real package: a path of thousands of directories must not take quadratic time.
const DEPTH: usize = 50;

/// Importable modules, as paths without suffix.
struct Modules<'a> {
    all: HashSet<&'a str>,
    /// Regular top-level packages, which no other project extends.
    packages: HashSet<&'a str>,
}

impl<'a> Modules<'a> {
    fn of(wheel: &'a WheelFacts) -> Self {
        let mut modules = Self { all: HashSet::new(), packages: HashSet::new() };
        for member in &wheel.members {
            // `.data/purelib/` and `.data/platlib/` are installed at the top level as well.
            let path = match member.path.split_once(".data/") {
                Some((top, rest)) if !top.contains('/') => rest.split_once('/').map_or("", |(_, path)| path),
                _ => member.path.as_str(),
            };
            let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
            let Some((stem, suffix)) = file.split_once('.') else { continue };
            let is_module = ["py", "pyc", "so", "pyd"].contains(&suffix.rsplit('.').next().unwrap_or_default());
            if !is_module {
                continue;
            }
            if stem == "__init__" {
                modules.all.insert(folder);
                modules.packages.insert(folder);
            } else if let Some(module) = path.get(..path.len() - suffix.len() - 1) {
                modules.all.insert(module);
            }
            // Directories without `__init__` are packages too.
            let mut parent = folder;
            for _ in 0..DEPTH {
                if !modules.all.insert(parent) {
                    break;
                }
                parent = parent.rsplit_once('/').map_or("", |(parent, _)| parent);
            }
        }
        modules
    }
}
