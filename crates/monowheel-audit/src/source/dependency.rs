//! Where the sources of a dependency are. cargo is not asked: even `cargo metadata` runs the programs that a project's
//! `.cargo/config.toml` and rust-toolchain.toml name.

use std::path::{Path, PathBuf};

use cargo_toml::Dependency;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_manifest::cargo::{Lock, find_lock, read_manifest};
use monowheel_manifest::inside::Scope;
use monowheel_system::cargo;

use crate::source::Source;
use crate::source::manifest::dependencies;

/// The root file of the library of this name, on which the crate that Python loads depends: by a path, or downloaded by
/// cargo in the version that Cargo.lock has.
///
/// # Errors
/// [`ErrorKind::Usage`] if there is no such dependency, or its sources are not on this machine; [`ErrorKind::Project`] if
/// a manifest or Cargo.lock cannot be read.
pub fn dependency(source: &Source, name: &str) -> Result<PathBuf> {
    let Some(krate) = source.built().and_then(|at| source.crates.get(at)) else {
        return Err(missing(name, Path::new(&source.place)));
    };
    let manifest = read_manifest(&krate.path, &Scope::own())?;
    let named = |(key, one): &(&String, &Dependency)| one.package().unwrap_or(key) == name;
    let path = dependencies(&manifest).filter(named).find_map(|(_, one)| one.detail()?.path.clone());
    let folder = match path {
        Some(path) => krate.path.parent().unwrap_or(Path::new("")).join(path),
        None => downloaded(name, &krate.path)?,
    };
    let manifest = read_manifest(&folder.join("Cargo.toml"), &Scope::own())?;
    let root = manifest.lib.and_then(|library| library.path).unwrap_or_else(|| "src/lib.rs".to_owned());
    Ok(folder.join(root))
}

/// The directory into which cargo unpacked it.
fn downloaded(name: &str, manifest: &Path) -> Result<PathBuf> {
    let Some(lock) = find_lock(manifest, &Scope::own()) else {
        return Err(Error::new(ErrorKind::Usage, format!("without Cargo.lock, the version of {name} is not known"))
            .at(manifest.display())
            .next("run `cargo generate-lockfile`"));
    };
    let versions = Lock::read(&lock)?.versions(name);
    let version = match versions.as_slice() {
        [version] => version,
        [] => return Err(missing(name, &lock)),
        several => {
            return Err(Error::new(ErrorKind::Usage, format!("{name} is there as {}", several.join(" and ")))
                .at(lock.display())
                .next("depend on one version of it"));
        }
    };
    let registries = cargo::home().map(|home| home.join("registry/src"));
    let registries = registries.and_then(|folder| fs_err::read_dir(folder).ok()).into_iter().flatten().flatten();
    let mut folders = registries.map(|registry| registry.path().join(format!("{name}-{version}")));
    folders.find(|folder| folder.join("Cargo.toml").is_file()).ok_or_else(|| {
        Error::new(ErrorKind::Usage, format!("the sources of {name} {version} are not on this machine"))
            .at(lock.display())
            .next("run `cargo fetch` in the project; a dependency that is a git repository has to be one by a path")
    })
}

fn missing(name: &str, place: &Path) -> Error {
    Error::new(ErrorKind::Usage, format!("no dependency is called {name}"))
        .at(place.display())
        .next("correct `of` in [tool.monowheel.parity]")
}
