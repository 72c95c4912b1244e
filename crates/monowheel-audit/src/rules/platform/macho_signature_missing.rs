use std::cell::LazyCell;

use monowheel_wheel::binary::{Arch, Signature};

use crate::facts::Facts;
use crate::finding::Finding;
use crate::rule::{Found, rule};
use crate::rules::platform::mac::loadable;
use crate::rules::platform::reach::Reach;

rule! {
    /// Code for Apple Silicon is not signed.
    ///
    /// # What it does
    /// Looks for `LC_CODE_SIGNATURE` in every arm64 slice that the tags promise. Intel code does not need one.
    ///
    /// # Why it matters
    /// On Apple Silicon the kernel does not run native code without a signature (since macOS 11.0.1): `dlopen` fails
    /// with *code signature invalid*, or the process is killed. Linkers sign ad hoc, so a missing signature was removed
    /// later.
    ///
    /// # Example
    /// `strip` or `install_name_tool` of another system, used after linking.
    ///
    /// # Fix
    /// Sign as the last step: `codesign --force --sign - FILE`, or `rcodesign sign FILE` on any system.
    pub(super) static RULE: "macho-signature-missing", Platform, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let reach = LazyCell::new(|| Reach::of(facts));
    for (binary, slice) in loadable(facts) {
        if slice.arch == Arch::Aarch64 && slice.signature == Signature::None {
            let message = "contains arm64 code without a signature, which macOS does not load";
            found.add(
                Finding::new(reach.severity(binary), binary.place(slice), message)
                    .fix("sign it ad hoc as the last step: `codesign --force --sign - FILE`"),
            );
        }
    }
}
