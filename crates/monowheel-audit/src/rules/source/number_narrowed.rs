//! The rule `number-narrowed`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Source, What};

rule! {
    /// A number that Python gives is cut off with `as`, without a word.
    ///
    /// # What it does
    /// Reports `parameter as T` in functions that Python calls, where not all numbers of the parameter's type fit into `T`
    /// (`i64 as u8`, `isize as usize`), and the function does not compare the parameter with anything.
    ///
    /// # Why it matters
    /// `f(300)` becomes `f(44)` and `f(-1)` a huge index; Python's users expect OverflowError or ValueError.
    ///
    /// # Example
    /// `#[pyfunction] fn level(value: i64) -> u8 { value as u8 }`
    ///
    /// # Fix
    /// Take the type that is needed (`value: u8`): PyO3 raises OverflowError by itself. Or `u8::try_from(value)?`.
    pub(super) static RULE: "number-narrowed", Source, Note, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    for (file, function) in source.exported() {
        for event in function.events.iter().filter(|event| event.what == What::Narrows) {
            if !function.params.iter().any(|param| param.name == event.name) {
                continue;
            }
            let message = format!("{} cuts its parameter `{}` off where it does not fit", function.title(), event.name);
            found.add(
                file.finding(Severity::Note, &event.at, message)
                    .fix("take the narrower type as the parameter, or use try_from"),
            );
        }
    }
}
