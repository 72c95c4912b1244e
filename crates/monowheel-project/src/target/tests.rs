use monowheel_wheel::binary::Arch;
use monowheel_wheel::platform::{Libc, linux};
use proptest::prelude::*;

use super::*;

fn parse(name: &str) -> Result<Target> {
    Target::parse(name, WindowsAbi::Gnullvm)
}

#[test]
fn every_row_answers_to_its_name() -> Result<()> {
    for name in Target::names() {
        assert_eq!(parse(&name)?.to_string(), name);
    }
    assert_eq!(Target::defaults(WindowsAbi::Gnullvm).len(), 7);
    Ok(())
}

#[test]
fn no_two_rows_have_one_name() {
    let mut names = Target::names();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), TABLE.target.len());
}

#[test]
fn tags_are_those_of_the_specification() -> Result<()> {
    let tags = |name: &str| parse(name).map(|target| target.platform_tags().join("."));
    assert_eq!(tags("manylinux2014_aarch64")?, "manylinux2014_aarch64.manylinux_2_17_aarch64");
    assert_eq!(tags("manylinux_2_28_x86_64")?, "manylinux_2_28_x86_64");
    assert_eq!(tags("macosx_universal2")?, "macosx_10_12_universal2.macosx_10_12_x86_64.macosx_11_0_arm64");
    assert_eq!(tags("macosx_11_0_arm64")?, "macosx_11_0_arm64");
    assert_eq!(tags("win32")?, "win32");
    assert_eq!(tags("win_arm64")?, "win_arm64");
    for abi in &pyodide::ABIS {
        assert_eq!(tags(&abi.tag())?, abi.tag());
        assert_eq!(parse(&abi.tag())?.pyodide(), Some(abi));
    }
    Ok(())
}

#[test]
fn msvc_is_another_rust_target() -> Result<()> {
    let target = Target::parse("win_amd64", WindowsAbi::Msvc)?;
    assert_eq!(target.triples, ["x86_64-pc-windows-msvc"]);
    assert!(!target.links_with_zig());
    Ok(())
}

#[test]
fn an_unknown_name_gets_the_nearest() {
    let error = parse("manylinux_x86-64").err().map(|error| error.to_string()).unwrap_or_default();
    assert!(error.contains("manylinux_2_17_x86_64"), "{error}");
    assert_eq!(parse("manylinux_x86_64").ok(), parse("manylinux_2_17_x86_64").ok());
    let error = parse("manylinux1_x86_64").err().map(|error| error.to_string()).unwrap_or_default();
    assert!(error.contains("below what Rust supports"), "{error}");
}

#[test]
fn an_architecture_by_another_name_gets_its_own() {
    for (name, meant) in [
        ("manylinux_armhf", "manylinux_2_17_armv7l"),
        ("manylinux_2_28_ppc64el", "manylinux_2_28_ppc64le"),
        ("musllinux_1_2_i386", "musllinux_1_2_i686"),
        ("manylinux_2_39_riscv64gc", "manylinux_2_39_riscv64"),
        ("win_i686", "win32"),
        ("win_x86", "win32"),
    ] {
        let next = parse(name).err().and_then(|error| error.next_step().map(str::to_owned)).unwrap_or_default();
        assert!(next.starts_with(&format!("did you mean {meant}? ")), "{name}: {next}");
    }
    let next = parse("pyemscripten_wasm32").err().and_then(|error| error.next_step().map(str::to_owned));
    assert!(next.is_some_and(|next| next.contains("pyemscripten_2026_0_wasm32")));
    assert!(parse("pyemscripten_2027_0_wasm32").is_err());
    let error = parse("manylinux_2_17_sparc64").err().map(|error| error.to_string()).unwrap_or_default();
    assert!(error.contains("unknown target") && error.contains("did you mean manylinux_2_"), "{error}");
}

#[test]
fn a_policy_that_an_architecture_does_not_have_is_refused_with_its_first() {
    for (name, says, instead) in [
        ("manylinux_2_17_riscv64", "no manylinux policy has riscv64 before 2_31", "use manylinux_2_31_riscv64"),
        ("manylinux2014_riscv64", "no manylinux policy has riscv64", "use manylinux_2_31_riscv64"),
        ("manylinux_2_17_ppc64le", "glibc for ppc64le from 2.19 on", "use manylinux_2_24_ppc64le"),
        ("musllinux_1_1_s390x", "below what Rust supports", "use musllinux_1_2_s390x"),
        ("manylinux_2_29_s390x", "no manylinux policy is defined", "use manylinux_2_28_s390x"),
    ] {
        let error = parse(name).err();
        assert!(error.as_ref().is_some_and(|error| error.to_string().contains(says)), "{name}: {error:?}");
        assert_eq!(error.and_then(|error| error.next_step().map(str::to_owned)).as_deref(), Some(instead));
    }
}

#[test]
fn every_level_of_every_architecture_has_a_policy_of_its_own() {
    let levels: Vec<Level> = TABLE.manylinux_levels.iter().filter_map(|level| parse_level(level)).collect();
    for row in TABLE.target.iter() {
        let (libc, levels) = match row.system {
            System::Manylinux => (Libc::Manylinux, levels.clone()),
            System::Musllinux => (Libc::Musllinux, vec![(1, 2)]),
            _ => continue,
        };
        for level in levels.into_iter().filter(|level| Some(*level) >= row.lowest()) {
            let policy = linux::policy(libc, level, &Arch::from_tag(&row.arch));
            assert!(policy.is_some_and(|policy| policy.is_exact()), "{} {level:?}", row.name());
        }
    }
}

proptest! {
    #[test]
    fn any_text_is_refused_or_names_itself(name in "[a-z0-9_]{0,30}") {
        if let Ok(target) = parse(&name) {
            prop_assert_eq!(parse(&target.to_string()).ok(), Some(target));
        }
    }

    #[test]
    fn a_level_has_a_policy_or_is_refused_with_one_that_has(minor in 17_u16..99) {
        let name = format!("manylinux_2_{minor}_x86_64");
        match parse(&name) {
            Ok(target) => prop_assert_eq!(target.to_string(), name),
            Err(error) => {
                let instead = error.next_step().and_then(|next| next.strip_prefix("use ")).unwrap_or_default().to_owned();
                prop_assert!(parse(&instead).is_ok(), "{}", error);
            }
        }
    }
}
