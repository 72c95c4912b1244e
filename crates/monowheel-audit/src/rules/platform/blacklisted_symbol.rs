use std::cell::LazyCell;
use std::collections::BTreeSet;

use monowheel_wheel::binary::{Format, Slice};

use crate::facts::Facts;
use crate::finding::{Finding, Severity, some_of};
use crate::rule::{Found, rule};
use crate::rules::platform::promise::{LinuxPromise, linux_promises};
use crate::rules::platform::reach::Reach;

rule! {
    /// A binary uses a symbol that its library does not have on every system of the tag.
    ///
    /// # What it does
    /// Compares the symbols that a binary imports strongly with the blacklist of each manylinux and musllinux tag, for
    /// the libraries that it loads from the system.
    ///
    /// # Why it matters
    /// The library exists but the symbol does not: the import fails, or the first call does. Examples are functions
    /// added by a distribution, or exported by zlib only in some builds.
    ///
    /// # Example
    /// `uncompress2` of the system's `libz.so.1` in a wheel for `manylinux_2_17_x86_64`.
    ///
    /// # Fix
    /// Link the library statically, or ship it with the wheel.
    pub(super) static RULE: "blacklisted-symbol", Platform, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let promises = linux_promises(facts);
    if promises.is_empty() {
        return;
    }
    let reach = LazyCell::new(|| Reach::of(facts));
    for (binary, slice) in facts.slices().filter(|(binary, _)| binary.binary.format == Format::Elf) {
        for promise in promises.iter().filter(|promise| promise.arch == slice.arch) {
            let symbols = blacklisted(slice, promise);
            let Some((_, library)) = symbols.first() else { continue };
            // Another library that is loaded may have the symbol.
            let only_system = promise
                .policy
                .is_some_and(|policy| slice.libraries.iter().all(|library| policy.allows_library(&library.name)));
            let severity = if only_system { reach.severity(binary) } else { Severity::Warning };
            let names: Vec<&str> = symbols.iter().map(|(symbol, _)| *symbol).collect();
            let message =
                format!("uses {}, which {library} does not have everywhere on {}", some_of(&names), promise.tag);
            found.add(
                Finding::new(severity, binary.place(slice), message)
                    .details(symbols.iter().map(|(symbol, library)| format!("{symbol} ({library})")))
                    .fix(format!("link {library} statically, or ship it with the wheel")),
            );
            // Reported for the oldest tag; the others would repeat it.
            break;
        }
    }
}

/// Symbols, each with the system library that does not export it.
fn blacklisted<'a>(slice: &'a Slice, promise: &LinuxPromise<'_>) -> BTreeSet<(&'a str, &'static str)> {
    let Some(policy) = promise.policy else { return BTreeSet::new() };
    let loads = |name: &str| slice.libraries.iter().any(|library| library.name == name);
    let libraries: Vec<&'static str> = policy.blacklisted_libraries().filter(|name| loads(name)).collect();
    if libraries.is_empty() {
        return BTreeSet::new();
    }
    let mut symbols = BTreeSet::new();
    for import in slice.imports.iter().filter(|import| !import.weak) {
        let from = |library: &str| import.library.as_deref().is_none_or(|known| known == library);
        let hit = libraries.iter().find(|library| from(library) && policy.blacklists(library, &import.name));
        symbols.extend(hit.map(|library| (import.name.as_str(), *library)));
    }
    symbols
}
