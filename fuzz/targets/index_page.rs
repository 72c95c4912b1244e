//! Pages of an index, as HTML and as JSON: whatever their content, no file name is a path, and credentials stay with
//! the index.
#![no_main]

use libfuzzer_sys::fuzz_target;
use monowheel_net::{Address, page};

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let Ok(base) = Address::parse("https://user:s3cret@index.example/simple/demo/") else { return };
    for kind in ["text/html", "application/vnd.pypi.simple.v1+json"] {
        for file in page(&base, kind, &text).unwrap_or_default() {
            assert!(!file.name.is_empty() && !file.name.contains(['/', '\\']));
            for address in std::iter::once(&file.address).chain(&file.provenance) {
                let is_ours = address.request().starts_with("https://index.example/")
                    || address.request().starts_with("https://index.example?");
                // A page may write credentials of its own into its links.
                assert!(is_ours || !address.has_credentials() || text.contains('@'), "{address}");
                assert!(!address.to_string().contains("s3cret") || text.contains("s3cret"), "{address}");
            }
        }
    }
});
