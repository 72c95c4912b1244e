use crate::finding::{Finding, Place, Severity};
use crate::resolve::Machine;
use crate::rule::{Found, rule};
use crate::set::Set;

rule! {
    /// A platform that the project declares has no wheel.
    ///
    /// # What it does
    /// Looks, for each name of `targets` in `[tool.monowheel]`, for a wheel that installs there on some Python. One
    /// wheel alone is no release yet, and only warned of.
    ///
    /// # Why it matters
    /// Users of that platform build from source or get nothing, although the project says that it ships it.
    ///
    /// # Example
    /// `targets = ["win_arm64", …]` and no `win_arm64` wheel, because that build failed and nobody looked.
    ///
    /// # Fix
    /// Build it (`monowheel build --target win_arm64`), or take the name out of `targets`.
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
    // Machines of a CI make one each.
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
                .fix(format!("build it (`monowheel build --target {target}`), or take it out of `targets`")),
        );
    }
}
