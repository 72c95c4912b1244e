//! Tests of the core through the rlib, without Python.

use production_deployment::{Error, Slugger};

#[test]
fn makes_slugs() {
    let plain = Slugger::default();
    assert_eq!(plain.slug("  Tea, for two!  ").as_deref(), Ok("tea-for-two"));
    assert_eq!(plain.slug("Ελλάδα 東京 x²").as_deref(), Ok("ελλάδα-東京-x²"));
    assert_eq!(plain.slug("...").unwrap_err(), Error::NothingLeft("...".to_owned()));
}

#[test]
fn keeps_to_its_length_in_characters() {
    let short = Slugger::new('_', 8).unwrap();
    assert_eq!(short.slug("Tea for two").as_deref(), Ok("tea_for"));
    assert_eq!(short.slug("Tea four x").as_deref(), Ok("tea_four"));
    assert_eq!(short.slug("Ελληνικόςς x").as_deref(), Ok("ελληνικό"));
}

#[test]
fn refuses() {
    assert_eq!(Slugger::new('x', 8), Err(Error::Separator('x')));
    assert_eq!(Slugger::new('-', 0), Err(Error::NoLength));
}
