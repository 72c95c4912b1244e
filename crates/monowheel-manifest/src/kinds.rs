//! The kinds of projects that maturin builds: `pyo3` and `pyo3-ffi`, which monowheel builds too, and those that it
//! rejects.

use cargo_toml::Manifest;
use monowheel_error::near_names::nearest;
use monowheel_error::{Error, ErrorKind, Result};

use crate::pyproject::MaturinTable;

/// Rejects the kinds of `[tool.maturin] bindings` that are not `PyO3`.
///
/// # Errors
/// [`ErrorKind::Project`] with the tool for such a project, or with the nearest known name.
pub fn check(maturin: &MaturinTable) -> Result<()> {
    let Some(named) = maturin.bindings.as_deref() else { return Ok(()) };
    match named {
        "pyo3" | "pyo3-ffi" => Ok(()),
        "cffi" | "uniffi" | "bin" => Err(refused(named, &format!("[tool.maturin] bindings is {named:?}"))),
        _ => {
            let known = ["pyo3", "pyo3-ffi", "cffi", "uniffi", "bin"];
            let hint = nearest(named, known).map(|near| format!("did you mean {near:?}? ")).unwrap_or_default();
            Err(Error::new(
                ErrorKind::Project,
                format!("[tool.maturin] bindings is {named:?}, which maturin does not support"),
            )
            .next(format!("{hint}choose one of: {}", known.join(", "))))
        }
    }
}

/// Why a crate without `PyO3` must not be changed: it has other bindings, and adding `PyO3` would mix the two.
#[must_use]
pub fn of_another_kind(manifest: &Manifest, uses_cffi: bool) -> Option<Error> {
    let has_uniffi =
        manifest.dependencies.iter().any(|(key, dependency)| dependency.package().unwrap_or(key) == "uniffi");
    match (has_uniffi, uses_cffi) {
        (true, _) => Some(refused("uniffi", "the crate depends on uniffi")),
        (_, true) => Some(refused("cffi", "the project depends on cffi, and the crate on neither pyo3 nor pyo3-ffi")),
        _ => None,
    }
}

/// How maturin treats a crate without `PyO3`: in the order of maturin 1.16 (`find_bridge`).
pub(crate) fn without_pyo3(manifest: &Manifest) -> Error {
    let depends_on = |wanted: &str| {
        manifest.dependencies.iter().any(|(key, dependency)| dependency.package().unwrap_or(key) == wanted)
    };
    let is_cdylib = manifest.lib.as_ref().is_some_and(|lib| lib.crate_type.iter().any(|kind| kind == "cdylib"));
    let what = "the crate depends on neither pyo3 nor pyo3-ffi";
    if depends_on("uniffi") {
        refused("uniffi", &format!("{what}, but on uniffi"))
    } else if is_cdylib {
        let error = refused("cffi", &format!("{what}, and is a cdylib"));
        let next = format!("to add PyO3, run monowheel init\n{}", error.next_step().unwrap_or_default());
        error.next(next)
    } else if !manifest.bin.is_empty() {
        let error = refused("bin", &format!("{what}, and has a binary target"));
        match (&manifest.lib, error.next_step().map(str::to_owned)) {
            (Some(_), Some(next)) => {
                error.next(format!("to make the library an extension module, run monowheel init\n{next}"))
            }
            _ => error,
        }
    } else {
        Error::new(ErrorKind::Project, format!("not a PyO3 crate: {what}"))
            .next("run monowheel init: it shows what the crate needs to become an extension module, and adds it")
    }
}

fn refused(kind: &str, why: &str) -> Error {
    let what = match kind {
        "bin" => "a command-line program",
        "cffi" => "a library that cffi loads",
        _ => "bindings that uniffi generates",
    };
    Error::new(
        ErrorKind::Project,
        format!("monowheel builds PyO3 extension modules only: {why}, so maturin builds it as {what}"),
    )
    .next(match kind {
        "bin" => "build it with maturin itself, once for each platform: maturin build --release --zig --target TRIPLE",
        "cffi" => "build it with maturin itself: maturin build --release --bindings cffi",
        _ => "build it with maturin itself: maturin build --release --bindings uniffi",
    })
}
