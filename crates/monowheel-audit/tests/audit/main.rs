//! Every rule on every fixture, and every reader on other inputs.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a helper of tests fails where it happens, too")]

mod archive;
mod by_python;
mod cancelled;
mod fixtures;
use monowheel_forge as forge;
mod hostile_facts;
mod hostile_macho;
mod kept;
mod read_elf;
mod read_hostile;
mod read_macho;
mod read_pe;
mod read_sparse;
mod read_wasm;
mod resolve;
mod sets;
mod severities;
mod severities_abi;

use std::collections::BTreeSet;

use monowheel_audit::rule::Check;
use monowheel_audit::{audit, gather, rules};

/// The rules with findings for a file, with their messages.
fn spoken(file: &str, bytes: &[u8]) -> (BTreeSet<&'static str>, String) {
    let facts =
        gather::facts(&bytes, file, gather::Depth::Everything).unwrap_or_else(|error| panic!("{file}: {error}"));
    let findings = audit::findings(&facts);
    let said =
        findings.iter().map(|found| format!("    {} {}: {}\n", found.rule, found.place, found.message)).collect();
    (findings.iter().map(|found| rules::named(&found.rule).unwrap().id).collect(), said)
}

#[test]
fn each_fixture_gets_exactly_its_findings() {
    let mut wrong = String::new();
    for fixture in fixtures::all() {
        let (rules, said) = spoken(&fixture.file, &fixture.bytes);
        let expected: BTreeSet<&str> = fixture.expect.iter().copied().collect();
        if rules != expected {
            wrong += &format!("{}\n  expected {expected:?}\n  got      {rules:?}\n{said}", fixture.name);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn each_rule_is_fired_by_a_fixture() {
    let fired: BTreeSet<&str> = fixtures::all().iter().flat_map(|fixture| fixture.expect).copied().collect();
    let silent: Vec<&str> = rules::all()
        .filter(|rule| matches!(rule.check, Check::One(_)))
        .map(|rule| rule.id)
        .filter(|id| !fired.contains(id) && !by_python::RULES.contains(id))
        .collect();
    assert!(silent.is_empty(), "no fixture fires {silent:?}");
}
