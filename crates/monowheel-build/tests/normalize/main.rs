//! Normalizing: the same bytes whatever differs by accident, and no change to intended differences.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a helper of tests fails where it happens, too")]
#![allow(clippy::print_stdout, reason = "sizes, for who asks for them")]

mod any;
use monowheel_forge as forge;
mod macho;
mod real;
mod refused;
mod sections;

use forge::wheel::{INFO, Wheel};
use monowheel_audit::finding::Finding;
use monowheel_audit::rule::Group;
use monowheel_audit::{audit, finding, gather, rules};
use monowheel_build::normalize::{Recipe, Step, wheel};
use monowheel_error::Result;
use sections::members;

const PLATFORMS: [&str; 6] = [
    "manylinux_2_17_x86_64.manylinux2014_x86_64",
    "manylinux_2_17_aarch64.manylinux2014_aarch64",
    "musllinux_1_2_x86_64",
    "macosx_10_12_universal2.macosx_10_12_x86_64.macosx_11_0_arm64",
    "win_amd64",
    "win_arm64",
];

/// Normalizes twice, which must equal once, and leaves code alone.
pub(crate) fn finished(bytes: &[u8], recipe: &Recipe) -> Result<(Vec<u8>, Vec<Step>)> {
    let once = wheel(bytes, recipe)?;
    let twice = wheel(&once.bytes, recipe)?;
    assert!(once.bytes == twice.bytes, "the second time did {:?}", twice.steps);
    Ok((once.bytes, once.steps))
}

/// The steps of a member.
pub(crate) fn said(steps: &[Step], path: &str) -> Vec<String> {
    steps.iter().filter(|step| step.member.as_deref() == Some(path)).map(|step| step.what.clone()).collect()
}

/// A wheel around one file.
pub(crate) fn wrapped(path: &str, bytes: &[u8]) -> Vec<u8> {
    Wheel::pure().with(path, bytes).bytes()
}

/// The errors, and all findings of the rules on reproducible builds; except panic paths, which only a compiler can
/// change.
pub(crate) fn wrong(file: &str, bytes: &[u8]) -> Vec<String> {
    let facts = gather::facts(&bytes, file, gather::Depth::Everything).unwrap();
    let is_ours = |found: &Finding| {
        let group = rules::all().find(|rule| rule.id == found.rule).map(|rule| rule.group);
        found.severity == finding::Severity::Error || group == Some(Group::Reproducible)
    };
    let findings = audit::findings(&facts).into_iter().filter(|found| found.rule != "build-path" && is_ours(found));
    findings.map(|found| format!("{} {}: {}", found.rule, found.place, found.message)).collect()
}

/// A wheel for a platform as maturin leaves it: an SBOM with serial, time and paths, and a stamp in each DLL.
pub(crate) fn raw(platform: &str, serial: char, folder: &str) -> Wheel {
    let sbom = move |text: String| {
        text.replacen('{', &format!("{{\"serialNumber\": \"urn:uuid:{serial}81d4fae-7dec-41d0-a765-00a0c91e6bf6\","), 1)
            .replacen("\"metadata\": {", &format!("\"metadata\": {{\"timestamp\": \"2026-01-0{serial}T00:00:00Z\","), 1)
            .replace("demo@1.0", &format!("path+file://{folder}/demo-1.0#demo@1.0"))
    };
    let stamp = serial.to_digit(10).unwrap();
    Wheel::abi3(platform).info("sboms/demo.cyclonedx.json", sbom).slices(|slice| {
        if slice.timestamp.is_some() {
            slice.timestamp = Some(1_773_500_966 + stamp);
        }
    })
}

#[test]
fn finished_wheels_are_clean() {
    for platform in PLATFORMS {
        let made = raw(platform, '1', "/home/jane");
        let recipe = Recipe {
            extra: vec![("monowheel.json".to_owned(), b"{}\n".to_vec())],
            paths: vec![("/home/jane/demo-1.0".to_owned(), "demo".to_owned())],
            import_names: None,
            strip: true,
            time: None,
        };
        assert!(wrong(&made.file, &made.bytes()).len() >= 3, "{platform}: the fixture shows nothing");
        let (new, steps) = finished(&made.bytes(), &recipe).unwrap();
        assert_eq!(wrong(&made.file, &new), Vec::<String>::new(), "{platform}: {steps:?}");
        assert_eq!(said(&steps, &format!("{INFO}/monowheel.json")), ["added"]);
        assert_eq!(said(&steps, &format!("{INFO}/sboms/demo.cyclonedx.json")).len(), 3, "{steps:?}");
        let sbom = members(&new).into_iter().find(|(path, _)| path.ends_with("demo.cyclonedx.json")).unwrap().1;
        assert!(String::from_utf8(sbom).unwrap().contains("\"path+file://./demo#demo@1.0\""));
    }
}

#[test]
fn what_differs_by_accident_is_gone() {
    for platform in PLATFORMS {
        // Another date, directory, umask, disk and zip library.
        let recipe = |folder: &str| Recipe {
            paths: vec![(format!("{folder}/demo-1.0"), "demo".to_owned())],
            ..Recipe::default()
        };
        let first = finished(&raw(platform, '1', "/home/jane").bytes(), &recipe("/home/jane")).unwrap().0;
        let mut other = raw(platform, '2', "/build/x%20y").zip();
        other.entries.rotate_left(3);
        for (index, entry) in other.entries.iter_mut().enumerate() {
            entry.both(|record| (record.date, record.time) = (0x5c61 + index as u16, 77));
            let mode: u32 = 0o100_664;
            entry.more.external = mode << 16;
        }
        let second = finished(&other.bytes(), &recipe("/build/x y")).unwrap().0;
        assert!(first == second, "{platform}");
    }
}

#[test]
fn the_archive_has_one_form() {
    use monowheel_wheel::archive::{Archive, Limits};
    let mut zip = Wheel::pure().with("zz/é.txt", "ü").with("demo/run.sh", "#!/bin/sh\n").zip();
    for entry in &mut zip.entries {
        if entry.path.ends_with(".sh") {
            entry.more.external = 0o100_700 << 16;
        }
    }
    zip.entries.push(forge::zip::Entry::folder("demo/"));
    let recipe = Recipe { time: Some(1_580_601_600), ..Recipe::default() };
    let (bytes, steps) = finished(&zip.bytes(), &recipe).unwrap();
    assert_eq!(steps[0].what, "directory entries left out, which installers do not use: 1");
    let archive = Archive::open(&bytes, &Limits::default()).unwrap();
    let seen: Vec<(&str, u32)> =
        archive.members.iter().map(|member| (member.path.as_str(), member.mode.unwrap() & 0o777)).collect();
    let info = |name: &str| format!("{INFO}/{name}");
    let names = ["METADATA", "WHEEL", "licenses/LICENSE", "sboms/demo.cyclonedx.json", "RECORD"].map(info);
    let mut expected = vec![("demo/__init__.py", 0o644), ("demo/run.sh", 0o755), ("zz/é.txt", 0o644)];
    expected.extend(names.iter().map(|name| (name.as_str(), 0o644)));
    assert_eq!(seen, expected);
    assert!(archive.members.iter().all(|member| member.modified == (0x5042, 0)));
    assert_eq!(archive.oddities, []);
}

#[test]
fn contents_stay() {
    let made = Wheel::pure().with("demo/data.bin", vec![7; 5000]).with("demo/empty", "");
    let (new, _) = finished(&made.bytes(), &Recipe::default()).unwrap();
    let kept = |bytes: &[u8]| {
        let mut all = members(bytes);
        all.retain(|(path, _)| !path.ends_with("RECORD") && !path.contains("/sboms/"));
        all.sort();
        all
    };
    assert_eq!(kept(&new), kept(&made.bytes()));
}
