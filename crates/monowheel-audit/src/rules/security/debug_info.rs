use crate::facts::Facts;
use crate::rule::{Found, rule};
use crate::rules::security::together;

rule! {
    /// The wheel ships debug information.
    ///
    /// # What it does
    /// Looks for sections with DWARF in any format (`.debug_*`, `.zdebug_*`, `__debug_*`). A symbol table, the name of
    /// a PDB and the names of Mach-O object files do not count. All binaries of a wheel are one note.
    ///
    /// # Why it matters
    /// It is often larger than the code, every user downloads it, and it reveals directories and source files of the
    /// build.
    ///
    /// # Example
    /// `CFLAGS=-g` from the Python that built the extension, or `debug = true` in a Cargo profile.
    ///
    /// # Fix
    /// `strip = true` in the Cargo profile, `-Wl,--strip-debug`, or `auditwheel repair --strip`. For readable crashes,
    /// `monowheel build --symbols` keeps line tables beside the wheel.
    pub(super) static RULE: "debug-info", Security, Note, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let is_dwarf =
        |name: &String| [".debug_", ".zdebug_", "__debug_", "__zdebug_"].iter().any(|dwarf| name.contains(dwarf));
    let shipped = together(facts, "ships debug information", |_, slice| slice.debug_info.iter().any(is_dwarf));
    if let Some(finding) = shipped {
        found.add(finding.fix("strip it: `strip = true` in the Cargo profile, or `-Wl,--strip-debug`"));
    }
}
