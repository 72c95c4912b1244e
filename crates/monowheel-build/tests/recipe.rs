//! Recipes in wheels: found, or refused with the reason.
#![allow(clippy::unwrap_used, reason = "a fixture that cannot be made is a failed test")]

use forge::wheel::{INFO, Wheel};
use monowheel_build::provenance::SCHEMA;
use monowheel_build::verify::recipe::{MOST, read};
use monowheel_forge as forge;

fn recipe() -> String {
    serde_json::json!({
        "schema": SCHEMA, "monowheel": "0.1.0", "sdist": {"file": "demo-1.0.tar.gz", "sha256": "ab".repeat(32)},
        "target": "manylinux_2_17_x86_64", "abi": "abi3", "arguments": [], "rustc": null, "maturin": null,
        "linker": "zig 0.17.0", "std": {}, "time": "315532800"
    })
    .to_string()
}

fn refusal(wheel: &Wheel) -> String {
    read(&wheel.bytes()).err().map(|error| error.to_string()).unwrap_or_default()
}

fn with(bytes: impl Into<Vec<u8>>) -> Wheel {
    Wheel::pure().with(&format!("{INFO}/monowheel.json"), bytes)
}

#[test]
fn a_recipe_is_found_in_the_dist_info() {
    assert_eq!(read(&with(recipe()).bytes()).unwrap().target, "manylinux_2_17_x86_64");
}

#[test]
fn a_wheel_of_another_maker_says_nothing() {
    let said = refusal(&Wheel::pure().with("demo/monowheel.json", recipe()));
    assert!(said.contains("does not say how it was built") && said.contains("next:"), "{said}");
}

#[test]
fn two_recipes_are_none() {
    assert!(refusal(&with(recipe()).with("other-1.0.dist-info/monowheel.json", recipe())).contains("2 recipes"));
    assert!(refusal(&with(recipe()).with(&format!("{INFO}/monowheel.json"), recipe())).contains("2 recipes"));
}

#[test]
fn a_huge_recipe_is_not_read() {
    let huge = " ".repeat(usize::try_from(MOST).unwrap()) + &recipe();
    assert!(refusal(&with(huge)).contains("not a valid size"));
}

#[test]
fn a_damaged_recipe_is_not_read() {
    let wheel = with(recipe());
    let mut zip = wheel.zip();
    let name = format!("{INFO}/monowheel.json");
    let entry = zip.entries.iter_mut().find(|entry| entry.path == name).unwrap();
    entry.both(|record| record.crc32 ^= 1);
    let said = read(&zip.bytes()).err().map(|error| error.to_string()).unwrap_or_default();
    assert!(said.contains("damaged") && said.contains(&name), "{said}");
}

#[test]
fn what_is_not_utf8_is_not_read() {
    assert!(refusal(&with(b"{\"schema\": \"\xff\"}".to_vec())).contains("not UTF-8"));
}

#[test]
fn what_is_no_archive_has_no_recipe() {
    assert!(read(&b"no archive".to_vec()).is_err());
}
