use std::cell::LazyCell;

use monowheel_wheel::binary::{Arch, Signature};

use crate::facts::Facts;
use crate::finding::Finding;
use crate::rule::{Found, rule};
use crate::rules::platform::mac::loadable;
use crate::rules::platform::reach::Reach;

rule! {
    /// Code for Apple Silicon has no signature.
    ///
    /// # What it does
    /// Looks for `LC_CODE_SIGNATURE` in every arm64 slice that the tags promise. Intel code needs none.
    ///
    /// # Why it matters
    /// On Apple Silicon the kernel runs no native code without a signature (since macOS 11.0.1): `dlopen` fails with
    /// *code signature invalid*, or the process is killed. Linkers sign ad hoc, so what is missing was taken away
    /// later.
    ///
    /// # Example
    /// `strip` or `install_name_tool` of another system after the link.
    ///
    /// # Fix
    /// Sign as the last step: `codesign --force --sign - FILE`, or `rcodesign sign FILE` anywhere.
    pub(super) static RULE: "macho-signature-missing", Platform, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let reach = LazyCell::new(|| Reach::of(facts));
    for (binary, slice) in loadable(facts) {
        if slice.arch == Arch::Aarch64 && slice.signature == Signature::None {
            let message = "arm64 code without a signature, which macOS does not load";
            found.add(
                Finding::new(reach.severity(binary), binary.place(slice), message)
                    .fix("sign it ad hoc as the last step: `codesign --force --sign - FILE`"),
            );
        }
    }
}
