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
    /// Python reads it whenever any program in the environment starts, and executes its `import` lines even if the
    /// project is not used. This slows down every start, and malware is known to use it to persist.
    ///
    /// # Example
    /// `demo.pth` with `import demo.hook`.
    ///
    /// # Fix
    /// Avoid it if possible. If it is intended, ignore this rule and state the reason.
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
            .fix("avoid it if possible"),
        );
    }
}
