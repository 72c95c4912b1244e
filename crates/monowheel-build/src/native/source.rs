//! The source of a C library, from a crate on crates.io: fetched by cargo, which handles mirrors and proxies, and
//! checked against the expected hash.

use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::cargo;
use monowheel_system::exec::{Call, CancelToken, last_lines};
use monowheel_system::hash::sha256_file;

use crate::unpack::PackedSdist;

/// The archive of a crate: from cargo's own cache if it is there, else fetched with the call `cargo`, in `work`.
///
/// # Errors
/// When cargo cannot fetch it, or its file is another one.
pub(super) fn archive(name: &str, version: &str, sha256: &str, cargo: &Call, work: &Path) -> Result<PackedSdist> {
    let file = format!("{name}-{version}.crate");
    if let Some(path) = kept(&file, sha256) {
        return PackedSdist::read(&path);
    }
    let project = work.join("fetch");
    fs_err::create_dir_all(project.join("src"))?;
    fs_err::write(project.join("src/lib.rs"), "")?;
    let version = version.split('+').next().unwrap_or(version);
    let manifest = format!(
        "[package]\nname = \"fetch\"\nversion = \"0.0.0\"\nedition = \"2021\"\n[dependencies]\n{name} = \"={version}\"\n[workspace]\n"
    );
    fs_err::write(project.join("Cargo.toml"), manifest)?;
    let log = work.join("fetch.log");
    let mut said = String::new();
    let call = cargo.clone().arg("fetch").dir(&project);
    let status = call.logged(&mut fs_err::File::create(&log)?, &CancelToken::default(), &mut |line| {
        said.push_str(line);
        said.push('\n');
    })?;
    match kept(&file, sha256) {
        Some(path) => PackedSdist::read(&path),
        None if status.success() => Err(Error::new(
            ErrorKind::Format,
            format!("cargo has no {file} with the expected hash ({sha256})"),
        )
        .next(
            "check cargo's configuration (`source.crates-io`): its source serves another file, or keeps no archives",
        )),
        None => Err(Error::new(ErrorKind::Io, format!("{name} {version} cannot be fetched\n{}", last_lines(&said, 5)))
            .next("make crates.io or a mirror of it reachable, and run the command again")),
    }
}

/// A file of cargo's cache that has this hash.
pub(super) fn kept(file: &str, sha256: &str) -> Option<PathBuf> {
    let registries = fs_err::read_dir(cargo::home()?.join("registry/cache")).ok()?.flatten();
    let found = registries.map(|registry| registry.path().join(file)).filter(|path| path.is_file());
    found.into_iter().find(|path| sha256_file(path).is_ok_and(|found| found == sha256))
}
