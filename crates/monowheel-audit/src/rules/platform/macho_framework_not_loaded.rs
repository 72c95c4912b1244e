use monowheel_wheel::binary::Slice;
use monowheel_wheel::platform::apple;

use crate::facts::Facts;
use crate::finding::{Finding, Severity, some_of};
use crate::rule::{Found, rule};
use crate::rules::platform::mac::loadable;

/// Frameworks that load many others, whose symbols are then found as well.
const UMBRELLAS: [&str; 7] =
    ["AppKit", "ApplicationServices", "Carbon", "Cocoa", "CoreServices", "Foundation", "Quartz"];

rule! {
    /// A binary uses a symbol of an Apple framework that it does not load.
    ///
    /// # What it does
    /// Extension modules are linked with `-undefined dynamic_lookup` because of Python's symbols, so the linker accepts
    /// any name. The rule takes each symbol that is looked up in everything loaded and whose name has a prefix of some
    /// frameworks (`SecKey…`, `MTL…`; a table built from the declarations in the objc2 project), and compares it with
    /// the frameworks that the slice loads. Nothing is reported if it loads an umbrella framework such as AppKit, for
    /// names without a known framework, or for CoreFoundation, which every macOS build of CPython loads.
    ///
    /// # Why it matters
    /// The import fails with *symbol not found in flat namespace*, unless something else happens to have loaded the
    /// framework.
    ///
    /// # Example
    /// `SecItemCopyMatching` in a crate that declares it in an `extern` block without
    /// `#[link(name = "Security", kind = "framework")]`.
    ///
    /// # Fix
    /// Name the framework in `#[link]`, or in a build script: `cargo:rustc-link-lib=framework=Security`.
    pub(super) static RULE: "macho-framework-not-loaded", Platform, Warning, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    for (binary, slice) in loadable(facts) {
        let loaded: Vec<&str> = frameworks(slice).collect();
        if loaded.iter().any(|name| UMBRELLAS.contains(name)) {
            continue;
        }
        let mut lost: Vec<(&str, &str)> = Vec::new();
        for import in slice.imports.iter().filter(|import| import.library.is_none() && !import.weak) {
            let mut owners = apple::frameworks_of(&import.name).map(|framework| framework.name).peekable();
            let Some(&first) = owners.peek() else { continue };
            if !owners.any(|owner| owner == "CoreFoundation" || loaded.contains(&owner)) {
                lost.push((&import.name, first));
            }
        }
        if lost.is_empty() {
            continue;
        }
        let names: Vec<&str> = lost.iter().map(|(name, _)| *name).collect();
        let message = format!("uses {} but loads no framework with such names", some_of(&names));
        found.add(
            Finding::new(Severity::Warning, binary.place(slice), message)
                .details(lost.iter().map(|(name, owner)| format!("{name}: named like symbols of {owner}")))
                .fix("link the framework: `#[link(name = \"…\", kind = \"framework\")]`"),
        );
    }
}

/// The names of the frameworks that a slice loads, including nested ones.
fn frameworks(slice: &Slice) -> impl Iterator<Item = &str> {
    slice
        .libraries
        .iter()
        .flat_map(|library| library.name.split('/').filter_map(|part| part.strip_suffix(".framework")))
}
