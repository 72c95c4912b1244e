use std::cell::LazyCell;
use std::collections::{BTreeSet, HashMap};

use monowheel_wheel::binary::Format;

use crate::facts::{Facts, Role};
use crate::finding::{Finding, Severity, some_of};
use crate::rule::{Found, rule};
use crate::rules::platform::reach::{Reach, installed, key};

rule! {
    /// A Windows module needs a bundled DLL in a directory that no code adds to the search path.
    ///
    /// # What it does
    /// Looks for DLLs of the wheel that a module loads from a directory without modules, while no Python file of the
    /// wheel mentions `os.add_dll_directory`, `ctypes` or `PATH`. A DLL in `NAME.data/data` or `scripts` is a warning: it
    /// is installed next to some `python.exe`, which is not the one that runs in a virtual environment.
    ///
    /// # Why it matters
    /// Python looks for a module's DLLs next to the module, in its own directory, and in those that code adds: *DLL
    /// load failed while importing*.
    ///
    /// # Example
    /// `demo.libs/foo-1234.dll` for `demo/_demo.pyd`, without the lines that `delvewheel` wrote into `__init__.py`.
    ///
    /// # Fix
    /// Put the DLL next to the module, or call `os.add_dll_directory` before the import, as `delvewheel repair` does.
    pub(super) static RULE: "dll-directory-not-added", Platform, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    if facts.may_load_libraries() {
        return;
    }
    let reach = LazyCell::new(|| Reach::of(facts));
    let folder = |path: &str| path.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_ascii_lowercase());
    let is_pe = |format: Format| format == Format::Pe;
    let beside: BTreeSet<String> = facts
        .binaries
        .iter()
        .filter(|binary| is_pe(binary.binary.format) && matches!(binary.role, Role::Extension { .. }))
        .map(|binary| folder(installed(&binary.path)))
        .collect();
    let mut places: HashMap<String, Vec<&str>> = HashMap::new();
    for binary in facts.binaries.iter().filter(|binary| is_pe(binary.binary.format)) {
        places.entry(key(&binary.path, Format::Pe)).or_default().push(installed(&binary.path));
    }
    let is_found = |path: &&str| beside.contains(&folder(path));
    let is_outside = |path: &&str| path.split('/').next().is_some_and(|top| top.ends_with(".data"));
    for (binary, slice) in facts.slices() {
        if !is_pe(binary.binary.format) || !matches!(binary.role, Role::Extension { .. }) {
            continue;
        }
        let lost: BTreeSet<&str> = slice
            .libraries
            .iter()
            .filter(|library| !library.delayed)
            .filter_map(|library| places.get(&key(&library.name, Format::Pe)))
            .filter(|paths| !paths.iter().any(&is_found))
            .filter_map(|paths| paths.first().copied())
            .collect();
        if lost.is_empty() {
            continue;
        }
        let is_likely = facts.has_requirements() || lost.iter().all(is_outside);
        let severity = if is_likely { Severity::Warning } else { reach.severity(binary) };
        let names: Vec<&str> = lost.into_iter().collect();
        let message = format!("needs {}, but no Python code calls os.add_dll_directory", some_of(&names));
        found.add(
            Finding::new(severity, binary.place(slice), message)
                .details(names)
                .fix("put the DLL next to the module, or run `delvewheel repair`, which adds the directory"),
        );
    }
}
