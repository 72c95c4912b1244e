use monowheel_wheel::abi::{admits, dotted, lookup, ranges};

use crate::facts::Facts;
use crate::finding::{Finding, Severity, some_of};
use crate::rule::{Found, rule};
use crate::rules::abi::claim::{claimed, requires_python};
use crate::rules::abi::python_imports::python_imports;

rule! {
    /// A symbol of the stable ABI is missing from a promised CPython release by mistake.
    ///
    /// # What it does
    /// Looks for imports that are in the stable ABI for every promised version but that one of the releases does not
    /// export.
    ///
    /// # Why it matters
    /// The import fails there: CPython 3.9 made `PyCFunction_New` a macro and dropped the function.
    ///
    /// # Example
    /// `PyCFunction_New` in `demo-1.0-cp38-abi3-manylinux_2_17_x86_64.whl`.
    ///
    /// # Fix
    /// Use what the release provides: `PyCFunction_NewEx(def, self, NULL)`.
    pub(super) static RULE: "symbol-missing-from-release", Abi, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let requires = requires_python(facts);
    for (binary, slice, claim) in claimed(facts) {
        let Some(floor) = claim.floor else { continue };
        let mut lost = Vec::new();
        for import in python_imports(binary, slice).filter(|import| !import.weak) {
            let Some((first, last)) = lookup(&import.name).and_then(|symbol| symbol.missing) else { continue };
            let versions: Vec<_> = (first.1.max(floor.1)..=last.1)
                .map(|minor| (3, minor))
                .filter(|version| admits(requires.as_ref(), *version))
                .collect();
            if !versions.is_empty() {
                lost.push(format!("{} ({})", import.name, ranges(&versions)));
            }
        }
        if !lost.is_empty() {
            let message = format!(
                "promises CPython {} and later but imports symbols missing from some releases: {}",
                dotted(floor),
                some_of(&lost)
            );
            found.add(
                Finding::new(Severity::Error.min(claim.worst), binary.place(slice), message)
                    .details(lost)
                    .fix("use a function that these releases have (PyCFunction_NewEx), or raise the floor above them"),
            );
        }
    }
}
