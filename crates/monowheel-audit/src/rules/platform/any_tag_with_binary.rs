use monowheel_wheel::platform::PlatformTag;

use crate::facts::{Facts, Role};
use crate::finding::{Finding, Place, Severity, some_of};
use crate::rule::{Found, rule};
use crate::rules::platform::promise::promises;
use crate::rules::platform::reach::is_module;

rule! {
    /// A wheel for any platform contains binaries.
    ///
    /// # What it does
    /// Looks for shared libraries and programs in a wheel whose platform tag is `any`; .NET assemblies run on any
    /// platform. An extension module is an error if the ABI tag promises one (`cp38-abi3-any`). Otherwise it is a
    /// warning: the package may select one of several at run time, or work without it (debugpy's speedups in a
    /// `py3-none-any` wheel).
    ///
    /// # Why it matters
    /// Every installer selects the wheel on every system, without a better alternative. The import then fails where the
    /// binary does not fit.
    ///
    /// # Example
    /// `demo-1.0-py3-none-any.whl` with `demo/_demo.abi3.so`: built by a tool that was not told about the extension.
    ///
    /// # Fix
    /// Tag the wheel for its platform, or remove the binary.
    pub(super) static RULE: "any-tag-with-binary", Platform, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let native = || facts.binaries.iter().filter(|binary| !binary.is_managed());
    if native().next().is_none() || !promises(facts).iter().any(|promise| promise.platform == PlatformTag::Any) {
        return;
    }
    let modules = native().filter(|binary| matches!(binary.role, Role::Extension { .. }) && is_module(binary));
    let modules: Vec<&str> = modules.map(|binary| binary.path.as_str()).collect();
    let all: Vec<&str> = native().map(|binary| binary.path.as_str()).collect();
    let (what, shown) = if modules.is_empty() { ("binaries", &all) } else { ("extension modules", &modules) };
    let is_promised = !modules.is_empty() && facts.tags().iter().any(|tag| tag.abi != "none");
    let severity = if is_promised { Severity::Error } else { Severity::Warning };
    found.add(
        Finding::new(
            severity,
            Place::file(),
            format!("installs on any platform but contains {what}: {}", some_of(shown)),
        )
        .details(all.iter().copied())
        .fix("tag the wheel for the platform of its binaries"),
    );
}
