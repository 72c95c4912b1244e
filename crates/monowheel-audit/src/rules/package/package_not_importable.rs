use std::collections::BTreeSet;

use monowheel_wheel::entry_points::is_identifier;

use crate::facts::{Facts, site_path};
use crate::finding::{Finding, Place, Severity, some_of};
use crate::rule::{Found, rule};
use crate::rules::package::metadata_value_invalid::KEYWORDS;

rule! {
    /// A package has a name that no `import` statement can contain.
    ///
    /// # What it does
    /// Looks for top-level directories with an `__init__` whose names are not identifiers (`my-demo`, `2demo`) or
    /// are keywords (`async`).
    /// Directories of stubs (`demo-stubs`, PEP 561) are ignored.
    ///
    /// # Why it matters
    /// `import my-demo` is a `SyntaxError`, so the package can be used only through `importlib`. Usually the directory
    /// was named like the project, whose name may contain a hyphen.
    ///
    /// # Example
    /// `my-demo/__init__.py`
    ///
    /// # Fix
    /// Rename the directory: `my_demo`.
    pub(super) static RULE: "package-not-importable", Package, Warning, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let packages = wheel.members.iter().filter_map(|member| {
        let (top, rest) = site_path(&member.path)?.split_once('/')?;
        let is_nameable = is_identifier(top) && !KEYWORDS.contains(&top);
        (rest.starts_with("__init__.") && !is_nameable && !top.ends_with("-stubs")).then_some(top)
    });
    let names: BTreeSet<&str> = packages.collect();
    let Some(first) = names.first() else { return };
    let names: Vec<&str> = names.iter().copied().collect();
    found.add(
        Finding::new(
            Severity::Warning,
            Place::file(),
            format!("packages that no import statement can name: {}", some_of(&names)),
        )
        .fix(format!("rename the directory: {}", renamed(first))),
    );
}

fn renamed(name: &str) -> String {
    if KEYWORDS.contains(&name) { format!("{name}_") } else { name.replace(['-', '.', ' '], "_") }
}
