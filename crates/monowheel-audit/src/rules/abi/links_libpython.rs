use monowheel_wheel::abi::PythonLibrary;
use monowheel_wheel::platform::PlatformTag;

use crate::facts::{Facts, Role};
use crate::finding::{Finding, Severity, some_of};
use crate::rule::{Found, rule};

rule! {
    /// An extension is linked with libpython or the Python framework.
    ///
    /// # What it does
    /// Looks for `libpython3….so`, `libpython3….dylib` and `Python.framework` among the libraries that an extension
    /// loads. It is an error if the wheel's tags promise machines other than the one that built it. Wheels for iOS and
    /// Android are ignored: there an extension has to be linked this way (PEP 730, 738).
    ///
    /// # Why it matters
    /// An interpreter contains Python's symbols itself. Many do not have such a library (Debian's, conda's,
    /// python-build-standalone's), and the import fails. If there is one with another version or path, two Pythons run
    /// in one process and crash. The manylinux policies forbid it (PEP 513).
    ///
    /// # Example
    /// `DT_NEEDED libpython3.11.so.1.0`; `LC_LOAD_DYLIB
    /// /Library/Frameworks/Python.framework/Versions/3.11/Python`.
    ///
    /// # Fix
    /// Link without `-lpython3.X` (macOS: `-undefined dynamic_lookup`; CMake: `Python::Module` instead of
    /// `Python::Python`; PyO3: the feature `extension-module`).
    pub(super) static RULE: "links-libpython", Abi, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let is_local = |tag: &monowheel_wheel::tag::Tag| matches!(tag.platform(), PlatformTag::BareLinux { .. });
    let promised = !facts.tags().is_empty() && !facts.tags().iter().all(is_local);
    let is_mobile = |tag: &monowheel_wheel::tag::Tag| {
        matches!(tag.platform(), PlatformTag::Ios { .. } | PlatformTag::Android { .. })
    };
    if facts.tags().iter().any(is_mobile) {
        return;
    }
    for (binary, slice) in facts.slices() {
        if !matches!(binary.role, Role::Extension { .. }) {
            continue;
        }
        let is_python = |name: &str| PythonLibrary::parse(name) == Some(PythonLibrary::Unix);
        let linked: Vec<_> = slice.libraries.iter().filter(|library| is_python(&library.name)).collect();
        if linked.is_empty() {
            continue;
        }
        let needed = linked.iter().any(|library| !library.weak && !library.delayed);
        let severity = if needed && promised { Severity::Error } else { Severity::Warning };
        let names: Vec<&str> = linked.iter().map(|library| library.name.as_str()).collect();
        found.add(
            Finding::new(severity, binary.place(slice), format!("is linked with {}", some_of(&names)))
                .details(names)
                .fix("link the module without libpython; the interpreter provides the symbols"),
        );
    }
}
