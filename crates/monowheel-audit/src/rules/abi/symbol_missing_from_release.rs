use monowheel_wheel::abi::{admits, dotted, lookup, ranges};

use crate::facts::Facts;
use crate::finding::{Finding, Severity, some_of};
use crate::rule::{Found, rule};
use crate::rules::abi::claim::{claimed, requires_python};
use crate::rules::abi::python_imports::python_imports;

rule! {
    /// A symbol of the stable ABI is used that a promised release of CPython left out by mistake.
    ///
    /// # What it does
    /// Looks for imports that the stable ABI's list has for every promised version, and that a release
    /// does not export all the same.
    ///
    /// # Why it matters
    /// The module does not import there: CPython 3.9 made `PyCFunction_New` a macro and lost the function.
    ///
    /// # Example
    /// `PyCFunction_New` in `demo-1.0-cp38-abi3-manylinux_2_17_x86_64.whl`.
    ///
    /// # Fix
    /// Use what the release has: `PyCFunction_NewEx(def, self, NULL)`.
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
                "promises CPython {} and later but imports what some releases lack: {}",
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
