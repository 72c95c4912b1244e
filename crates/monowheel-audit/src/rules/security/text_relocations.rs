use monowheel_wheel::platform::PlatformTag;

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
    /// processes. Android refuses such files since API level 23: *has text relocations*. There it is an error.
    ///
    /// # Example
    /// Assembly with absolute addresses, or an object compiled without `-fPIC`, in a 32-bit library.
    ///
    /// # Fix
    /// Compile everything with `-fPIC` and link with `-Wl,-z,text`, which names the offending object.
    pub(super) static RULE: "text-relocations", Security, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    // bionic, `android-changes-for-ndk-developers.md`.
    let is_android = facts.tags().iter().any(|tag| matches!(tag.platform(), PlatformTag::Android { .. }));
    let (severity, message) = match is_android {
        true => (Severity::Error, "has relocations in its code, which Android refuses"),
        false => (Severity::Warning, "has relocations in its code, which SELinux refuses"),
    };
    let concerns = |slice: &monowheel_wheel::binary::Slice| slice.hardening.text_relocations == Some(true);
    for finding in each(facts, severity, message, concerns) {
        found.add(finding.fix("compile everything with `-fPIC`; `-Wl,-z,text` names the offending object"));
    }
}
