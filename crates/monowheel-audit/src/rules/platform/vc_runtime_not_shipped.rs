use std::cell::LazyCell;

use monowheel_wheel::abi;
use monowheel_wheel::binary::{Arch, Format};
use monowheel_wheel::names::normalized_name;
use monowheel_wheel::platform::windows;
use monowheel_wheel::requirement::Requirement;

use crate::facts::Facts;
use crate::finding::{Finding, Severity, some_of};
use crate::rule::{Found, rule};
use crate::rules::platform::promise::{floor, is_of_requirement, promises};
use crate::rules::platform::reach::{Reach, Where};

rule! {
    /// A Windows binary needs a Visual C++ library that not every Python of the tag provides.
    ///
    /// # What it does
    /// Looks for `vcruntime*.dll`, `msvcp*.dll`, `concrt*.dll` and `vcomp*.dll` that the wheel does not ship.
    /// `vcruntime140.dll` comes with CPython since 3.5, `vcruntime140_1.dll` with 64-bit CPython since 3.9 and with
    /// every ARM64 one, `msvcp140.dll` with none. It is a note if the binary loads libraries of a required distribution
    /// that needs the runtime as well (PyQt6-Qt6).
    ///
    /// # Why it matters
    /// It works on machines where another program has installed the redistributable, such as the one that built the
    /// wheel. Elsewhere: *DLL load failed while importing*.
    ///
    /// # Example
    /// `MSVCP140.dll` in any wheel; `VCRUNTIME140_1.dll` in a `cp38-abi3-win_amd64` wheel.
    ///
    /// # Fix
    /// Link the C++ runtime statically (Rust: `-C target-feature=+crt-static`), bundle it with `delvewheel repair`, or
    /// raise the floor to 3.9.
    pub(super) static RULE: "vc-runtime-not-shipped", Platform, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    if !promises(facts).iter().any(|promise| promise.format() == Some(Format::Pe)) {
        return;
    }
    let reach = LazyCell::new(|| Reach::of(facts));
    let floor = LazyCell::new(|| floor(facts));
    for (binary, slice) in facts.slices().filter(|(binary, _)| binary.binary.format == Format::Pe) {
        let mut worst = Severity::Note;
        let mut names = Vec::new();
        for library in slice.libraries.iter().filter(|library| windows::is_runtime(&library.name)) {
            if windows::is_system(&library.name, &slice.arch)
                || windows::comes_with_python(&library.name, &slice.arch, *floor)
                || reach.find(binary, slice, &library.name) == Where::Found
            {
                continue;
            }
            // Without a floor, the Pythons without it may not be supported.
            let is_newer = library.name.eq_ignore_ascii_case("vcruntime140_1.dll") && slice.arch == Arch::X86_64;
            let uncertain = library.delayed || (is_newer && floor.is_none()) || requires_runtime(facts);
            // A distribution whose DLLs this one loads provides the runtime that they need.
            let comes_along = slice
                .libraries
                .iter()
                .any(|other| !windows::is_runtime(&other.name) && is_of_requirement(facts, &other.name));
            worst = worst.max(match (comes_along, uncertain) {
                (true, _) => Severity::Note,
                (false, true) => Severity::Warning,
                (false, false) => reach.severity(binary),
            });
            names.push(library.name.as_str());
        }
        if names.is_empty() {
            continue;
        }
        let whose = floor.map_or_else(|| "Python".to_owned(), |floor| format!("Python {}", abi::dotted(floor)));
        let message = format!("needs {}, which does not come with {whose}", some_of(&names));
        found.add(
            Finding::new(worst, binary.place(slice), message)
                .details(names)
                .fix("link the C++ runtime statically, or bundle it with `delvewheel repair`"),
        );
    }
}

/// Whether the wheel requires the distribution that has the libraries.
fn requires_runtime(facts: &Facts) -> bool {
    let metadata = facts.wheel.as_ref().and_then(|wheel| wheel.metadata.as_ref());
    let is_it = |text: &str| {
        Requirement::parse(text).is_ok_and(|requirement| normalized_name(requirement.name) == "msvc-runtime")
    };
    metadata.is_some_and(|metadata| metadata.headers.all("Requires-Dist").any(is_it))
}
