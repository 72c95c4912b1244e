//! Wheels that are refused, with the problem, the place and the next step, rather than changed into something else.

use monowheel_build::normalize::{Recipe, wheel};
use monowheel_error::ErrorKind;

use super::forge::wheel::{INFO, Wheel};
use super::forge::zip::{Entry, Zip};

/// The error of a wheel, as a user sees it.
fn refusal(bytes: &[u8]) -> String {
    let error = wheel(bytes, &Recipe::default()).expect_err("this is no wheel to finish");
    assert_eq!(error.kind(), ErrorKind::Format);
    error.to_string()
}

/// A modified archive.
fn spoilt(change: impl Fn(&mut Zip)) -> String {
    let mut zip = Wheel::pure().with("demo/x", "x").zip();
    change(&mut zip);
    refusal(&zip.bytes())
}

#[test]
fn ambiguous_archives() {
    let cases: [(String, &str); 9] = [
        (spoilt(|zip| zip.entries.push(Entry::new("demo/x", b"y"))), "its name occurs more than once"),
        (spoilt(|zip| zip.entry("demo/x").local().name = b"demo/y".to_vec()), "demo/x"),
        (spoilt(|zip| zip.entry("demo/x").both(|record| record.crc32 ^= 1)), "CRC"),
        (spoilt(|zip| zip.entry("demo/x").both(|record| record.name = b"demo/\xff".to_vec())), "UTF-8"),
        (spoilt(|zip| zip.entry("demo/x").both(|record| record.flags |= 1)), "it is encrypted"),
        (spoilt(|zip| zip.entry("demo/x").more.external = 0o120_777 << 16), "it is a symbolic link"),
        (spoilt(|zip| zip.entries.push(Entry::new("demo/X", b"x"))), "only in case"),
        (spoilt(|zip| zip.prefix = b"#!/bin/sh\n".to_vec()), "at"),
        (spoilt(|zip| zip.entries.push(Entry::new("../x", b"x"))), "../x"),
    ];
    for (said, expected) in cases {
        assert!(said.contains(expected), "{expected} is not in {said}");
        assert!(said.contains("the wheel cannot be rewritten: ") && said.contains("next: "), "{said}");
    }
    assert!(refusal(b"").contains("not a zip archive"));
}

#[test]
fn a_signed_record() {
    for name in ["RECORD.jws", "RECORD.p7s"] {
        let said = refusal(&Wheel::pure().with(&format!("{INFO}/{name}"), "{}").bytes());
        assert!(said.starts_with("its RECORD is signed") && said.contains(&format!("at: {INFO}/{name}")), "{said}");
        assert!(said.contains("sign it after this step"), "{said}");
    }
}

#[test]
fn a_record_that_is_not_true() {
    let first_row = |text: &str| text.lines().next().unwrap().to_owned() + "\n";
    let cases: [(Wheel, &str); 7] = [
        (Wheel::pure().recorded(|text| text.replacen(",sha256=", ",sha256=A", 1)), "a different hash or size for demo"),
        (Wheel::pure().recorded(|text| text.replacen(",sha256=", ",md5=", 1)), "a different hash or size"),
        (Wheel::pure().recorded(|text| text.replacen(",23\n", ",24\n", 1)), "a different hash or size"),
        (Wheel::pure().recorded(|text| text + "ghost,,\n"), "lists ghost, which is missing"),
        (
            Wheel::pure().recorded(move |text| text.clone() + &first_row(&text)),
            "lists demo-1.0.dist-info/METADATA twice",
        ),
        (
            Wheel::pure().recorded(|text| text.lines().skip(1).map(|line| line.to_owned() + "\n").collect()),
            "does not list demo-1.0.dist-info/METADATA",
        ),
        (Wheel::pure().recorded(|text| text + "a\n"), "cannot be read"),
    ];
    for (made, expected) in cases {
        let said = refusal(&made.bytes());
        assert!(said.contains(expected) && said.contains(&format!("at: {INFO}/RECORD")), "{expected} is not in {said}");
    }
}

#[test]
fn no_wheel_at_all() {
    let one = Zip { entries: vec![Entry::new("x", b"x")], ..Zip::default() };
    assert!(refusal(&one.bytes()).contains("it has no .dist-info directory"));
    let two = Wheel::pure().with("other-1.0.dist-info/METADATA", "x");
    assert!(refusal(&two.bytes()).contains("more than one .dist-info directory"));
    let mut zip = Wheel::pure().zip();
    zip.entries.retain(|entry| !entry.path.ends_with("/RECORD"));
    assert!(refusal(&zip.bytes()).contains("it has no RECORD"));
}

#[test]
fn names_that_have_no_place_in_a_dist_info() {
    for name in ["RECORD", "METADATA", "../x", "", "a//b", "/x", "a\\b", "licenses/license"] {
        let recipe = Recipe { extra: vec![(name.to_owned(), Vec::new())], ..Recipe::default() };
        let error = wheel(&Wheel::pure().bytes(), &recipe).expect_err(name);
        assert_eq!(error.kind(), ErrorKind::Usage, "{name}: {error}");
        assert!(error.next_step().is_some(), "{error}");
    }
}
