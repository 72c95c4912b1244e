//! The `CPythons` of this machine against the project's requires-python.

use monowheel_error::Result;
use monowheel_test::lab::{Recipe, Runner};
use monowheel_test::trials;
use monowheel_wheel::abi::{PythonVersion, admits, ranges};
use pep440_rs::VersionSpecifiers;

use crate::doctor::check::{Check, Fix, State};
use crate::doctor::{CheckKind, Context};

/// The versions for an open-ended requirement: those that monowheel tests wheels on.
const KNOWN: std::ops::RangeInclusive<u8> = 8..=15;

pub(super) const CHECK: CheckKind = CheckKind {
    name: "python",
    why: "a version that requires-python allows should be tested; the oldest breaks first",
    look,
};

fn look(context: &Context<'_>) -> Result<Vec<Check>> {
    let named: Vec<_> = context.request.python.iter().cloned().collect();
    let found = trials::find(&named, context.stop)?;
    let mut here: Vec<PythonVersion> = found
        .pythons
        .iter()
        .filter(|python| python.runner == Runner::Native && python.about.unfit().is_none())
        .map(|python| python.about.version)
        .collect();
    here.sort_unstable();
    here.dedup();
    let floor = context.plan.jobs.iter().map(|job| job.floor).min();
    Ok(vec![judge(context.project.requires_python.as_ref(), floor, &here, |version| {
        let recipe = Recipe::making(version, false, "")?;
        Some(Fix::python(context.machine.python.as_deref(), &["monowheel", "lab", "get", recipe.id]))
    })])
}

/// `get` returns the command that installs an interpreter.
fn judge(
    requires: Option<&VersionSpecifiers>,
    floor: Option<PythonVersion>,
    here: &[PythonVersion],
    get: impl Fn(PythonVersion) -> Option<Fix>,
) -> Check {
    let promise = requires.map_or_else(|| "every Python".to_owned(), |requires| format!("requires-python {requires}"));
    // There is no wheel below the floor of the ABI, whatever requires-python says; `plan` refuses that.
    let promised: Vec<PythonVersion> = KNOWN
        .map(|minor| (3, minor))
        .filter(|version| floor.is_none_or(|floor| *version >= floor) && admits(requires, *version))
        .collect();
    let with = |check: Check, version: Option<&PythonVersion>| {
        let get = version.and_then(|version| get(*version));
        match get {
            Some(fix) => check.fix(fix),
            None => check.fix(Fix::told("run monowheel lab list to see the interpreters that you can install")),
        }
    };
    let tried: Vec<PythonVersion> = promised.iter().filter(|version| here.contains(version)).copied().collect();
    let oldest = promised.first();
    if tried.is_empty() {
        let others = if here.is_empty() { "none".to_owned() } else { ranges(here) };
        let said = format!("no CPython on this machine that {promise} allows (found: {others})");
        return with(Check::new("CPython", State::Wrong, said), oldest);
    }
    let tested = ranges(&tried);
    match oldest.filter(|oldest| !tried.contains(oldest)) {
        Some(oldest) => {
            let said = format!("{tested} of {promise}; the oldest, {}, is missing", ranges(&[*oldest]));
            with(Check::new("CPython", State::Note, said), Some(oldest))
        }
        None => Check::new("CPython", State::Ok, format!("{tested} of {promise}, including the oldest")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(requires: &str, here: &[u8]) -> (State, String) {
        let requires: Option<VersionSpecifiers> = requires.parse().ok();
        let here: Vec<PythonVersion> = here.iter().map(|minor| (3, *minor)).collect();
        let check = judge(requires.as_ref(), Some((3, 8)), &here, |(_, minor)| Some(Fix::told(format!("get {minor}"))));
        (check.state, format!("{}; {:?}", check.said, check.fix.map(|fix| fix.command)))
    }

    #[test]
    fn the_oldest_is_what_counts() {
        let (state, said) = judged(">=3.8", &[8, 11, 12, 13]);
        assert!(state == State::Ok && said.contains("3.8, 3.11 to 3.13"), "{said}");
        let (state, said) = judged(">=3.9", &[11]);
        assert!(state == State::Note && said.contains("the oldest, 3.9, is missing; Some(\"get 9\")"), "{said}");
    }

    #[test]
    fn none_that_is_admitted_is_wrong() {
        let (state, said) = judged(">=3.12", &[9, 10, 11]);
        assert!(state == State::Wrong && said.contains("found: 3.9 to 3.11") && said.contains("get 12"), "{said}");
        assert_eq!(judged(">=3.8", &[]).0, State::Wrong);
    }
}
