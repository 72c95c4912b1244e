//! The contract between a build and `dist/`, on forged wheels.
#![allow(clippy::unwrap_used, reason = "a fixture that cannot be made is a failed test")]

use monowheel_audit::audit::{Auditor, Options};
use monowheel_build::contract;
use monowheel_error::Result;
use monowheel_forge::wheel::Wheel;

const PLATFORM: &str = "manylinux_2_17_x86_64.manylinux2014_x86_64";

/// The gate's verdict on a wheel that was planned as `tag` with the module `module`.
fn said(wheel: &Wheel, tag: &str, module: &str) -> Result<String> {
    let (_, breaches) =
        contract::check(&wheel.file, &wheel.bytes().into(), tag, module, &Auditor::new(Options::default())?)?;
    Ok(breaches.into_iter().map(|breach| format!("{}\n", breach.what)).collect())
}

fn planned(tag: &str) -> String {
    format!("{tag}-{PLATFORM}")
}

#[test]
fn a_wheel_as_planned_passes() -> Result<()> {
    assert_eq!(said(&Wheel::abi3(PLATFORM), &planned("cp38-abi3"), "_demo")?, "");
    Ok(())
}

#[test]
fn a_version_specific_wheel_is_a_breach() -> Result<()> {
    let wheel = Wheel::abi3(PLATFORM).tagged(&planned("cp38-cp38"));
    let said = said(&wheel, &planned("cp38-abi3"), "_demo")?;
    assert!(
        said.contains("the wheel is tagged cp38-cp38")
            && said.contains("but cp38-abi3-")
            && said.contains("was planned"),
        "{said}"
    );
    Ok(())
}

#[test]
fn a_wheel_without_the_module_is_a_breach() -> Result<()> {
    let said = said(&Wheel::abi3(PLATFORM), &planned("cp38-abi3"), "_other")?;
    assert!(said.contains("no extension module called _other in the wheel (found: demo/_demo.abi3.so)"), "{said}");
    Ok(())
}

#[test]
fn an_error_of_the_audit_is_a_breach() -> Result<()> {
    let wheel = Wheel::abi3(PLATFORM).slices(|slice| slice.exports.python = vec!["PyInit_other".to_owned()]);
    let said = said(&wheel, &planned("cp38-abi3"), "_demo")?;
    assert!(said.contains("(init-"), "{said}");
    Ok(())
}

#[test]
fn a_planned_module_that_python_cannot_enter_is_a_breach() -> Result<()> {
    // A crate without `#[pymodule]`, as linked: it neither calls Python nor is entered by it, so no rule has a finding.
    let without = |wheel: Wheel| {
        wheel.slices(|slice| {
            slice.exports.python.clear();
            slice.imports.retain(|import| !import.name.starts_with("Py"));
        })
    };
    for platform in [PLATFORM, "musllinux_1_2_aarch64", "macosx_10_12_x86_64"] {
        let tag = format!("cp38-abi3-{platform}");
        let said = said(&without(Wheel::abi3(platform)), &tag, "_demo")?;
        assert_eq!(
            said,
            "demo/_demo.abi3.so exports neither PyInit__demo nor PyModExport__demo: Python cannot import it\n"
        );
    }
    let windows = without(Wheel::abi3("win_amd64")).slices(|slice| slice.libraries.clear());
    assert!(said(&windows, "cp38-abi3-win_amd64", "_demo")?.contains("neither PyInit__demo"));
    // abi3t is entered only through its own hook.
    let abi3t = Wheel::abi3t(PLATFORM);
    assert_eq!(said(&abi3t, &planned("cp315-abi3.abi3t"), "_demo")?, "");
    Ok(())
}

#[test]
fn what_is_no_wheel_is_a_breach_too() -> Result<()> {
    let (name, bytes) = ("x-1-cp38-abi3-win32.whl", b"PK".to_vec().into());
    let (_, breaches) = contract::check(name, &bytes, "cp38-abi3-win32", "m", &Auditor::new(Options::default())?)?;
    assert!(breaches.iter().any(|breach| breach.what.contains("unreadable")), "{breaches:?}");
    Ok(())
}

#[test]
fn a_free_threaded_wheel_has_the_file_that_this_python_looks_for() -> Result<()> {
    let tag = planned("cp314-cp314t");
    let of = |file: &str| Wheel::abi3(PLATFORM).tagged(&tag).extension_at(file);
    let right = of("demo/_demo.cpython-314t-x86_64-linux-gnu.so");
    assert_eq!(said(&right, &tag, "_demo")?, "");
    let with_gil = said(&of("demo/_demo.cpython-314-x86_64-linux-gnu.so"), &tag, "_demo")?;
    assert!(with_gil.contains("(extension-imports-nowhere)"), "{with_gil}");
    let without_init = right.slices(|slice| slice.exports.python = vec!["PyInit_other".to_owned()]);
    assert!(said(&without_init, &tag, "_demo")?.contains("(init-"), "a module without its PyInit passed");
    Ok(())
}
