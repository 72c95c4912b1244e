//! When a rule on the ABI is certain that an import fails, and when it only warns.

use monowheel_audit::audit;
use monowheel_audit::finding::Severity::{self, Error, Note, Warning};
use monowheel_audit::gather::{self, Depth};
use monowheel_wheel::binary::Import;

use crate::forge::extension::{import, library, python};
use crate::forge::wheel::Wheel;

const GNU: &str = "manylinux_2_17_x86_64";

/// The severity and message of the rule for the wheel.
fn said(rule: &str, wheel: &Wheel) -> Option<(Severity, String)> {
    let facts = gather::facts(&wheel.bytes(), &wheel.file, Depth::Everything).unwrap_or_else(|error| panic!("{error}"));
    let mut found = audit::findings(&facts).into_iter().filter(|found| found.rule == rule);
    let first = found.next().map(|found| (found.severity, found.message));
    assert!(found.next().is_none(), "one finding for a problem");
    first
}

fn severity(rule: &str, wheel: &Wheel) -> Option<Severity> {
    said(rule, wheel).map(|(severity, _)| severity)
}

fn using(wheel: Wheel, names: &[&str]) -> Wheel {
    wheel.slices(|slice| slice.imports.extend(names.iter().map(|name| python(name))))
}

fn requiring(wheel: Wheel, requires: &str) -> Wheel {
    wheel.info("METADATA", |text| text.replace("Requires-Python: >=3.8", &format!("Requires-Python: {requires}")))
}

fn on_windows(name: &str) -> Wheel {
    Wheel::abi3("win_amd64").slices(|slice| slice.imports.insert(0, import(name, "python3.dll")))
}

#[test]
fn a_symbol_outside_the_stable_abi() {
    let says = |wheel: &Wheel| severity("unstable-symbol", wheel);
    let gone = || using(Wheel::abi3(GNU), &["_PyUnicode_Ready"]);
    assert_eq!(says(&gone()), Some(Error));
    // Every release has it, but python3.dll does not.
    assert_eq!(says(&using(Wheel::abi3(GNU), &["PyUnicode_AsUTF8"])), Some(Warning));
    assert_eq!(says(&on_windows("PyUnicode_AsUTF8")), Some(Error));
    // 3.12 and later, which do not have it, do not install the wheel.
    assert_eq!(says(&requiring(gone(), ">=3.8, <3.12")), Some(Warning));
    // The tag is for one version, which has it.
    assert_eq!(says(&gone().tagged(&format!("cp311-cp311-{GNU}"))), Some(Warning));
    let (_, message) = said("unstable-symbol", &using(gone(), &["PyUnicode_AsUTF8"])).unwrap_or((Note, String::new()));
    assert_eq!(
        message,
        "promises the stable ABI for CPython 3.8 and later but imports _PyUnicode_Ready, PyUnicode_AsUTF8, of which \
         1 fails to import"
    );
}

#[test]
fn a_symbol_that_another_library_may_bring() {
    let torch = |wheel: Wheel| wheel.slices(|slice| slice.libraries.push(library("libtorch_python.so")));
    let unknown = || using(Wheel::abi3(GNU), &["PyTorch_Spam"]);
    assert_eq!(severity("unstable-symbol", &unknown()), Some(Error));
    assert_eq!(severity("unstable-symbol", &torch(unknown())), None);
    // CPython's own come from CPython.
    let own = using(Wheel::abi3(GNU), &["_PyUnicode_Ready"]);
    assert_eq!(severity("unstable-symbol", &torch(own)), Some(Error));
}

#[test]
fn a_symbol_above_the_floor() {
    let says = |wheel: &Wheel| severity("symbol-above-floor", wheel);
    let new = || using(Wheel::abi3(GNU), &["PyType_GetModuleState"]);
    assert_eq!(says(&new()), Some(Error));
    // In the stable ABI since 3.10, exported since 3.9.
    assert_eq!(says(&new().tagged(&format!("cp39-abi3-{GNU}"))), Some(Note));
    assert_eq!(says(&requiring(new(), ">=3.10")), Some(Warning));
    assert_eq!(says(&requiring(new(), ">=3.8, !=3.8.*")), Some(Warning));
    assert_eq!(says(&using(Wheel::abi3(GNU), &["PyObject_GetBuffer"])), Some(Note));
    assert_eq!(says(&on_windows("PyObject_GetBuffer")), Some(Error));
    let (_, message) =
        said("symbol-above-floor", &using(new(), &["PyObject_GetBuffer"])).unwrap_or((Note, String::new()));
    assert_eq!(
        message,
        "promises CPython 3.8 and later but uses newer symbols: PyType_GetModuleState (3.10), PyObject_GetBuffer (3.11)"
    );
}

#[test]
fn a_symbol_of_a_library_in_the_wheel() {
    let library = using(Wheel::abi3(GNU), &["_PyUnicode_Ready"]).binaries.remove(0).1;
    let wheel = Wheel::abi3(GNU).with_binary("demo/spam.so.1", library);
    assert_eq!(severity("unstable-symbol", &wheel), Some(Warning));
}

#[test]
fn a_module_that_cannot_be_entered() {
    let hidden = Wheel::abi3(GNU).slices(|slice| slice.exports = Default::default());
    assert_eq!(severity("init-missing", &hidden), Some(Error));
    assert_eq!(severity("init-missing", &hidden.clone().extension_at("demo/_demo.so")), Some(Warning));
    // As memray's, which a debugger loads into a process.
    let is_creation = |import: &Import| import.name.starts_with("PyModule");
    let injected = hidden.slices(|slice| slice.imports.retain(|import| !is_creation(import)));
    assert_eq!(severity("init-missing", &injected), Some(Warning));
    let other = Wheel::abi3(GNU).slices(|slice| slice.exports.python = vec!["PyInit_x".to_owned()]);
    assert_eq!(severity("init-misnamed", &other), Some(Error));
    assert_eq!(severity("init-misnamed", &other.extension_at("demo/_demo.so")), Some(Warning));
}

#[test]
fn an_abi3t_module_without_its_hook() {
    let old = || using(Wheel::abi3t(GNU), &["PyModuleDef_Init"]);
    assert_eq!(severity("symbol-not-in-abi3t", &old()), Some(Warning));
    let only_init = old().slices(|slice| slice.exports.python = vec!["PyInit__demo".to_owned()]);
    assert_eq!(severity("symbol-not-in-abi3t", &only_init), Some(Error));
}

#[test]
fn libpython_beside_the_interpreter() {
    let linked = |platform: &str, weak: bool| {
        Wheel::abi3(platform).slices(|slice| {
            let python = library(if platform == GNU { "libpython3.8.so.1.0" } else { "@rpath/libpython3.8.dylib" });
            slice.libraries.insert(0, monowheel_wheel::binary::Library { weak, ..python });
        })
    };
    let says = |wheel: &Wheel| severity("links-libpython", wheel);
    assert_eq!(says(&linked(GNU, false)), Some(Error));
    assert_eq!(says(&linked("macosx_11_0_arm64", true)), Some(Warning));
    // It is for the machine that built it.
    assert_eq!(says(&linked(GNU, false).tagged("cp38-abi3-linux_x86_64")), Some(Warning));
}

#[test]
fn a_python_dll_that_is_loaded_late() {
    let delayed = Wheel::abi3("win_amd64").slices(|slice| {
        slice.libraries.push(monowheel_wheel::binary::Library { delayed: true, ..library("python38.dll") });
        slice.imports.push(Import { delayed: true, ..import("PyFrame_New", "python38.dll") });
    });
    assert_eq!(severity("version-specific-python-dll", &delayed), Some(Warning));
}
