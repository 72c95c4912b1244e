use std::cell::LazyCell;
use std::collections::BTreeMap;

use monowheel_wheel::binary::Format;
use monowheel_wheel::platform::{Libc, linux};

use crate::facts::Facts;
use crate::finding::{Finding, some_of};
use crate::rule::{Found, rule};
use crate::rules::platform::promise::{LinuxPromise, linux_promises};
use crate::rules::platform::reach::{Reach, Where};

rule! {
    /// A binary loads a system library that the tag does not promise.
    ///
    /// # What it does
    /// Compares the libraries that each binary needs (`DT_NEEDED`) with the policy of *each* manylinux and musllinux
    /// tag. Reports those that the wheel does not ship, and that are system libraries in some policy but not in the
    /// tag's own.
    ///
    /// # Why it matters
    /// Systems of that tag may not have the library, and then the import fails: a plain Alpine has no `libgcc_s.so.1`,
    /// CentOS 7 has no `libmvec.so.1`.
    ///
    /// # Example
    /// `libstdc++.so.6`, not bundled, in a wheel for `musllinux_1_2_x86_64`.
    ///
    /// # Fix
    /// Link it statically, bundle it with `auditwheel repair`, or use a tag whose policy includes it.
    pub(super) static RULE: "library-outside-policy", Platform, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let promises = linux_promises(facts);
    if promises.is_empty() {
        return;
    }
    let reach = LazyCell::new(|| Reach::of(facts));
    for (binary, slice) in facts.slices().filter(|(binary, _)| binary.binary.format == Format::Elf) {
        let mut outside: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for promise in promises.iter().filter(|promise| promise.arch == slice.arch) {
            for library in slice.libraries.iter().filter(|library| !library.weak && is_outside(&library.name, promise))
            {
                if reach.find(binary, slice, &library.name) != Where::Found {
                    outside.entry(&library.name).or_default().push(promise.tag);
                }
            }
        }
        let Some(tags) = outside.values().next() else { continue };
        let names: Vec<&str> = outside.keys().copied().collect();
        let message = format!("loads {}, which {} does not promise", some_of(&names), tags.join(" and "));
        found.add(
            Finding::new(reach.severity(binary), binary.place(slice), message)
                .details(outside.iter().map(|(name, tags)| format!("{name} (not in {})", tags.join(", "))))
                .fix("link it statically, or bundle it with `auditwheel repair`"),
        );
    }
}

/// Whether it is a system library, but not on every system with this tag. Mixing up the two C libraries is covered by
/// other rules.
fn is_outside(library: &str, promise: &LinuxPromise<'_>) -> bool {
    let is_other_libc = match promise.libc {
        Libc::Manylinux => linux::is_musl(library),
        Libc::Musllinux => linux::is_glibc(library),
    };
    let is_systems = linux::any_policy_has(Libc::Manylinux, library) || linux::any_policy_has(Libc::Musllinux, library);
    is_systems && !is_other_libc && promise.policy.is_some_and(|policy| !policy.allows_library(library))
}
