//! The rule `pth-file`.

use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity, some_of};
use crate::rule::{Found, rule};

rule! {
    /// The wheel installs a `.pth` file.
    ///
    /// # What it does
    /// Looks for `.pth` and `.start` files at the top of the wheel and of its `.data/purelib/` and `.data/platlib/`.
    ///
    /// # Why it matters
    /// Python reads it at every start of every program in the environment, and executes its `import` lines, whether
    /// the project is used or not. It slows all starts and is a known way for malware to persist.
    ///
    /// # Example
    /// `demo.pth` with `import demo.hook`.
    ///
    /// # Fix
    /// Do without it where possible; if it is meant, ignore this rule with the reason.
    pub(super) static RULE: "pth-file", Package, Note, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let is_top = |path: &str| match path.split_once(".data/") {
        Some((top, rest)) if !top.contains('/') => {
            ["purelib/", "platlib/"].iter().any(|lib| rest.strip_prefix(lib).is_some_and(|file| !file.contains('/')))
        }
        _ => !path.contains('/'),
    };
    let files: Vec<&str> = wheel
        .members
        .iter()
        .map(|member| member.path.as_str())
        .filter(|path| [".pth", ".start"].iter().any(|end| path.ends_with(end)) && is_top(path))
        .collect();
    if let Some(first) = files.first() {
        found.add(
            Finding::new(
                Severity::Note,
                Place::member(*first),
                format!("Python reads {} at every start in the environment", some_of(&files)),
            )
            .details(files)
            .fix("Do without it where possible."),
        );
    }
}
