use monowheel_wheel::platform::{PlatformTag, index};

use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};
use crate::rules::platform::promise::promises;

rule! {
    /// A `linux_*` tag names the machine that built the wheel, and no other.
    ///
    /// # What it does
    /// Looks for platform tags `linux_ARCH` in the file name, save `linux_armv6l` and `linux_armv7l`.
    ///
    /// # Why it matters
    /// The tag says nothing about the C library, so PyPI refuses the file. (It accepts the two ARM tags, which
    /// are older than their manylinux.)
    ///
    /// # Example
    /// `demo-1.0-cp38-abi3-linux_x86_64.whl`, as `pip wheel` makes it.
    ///
    /// # Fix
    /// Build for a manylinux or musllinux tag (`monowheel build`, maturin `--zig`, cibuildwheel), or repair the
    /// wheel with auditwheel.
    pub(super) static RULE: "bare-linux-tag", Platform, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    for promise in promises(facts) {
        if matches!(promise.platform, PlatformTag::BareLinux { .. }) && !index::accepts(promise.tag) {
            found.add(
                Finding::new(Severity::Error, Place::file(), format!("PyPI refuses the platform tag {}", promise.tag))
                    .fix("build for a manylinux or musllinux tag; a bare linux tag names no C library"),
            );
        }
    }
}
