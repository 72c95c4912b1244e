//! Wheels with an excessive number of something: every rule finishes quickly.

use std::time::{Duration, Instant};

use monowheel_audit::audit;
use monowheel_audit::facts::{BinaryFacts, Facts, Role};
use monowheel_audit::finding::{Finding, MOST_DETAILS};
use monowheel_audit::gather::{self, Depth};
use monowheel_wheel::binary::Format;

use crate::forge::extension::{library, one, python};
use crate::forge::wheel::Wheel;

/// Longer than any of these needs, even in an unoptimized build on a busy machine.
const SOON: Duration = Duration::from_secs(60);
const MANY: usize = 100_000;
const SEVERAL: usize = 10_000;

fn facts(wheel: &Wheel) -> Facts {
    gather::facts(&wheel.bytes(), &wheel.file, Depth::Everything).unwrap_or_else(|error| panic!("{error}"))
}

/// `SEVERAL` libraries, each with one Python-style export and one unique name.
fn libraries(of: &Facts) -> impl Iterator<Item = BinaryFacts> + '_ {
    let plain = &of.binaries[0];
    (0..SEVERAL).map(|number| {
        let mut slice = plain.binary.slices[0].clone();
        slice.exports.python = vec![format!("PyOther_{number}")];
        slice.own_name = Some(format!("libother{number}.so"));
        BinaryFacts {
            path: format!("demo.libs/libother{number}.so"),
            role: Role::Library,
            size: plain.size,
            binary: one(Format::Elf, slice),
        }
    })
}

fn findings_soon(facts: &Facts) -> Vec<Finding> {
    let start = Instant::now();
    let findings = audit::findings(facts);
    assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
    findings
}

#[test]
fn unknown_imports_beside_many_libraries() {
    let mut facts = facts(&Wheel::abi3("manylinux_2_17_x86_64"));
    facts.binaries.extend(libraries(&facts.clone()));
    let slice = &mut facts.binaries[0].binary.slices[0];
    slice.imports.extend((0..MANY).map(|number| python(&format!("PyNobody_{number}"))));
    let findings = findings_soon(&facts);
    let unstable = findings.iter().find(|finding| finding.rule == "unstable-symbol");
    assert_eq!(unstable.map(|finding| finding.details.len()), Some(MOST_DETAILS + 1));
}

#[test]
fn libraries_that_need_each_other() {
    let mut facts = facts(&Wheel::abi3("manylinux_2_17_x86_64"));
    facts.binaries.extend(libraries(&facts.clone()));
    for binary in &mut facts.binaries {
        let slice = &mut binary.binary.slices[0];
        slice.run_paths = (0..10).map(|number| format!("$ORIGIN/{number}")).collect();
        slice.libraries.extend((0..10).map(|number| library(&format!("libother{}.so", number * 900))));
    }
    let findings = findings_soon(&facts);
    // Each one needs ten that its run paths do not reach.
    let missing =
        findings.iter().filter(|finding| finding.rule == "library-unresolvable" && finding.details.len() == 10);
    assert_eq!(missing.count(), facts.binaries.len());
}

#[test]
fn a_long_requires_python_and_many_new_symbols() {
    let long: String = (0..SEVERAL).map(|number| format!(", !=3.8.{number}")).collect();
    let wheel = Wheel::abi3("manylinux_2_17_x86_64")
        .info("METADATA", |text| text.replace("Requires-Python: >=3.8", &format!("Requires-Python: >=3.8{long}")));
    let mut facts = facts(&wheel);
    let slice = &mut facts.binaries[0].binary.slices[0];
    slice.imports.extend((0..SEVERAL).map(|_| python("PyType_GetModuleState")));
    let findings = findings_soon(&facts);
    assert!(findings.iter().any(|finding| finding.rule == "symbol-above-floor"));
}
