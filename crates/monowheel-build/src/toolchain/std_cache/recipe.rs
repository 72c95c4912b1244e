//! How a standard library is built: cargo's `-Zbuild-std` from an empty crate.

use std::path::{Path, PathBuf};

use monowheel_error::Result;
use monowheel_system::exec::Call;

use crate::toolchain::remap::Remap;
use crate::toolchain::rust::Toolchain;

/// Part of the keys of entries, of cached wheels and of Cargo target directories: increase it when a change below changes
/// the output.
pub(crate) const REVISION: &str = "4: std,panic_unwind,panic_abort release embed-bitcode remapped, Windows without symbols in backtraces, own profile";

/// cargo's profile `release`, spelled out: on the command line it outranks the user's variables and configuration, which
/// must not change what all projects share.
const PROFILE: [&str; 9] = [
    "opt-level=3",
    "debug=false",
    "debug-assertions=false",
    "overflow-checks=false",
    "lto=false",
    "panic=\"unwind\"",
    "incremental=false",
    "codegen-units=16",
    "rpath=false",
];
/// Prefixes of variables by which cargo would compile something else.
const NOT_READ: [&str; 4] = ["CARGO_BUILD_", "CARGO_PROFILE_", "CARGO_UNSTABLE_", "RUSTC_"];

/// The features of std that cargo enables by itself.
const FEATURES: &str = "panic-unwind,backtrace,default";
/// The feature of std, only for `-Zbuild-std`, with which a backtrace is a list of addresses.
const TRACE_ONLY: &str = "backtrace-trace-only";

const EMPTY_CRATE: &str = "[package]\nname = \"monowheel_std\"\nversion = \"0.0.0\"\nedition = \"2021\"\n[workspace]\n";
/// The output of the empty crate itself.
const EMPTY_LIBRARY: &str = "libmonowheel_std-";

/// The cargo calls that build std for all `triples` in the directory `work`, one for each set of features, with `options` of
/// the compiler.
///
/// Bitcode is embedded, else a crate with `lto` could not use the result. Paths are remapped as in
/// the libraries that rustup serves, so that no wheel carries this machine's directories.
///
/// # Errors
/// When the directory cannot be written.
pub(super) fn calls(toolchain: &Toolchain, work: &Path, triples: &[&str], options: &[&str]) -> Result<Vec<Call>> {
    fs_err::create_dir_all(work.join("src"))?;
    fs_err::write(work.join("src/lib.rs"), "")?;
    fs_err::write(work.join("Cargo.toml"), EMPTY_CRATE)?;
    let (windows, others): (Vec<&str>, Vec<&str>) =
        triples.iter().partition(|triple| is_traced_only(toolchain, triple));
    let traced_only = format!("{FEATURES},{TRACE_ONLY}");
    let sets = [(others, FEATURES), (windows, &*traced_only)];
    Ok(sets
        .iter()
        .filter(|(triples, _)| !triples.is_empty())
        .map(|(triples, features)| call(toolchain, work, triples, features, options))
        .collect())
}

fn call(toolchain: &Toolchain, work: &Path, triples: &[&str], features: &str, options: &[&str]) -> Call {
    let options = options.iter().map(ToString::to_string).collect();
    let flags = [vec!["-Cembed-bitcode=yes".to_owned()], Remap::of(toolchain).flags(), options].concat();
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let not_read = names.filter(|name| NOT_READ.iter().any(|prefix| name.starts_with(prefix)));
    not_read
        .fold(Call::new(&toolchain.cargo), |call, name| call.without_env(name))
        .args(PROFILE.iter().flat_map(|setting| ["--config".to_owned(), format!("profile.release.{setting}")]))
        // `--keep-going`: a target that fails does not affect the others.
        .args(["build", "--release", "--keep-going", "-Zbuild-std=std,panic_unwind,panic_abort"])
        .arg(format!("-Zbuild-std-features={features}"))
        .args(triples.iter().flat_map(|triple| ["--target", triple]))
        .dir(work)
        .env("RUSTC", &toolchain.rustc)
        // build-std is unstable; the distribution's stable compiler accepts it only with this variable.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"))
        .env("CARGO_TARGET_DIR", work.join("target"))
        .env("CARGO_TERM_COLOR", "never")
        .without_env("CARGO_INCREMENTAL")
        .without_env("RUSTFLAGS")
}

/// Whether a panic's backtrace on `triple` is a list of addresses, without function names.
///
/// On Windows, std would look for them in DWARF and in COFF symbols of the module, and zig's linker writes neither
/// (debug information goes into a PDB): that code finds nothing, and is half of the code of a small wheel. `Backtrace`
/// itself still has all of it, for crates that use it.
fn is_traced_only(toolchain: &Toolchain, triple: &str) -> bool {
    // Old releases of std do not have the feature.
    let has_feature = || fs_err::read_to_string(toolchain.source().join("sysroot/Cargo.toml"));
    triple.contains("-windows-") && has_feature().is_ok_and(|text| text.contains(TRACE_ONLY))
}

/// The libraries that were built for a target; empty unless all were.
pub(super) fn built(work: &Path, triple: &str) -> Option<Vec<PathBuf>> {
    let folder = work.join("target").join(triple).join("release/deps");
    let files = fs_err::read_dir(folder).ok()?.flatten().map(|file| file.path());
    let is_empty_crate =
        |path: &Path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(EMPTY_LIBRARY));
    let (last, libraries): (Vec<PathBuf>, Vec<PathBuf>) =
        files.filter(|path| path.extension().is_some_and(|end| end == "rlib")).partition(|path| is_empty_crate(path));
    // The empty crate is compiled after all its dependencies.
    (!last.is_empty()).then_some(libraries)
}
