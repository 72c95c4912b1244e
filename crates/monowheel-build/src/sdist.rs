//! The source distribution: made by maturin, unpacked by us, its dependencies fetched once.
//!
//! Every wheel is built from the unpacked sdist, so that what is published is what was built: a file
//! that the sdist lacks fails the build here and not at a user's `pip install`.

mod fetch;
mod origin;
mod unpack;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

pub use fetch::{Locked, fetch};
use libdeflater::{CompressionLvl, Compressor};
use origin::FILE as ORIGIN;
pub use origin::Origin;
pub use unpack::{PackedSdist, Unpacked};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_project::project::Project;
use monowheel_system::atomic_write;
use monowheel_system::exec::{Call, CancelToken, last_lines};
use monowheel_system::foreign_file;
use monowheel_system::regular_file;
use monowheel_wheel::import_names::ImportNames;
use monowheel_wheel::source::File;
use monowheel_wheel::tarball::{self, FileSystem, Limits, Names};

use crate::dist::file_ending;
use crate::lockfile;
use crate::manifest;

/// Leaves `folder` there and empty.
///
/// # Errors
/// When it cannot be emptied or created.
pub(crate) fn clear(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs_err::remove_dir_all(folder)?;
    }
    Ok(fs_err::create_dir_all(folder)?)
}

/// Makes the sdist of a project and returns its path inside `folder`, which is empty before: `maturin` is the
/// call that packs it.
///
/// Outside git, cargo lists every file as part of a package, also the wheels of the last build: what
/// monowheel put into `out`, or into another folder, is left out, else each build would pack the one before.
/// In git, the sdist says which commit it was made from.
///
/// # Errors
/// When maturin fails; the log has its words.
pub(crate) fn create(
    maturin: Call,
    project: &Project,
    out: &Path,
    folder: &Path,
    log: &Path,
    stop: &CancelToken,
) -> Result<PathBuf> {
    let root = &project.root;
    let names = project.import_names()?;
    let mut file = fs_err::File::create(log)?;
    let mut printed = String::new();
    let status = maturin.logged(&mut file, stop, &mut |line| {
        printed.push_str(line);
        printed.push('\n');
    })?;
    let made = file_ending(folder, ".tar.gz");
    match made {
        Some(path) if status.success() => {
            foreign_file::check(&path)?;
            let (out, root) = (fs_err::canonicalize(out)?, fs_err::canonicalize(root)?);
            let lock = match regular_file::read(&root.join(lockfile::FILE), regular_file::MOST_TEXT) {
                Ok(lock) => Some(lock),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
                Err(error) => return Err(error.into()),
            };
            let extra = Extra { lock, origin: Origin::of(&root, &out, stop), names };
            edit(&path, out.strip_prefix(&root).ok(), extra)?;
            Ok(path)
        }
        _ => Err(Error::new(
            ErrorKind::Project,
            format!("maturin could not make the sdist\n{}", last_lines(&printed, 8)),
        )
        .at(log.display())
        .next("`maturin sdist` in the project shows the same")),
    }
}

/// What is added to an sdist, beside its PKG-INFO.
#[derive(Debug, Default)]
struct Extra {
    /// The lock of the project, whatever cargo's `include` and `exclude` say of it.
    lock: Option<Vec<u8>>,
    /// The commit that it was made from.
    origin: Option<Origin>,
    /// What PKG-INFO says of what can be imported.
    names: Option<ImportNames>,
}

/// Rewrites an sdist: without the files of sets of wheels, those in `out` (relative to the project) and in every
/// folder that has their record; and with the lock and where it comes from, as far as they are known.
fn edit(sdist: &Path, out: Option<&Path>, extra: Extra) -> Result<()> {
    let file = File::open(sdist)?;
    let limits = Limits::default();
    let inside = |path: &Path| path.components().skip(1).collect::<PathBuf>();
    let mut sets: BTreeSet<PathBuf> = out.map(Path::to_path_buf).into_iter().collect();
    let mut names = Names::new(FileSystem::HERE);
    tarball::each(&file, &limits, &mut |member, _| {
        let path = names.add(member)?.map(|(path, _)| inside(&path)).unwrap_or_default();
        if path.file_name().is_some_and(|name| name == manifest::FILE) {
            sets.extend(path.parent().map(Path::to_path_buf));
        }
        Ok(())
    })?;
    let is_of_a_set = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_ours =
            name.ends_with(".whl") || name.ends_with(".tar.gz") || name == "SHA256SUMS" || name == manifest::FILE;
        is_ours && path.parent().is_some_and(|folder| sets.contains(folder))
    };
    let mut packed = tar::Builder::new(Vec::new());
    let mut added: Vec<(&str, Vec<u8>)> = extra.lock.iter().cloned().map(|lock| (lockfile::FILE, lock)).collect();
    added.extend(extra.origin.as_ref().map(|origin| (ORIGIN, origin.json().into_bytes())));
    let is_added = |path: &Path| added.iter().any(|(name, _)| path == Path::new(name));
    let mut like: Option<(tar::Header, PathBuf)> = None;
    let mut names = Names::new(FileSystem::HERE);
    tarball::each(&file, &limits, &mut |member, content| {
        let written = || PathBuf::from(String::from_utf8_lossy(&member.path).into_owned());
        let path = names.add(member)?.map_or_else(written, |(path, _)| path);
        if is_of_a_set(&inside(&path)) || is_added(&inside(&path)) {
            return Ok(());
        }
        let mut header = member.header.clone();
        if inside(&path) == Path::new("PKG-INFO") {
            like = Some((header.clone(), path.clone()));
            if let Some(names) = &extra.names {
                let mut info = Vec::new();
                content.read_to_end(&mut info)?;
                let info = names.written(&info);
                header.set_size(info.len() as u64);
                return Ok(packed.append_data(&mut header, &path, info.as_slice())?);
            }
        }
        Ok(packed.append_data(&mut header, &path, content)?)
    })?;
    if let Some((header, info)) = like {
        for (name, text) in &added {
            let mut header = header.clone();
            header.set_size(text.len() as u64);
            packed.append_data(&mut header, info.with_file_name(name), text.as_slice())?;
        }
    }
    atomic_write::write(sdist, gzip(&packed.into_inner()?)?)
}

/// PackedSdist at once: what a compressor of streams gives may depend on the pieces that it is given, and these on what
/// is left out here.
fn gzip(data: &[u8]) -> Result<Vec<u8>> {
    let mut compressor = Compressor::new(CompressionLvl::default());
    let mut packed = vec![0; compressor.gzip_compress_bound(data.len())];
    let length = compressor
        .gzip_compress(data, &mut packed)
        .map_err(|error| Error::new(ErrorKind::Format, format!("cannot pack the sdist: {error}")))?;
    packed.truncate(length);
    Ok(packed)
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn packed(members: &[(&str, &str)]) -> Result<Vec<u8>> {
        let mut builder = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
        for (name, text) in members {
            let mut header = tar::Header::new_gnu();
            header.set_size(text.len() as u64);
            header.set_mode(0o644);
            // `set_path` refuses what a hostile archive may contain.
            header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
            header.set_cksum();
            builder.append(&header, text.as_bytes())?;
        }
        Ok(builder.into_inner()?.finish()?)
    }

    #[test]
    fn what_builds_put_there_is_left_out_of_the_sdist() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let sdist = dir.path().join("x.tar.gz");
        let members = [
            ("x-1/a.rs", "a"),
            ("x-1/dist/x.whl", "of the build that was stopped"),
            ("x-1/dist/y.rs", "d"),
            ("x-1/old/x.whl", "of an earlier build"),
            ("x-1/old/monowheel.json", "{}"),
            ("x-1/tests/data.whl", "the project's own"),
        ];
        fs_err::write(&sdist, packed(&members)?)?;
        edit(&sdist, Some(Path::new("dist")), Extra::default())?;
        let once = fs_err::read(&sdist)?;
        edit(&sdist, Some(Path::new("dist")), Extra::default())?;
        assert_eq!(fs_err::read(&sdist)?, once);
        let project = PackedSdist::read(&sdist)?.unpack(&dir.path().join("src"))?.root;
        let is_there = |name: &str| project.join(name).exists();
        assert!(is_there("a.rs") && is_there("dist/y.rs") && is_there("tests/data.whl"));
        assert!(!is_there("dist/x.whl") && !is_there("old/x.whl") && !is_there("old/monowheel.json"));
        Ok(())
    }

    #[test]
    fn what_is_left_out_leaves_no_trace_in_the_compression() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let sdist = dir.path().join("x.tar.gz");
        // Some text, and wheels that do not compress, so that they move the borders of what is read at once.
        let mut seed = 1_u32;
        let mut random = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            seed >> 24
        };
        let text: String = (0..60_000).map(|_| ["fn ", "let ", "\n", "x", "y(", ") "][random() as usize % 6]).collect();
        let wheel: String = (0..200_000).map(|_| char::from(b' ' + (random() % 95) as u8)).collect();
        let mut seen = BTreeSet::new();
        for length in (0..wheel.len()).step_by(10_007) {
            let members = [("x-1/dist/x.whl", &wheel[..length]), ("x-1/PKG-INFO", ""), ("x-1/src/lib.rs", &text)];
            fs_err::write(&sdist, packed(&members)?)?;
            edit(&sdist, Some(Path::new("dist")), Extra::default())?;
            seen.insert(fs_err::read(&sdist)?);
        }
        assert_eq!(seen.len(), 1);
        Ok(())
    }

    #[test]
    fn it_says_where_it_comes_from_and_has_the_lock_of_the_project() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let sdist = dir.path().join("x.tar.gz");
        let members = [("x-1/PKG-INFO", "Name: x"), ("x-1/sub/PKG-INFO", ""), ("x-1/monowheel.lock", "old")];
        fs_err::write(&sdist, packed(&members)?)?;
        let origin = Origin { commit: "0123456789abcdef0123456789abcdef01234567".to_owned(), path: "py".to_owned() };
        let names = Some(ImportNames { names: vec!["x".to_owned()], namespaces: Vec::new() });
        let extra = Extra { lock: Some(b"new".to_vec()), origin: Some(origin.clone()), names };
        edit(&sdist, None, extra)?;
        let project = PackedSdist::read(&sdist)?.unpack(&dir.path().join("src"))?.root;
        assert_eq!(Origin::read(&project), Some(origin));
        assert!(!project.join("sub").join(ORIGIN).exists());
        assert_eq!(fs_err::read_to_string(project.join(lockfile::FILE))?, "new");
        assert_eq!(fs_err::read_to_string(project.join("PKG-INFO"))?, "Name: x\nImport-Name: x\n");
        Ok(())
    }
}
