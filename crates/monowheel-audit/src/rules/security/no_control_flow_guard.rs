use crate::facts::{Facts, Role};
use crate::rule::{Found, rule};
use crate::rules::security::together;

rule! {
    /// One extension module does not have the Control Flow Guard that another has.
    ///
    /// # What it does
    /// Looks for `IMAGE_DLLCHARACTERISTICS_GUARD_CF` in the extension modules of a wheel, and reports only if some have
    /// it and some do not. Hardly any wheel has it at all, Rust's MinGW targets cannot enable it, and bundled Microsoft
    /// DLLs, which all have it, say nothing about the package.
    ///
    /// # Why it matters
    /// Indirect calls from the modules without it are not checked.
    ///
    /// # Example
    /// A C extension built with `/guard:cf` beside a Rust one built without `-C control-flow-guard`.
    ///
    /// # Fix
    /// Use `/guard:cf` with Visual C++, or `-C control-flow-guard` with Rust's `-msvc` targets.
    pub(super) static RULE: "no-control-flow-guard", Security, Note, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let mut slices = facts.extensions().flat_map(|binary| &binary.binary.slices);
    if !slices.any(|slice| slice.hardening.control_flow_guard == Some(true)) {
        return;
    }
    let unguarded = together(facts, "does not have Control Flow Guard, unlike another module", |binary, slice| {
        matches!(binary.role, Role::Extension { .. }) && slice.hardening.control_flow_guard == Some(false)
    });
    if let Some(finding) = unguarded {
        found.add(finding.fix("compile with `/guard:cf`, or `-C control-flow-guard` for Rust"));
    }
}
