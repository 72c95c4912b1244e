use monowheel_wheel::abi::{Build, PythonVersion, undotted};
use monowheel_wheel::binary::Format;
use monowheel_wheel::platform::PlatformTag;
use monowheel_wheel::tag::Tag;

use crate::facts::Facts;
use crate::finding::{Finding, Severity};
use crate::rule::{Found, rule};
use crate::rules::abi::hooks::is_module;
use crate::rules::abi::promise::{Promise, named};

rule! {
    /// An extension for Android is linked with the libpython of one version, but its tags promise others.
    ///
    /// # What it does
    /// Compares `libpython3.X.so` among the libraries of extension modules in wheels for Android with the versions that
    /// the tags promise. A stable ABI tag promises every later version.
    ///
    /// # Why it matters
    /// On Android an extension has to be linked with libpython, whose name contains the version. Only that version of
    /// Python has the library: *dlopen failed: library "libpython3.13.so" not found*. `Py_LIMITED_API` does not change
    /// the name.
    ///
    /// # Example
    /// `cp313-abi3-android_24_arm64_v8a` with a module that loads `libpython3.13.so` (lexiforest/curl_cffi#835).
    ///
    /// # Fix
    /// Build a wheel for each version (`cp313-cp313`, `cp314-cp314`), or link with `libpython3.so`.
    pub(super) static RULE: "libpython-of-other-version", Abi, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let is_android = |tag: &Tag| matches!(tag.platform(), PlatformTag::Android { .. });
    if facts.tags().is_empty() || !facts.tags().iter().all(is_android) {
        return;
    }
    let Some(promise) = Promise::of(facts, Format::Elf).filter(|promise| promise.every) else { return };
    for (binary, slice) in facts.slices().filter(|(binary, _)| is_module(binary)) {
        let linked = slice.libraries.iter().find_map(|library| Some((&library.name, version_of(&library.name)?)));
        let Some((library, version)) = linked else { continue };
        let without: Vec<Build> = promise.builds.iter().filter(|build| build.version != version).cloned().collect();
        if without.is_empty() {
            continue;
        }
        found.add(
            Finding::new(
                Severity::Error,
                binary.place(slice),
                format!("loads {library}, which Python {} does not have", named(&without)),
            )
            .fix("build a wheel for each version of Python, with a tag such as cp313-cp313"),
        );
    }
}

/// The version in `libpython3.13.so`; `None` for `libpython3.so` and other libraries.
fn version_of(library: &str) -> Option<PythonVersion> {
    undotted(library.strip_prefix("libpython")?.strip_suffix(".so")?)
}
