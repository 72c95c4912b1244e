//! Normalization: any bytes as a wheel, and any bytes as a library in a wheel with a valid archive. Nothing
//! panics; a normalized wheel has the same members, and normalizing it again changes nothing.
#![no_main]

use monowheel_build::normalize::{Recipe, hide, wheel};
use monowheel_forge::zip::{Entry, Zip};
use monowheel_wheel::archive::{Archive, Limits};

const LIBRARY: &str = "demo/_demo.abi3.so";
const SBOM: &str = "demo-1.0.dist-info/sboms/demo.cyclonedx.json";
const RECORD: &str = "demo-1.0.dist-info/RECORD";

fn names(bytes: &[u8]) -> Vec<String> {
    let archive = Archive::open(&bytes, &Limits::default()).expect("it was finished");
    let mut names: Vec<String> =
        archive.members.iter().filter(|member| !member.is_folder).map(|member| member.path.clone()).collect();
    names.sort();
    names
}

fn finish(bytes: &[u8], recipe: &Recipe) {
    let Ok(once) = wheel(bytes, recipe) else { return };
    assert_eq!(names(&once.bytes), names(bytes));
    let twice = wheel(&once.bytes, recipe).expect("what was finished can be finished");
    assert!(once.bytes == twice.bytes, "{:?}", twice.steps);
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let recipe = Recipe { strip: true, ..Recipe::default() };
    if bytes.starts_with(b"PK") {
        return finish(bytes, &recipe);
    }
    let _ = hide(bytes, &["_PyInit__demo".to_owned()].into());
    // RECORD without a hash that is compared here: its content is valid.
    let path = if bytes.starts_with(b"{") { SBOM } else { LIBRARY };
    let row = format!("{path},sha512=x,{}\n{RECORD},,\n", bytes.len());
    let entries = vec![Entry::new(path, bytes), Entry::new(RECORD, row.as_bytes())];
    finish(&Zip { entries, ..Zip::default() }.bytes(), &recipe);
});
