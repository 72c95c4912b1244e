use std::cell::LazyCell;

use monowheel_wheel::abi::PythonLibrary;
use monowheel_wheel::binary::Library;
use monowheel_wheel::platform::macos;

use crate::facts::{BinaryFacts, Facts};
use crate::finding::{Finding, Severity, some_of};
use crate::rule::{Found, rule};
use crate::rules::platform::library_unresolvable::found_elsewhere;
use crate::rules::platform::mac::{loadable, mac_promises};
use crate::rules::platform::promise::is_of_requirement;
use crate::rules::platform::reach::{Reach, Where};

rule! {
    /// A binary for macOS loads a library that is neither on the system nor in the wheel.
    ///
    /// # What it does
    /// Looks for every library that a Mach-O slice loads: in `/usr/lib` and `/System/Library`, and for `@loader_path`
    /// and `@rpath` among the files of the wheel. Weak libraries may be absent, and Python's own are covered by another
    /// rule.
    ///
    /// # Why it matters
    /// The import fails: *Library not loaded*. `/usr/lib/libcrypto.dylib` and `libssl.dylib` end the process: *loading
    /// libcrypto in an unsafe way*. A path of the build machine (`/opt/homebrew`, `/usr/local`) is an error.
    /// With `@rpath` another distribution may already have loaded the library, so it is a warning if the wheel requires
    /// one or contains a file of that name. Libraries that a required distribution seems to ship are one note.
    ///
    /// # Example
    /// `/opt/homebrew/opt/openssl@3/lib/libssl.3.dylib`.
    ///
    /// # Fix
    /// Bundle it (`delocate-wheel`) or link it statically. If the user has to install it, ignore the rule and state
    /// that reason.
    pub(super) static RULE: "macho-library-unresolvable", Platform, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    if mac_promises(facts).is_empty() {
        return;
    }
    let reach = LazyCell::new(|| Reach::of(facts));
    let others = LazyCell::new(|| facts.has_requirements());
    let mut expected: Vec<(&str, &BinaryFacts)> = Vec::new();
    for (binary, slice) in loadable(facts) {
        let mut lost: Vec<(&str, &str)> = Vec::new();
        let mut worst = Severity::Note;
        for library in slice.libraries.iter().filter(|library| is_looked_for(library)) {
            let name = library.name.as_str();
            let place = reach.find_dylib(binary, slice, name);
            let is_absolute = name.starts_with('/');
            if *others
                && !is_absolute
                && (place == Where::Elsewhere || place != Where::Found && is_of_requirement(facts, name))
            {
                expected.push((name, binary));
                continue;
            }
            let certain = match place {
                Where::Found => continue,
                // No other distribution installs into system directories.
                Where::Absent => name.starts_with('/') || !*others,
                Where::Astray => !*others && !facts.may_load_libraries(),
                Where::Elsewhere => !*others && !name.starts_with("@executable_path"),
            };
            worst = worst.max(if certain { reach.severity(binary) } else { Severity::Warning });
            lost.push((name, explained(name, place)));
        }
        if lost.is_empty() {
            continue;
        }
        let names: Vec<&str> = lost.iter().map(|(name, _)| *name).collect();
        let why = match names.iter().all(|name| is_refused(name)) {
            true => "for which macOS ends the process",
            false => "which dyld finds neither on macOS nor in the wheel",
        };
        let message = format!("loads {}, {why}", some_of(&names));
        found.add(
            Finding::new(worst, binary.place(slice), message)
                .details(lost.iter().map(|(name, why)| format!("{name}: {why}")))
                .fix("bundle it with `delocate-wheel`, or link it statically"),
        );
    }
    found_elsewhere(&expected, found);
}

fn is_looked_for(library: &Library) -> bool {
    let is_there = macos::is_system(&library.name) && !is_refused(&library.name);
    !library.weak && !is_there && PythonLibrary::parse(&library.name).is_none()
}

/// macOS ends every process that loads these names, which have no stable ABI.
fn is_refused(name: &str) -> bool {
    ["/usr/lib/libcrypto.dylib", "/usr/lib/libssl.dylib"].contains(&name)
}

fn explained(name: &str, place: Where) -> &'static str {
    match place {
        _ if is_refused(name) => "macOS has it without a stable ABI, and ends every process that loads it",
        Where::Astray => "the wheel has a file of this name, but no path leads there",
        Where::Elsewhere => "searched for outside the wheel",
        Where::Found | Where::Absent if name.starts_with('/') => "a path of the machine that built it",
        Where::Found | Where::Absent => "not in the wheel",
    }
}
