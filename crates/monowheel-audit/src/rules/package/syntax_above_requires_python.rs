use crate::facts::{Facts, Syntax};
use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};

rule! {
    /// A Python file has syntax that the oldest Python of `Requires-Python` does not know.
    ///
    /// # What it does
    /// Looks in every Python file for what may be newer syntax (`:=`, positional-only parameters, `match`, `except*`, type
    /// parameters, …) and has these files parsed with the grammar of the oldest version that `Requires-Python` and the tags
    /// admit, by the Python that monowheel runs in (`ast.parse`, `feature_version`). Files that name a newer version in their
    /// path, tests and templates are left alone, as are files that no Python parses.
    ///
    /// # Why it matters
    /// On that Python the import is a `SyntaxError`, and installers offer it the wheel.
    ///
    /// # Example
    /// `if (x := f()):` in a wheel with `Requires-Python: >=3.7` (joelee2012/api4jenkins#95).
    ///
    /// # Fix
    /// Raise `requires-python` of `[project]`, or rewrite the line.
    pub(super) static RULE: "syntax-above-requires-python", Package, Warning, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    match &wheel.syntax {
        Syntax::Fits => {}
        Syntax::TooNew { oldest, faults } => {
            let oldest = monowheel_wheel::abi::dotted(*oldest);
            for fault in faults {
                let place = Place { line: Some(fault.line), ..Place::member(&fault.path) };
                found.add(
                    Finding::new(
                        Severity::Warning,
                        place,
                        format!("is a SyntaxError on Python {oldest}: {}", fault.why),
                    )
                    .fix("raise `requires-python` of [project], or rewrite the line"),
                );
            }
        }
        Syntax::NotLookedAt(why) => {
            let message = format!("whether its syntax fits Requires-Python was not looked at: {why}");
            found.add(
                Finding::new(Severity::Note, Place::file(), message)
                    .fix("run monowheel with CPython 3.10 or later: `python -m monowheel audit`"),
            );
        }
    }
}
