//! When a rule on the platform is certain, and when it only warns.

use std::collections::BTreeSet;

use monowheel_audit::audit;
use monowheel_audit::finding::Severity::{self, Error, Note, Warning};
use monowheel_audit::gather::{self, Depth};
use monowheel_wheel::binary::{Arch, Format, Slice};

use crate::forge::extension::{library, one};
use crate::forge::wheel::Wheel;

const LINUX: &str = "manylinux_2_17_x86_64";

/// The findings of the rule for the wheel.
fn severities(rule: &str, wheel: &Wheel) -> BTreeSet<Severity> {
    let facts = gather::facts(&wheel.bytes(), &wheel.file, Depth::Everything).unwrap_or_else(|error| panic!("{error}"));
    audit::findings(&facts).iter().filter(|found| found.rule == rule).map(|found| found.severity).collect()
}

fn loads(platform: &str, name: &str) -> Wheel {
    Wheel::abi3(platform).slices(|slice| slice.libraries.push(library(name)))
}

fn requires(wheel: Wheel, requirement: &str) -> Wheel {
    wheel.info("METADATA", |text| text.replace("Name: demo\n", &format!("Name: demo\nRequires-Dist: {requirement}\n")))
}

#[test]
fn a_library_that_another_distribution_may_bring() {
    let says = |wheel: &Wheel| severities("library-unresolvable", wheel);
    let lost = || loads(LINUX, "libtorch.so");
    assert_eq!(says(&lost()), [Error].into());
    // The requirement seems to have it; one with another name may load it first.
    assert_eq!(says(&requires(lost(), "torch")), [Note].into());
    assert_eq!(says(&requires(lost(), "numpy")), [Warning].into());
    assert_eq!(says(&requires(lost(), "torch; extra == 'gpu'")), [Error].into());
    let elsewhere = lost().slices(|slice| slice.run_paths = vec!["$ORIGIN/../torch/lib".to_owned()]);
    // None of its requirements would install into that directory.
    assert_eq!(says(&elsewhere), [Error].into());
    assert_eq!(says(&requires(elsewhere, "numpy")), [Note].into());
    // A graphics driver provides it.
    assert_eq!(says(&loads(LINUX, "libcuda.so.1")), [Warning].into());
    let delayed = Wheel::abi3("win_amd64").slices(|slice| {
        slice.libraries.push(monowheel_wheel::binary::Library { delayed: true, ..library("foo.dll") });
    });
    assert_eq!(says(&delayed), [Warning].into());
}

#[test]
fn a_library_that_nothing_in_the_wheel_loads() {
    let plugin = || one(Format::Elf, Slice { libraries: vec![library("libc.so.6")], ..Slice::of(Arch::Aarch64) });
    let says = |wheel: &Wheel| severities("arch-mismatch", wheel);
    assert_eq!(says(&Wheel::abi3(LINUX).with_binary("demo/attach.so.1", plugin())), [Warning].into());
    let needed = loads(LINUX, "libneeded.so.1").with_binary("demo/libneeded.so.1", plugin());
    assert_eq!(says(&needed), [Error].into());
    let any_as = |wheel: Wheel, tag: &str| severities("any-tag-with-binary", &wheel.tagged(tag));
    let any = |wheel: Wheel| any_as(wheel, "cp38-abi3-any");
    assert_eq!(any_as(Wheel::abi3(LINUX), "py3-none-any"), [Warning].into());
    assert_eq!(any(Wheel::pure().with_binary("demo/attach.so.1", plugin())), [Warning].into());
    assert_eq!(any(Wheel::abi3(LINUX)), [Error].into());
}

/// Packages ship the files for all systems, and select one of several files of a module.
#[test]
fn what_is_meant_to_be_so_is_no_error() {
    let all = super::fixtures::all();
    let of = |name: &str| {
        let fixture = all.iter().find(|fixture| fixture.name == name).unwrap();
        let facts = gather::facts(&fixture.bytes.as_slice(), &fixture.file, gather::Depth::Everything).unwrap();
        audit::findings(&facts).iter().map(|found| found.severity).collect::<BTreeSet<Severity>>()
    };
    assert_eq!(of("init-misnamed: one of two that the package takes"), [Warning].into());
    assert_eq!(of("init-misnamed: the only one"), [Error].into());
    assert_eq!(of("wrong-binary-format: a note for what says so by its name"), [Note].into());
}

#[test]
fn a_runtime_that_comes_with_newer_pythons() {
    let says = |wheel: &Wheel| severities("vc-runtime-not-shipped", wheel);
    let newer = || loads("win_amd64", "vcruntime140_1.dll");
    assert_eq!(says(&newer()), [Error].into());
    // Nothing states which Pythons are supported.
    let open = |text: String| text.replace("Requires-Python: >=3.8\n", "");
    assert_eq!(says(&newer().tagged("py3-none-win_amd64").info("METADATA", open)), [Warning].into());
    let raised = |text: String| text.replace(">=3.8", ">=3.10");
    assert_eq!(says(&newer().info("METADATA", raised)), [].into());
    assert_eq!(says(&requires(loads("win_amd64", "msvcp140.dll"), "msvc-runtime")), [Warning].into());
    // PyQt6: the distribution that has Qt has the runtime.
    let qt = || {
        let wheel = loads("win_amd64", "msvcp140.dll");
        wheel.slices(|slice| slice.libraries.push(library("Qt6Core.dll")))
    };
    assert_eq!(says(&requires(qt(), "PyQt6-Qt6")), [Note].into());
    assert_eq!(says(&requires(qt(), "numpy")), [Error].into());
}

/// PySide6: Qt plugins for programs that ship more of Qt.
#[test]
fn a_plugin_that_nothing_in_the_wheel_loads_is_a_note_with_requirements() {
    let says = |wheel: &Wheel| severities("library-unresolvable", wheel);
    let plugin = one(Format::Elf, Slice { libraries: vec![library("libxkb.so.0")], ..Slice::of(Arch::X86_64) });
    let wheel = || Wheel::abi3(LINUX).with_binary("demo/plugins/libplugin.so", plugin.clone());
    assert_eq!(says(&wheel()), [Warning].into());
    assert_eq!(says(&requires(wheel(), "numpy")), [Note].into());
}

#[test]
fn a_newer_processor() {
    let says = |level| {
        severities("isa-level-above-baseline", &Wheel::abi3(LINUX).slices(|slice| slice.isa_level = Some(level)))
    };
    assert_eq!([1, 2, 3, 4].map(says), [[].into(), [Note].into(), [Warning].into(), [Warning].into()]);
}
