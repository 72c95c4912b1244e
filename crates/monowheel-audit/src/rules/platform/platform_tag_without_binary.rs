use monowheel_wheel::platform::PlatformTag;

use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};
use crate::rules::platform::promise::promises;

rule! {
    /// A wheel for one platform has nothing that belongs to a platform.
    ///
    /// # What it does
    /// Looks at wheels without a stable ABI in their tag whose every file is Python, text or metadata.
    ///
    /// # Why it matters
    /// Everybody else builds from source, or gets nothing, although the wheel would work there. Often the
    /// binary was forgotten.
    ///
    /// # Example
    /// `demo-1.0-py3-none-manylinux_2_17_x86_64.whl` with Python files only.
    ///
    /// # Fix
    /// Tag it `py3-none-any`, or put the binary in.
    pub(super) static RULE: "platform-tag-without-binary", Platform, Warning, One(check);
}

/// What surely belongs to no platform. Anything else may be code or data of one.
const NEUTRAL: [&str; 12] = ["py", "pyi", "pyc", "typed", "txt", "md", "rst", "json", "toml", "yaml", "yml", "pth"];

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    // A stable ABI without an extension is a lie of its own, with its own rule.
    let has_family = facts.tags().iter().any(|tag| tag.family().is_some());
    if has_family || !facts.binaries.is_empty() || !facts.unreadable.is_empty() || wheel.members.is_empty() {
        return;
    }
    let promises = promises(facts);
    let Some(first) = promises.first() else { return };
    if promises.iter().any(|promise| matches!(promise.platform, PlatformTag::Any)) {
        return;
    }
    let is_neutral = |path: &str| {
        let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
        let in_info = path.split('/').next().is_some_and(|top| top.ends_with(".dist-info"));
        let is_script = folder.ends_with(".data/scripts");
        let extension = file.rsplit_once('.').map(|(_, extension)| extension);
        in_info || (!is_script && extension.is_some_and(|extension| NEUTRAL.contains(&extension)))
    };
    if wheel.members.iter().filter(|member| !member.is_folder).all(|member| is_neutral(&member.path)) {
        let message = format!("tagged {}, but nothing in it belongs to a platform", first.tag);
        found.add(
            Finding::new(Severity::Warning, Place::file(), message)
                .fix("tag it `any`, or look why the binary was left out"),
        );
    }
}
