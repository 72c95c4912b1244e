//! An sdist on the disk, exactly as it was packed.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::{Component, Path, PathBuf};

use monowheel_error::{Error, ErrorKind, Result};

/// More than any real sdist unpacks to; a bomb ends here.
const MOST_BYTES: u64 = 2 << 30;

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
    use crate::sdist::tests::packed;

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
