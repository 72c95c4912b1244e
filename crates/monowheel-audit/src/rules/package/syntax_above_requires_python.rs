use crate::facts::{Facts, Syntax};
use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};

rule! {
    /// A Python file uses syntax that the oldest Python allowed by `Requires-Python` does not support.
    ///
    /// # What it does
    /// Looks in every Python file for constructs that may be newer syntax (`:=`, positional-only parameters, `match`,
    /// `except*`, type parameters, quotes inside f-strings, …) and parses these files with the grammar of the oldest version that
    /// `Requires-Python` and the tags allow, using the Python that monowheel runs in (`ast.parse`, `feature_version`).
    /// Files that have a newer version in their path, tests and templates are ignored, as are files that no Python can
    /// parse.
    ///
    /// # Why it matters
    /// On that Python the import fails with a `SyntaxError`, although installers select the wheel.
    ///
    /// # Example
    /// `if (x := f()):` in a wheel with `Requires-Python: >=3.7` (joelee2012/api4jenkins#95).
    ///
    /// # Fix
    /// Raise `requires-python` in `[project]`, or rewrite the line.
    pub(super) static RULE: "syntax-above-requires-python", Package, Warning, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    match &wheel.syntax {
        Syntax::Unneeded | Syntax::Fits => {}
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
                    .fix("raise `requires-python` in [project], or rewrite the line"),
                );
            }
        }
        Syntax::NotLookedAt(why) => {
            let message = format!("not checked whether its syntax fits Requires-Python: {why}");
            found.add(
                Finding::new(Severity::Note, Place::file(), message)
                    .fix("run monowheel with CPython 3.10 or later: `python -m monowheel audit`"),
            );
        }
    }
}
