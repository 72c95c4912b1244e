use crate::finding::{Finding, Place, Severity};
use crate::resolve::Machine;
use crate::rule::{Found, rule};
use crate::set::Set;

rule! {
    /// A declared target has no wheel.
    ///
    /// # What it does
    /// For each entry of `targets` in `[tool.monowheel]`, looks for a wheel that installs there on some Python. A
    /// single wheel is not a release yet, so it is only a warning.
    ///
    /// # Why it matters
    /// Users of that platform build from source or get nothing, although the project declares support for it.
    ///
    /// # Example
    /// `targets = ["win_arm64", …]` and no `win_arm64` wheel, because that build failed unnoticed.
    ///
    /// # Fix
    /// Build it (`monowheel build --target win_arm64`), or remove the entry from `targets`.
    pub(super) static RULE: "declared-target-missing", Set, Error, Set(check);
}

fn check(set: &Set, found: &mut Found<'_>) {
    let tags: Vec<String> = {
        let all = set.wheels.iter().flat_map(|wheel| &wheel.tags).map(|tag| tag.platform.to_ascii_lowercase());
        let unique: std::collections::BTreeSet<String> = all.collect();
        unique.into_iter().collect()
    };
    if tags.iter().any(|tag| tag == "any") {
        return;
    }
    // In CI each machine builds one.
    let severity = if set.wheels.len() > 1 { Severity::Error } else { Severity::Warning };
    for target in set.declared.iter().flatten() {
        let machines = Machine::declared(target);
        let missing: Vec<String> = machines
            .iter()
            .filter(|machine| !tags.iter().any(|tag| machine.rank(tag).is_some()))
            .map(Machine::name)
            .collect();
        if missing.is_empty() {
            continue;
        }
        found.add(
            Finding::new(severity, Place::file(), format!("no wheel for {target}, which the project declares"))
                .details(missing)
                .fix(format!("build it (`monowheel build --target {target}`), or remove it from `targets`")),
        );
    }
}
