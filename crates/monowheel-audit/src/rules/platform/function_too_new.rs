use std::cell::LazyCell;

use monowheel_wheel::binary::{Format, Import, Slice};
use monowheel_wheel::platform::{function_since, macos};

use crate::facts::{BinaryFacts, Facts};
use crate::finding::{Finding, Severity, some_of};
use crate::rule::{Found, rule};
use crate::rules::platform::mac::{loadable, mac_promises};
use crate::rules::platform::promise::{floor, promises};
use crate::rules::platform::reach::Reach;

rule! {
    /// A binary calls a function that the oldest macOS or Android of its tag does not have.
    ///
    /// # What it does
    /// Compares the functions of macOS' libSystem and libc++, and of Android's C library, with the first system that has
    /// each (Apple's headers, the linker maps of bionic), and that with the oldest system that the tag promises. A macOS
    /// on which no Python of the tag runs does not count. Weak imports are ignored, since the code checks whether they
    /// are there; compilers make them weak if the deployment target is right.
    ///
    /// Thread-local variables in the form of ELF count as a function of API level 29: the loader before refuses them.
    ///
    /// # Why it matters
    /// On an older system the import fails: *Symbol not found: _preadv*, *cannot locate symbol "getloadavg"*. Installers
    /// select by the tag, so users get the wheel anyway.
    ///
    /// # Example
    /// `preadv`, which macOS has since 11.0, in a wheel for `macosx_10_9_x86_64` whose configure script looked for it on
    /// the machine that built it; `__register_atfork` (Android 6) in one for API level 21
    /// (kivy/python-for-android#2410).
    ///
    /// # Fix
    /// Build with the deployment target or API level of the tag, and look at what a configure script found; or raise the
    /// tag.
    pub(super) static RULE: "function-too-new", Platform, Error, One(check);
}

/// The first API level at which Android's loader has thread-local storage ("Android 10 features and APIs").
const ELF_TLS: u16 = 29;

fn check(facts: &Facts, found: &mut Found<'_>) {
    let reach = LazyCell::new(|| Reach::of(facts));
    let macs = mac_promises(facts);
    let python = LazyCell::new(|| floor(facts).map_or((0, 0), function_since::oldest_macos_of));
    for (binary, slice) in loadable(facts) {
        let oldest = macs
            .iter()
            .filter_map(|promise| macos::oldest(promise.version, &promise.arch, &slice.arch).zip(Some(promise.tag)))
            .min();
        let Some((oldest, tag)) = oldest else { continue };
        let oldest = oldest.max(*python);
        let named = |(major, minor): (u16, u16)| format!("macOS {major}.{minor}");
        let newer =
            newer_than(slice, oldest, |import| is_of_system(import).then(|| function_since::macos(&import.name))?);
        if let Some(finding) = finding(binary, slice, &newer, named, tag, "MACOSX_DEPLOYMENT_TARGET") {
            found.add(Finding { severity: reach.severity(binary), ..finding });
        }
    }
    let api = promises(facts).into_iter().filter_map(|promise| Some((promise.android()?, promise.tag))).min();
    let Some((api, tag)) = api else { return };
    for (binary, slice) in facts.slices().filter(|(binary, _)| binary.binary.format == Format::Elf) {
        let newer = newer_than(slice, api, |import| function_since::android(&import.name));
        let named = |api| format!("API level {api}");
        if let Some(finding) = finding(binary, slice, &newer, named, tag, "ANDROID_API_LEVEL") {
            found.add(Finding { severity: reach.severity(binary), ..finding });
        }
        let has_storage = slice.link.dynamic_tls || slice.link.static_tls.is_some_and(|size| size > 0);
        if has_storage && api < ELF_TLS {
            let message =
                format!("has thread-local variables of ELF, available since API level {ELF_TLS}, newer than {tag}");
            found.add(
                Finding::new(reach.severity(binary), binary.place(slice), message)
                    .fix("compile with `-femulated-tls` (clang's default below API level 29), or raise the tag"),
            );
        }
    }
}

/// The strong imports that are newer than a system, newest first.
fn newer_than<T: Ord + Copy>(slice: &Slice, oldest: T, since: impl Fn(&Import) -> Option<T>) -> Vec<(T, &Import)> {
    let strong = slice.imports.iter().filter(|import| !import.weak);
    let mut newer: Vec<(T, &Import)> =
        strong.filter_map(|import| Some((since(import)?, import))).filter(|(since, _)| *since > oldest).collect();
    // A template of C++ that is compiled into the binary is looked up, too, and found in it.
    newer.retain(|(_, import)| !slice.exports.names.has(&import.name));
    newer.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.name.cmp(&b.1.name)));
    newer
}

/// Whether a symbol is looked up in a library of macOS, or in everything that is loaded.
fn is_of_system(import: &Import) -> bool {
    import.library.as_deref().is_none_or(macos::is_system)
}

/// The finding on newer functions, if there are any.
fn finding<T: Copy>(
    binary: &BinaryFacts,
    slice: &Slice,
    newer: &[(T, &Import)],
    named: impl Fn(T) -> String,
    tag: &str,
    setting: &str,
) -> Option<Finding> {
    let (needed, _) = newer.first()?;
    let names: Vec<&str> = newer.iter().map(|(_, import)| import.name.as_str()).collect();
    let message = format!("calls {}, available since {}, newer than {tag}", some_of(&names), named(*needed));
    let details = newer.iter().map(|(since, import)| format!("{}: {}", import.name, named(*since)));
    Some(
        Finding::new(Severity::Error, binary.place(slice), message)
            .details(details)
            .fix(format!("build with {setting} as in the tag, or raise the tag")),
    )
}

#[cfg(test)]
mod tests {
    use monowheel_wheel::binary::Arch;

    use super::*;

    /// libc++ has these streams since macOS 12.3; a binary for an older one contains them.
    #[test]
    fn a_template_that_is_compiled_into_the_binary_is_not_too_new() {
        let name = "_ZTVNSt3__115basic_stringbufIcNS_11char_traitsIcEENS_9allocatorIcEEEE";
        let import = Import { name: name.to_owned(), library: None, version: None, weak: false, delayed: false };
        let mut slice = Slice { imports: vec![import], ..Slice::of(Arch::Aarch64) };
        let newer = |slice: &Slice| newer_than(slice, (11, 0), |import| function_since::macos(&import.name)).len();
        assert_eq!(newer(&slice), 1);
        slice.exports.names.add(name.as_bytes());
        assert_eq!(newer(&slice), 0);
    }
}
