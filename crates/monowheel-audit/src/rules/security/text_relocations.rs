use crate::facts::Facts;
use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::rules::security::each;

rule! {
    /// The loader has to modify the code of a library.
    ///
    /// # What it does
    /// Looks for `DT_TEXTREL` and `DF_TEXTREL` in the dynamic table of ELF files.
    ///
    /// # Why it matters
    /// The loader makes the code writable in the meantime; musl makes the complete library writable and executable
    /// permanently. SELinux (`execmod`) refuses that, and the import fails. The modified pages are not shared between
    /// processes.
    ///
    /// # Example
    /// Assembly with absolute addresses, or an object compiled without `-fPIC`, in a 32-bit library.
    ///
    /// # Fix
    /// Compile everything with `-fPIC` and link with `-Wl,-z,text`, which names the offending object.
    pub(super) static RULE: "text-relocations", Security, Warning, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let concerns = |slice: &monowheel_wheel::binary::Slice| slice.hardening.text_relocations == Some(true);
    for finding in each(facts, Severity::Warning, "has relocations in its code, which SELinux refuses", concerns) {
        found.add(finding.fix("compile everything with `-fPIC`; `-Wl,-z,text` names the offending object"));
    }
}
