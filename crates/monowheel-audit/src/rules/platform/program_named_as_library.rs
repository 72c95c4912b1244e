use std::cell::LazyCell;

use monowheel_wheel::binary::Format;

use crate::facts::{Facts, Role};
use crate::finding::{Finding, Severity};
use crate::rule::{Found, rule};
use crate::rules::platform::reach::Reach;

rule! {
    /// A module or library is a program, which no loader accepts.
    ///
    /// # What it does
    /// Looks for `DF_1_PIE`, with which linkers mark programs, and for files of type `ET_EXEC`, among the files that
    /// are named like a library.
    ///
    /// # Why it matters
    /// glibc 2.30 and later refuse it: *cannot dynamically load position-independent executable*. Older versions load
    /// it and may crash.
    ///
    /// # Example
    /// A module that was linked with `-pie -rdynamic` instead of `-shared`.
    ///
    /// # Fix
    /// Link it with `-shared`. Do not give a program a name that ends in `.so`.
    pub(super) static RULE: "program-named-as-library", Platform, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let reach = LazyCell::new(|| Reach::of(facts));
    for (binary, slice) in facts.slices() {
        if binary.binary.format != Format::Elf || binary.role == Role::Program || !slice.link.is_program {
            continue;
        }
        let is_extension = matches!(binary.role, Role::Extension { .. });
        let severity = if is_extension { reach.severity(binary) } else { Severity::Warning };
        let message = "is a position-independent executable: glibc 2.30 and later do not load a program as a library";
        let fix = "link it with `-shared` instead of `-pie`, or name the program without `.so`";
        found.add(Finding::new(severity, binary.place(slice), message).fix(fix));
    }
}
