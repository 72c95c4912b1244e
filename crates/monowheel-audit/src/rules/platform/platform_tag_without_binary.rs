use monowheel_wheel::platform::PlatformTag;

use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};
use crate::rules::platform::promise::promises;

rule! {
    /// A wheel for one platform contains nothing platform-specific.
    ///
    /// # What it does
    /// Checks wheels without a stable ABI in their tag that contain only Python, text and metadata files.
    ///
    /// # Why it matters
    /// Users of other platforms build from source, or get nothing, although the wheel would work there. Often the
    /// binary is missing by mistake.
    ///
    /// # Example
    /// `demo-1.0-py3-none-manylinux_2_17_x86_64.whl` with Python files only.
    ///
    /// # Fix
    /// Tag it `py3-none-any`, or add the binary.
    pub(super) static RULE: "platform-tag-without-binary", Platform, Warning, One(check);
}

/// Extensions that are never platform-specific. Any other file may contain code or data for one platform.
const NEUTRAL: [&str; 12] = ["py", "pyi", "pyc", "typed", "txt", "md", "rst", "json", "toml", "yaml", "yml", "pth"];

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    // A stable ABI tag without an extension is covered by another rule.
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
        let message = format!("tagged {} but contains nothing platform-specific", first.tag);
        found.add(
            Finding::new(Severity::Warning, Place::file(), message)
                .fix("tag it `any`, or find out why the binary is missing"),
        );
    }
}
