//! The rule `number-narrowed`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Source, What};

rule! {
    /// A number from Python is silently truncated with `as`.
    ///
    /// # What it does
    /// Reports `parameter as T` in functions that Python calls, if `T` cannot hold every value of the parameter's type
    /// (`i64 as u8`, `isize as usize`) and the function does not compare the parameter with anything.
    ///
    /// # Why it matters
    /// `f(300)` becomes `f(44)`, and `f(-1)` a huge index. Python users expect OverflowError or ValueError.
    ///
    /// # Example
    /// `#[pyfunction] fn level(value: i64) -> u8 { value as u8 }`
    ///
    /// # Fix
    /// Take the narrower type (`value: u8`), so that PyO3 raises OverflowError; or use `u8::try_from(value)?`.
    pub(super) static RULE: "number-narrowed", Source, Note, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    for (file, function) in source.exported() {
        for event in function.events.iter().filter(|event| event.what == What::Narrows) {
            if !function.params.iter().any(|param| param.name == event.name) {
                continue;
            }
            let message = format!("{} truncates its parameter `{}`", function.title(), event.name);
            found.add(
                file.finding(Severity::Note, &event.at, message)
                    .fix("take the narrower type as the parameter, or use try_from"),
            );
        }
    }
}
