use std::cell::LazyCell;
use std::collections::BTreeMap;

use monowheel_wheel::binary::{Format, Slice, VersionNeed};
use monowheel_wheel::platform::Libc;

use crate::facts::Facts;
use crate::finding::{Finding, Severity, some_of};
use crate::rule::{Found, rule};
use crate::rules::platform::promise::{LinuxPromise, linux_promises};
use crate::rules::platform::reach::Reach;

rule! {
    /// A binary needs a symbol version that the manylinux tag does not promise.
    ///
    /// # What it does
    /// Compares every required version (`.gnu.version_r`: `GLIBC_2.28`, `GLIBCXX_3.4.22`, …) with the policy of *each*
    /// manylinux tag in the file name. Versions of libraries outside the policy are covered by the rules on libraries.
    ///
    /// # Why it matters
    /// On a system as old as the tag allows, the loader refuses the binary: *version `GLIBC_2.28' not found*.
    /// Installers select by the tag, so users get the wheel anyway.
    ///
    /// # Example
    /// `fcntl64@GLIBC_2.28` in a wheel for `manylinux_2_17_x86_64`, built on a recent distribution.
    ///
    /// # Fix
    /// Build against the tag's glibc (zig: `x86_64-linux-gnu.2.17`; the manylinux images contain it), or use the tag
    /// that the binary needs.
    pub(super) static RULE: "glibc-above-policy", Platform, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let mut promises = linux_promises(facts);
    promises.retain(|promise| promise.libc == Libc::Manylinux);
    if promises.is_empty() {
        return;
    }
    let reach = LazyCell::new(|| Reach::of(facts));
    for (binary, slice) in facts.slices().filter(|(binary, _)| binary.binary.format == Format::Elf) {
        // A version beyond several tags is reported for the oldest of them.
        let mut beyond: BTreeMap<&VersionNeed, &LinuxPromise<'_>> = BTreeMap::new();
        for promise in promises.iter().filter(|promise| promise.arch == slice.arch) {
            for need in slice.versions.iter().filter(|need| is_beyond(need, promise)) {
                beyond.entry(need).or_insert(promise);
            }
        }
        let Some(oldest) = beyond
            .values()
            .next()
            .map(|first| beyond.values().fold(*first, |a, b| if b.version < a.version { b } else { a }))
        else {
            continue;
        };
        // For a C++ library, the table of a related architecture is likely but not certain to apply.
        let certain = |(need, promise): (&&VersionNeed, &&LinuxPromise<'_>)| {
            need.version.starts_with("GLIBC_") || promise.policy.is_some_and(|policy| policy.is_exact())
        };
        let severity = if beyond.iter().any(certain) { reach.severity(binary) } else { Severity::Warning };
        let mut names: Vec<&str> = beyond.keys().map(|need| need.version.as_str()).collect();
        names.dedup();
        let message = format!("needs {}, which {} does not promise", some_of(&names), oldest.tag);
        let details = beyond.iter().map(|(need, promise)| {
            let symbols = symbols(slice, need);
            format!("{} of {} (not in {}){symbols}", need.version, need.library, promise.tag)
        });
        found.add(Finding::new(severity, binary.place(slice), message).details(details).fix(fix(&beyond, oldest)));
    }
}

fn is_beyond(need: &VersionNeed, promise: &LinuxPromise<'_>) -> bool {
    let Some(policy) = &promise.policy else { return false };
    // A bundled libstdc++ has its own versions.
    policy.allows_library(&need.library) && !policy.allows_version(&need.version)
}

/// The symbols that need the version: `: fcntl64, statx`.
fn symbols(slice: &Slice, need: &VersionNeed) -> String {
    let of_need = slice.imports.iter().filter(|import| {
        import.version.as_ref() == Some(&need.version)
            && import.library.as_ref().is_none_or(|library| *library == need.library)
    });
    let names: Vec<&str> = of_need.map(|import| import.name.as_str()).collect();
    if names.is_empty() { String::new() } else { format!(": {}", some_of(&names)) }
}

fn fix(beyond: &BTreeMap<&VersionNeed, &LinuxPromise<'_>>, oldest: &LinuxPromise<'_>) -> String {
    let (major, minor) = oldest.version;
    let build = format!("build against glibc {major}.{minor}, as zig and the manylinux images do");
    // If only glibc's own versions are too new, they show which tag would be correct.
    let numbers = beyond.keys().map(|need| {
        let mut parts = need.version.strip_prefix("GLIBC_")?.split('.');
        Some((parts.next()?.parse::<u16>().ok()?, parts.next()?.parse::<u16>().ok()?))
    });
    match numbers.collect::<Option<Vec<_>>>().and_then(|numbers| numbers.into_iter().max()) {
        Some((major, minor)) => format!("{build}, or tag it manylinux_{major}_{minor}_{}", oldest.arch),
        None => build,
    }
}
