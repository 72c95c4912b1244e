use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};
use crate::rules::abi::hooks::is_module;

rule! {
    /// A wheel is tagged for the stable ABI and has no extension module.
    ///
    /// # What it does
    /// Looks for at least one Python extension module in a wheel with an `abi3` or `abi3t` tag. Programs
    /// are none, nor are libraries that neither enter nor call Python, whatever their names (`.abi3.so`
    /// loaded by cffi or `ctypes`).
    ///
    /// # Why it matters
    /// The tag keeps the wheel from PyPy and free-threaded builds, which could run it; or the extension
    /// was left out of the wheel by mistake.
    ///
    /// # Example
    /// `demo-1.0-cp38-abi3-win_amd64.whl` with a program in `demo-1.0.data/scripts/` only.
    ///
    /// # Fix
    /// Tag it `py3-none-<platform>`, or `py3-none-any` where nothing in it depends on the platform.
    pub(super) static RULE: "abi3-tag-without-extension", Abi, Warning, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(tag) = facts.tags().iter().find(|tag| tag.family().is_some()) else { return };
    // What could not be read may be the extension.
    if !facts.unreadable.is_empty() || facts.binaries.iter().any(is_module) {
        return;
    }
    let message = format!("is tagged {}-{} but has no extension module", tag.python, tag.abi);
    let fix = format!("tag it py3-none-{}, or add the extension that is missing", tag.platform);
    found.add(Finding::new(Severity::Warning, Place::file(), message).fix(fix));
}
