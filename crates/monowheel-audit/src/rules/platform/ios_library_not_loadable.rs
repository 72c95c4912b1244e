use monowheel_wheel::abi::PythonLibrary;
use monowheel_wheel::binary::Library;
use monowheel_wheel::platform::macos;

use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity, some_of};
use crate::rule::{Found, rule};
use crate::rules::platform::mac::ios_slices;

rule! {
    /// A wheel for iOS loads or ships a library that iOS does not load.
    ///
    /// # What it does
    /// Looks in wheels for iOS at the libraries that each binary loads: those of the system, Python's framework and other
    /// frameworks are right. Every other one, and every `.dylib` in the wheel, is an error.
    ///
    /// # Why it matters
    /// An app has its code in frameworks, in its directory `Frameworks`. The tools that put a wheel into an app make a
    /// framework of each extension module (PEP 730), and of nothing else: the App Store refuses a `.dylib`, and a path of the
    /// machine that built the wheel exists on no phone. The import fails: *Library not loaded*.
    ///
    /// # Example
    /// pillow 11.3.0 loads `/Users/runner/…/libjpeg.62.dylib` (python-pillow/Pillow#9079).
    ///
    /// # Fix
    /// Link the library statically into the module.
    pub(super) static RULE: "ios-library-not-loadable", Platform, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    for (binary, slice) in ios_slices(facts) {
        let lost: Vec<&str> =
            slice.libraries.iter().filter(|library| is_lost(library)).map(|library| library.name.as_str()).collect();
        if !lost.is_empty() {
            let message = format!("loads {}, which no app for iOS has", some_of(&lost));
            found.add(
                Finding::new(Severity::Error, binary.place(slice), message)
                    .details(lost)
                    .fix("link the library statically into the module"),
            );
        }
    }
    let mut shipped: Vec<&str> = ios_slices(facts)
        .map(|(binary, _)| binary.path.as_str())
        .filter(|path| path.to_ascii_lowercase().ends_with(".dylib"))
        .collect();
    shipped.dedup();
    if let Some(first) = shipped.first() {
        let message = format!("iOS loads no .dylib, and the App Store takes none: {}", some_of(&shipped));
        found.add(
            Finding::new(Severity::Error, Place::member(*first), message)
                .details(shipped.iter().copied())
                .fix("link the library statically into the module"),
        );
    }
}

fn is_lost(library: &Library) -> bool {
    let name = library.name.as_str();
    let is_framework = name.starts_with("@rpath/") && name.contains(".framework/");
    !library.weak && !macos::is_system(name) && PythonLibrary::parse(name).is_none() && !is_framework
}
