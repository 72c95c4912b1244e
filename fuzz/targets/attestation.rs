//! Attestations from an index. The keys are Sigstore's own: nothing that the fuzzer creates is valid.
#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use monowheel_net::attestation::{TrustedRoot, publishers};

static TRUSTED: LazyLock<Arc<TrustedRoot>> = LazyLock::new(|| TrustedRoot::sigstore().expect("the keys are built in"));

fuzz_target!(|data: &[u8]| {
    let file = "demo-1.0-py3-none-any.whl";
    assert!(publishers(data, file, &"0".repeat(64), &TRUSTED).is_err());
    if let Ok(text) = std::str::from_utf8(data) {
        let _ = TrustedRoot::parse(text);
    }
});
