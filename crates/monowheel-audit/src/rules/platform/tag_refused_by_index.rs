use monowheel_wheel::platform::{PlatformTag, index};

use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};
use crate::rules::platform::promise::promises;

rule! {
    /// PyPI does not accept the platform tag.
    ///
    /// # What it does
    /// Compares each platform tag of the file name with PyPI's list (warehouse, 2026-08). `linux_*` tags are covered by
    /// another rule.
    ///
    /// # Why it matters
    /// The upload is refused, possibly after the other files of the release were published.
    ///
    /// # Example
    /// `macosx_11_1_arm64`: from macOS 11 on the minor version has to be 0. `manylinux_2_36_loongarch64`: an
    /// architecture that PyPI does not accept.
    ///
    /// # Fix
    /// Use a tag from the list; other indexes may accept more.
    pub(super) static RULE: "tag-refused-by-index", Platform, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    for promise in promises(facts) {
        if index::accepts(promise.tag) || matches!(promise.platform, PlatformTag::BareLinux { .. }) {
            continue;
        }
        let fix = match &promise.platform {
            PlatformTag::Macos { version: (major @ 11.., 1..), arch } => {
                format!("tag it macosx_{major}_0_{arch}: from macOS 11 on PyPI requires the minor version 0")
            }
            _ => "use a platform tag that PyPI accepts, or publish on another index".to_owned(),
        };
        found.add(
            Finding::new(Severity::Error, Place::file(), format!("PyPI refuses the platform tag {}", promise.tag))
                .fix(fix),
        );
    }
}
