use monowheel_wheel::abi::PythonLibrary;
use monowheel_wheel::platform::PlatformTag;

use crate::facts::Facts;
use crate::finding::{Finding, Severity};
use crate::rule::{Found, rule};
use crate::rules::abi::hooks::{calls_python, is_module};

rule! {
    /// An extension for Android is not linked with libpython.
    ///
    /// # What it does
    /// Looks in wheels for Android for extension modules that call Python but do not load `libpython3.….so`.
    ///
    /// # Why it matters
    /// Android's loader searches only the libraries that a module names: an app loads Python as a library, whose
    /// symbols are not global (PEP 738). The import fails: *cannot locate symbol "PyModule_Create2"*. On Linux it is
    /// the other way round: see `links-libpython`.
    ///
    /// # Example
    /// A module that was built with the flags of desktop Linux and an NDK compiler.
    ///
    /// # Fix
    /// Link with `-lpython3.X`, as `sysconfig` of Python for Android specifies (`LDSHARED`, `LIBPYTHON`); cibuildwheel
    /// does so.
    pub(super) static RULE: "libpython-not-linked", Abi, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let is_android = |tag: &monowheel_wheel::tag::Tag| matches!(tag.platform(), PlatformTag::Android { .. });
    if facts.tags().is_empty() || !facts.tags().iter().all(is_android) {
        return;
    }
    for (binary, slice) in facts.slices().filter(|(binary, _)| is_module(binary)) {
        let is_linked = slice.libraries.iter().any(|library| PythonLibrary::parse(&library.name).is_some());
        if !is_linked && calls_python(binary, slice) {
            found.add(
                Finding::new(
                    Severity::Error,
                    binary.place(slice),
                    "calls Python without linking to it, so Android cannot resolve Python's symbols",
                )
                .fix("link it with libpython3.X.so, as cibuildwheel does"),
            );
        }
    }
}
