use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};
use crate::rules::abi::hooks::is_module;

rule! {
    /// A wheel is tagged for the stable ABI but has no extension module.
    ///
    /// # What it does
    /// Looks for at least one Python extension module in a wheel with an `abi3` or `abi3t` tag. Programs do not count,
    /// nor do libraries that neither export a module hook nor call Python, whatever their names (`.abi3.so` loaded by
    /// cffi or `ctypes`).
    ///
    /// # Why it matters
    /// The tag excludes PyPy and free-threaded builds, which could run the wheel. Or the extension is missing from the
    /// wheel by mistake.
    ///
    /// # Example
    /// `demo-1.0-cp38-abi3-win_amd64.whl` with only a program in `demo-1.0.data/scripts/`.
    ///
    /// # Fix
    /// Tag it `py3-none-<platform>`, or `py3-none-any` if nothing in it depends on the platform.
    pub(super) static RULE: "abi3-tag-without-extension", Abi, Warning, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(tag) = facts.tags().iter().find(|tag| tag.family().is_some()) else { return };
    // An unreadable file may be the extension.
    if !facts.unreadable.is_empty() || facts.binaries.iter().any(is_module) {
        return;
    }
    let message = format!("is tagged {}-{} but has no extension module", tag.python, tag.abi);
    let fix = format!("tag it py3-none-{}, or add the missing extension", tag.platform);
    found.add(Finding::new(Severity::Warning, Place::file(), message).fix(fix));
}
