//! The source distribution: made by maturin, unpacked by us, its dependencies fetched once.
//!
//! Every wheel is built from the unpacked sdist, so that what is published is what was built: a file
//! that the sdist lacks fails the build here and not at a user's `pip install`.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::{Component, Path, PathBuf};

use crate::build::bindings::Lock;
use crate::build::dist::file_ending;
use crate::build::manifest;
use crate::error::{Error, ErrorKind, Result};
use crate::exec::{Call, Stop, last_lines};

/// More than any real sdist unpacks to; a bomb ends here.
const MOST_BYTES: u64 = 2 << 30;

/// Makes the sdist of the project in `root` and returns its path inside `folder`.
///
/// Outside git, cargo lists every file as part of a package, also the wheels of the last build: what
/// monowheel put into `out` is left out, else each build would pack the one before.
///
/// # Errors
/// When maturin fails; the log has its words.
pub fn create(maturin: Call, root: &Path, out: &Path, folder: &Path, log: &Path, stop: &Stop) -> Result<PathBuf> {
    if folder.exists() {
        fs_err::remove_dir_all(folder)?;
    }
    fs_err::create_dir_all(folder)?;
    let mut file = fs_err::File::create(log)?;
    let mut printed = String::new();
    let status = maturin.args(["sdist", "--out"]).arg(folder).dir(root).logged(&mut file, stop, &mut |line| {
        printed.push_str(line);
        printed.push('\n');
    })?;
    let made = file_ending(folder, ".tar.gz");
    match made {
        Some(path) if status.success() => {
            if let Ok(inside) = fs_err::canonicalize(out)?.strip_prefix(fs_err::canonicalize(root)?) {
                leave_out(&path, inside)?;
            }
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

/// Rewrites an sdist without the files of a set in `inside` (relative to the project), if it has any.
fn leave_out(sdist: &Path, inside: &Path) -> Result<()> {
    let is_inside = |path: &Path| {
        let path: PathBuf = path.components().skip(1).collect();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_ours =
            name.ends_with(".whl") || name.ends_with(".tar.gz") || name == "SHA256SUMS" || name == manifest::FILE;
        is_ours && path.parent() == Some(inside)
    };
    let open = || -> Result<_> { Ok(tar::Archive::new(flate2::read::GzDecoder::new(fs_err::File::open(sdist)?))) };
    let mut has_any = false;
    for entry in open()?.entries()? {
        has_any |= is_inside(&entry?.path()?);
    }
    if !has_any {
        return Ok(());
    }
    let mut file = tempfile::NamedTempFile::new_in(sdist.parent().unwrap_or(Path::new(".")))?;
    let mut packed =
        tar::Builder::new(flate2::write::GzEncoder::new(file.as_file_mut(), flate2::Compression::default()));
    for entry in open()?.entries()? {
        let entry = entry?;
        let path = entry.path()?.into_owned();
        if !is_inside(&path) {
            packed.append_data(&mut entry.header().clone(), &path, entry)?;
        }
    }
    packed.into_inner()?.finish()?;
    file.persist(sdist).map_err(|error| error.error)?;
    Ok(())
}

/// Brings `folder` to exactly what the sdist holds and returns the project's folder inside it.
///
/// A file whose bytes have not changed is left alone, with its time: the sdist gives every file one
/// fixed time, by which cargo could not tell that a source has changed.
///
/// # Errors
/// [`ErrorKind::Format`] when the archive is no sdist: no single top folder, a path that leaves it,
/// a link, or more bytes than any source has.
pub fn unpack(sdist: &Path, folder: &Path) -> Result<PathBuf> {
    let bad = |what: String| {
        Error::new(ErrorKind::Format, what).at(sdist.display()).next("get the sdist again, or build from the folder")
    };
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(fs_err::File::open(sdist)?));
    let mut kept = BTreeSet::new();
    let mut top: Option<PathBuf> = None;
    let mut total = 0;
    for entry in archive.entries().map_err(|error| bad(format!("not a gzipped tar archive: {error}")))? {
        let mut entry = entry.map_err(|error| bad(format!("the archive is damaged: {error}")))?;
        let kind = entry.header().entry_type();
        if kind.is_dir() || kind.is_pax_global_extensions() {
            continue;
        }
        let path = entry.path().map_err(|error| bad(format!("a member has an unreadable name: {error}")))?.into_owned();
        if !kind.is_file() || !path.components().all(|part| matches!(part, Component::Normal(_))) {
            return Err(bad(format!("member {} is no plain file inside the sdist", path.display())));
        }
        let first: PathBuf = path.components().take(1).collect();
        if *top.get_or_insert_with(|| first.clone()) != first {
            return Err(bad(format!(
                "more than one folder at the top: {} and {}",
                top.unwrap_or_default().display(),
                first.display()
            )));
        }
        total += entry.size();
        if total > MOST_BYTES {
            return Err(bad("it unpacks to more than 2 GiB".to_owned()));
        }
        let executable = entry.header().mode().is_ok_and(|mode| mode & 0o111 != 0);
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).map_err(|error| bad(format!("member {} is damaged: {error}", path.display())))?;
        write_changed(&folder.join(&path), &bytes, executable)?;
        kept.insert(path);
    }
    let top = top.ok_or_else(|| bad("it is empty".to_owned()))?;
    if folder.exists() {
        remove_others(folder, Path::new(""), &kept)?;
    }
    Ok(folder.join(top))
}

/// What a build may tell maturin about the lock file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Locked {
    /// The lock file stands as published: `--locked`.
    AsPublished,
    /// cargo removed entries that the sdist does not need (a member without its workspace).
    Pruned,
    /// The sdist has no lock file; cargo resolved the newest versions.
    Resolved,
}

/// Fetches every dependency once, before the builds, so that they can run offline side by side.
///
/// # Errors
/// When cargo cannot get a dependency, or when the lock file no longer fits the manifest: then other
/// versions than the published ones would be built.
pub fn fetch(
    cargo: Call,
    project: &Path,
    manifest: &Path,
    log: &Path,
    stop: &Stop,
    on_line: &mut dyn FnMut(&str),
) -> Result<Locked> {
    let lock = std::iter::once(manifest.parent().unwrap_or(project))
        .chain([project])
        .map(|folder| folder.join("Cargo.lock"))
        .find(|lock| lock.exists());
    let before = lock.as_deref().map(Lock::read).transpose()?;
    let mut file = fs_err::File::create(log)?;
    let mut printed = String::new();
    let mut run = |args: &[&str]| {
        let call = cargo.clone().arg("fetch").arg("--manifest-path").arg(manifest).args(args).dir(project);
        printed.clear();
        call.logged(&mut file, stop, &mut |line| {
            printed.push_str(line);
            printed.push('\n');
            on_line(line);
        })
        .map(|status| (status.success(), printed.clone()))
    };
    if before.is_some() {
        let (fetched, said) = run(&["--locked"])?;
        if fetched {
            return Ok(Locked::AsPublished);
        }
        if !said.contains("lock file") {
            return Err(unfetched(&said, log));
        }
    }
    let (fetched, said) = run(&[])?;
    if !fetched {
        return Err(unfetched(&said, log));
    }
    match (before, lock) {
        (Some(before), Some(lock)) if Lock::read(&lock)?.is_within(&before) => Ok(Locked::Pruned),
        (Some(_), _) => Err(Error::new(
            ErrorKind::Project,
            "Cargo.lock does not fit Cargo.toml: cargo would build other versions than the locked ones",
        )
        .at(log.display())
        .next("run `cargo update --workspace` in the project and commit Cargo.lock")),
        (None, _) => Ok(Locked::Resolved),
    }
}

fn unfetched(said: &str, log: &Path) -> Error {
    Error::new(ErrorKind::Tool, format!("cargo could not get the dependencies\n{}", last_lines(said, 8)))
        .at(log.display())
        .next("check the network and cargo's registry settings, then run the command again")
}

fn write_changed(path: &Path, bytes: &[u8], executable: bool) -> Result<()> {
    if fs_err::read(path).is_ok_and(|present| present == bytes) {
        return Ok(());
    }
    if let Some(parent) = path.parent() {
        fs_err::create_dir_all(parent)?;
    }
    fs_err::write(path, bytes)?;
    #[cfg(unix)]
    if executable {
        std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    }
    #[cfg(not(unix))]
    let _ = executable;
    Ok(())
}

/// Removes what an older sdist left behind; an emptied folder goes too.
fn remove_others(folder: &Path, inside: &Path, kept: &BTreeSet<PathBuf>) -> Result<bool> {
    let mut empty = true;
    for entry in fs_err::read_dir(folder.join(inside))? {
        let entry = entry?;
        let path = inside.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            if remove_others(folder, &path, kept)? {
                fs_err::remove_dir(folder.join(&path))?;
            } else {
                empty = false;
            }
        } else if kept.contains(&path) {
            empty = false;
        } else {
            fs_err::remove_file(folder.join(&path))?;
        }
    }
    Ok(empty)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(members: &[(&str, &str)]) -> Result<Vec<u8>> {
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

    fn unpacked(folder: &Path, members: &[(&str, &str)]) -> Result<PathBuf> {
        let sdist = folder.join("x.tar.gz");
        fs_err::write(&sdist, packed(members)?)?;
        unpack(&sdist, &folder.join("src"))
    }

    #[test]
    fn an_unchanged_file_keeps_its_time_and_a_stale_one_goes() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let project = unpacked(dir.path(), &[("x-1/a.rs", "a"), ("x-1/b/c.rs", "c"), ("x-1/d.rs", "d")])?;
        let time = |name: &str| fs_err::metadata(project.join(name)).and_then(|metadata| metadata.modified());
        let (a, d) = (time("a.rs")?, time("d.rs")?);
        std::thread::sleep(std::time::Duration::from_millis(20));
        unpacked(dir.path(), &[("x-1/a.rs", "a"), ("x-1/d.rs", "changed")])?;
        assert_eq!(time("a.rs")?, a);
        assert!(time("d.rs")? > d);
        assert!(!project.join("b").exists());
        Ok(())
    }

    #[test]
    fn the_output_folder_is_left_out_of_the_sdist() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let sdist = dir.path().join("x.tar.gz");
        fs_err::write(&sdist, packed(&[("x-1/a.rs", "a"), ("x-1/dist/x.whl", "w"), ("x-1/dist/y.rs", "d")])?)?;
        leave_out(&sdist, Path::new("dist"))?;
        let once = fs_err::read(&sdist)?;
        leave_out(&sdist, Path::new("dist"))?;
        assert_eq!(fs_err::read(&sdist)?, once);
        let project = unpack(&sdist, &dir.path().join("src"))?;
        assert!(project.join("dist/y.rs").exists() && !project.join("dist/x.whl").exists());
        Ok(())
    }

    #[test]
    fn a_new_version_replaces_the_old_folder() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let old = unpacked(dir.path(), &[("x-1/a.rs", "a")])?;
        let new = unpacked(dir.path(), &[("x-2/a.rs", "a")])?;
        assert!(!old.exists() && new.ends_with("x-2"));
        Ok(())
    }

    #[test]
    fn hostile_archives_are_refused_and_write_nothing_outside() -> Result<()> {
        let dir = tempfile::tempdir()?;
        for members in [
            &[("../evil", "x")][..],
            &[("/abs", "x")],
            &[("x-1/../../evil", "x")],
            &[("x-1/a", "x"), ("y/b", "x")],
            &[],
        ] {
            let error = unpacked(dir.path(), members).err();
            assert_eq!(error.map(|error| error.kind()), Some(ErrorKind::Format), "{members:?}");
        }
        assert!(!dir.path().join("evil").exists());
        fs_err::write(dir.path().join("x.tar.gz"), "no archive")?;
        assert!(unpack(&dir.path().join("x.tar.gz"), dir.path()).is_err_and(|error| error.kind() == ErrorKind::Format));
        Ok(())
    }
}
