//! Standard libraries built from source, once per compiler and target.
//!
//! Where a toolchain has rust-src but no ready standard library for a target, all that are missing
//! are built in *one* cargo call from an empty crate (`-Zbuild-std`), so that every core is busy and
//! nothing is built twice; each becomes part of a sysroot of our own that any later build of any
//! project uses by `rustc --sysroot`. The alternative, build-std inside each wheel's build, compiles
//! std again for every project and target folder.
//!
//! Layout: `CACHE/std/RELEASE-KEY/lib/rustlib/TRIPLE/lib/*.rlib`. KEY hashes the compiler's identity
//! and this recipe. An entry appears by one rename, whole or not at all.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::error::{Error, ErrorKind, Result};
use crate::exec::{Call, Stop};
use crate::lock::{Lock, sweep};
use crate::toolchain::remap::Remap;
use crate::toolchain::rust::Toolchain;

/// What the folder of a build is called that has not ended.
const UNFINISHED: &str = ".building-";
/// Part of the key: raise it when the recipe below changes what comes out.
const RECIPE: &str = "2: std,panic_unwind,panic_abort release embed-bitcode remapped";

/// The folder of standard libraries that monowheel built.
#[derive(Clone, Debug)]
pub struct StdCache {
    root: PathBuf,
}

impl StdCache {
    /// The user's cache: `$MONOWHEEL_CACHE`, `$XDG_CACHE_HOME/monowheel` or `~/.cache/monowheel`.
    ///
    /// # Errors
    /// When none of the variables that name it is set.
    pub fn open() -> Result<Self> {
        Ok(Self::at(cache_root()?.join("std")))
    }

    /// A cache in a folder that need not exist.
    #[must_use]
    pub const fn at(root: PathBuf) -> Self {
        Self { root }
    }

    /// The sysroot for `toolchain`; pass it to `rustc --sysroot` when [`StdCache::has`] says yes.
    #[must_use]
    pub fn sysroot(&self, toolchain: &Toolchain) -> PathBuf {
        self.root.join(format!("{}-{}", toolchain.release(), key(toolchain)))
    }

    /// Whether the standard library of `triple` is there for `toolchain`.
    #[must_use]
    pub fn has(&self, toolchain: &Toolchain, triple: &str) -> bool {
        self.entry(toolchain, triple).is_dir()
    }

    fn entry(&self, toolchain: &Toolchain, triple: &str) -> PathBuf {
        self.sysroot(toolchain).join("lib/rustlib").join(triple)
    }

    /// Builds what is missing of `triples` and completes the sysroot with what the toolchain has.
    ///
    /// # Errors
    /// When the cache cannot be written or cargo fails; the log says why. Nothing half-built stays.
    pub fn fill(
        &self,
        toolchain: &Toolchain,
        triples: &[&str],
        log: &Path,
        stop: &Stop,
        on_line: &mut dyn FnMut(&str),
    ) -> Result<()> {
        let sysroot = self.sysroot(toolchain);
        fs_err::create_dir_all(sysroot.join("lib/rustlib"))?;
        let all = triples.iter().copied().chain(toolchain.installed.iter().map(String::as_str));
        if all.into_iter().all(|triple| self.has(toolchain, triple)) {
            return Ok(());
        }
        // Two projects may want the same entry at once; the second finds it ready.
        let waiting = |holder: &str| on_line(&format!("waiting for {holder}, which builds standard libraries"));
        let _lock = Lock::acquire(&sysroot.join(".lock"), stop, waiting)?;
        sweep(&sysroot, UNFINISHED);
        self.link_installed(toolchain)?;
        let missing: Vec<&str> = triples.iter().copied().filter(|triple| !self.has(toolchain, triple)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let work = tempfile::Builder::new().prefix(UNFINISHED).tempdir_in(&sysroot)?;
        fs_err::create_dir_all(work.path().join("src"))?;
        fs_err::write(work.path().join("src/lib.rs"), "")?;
        fs_err::write(work.path().join("Cargo.toml"), EMPTY_CRATE)?;
        let mut file = fs_err::File::create(log)?;
        let status = recipe(toolchain, work.path(), &missing).logged(&mut file, stop, on_line)?;
        stop.check()?;
        // `--keep-going`: one target that fails does not cost the others theirs.
        let mut failed = Vec::new();
        for triple in missing {
            if !self.adopt(toolchain, triple, work.path())? {
                failed.push(triple);
            }
        }
        if failed.is_empty() && status.success() {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Tool,
            format!("the standard library could not be built from source for {}", failed.join(", ")),
        )
        .at(log.display())
        .next("the log says why; without it: a toolchain that has it (rustup target add), or --target with the others"))
    }

    /// Moves the libraries of one target to their place, by a rename of the whole folder; says
    /// whether they were all there.
    fn adopt(&self, toolchain: &Toolchain, triple: &str, work: &Path) -> Result<bool> {
        let built = work.join("target").join(triple).join("release/deps");
        let name_of = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let libraries: Vec<PathBuf> = fs_err::read_dir(&built)
            .map(|files| {
                files
                    .flatten()
                    .map(|file| file.path())
                    .filter(|path| path.extension().is_some_and(|end| end == "rlib"))
                    .collect()
            })
            .unwrap_or_default();
        // The empty crate itself is compiled last, when all that it stands on is there.
        if !libraries.iter().any(|path| name_of(path).starts_with("libmonowheel_std-")) {
            return Ok(false);
        }
        let staged = work.join("staged").join(triple);
        fs_err::create_dir_all(staged.join("lib"))?;
        for path in libraries.iter().filter(|path| !name_of(path).starts_with("libmonowheel_std-")) {
            fs_err::rename(path, staged.join("lib").join(name_of(path)))?;
        }
        fs_err::rename(&staged, self.entry(toolchain, triple))?;
        Ok(true)
    }

    /// Links what the toolchain itself has, so that one sysroot serves every target: the host's
    /// libraries, on which build scripts and procedural macros stand, above all.
    fn link_installed(&self, toolchain: &Toolchain) -> Result<()> {
        for triple in &toolchain.installed {
            let entry = self.entry(toolchain, triple);
            if fs_err::symlink_metadata(&entry).is_err() {
                link_folder(&toolchain.sysroot.join("lib/rustlib").join(triple), &entry)?;
            }
        }
        Ok(())
    }
}

const EMPTY_CRATE: &str = "[package]\nname = \"monowheel_std\"\nversion = \"0.0.0\"\nedition = \"2021\"\n[workspace]\n";

/// The cargo call that builds std for all `triples`.
///
/// Bitcode is embedded, else a crate with `lto` could not use the result. Paths are remapped as in
/// the libraries that rustup serves, so that no wheel carries this machine's folders.
fn recipe(toolchain: &Toolchain, work: &Path, triples: &[&str]) -> Call {
    let flags = [vec!["-Cembed-bitcode=yes".to_owned()], Remap::of(toolchain).flags()].concat();
    Call::new(&toolchain.cargo)
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
        .without_env("CARGO_BUILD_BUILD_DIR")
}

/// What identifies the standard library that a toolchain would build.
fn key(toolchain: &Toolchain) -> String {
    let mut hash = Sha256::new();
    hash.update(RECIPE);
    hash.update(&toolchain.verbose_version);
    hash.update(toolchain.sysroot.as_os_str().as_encoded_bytes());
    crate::hash::hex(&hash.finalize())[..12].to_owned()
}

/// The folder under which everything lies that monowheel keeps for this user.
///
/// # Errors
/// When none of the variables that name it is set.
pub(crate) fn cache_root() -> Result<PathBuf> {
    let var = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    var("MONOWHEEL_CACHE")
        .or_else(|| var("XDG_CACHE_HOME").map(|cache| cache.join("monowheel")))
        .or_else(|| var("HOME").map(|home| home.join(".cache/monowheel")))
        .or_else(|| var("LOCALAPPDATA").map(|data| data.join("monowheel")))
        .ok_or_else(|| Error::new(ErrorKind::Usage, "no folder for the cache").next("set HOME or MONOWHEEL_CACHE"))
}

/// cargo's own folder, where its configuration and its registries are.
pub(crate) fn cargo_home() -> Option<PathBuf> {
    std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".cargo")))
}

#[cfg(unix)]
fn link_folder(from: &Path, to: &Path) -> Result<()> {
    Ok(std::os::unix::fs::symlink(from, to)?)
}

#[cfg(windows)]
fn link_folder(from: &Path, to: &Path) -> Result<()> {
    Ok(std::os::windows::fs::symlink_dir(from, to)?)
}
