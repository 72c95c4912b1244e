use std::cell::LazyCell;

use monowheel_wheel::binary::{Arch, Signature};

use crate::facts::Facts;
use crate::finding::{Finding, Severity};
use crate::rule::{Found, rule};
use crate::rules::platform::mac::loadable;
use crate::rules::platform::reach::Reach;

rule! {
    /// A code signature does not match the bytes it signs.
    ///
    /// # What it does
    /// Compares every page of each signed Mach-O slice with its hash in the signature, and the structure of the
    /// signature with what the kernel accepts (XNU, `cs_validate_csblob`). Certificates are not checked.
    ///
    /// # Why it matters
    /// Apple Silicon kills the process at the first page that differs (*Code Signature Invalid*). An Intel Mac
    /// continues unless the program is hardened, so there it is a warning.
    ///
    /// # Example
    /// A version number that was patched into the binary after linking.
    ///
    /// # Fix
    /// Do not change the file after signing, or sign it again: `codesign --force --sign - FILE`.
    pub(super) static RULE: "macho-signature-invalid", Platform, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let reach = LazyCell::new(|| Reach::of(facts));
    for (binary, slice) in loadable(facts) {
        let Signature::Invalid { why } = &slice.signature else { continue };
        let severity = if slice.arch == Arch::Aarch64 { reach.severity(binary) } else { Severity::Warning };
        found.add(
            Finding::new(severity, binary.place(slice), format!("has an invalid code signature: {why}"))
                .fix("sign it again as the last step: `codesign --force --sign - FILE`"),
        );
    }
}
