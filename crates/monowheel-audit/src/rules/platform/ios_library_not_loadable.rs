use monowheel_wheel::abi::PythonLibrary;
use monowheel_wheel::binary::Library;
use monowheel_wheel::platform::macos;

use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity, some_of};
use crate::rule::{Found, rule};
use crate::rules::platform::mac::ios_slices;

rule! {
    /// A wheel for iOS loads or ships a library that iOS cannot load.
    ///
    /// # What it does
    /// Checks in wheels for iOS the libraries that each binary loads: system libraries, Python's framework and other
    /// frameworks are accepted. Any other library, and every `.dylib` in the wheel, is an error.
    ///
    /// # Why it matters
    /// An app's code is in frameworks, in its directory `Frameworks`. The tools that install a wheel into an app
    /// convert each extension module into a framework (PEP 730), and nothing else. The App Store refuses a `.dylib`,
    /// and a path of the build machine does not exist on any phone. The import fails: *Library not loaded*.
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
            let message = format!("loads {}, which is not available to iOS apps", some_of(&lost));
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
        let message =
            format!("iOS does not load a .dylib, and the App Store does not accept one: {}", some_of(&shipped));
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
