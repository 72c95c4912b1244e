use monowheel_wheel::platform::{PlatformTag, index};

use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};
use crate::rules::platform::promise::promises;

rule! {
    /// A `linux_*` tag fits only the machine that built the wheel.
    ///
    /// # What it does
    /// Looks for platform tags `linux_ARCH` in the file name, except `linux_armv6l` and `linux_armv7l`.
    ///
    /// # Why it matters
    /// The tag does not state the C library, so PyPI refuses the file. (It accepts the two ARM tags, which are older
    /// than the manylinux tags for ARM.)
    ///
    /// # Example
    /// `demo-1.0-cp38-abi3-linux_x86_64.whl`, as built by `pip wheel`.
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
                    .fix("build for a manylinux or musllinux tag; a bare linux tag does not state a C library"),
            );
        }
    }
}
