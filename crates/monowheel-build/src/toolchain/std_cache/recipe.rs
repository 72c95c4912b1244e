//! How a standard library is built: cargo's `-Zbuild-std` from an empty crate.

use std::path::{Path, PathBuf};

use monowheel_error::Result;
use monowheel_system::exec::Call;

use crate::toolchain::remap::Remap;
use crate::toolchain::rust::Toolchain;

/// Part of an entry's key: raise it when what is below changes what comes out.
pub(super) const REVISION: &str = "2: std,panic_unwind,panic_abort release embed-bitcode remapped";

const EMPTY_CRATE: &str = "[package]\nname = \"monowheel_std\"\nversion = \"0.0.0\"\nedition = \"2021\"\n[workspace]\n";
/// What comes out of the empty crate itself.
const EMPTY_LIBRARY: &str = "libmonowheel_std-";

/// The cargo call that builds std for all `triples` in the folder `work`.
///
/// Bitcode is embedded, else a crate with `lto` could not use the result. Paths are remapped as in
/// the libraries that rustup serves, so that no wheel carries this machine's folders.
///
/// # Errors
/// When the folder cannot be written.
pub(super) fn call(toolchain: &Toolchain, work: &Path, triples: &[&str]) -> Result<Call> {
    fs_err::create_dir_all(work.join("src"))?;
    fs_err::write(work.join("src/lib.rs"), "")?;
    fs_err::write(work.join("Cargo.toml"), EMPTY_CRATE)?;
    let flags = [vec!["-Cembed-bitcode=yes".to_owned()], Remap::of(toolchain).flags()].concat();
    Ok(Call::new(&toolchain.cargo)
        // `--keep-going`: one target that fails does not cost the others theirs.
        .args(["build", "--release", "--keep-going", "-Zbuild-std=std,panic_unwind,panic_abort"])
        .args(triples.iter().flat_map(|triple| ["--target", triple]))
        .dir(work)
        .env("RUSTC", &toolchain.rustc)
        // build-std is unstable; the distribution's stable compiler accepts it only so.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"))
        .env("CARGO_TARGET_DIR", work.join("target"))
        .env("CARGO_TERM_COLOR", "never")
        .without_env("RUSTFLAGS")
        .without_env("RUSTC_WRAPPER")
        .without_env("CARGO_BUILD_TARGET")
        .without_env("CARGO_BUILD_BUILD_DIR"))
}

/// The libraries that were built for a target; nothing unless all were.
pub(super) fn built(work: &Path, triple: &str) -> Option<Vec<PathBuf>> {
    let folder = work.join("target").join(triple).join("release/deps");
    let files = fs_err::read_dir(folder).ok()?.flatten().map(|file| file.path());
    let is_empty_crate =
        |path: &Path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(EMPTY_LIBRARY));
    let (last, libraries): (Vec<PathBuf>, Vec<PathBuf>) =
        files.filter(|path| path.extension().is_some_and(|end| end == "rlib")).partition(|path| is_empty_crate(path));
    // The empty crate is compiled when all that it stands on is there.
    (!last.is_empty()).then_some(libraries)
}
