//! The resolution map against `packaging`, and against a second implementation of PEP 425.

use monowheel_audit::resolve::{self, Machine, Resolver};
use monowheel_audit::set::{Interpreter, Outline, Set};
use monowheel_wheel::filename::{WheelName, expand};
use monowheel_wheel::tag::Tag;
use proptest::prelude::*;

/// The outline of a wheel with this file name.
pub(crate) fn outline(file: &str, requires_python: Option<&str>) -> Outline {
    let name = WheelName::parse(file).unwrap_or_else(|error| panic!("{error}"));
    Outline {
        place: file.to_owned(),
        file: file.to_owned(),
        name: Some(name.name.clone()),
        version: Some(name.version.clone()),
        build: name.build.clone(),
        tags: expand(&name.tag).iter().filter_map(|tag| Tag::parse(tag)).collect(),
        requires_python: requires_python.map(str::to_owned),
        ..Outline::default()
    }
}

fn interpreter(text: &str) -> Interpreter {
    let version = text
        .trim_end_matches('t')
        .split_once('.')
        .and_then(|(major, minor)| Some((major.parse().ok()?, minor.parse().ok()?)));
    Interpreter { version: version.unwrap_or_else(|| panic!("{text}")), free_threaded: text.ends_with('t') }
}

#[test]
fn an_installer_takes_what_packaging_says() {
    let mut rows = 0;
    for row in include_str!("resolve.tsv").lines().filter(|row| !row.starts_with('#')) {
        let [python, platform, wheels, taken] = row.split('\t').collect::<Vec<_>>()[..] else { panic!("{row}") };
        let wheels: Vec<Outline> = wheels
            .split(' ')
            .filter_map(|wheel| wheel.split_once('|'))
            .map(|(file, requires)| outline(file, Some(requires).filter(|text| !text.is_empty())))
            .collect();
        let machine = Machine::promised(platform).remove(0);
        let chosen = Resolver::new(&wheels).choose(&interpreter(python), &machine);
        assert_eq!(chosen.map_or("-", |wheel| &wheel.file), taken, "{row}");
        rows += 1;
    }
    assert_eq!(rows, 600);
}

#[test]
fn the_map_of_two_families() {
    let wheels = [
        "demo-1.0-cp315-abi3.abi3t-macosx_10_12_universal2.macosx_10_12_x86_64.macosx_11_0_arm64.whl",
        "demo-1.0-cp315-abi3.abi3t-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
        "demo-1.0-cp38-abi3-macosx_10_12_universal2.macosx_10_12_x86_64.macosx_11_0_arm64.whl",
        "demo-1.0-cp38-abi3-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
        "demo-1.0-cp38-abi3-win_amd64.whl",
    ];
    let set = Set {
        name: "demo".to_owned(),
        wheels: wheels.iter().map(|file| outline(file, Some(">=3.8"))).collect(),
        declared: Some(vec!["win_arm64".to_owned()]),
        ..Set::default()
    };
    let coverage = resolve::coverage(&set);
    let number = |file: &Option<String>| {
        let at = file.as_ref().and_then(|file| wheels.iter().position(|wheel| wheel == file));
        at.map_or("-".to_owned(), |at| at.to_string())
    };
    let rows = coverage
        .rows
        .iter()
        .map(|row| format!("{} {}", row.platform, row.wheels.iter().map(number).collect::<String>()));
    // 3.8 to 3.15, then 3.14t and 3.15t.
    assert_eq!(
        rows.collect::<Vec<_>>(),
        [
            "manylinux_2_17_x86_64 33333331-1",
            "macosx_11_0_arm64 22222220-0",
            "macosx_10_12_x86_64 22222220-0",
            "win_amd64 44444444--",
            "win_arm64 ----------",
        ]
    );
}

#[test]
fn a_wheel_with_several_tags_counts_for_the_oldest() {
    let rows = |files: &[&str]| -> Vec<String> {
        let wheels = files.iter().map(|file| outline(file, None)).collect();
        resolve::coverage(&Set { wheels, ..Set::default() }).rows.into_iter().map(|row| row.platform).collect()
    };
    let both = "demo-1.0-cp39-abi3-manylinux_2_17_x86_64.manylinux_2_28_x86_64.whl";
    assert_eq!(rows(&[both]), ["manylinux_2_17_x86_64"]);
    assert_eq!(
        rows(&[both, "demo-1.0-cp312-abi3-manylinux_2_34_x86_64.whl", "demo-1.0-py3-none-any.whl"]),
        ["manylinux_2_17_x86_64", "manylinux_2_34_x86_64"]
    );
    assert_eq!(rows(&["demo-1.0-py3-none-any.whl"]), ["any"]);
    assert_eq!(rows(&[]), [""; 0]);
}

/// Every tag that an interpreter accepts, best first: written out as in PEP 425, for one platform tag.
fn accepted(python: &Interpreter, platform: &str) -> Vec<String> {
    let minor = python.version.1;
    let t = if python.free_threaded { "t" } else { "" };
    let mut tags = vec![
        format!("cp3{minor}-cp3{minor}{t}-{platform}"),
        format!("cp3{minor}-abi3{t}-{platform}"),
        format!("cp3{minor}-none-{platform}"),
    ];
    tags.extend((2..minor).rev().map(|minor| format!("cp3{minor}-abi3{t}-{platform}")));
    let mut pythons = vec![format!("py3{minor}"), "py3".to_owned()];
    pythons.extend((0..minor).rev().map(|minor| format!("py3{minor}")));
    tags.extend(pythons.iter().map(|python| format!("{python}-none-{platform}")));
    tags.push(format!("cp3{minor}-none-any"));
    tags.extend(pythons.iter().map(|python| format!("{python}-none-any")));
    tags
}

proptest! {
    #[test]
    fn a_choice_is_the_best_that_is_compatible(
        minor in 8_u8..16,
        free_threaded: bool,
        tags in prop::collection::vec("(cp3[0-9]|cp31[0-6]|py3|py31[0-5]|py2|cp3)-(abi3|abi3t|none|cp31[0-5]|cp31[3-5]t)-(win_amd64|win32|any)", 1..9),
    ) {
        let python = Interpreter { version: (3, minor), free_threaded };
        let wheels: Vec<Outline> = tags.iter().map(|tag| outline(&format!("demo-1.0-{tag}.whl"), None)).collect();
        let chosen = Resolver::new(&wheels).choose(&python, &Machine::promised("win_amd64").remove(0));
        let best = accepted(&python, "win_amd64").into_iter().find(|tag| tags.contains(tag));
        prop_assert_eq!(chosen.map(|wheel| wheel.file.clone()), best.map(|tag| format!("demo-1.0-{tag}.whl")));
    }

    #[test]
    fn a_wheel_that_asks_for_a_newer_python_is_not_taken(minor in 8_u8..16, asked in 3_u8..20) {
        let python = Interpreter { version: (3, minor), free_threaded: false };
        let wheels = [outline("demo-1.0-cp38-abi3-win32.whl", Some(&format!(">=3.{asked}")))];
        let chosen = Resolver::new(&wheels).choose(&python, &Machine::promised("win32").remove(0));
        prop_assert_eq!(chosen.is_some(), minor >= asked);
    }
}
