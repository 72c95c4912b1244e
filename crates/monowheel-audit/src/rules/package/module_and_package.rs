use std::collections::{BTreeMap, BTreeSet};

use crate::facts::{Facts, site_path};
use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};

rule! {
    /// A module and a package have the same name.
    ///
    /// # What it does
    /// Looks for `x.py` or an extension `x` next to a directory `x` with an `__init__`. An extension next to `x.py` is
    /// ignored: compilers of Python (mypyc, Cython) ship both, and Python imports the compiled one.
    ///
    /// # Why it matters
    /// Python imports the package and never the module. The module's contents cannot be imported, or the file is a
    /// leftover of a module that became a package.
    ///
    /// # Example
    /// `demo/client.py` and `demo/client/__init__.py`.
    ///
    /// # Fix
    /// Delete or rename one of them.
    pub(super) static RULE: "module-and-package", Package, Warning, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let mut packages: BTreeSet<&str> = BTreeSet::new();
    let mut modules: BTreeMap<&str, &str> = BTreeMap::new();
    for member in wheel.members.iter().filter(|member| !member.is_folder) {
        let Some(path) = site_path(&member.path) else { continue };
        let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
        let Some((stem, suffix)) = file.split_once('.') else { continue };
        let is_module = suffix == "py"
            || (suffix == "so" || suffix == "pyd" || suffix.ends_with(".so") || suffix.ends_with(".pyd"))
                && facts.extensions().any(|binary| binary.path == member.path);
        if !is_module {
            continue;
        }
        if stem == "__init__" {
            packages.insert(folder);
        } else if let Some(name) = path.get(..path.len() - suffix.len() - 1) {
            modules.insert(name, &member.path);
        }
    }
    for (name, path) in modules.into_iter().filter(|(name, _)| packages.contains(name)) {
        found.add(
            Finding::new(
                Severity::Warning,
                Place::member(path),
                format!("cannot be imported because {name}/ is a package of the same name"),
            )
            .fix("delete or rename one of them"),
        );
    }
}
