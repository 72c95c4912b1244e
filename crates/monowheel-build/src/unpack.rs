//! Unpacks an sdist to disk, exactly as it was packed.

use std::collections::BTreeSet;
use std::io::{Read, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::hash::hex;
use monowheel_system::regular_file;
use monowheel_wheel::source::ReadAt;
use monowheel_wheel::tarball::{self, FileSystem, Limits, Member, Names, Summary};

/// An sdist that was read once: these bytes are both unpacked and written to the output directory.
#[derive(Clone, Debug)]
pub struct PackedSdist {
    /// The file.
    pub path: PathBuf,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// An unpacked sdist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unpacked {
    /// The project's directory.
    pub root: PathBuf,
    /// SHA-256 of exactly the bytes that were unpacked, lower-case hexadecimal.
    pub sha256: String,
}

impl PackedSdist {
    /// Reads the file.
    ///
    /// # Errors
    /// When it cannot be read, or is not a regular file.
    pub fn read(path: &Path) -> Result<Self> {
        Ok(Self { path: path.to_path_buf(), bytes: regular_file::read(path, u64::MAX)? })
    }

    /// Makes `folder` contain exactly the files of the sdist.
    ///
    /// A file whose bytes have not changed keeps its time: the sdist gives every file one
    /// fixed time, from which cargo could not detect that a source has changed.
    ///
    /// # Errors
    /// [`ErrorKind::Format`] when the archive is not an sdist: no single top directory, a path that leaves it, a link,
    /// two members at one path, or more than [`Limits`] allow.
    pub fn unpack(&self, folder: &Path) -> Result<Unpacked> {
        unpack_from(&self.bytes, folder).map_err(|error| match error.kind() {
            ErrorKind::Format => {
                error.at(self.path.display()).next("download the sdist again, or build from the directory")
            }
            _ => error,
        })
    }
}

fn unpack_from(sdist: &dyn ReadAt, folder: &Path) -> Result<Unpacked> {
    let bad = |what: &str| Error::new(ErrorKind::Format, what);
    // The complete archive is read and checked before the first file is written.
    let (top, checked) = check(sdist)?;
    let mut names = Names::new(FileSystem::HERE);
    let mut place = Place { folder, own: BTreeSet::new(), kept: BTreeSet::new() };
    let unpacked = tarball::each(sdist, &Limits::default(), &mut |member, content| match names.add(member)? {
        Some((path, again)) => place.write(&path, again, member, content),
        None => Ok(()),
    })?;
    if unpacked != checked {
        return Err(bad("the sdist changed while it was read"));
    }
    remove_others(folder, Path::new(""), &place.kept)?;
    Ok(Unpacked { root: folder.join(top), sha256: hex(&unpacked.packed) })
}

/// Whether an sdist can be unpacked, as far as its member headers show: its top directory, and the kind of each member.
fn check(sdist: &dyn ReadAt) -> Result<(String, Summary)> {
    let bad = |what: &str| Error::new(ErrorKind::Format, what);
    let mut names = Names::new(FileSystem::HERE);
    let mut has_file = false;
    let summary = tarball::each(sdist, &Limits::default(), &mut |member, _| {
        has_file |= names.add(member)?.is_some();
        Ok(())
    })?;
    if summary.has_trailing_bytes {
        return Err(bad("there are bytes after the end of the tar archive, which some readers treat as members"));
    }
    let top = names.top().filter(|_| has_file).ok_or_else(|| bad("the sdist is empty"))?;
    Ok((top.to_owned(), summary))
}

/// Where an sdist is unpacked.
struct Place<'a> {
    folder: &'a Path,
    /// Paths known to be real directories and not links, so that nothing is written through a link.
    own: BTreeSet<PathBuf>,
    /// The files of the sdist.
    kept: BTreeSet<PathBuf>,
}

impl Place<'_> {
    /// Writes a file of the sdist; a second member with its path must have the same content.
    fn write(&mut self, path: &Path, again: bool, member: &Member, content: &mut dyn Read) -> Result<()> {
        self.enter(path.parent().unwrap_or(Path::new("")))?;
        let whole = self.folder.join(path);
        let is_plain = |metadata: std::fs::Metadata| metadata.file_type().is_file();
        if fs_err::symlink_metadata(&whole).is_ok_and(|metadata| !is_plain(metadata)) {
            remove(&whole)?;
        }
        let changed = write_changed(&whole, content).map_err(|error| match error.kind() {
            // The checksum errors of the archive's own streams.
            std::io::ErrorKind::Other
            | std::io::ErrorKind::UnexpectedEof
            | std::io::ErrorKind::InvalidInput
            | std::io::ErrorKind::InvalidData => {
                Error::new(ErrorKind::Format, format!("member {} is damaged: {error}", member.shown()))
            }
            _ => error.into(),
        })?;
        if changed && again {
            return Err(Error::new(ErrorKind::Format, format!("there are two different members {}", member.shown())));
        }
        #[cfg(unix)]
        if changed && member.is_executable() {
            std::fs::set_permissions(&whole, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
        }
        self.kept.insert(path.to_path_buf());
        Ok(())
    }

    /// Creates a directory and its parents. Anything else in its place is removed: an earlier build may have put a
    /// link there.
    fn enter(&mut self, path: &Path) -> Result<()> {
        if self.own.contains(path) {
            return Ok(());
        }
        let whole = self.folder.join(path);
        match path.parent() {
            Some(parent) => self.enter(parent)?,
            None => fs_err::create_dir_all(&whole)?,
        }
        match fs_err::symlink_metadata(&whole) {
            Ok(metadata) if metadata.file_type().is_dir() => {}
            found => {
                if found.is_ok() {
                    remove(&whole)?;
                }
                fs_err::create_dir(&whole)?;
            }
        }
        self.own.insert(path.to_path_buf());
        Ok(())
    }
}

fn remove(path: &Path) -> Result<()> {
    let is_folder = fs_err::symlink_metadata(path)?.file_type().is_dir();
    Ok(if is_folder { fs_err::remove_dir_all(path) } else { fs_err::remove_file(path) }?)
}

/// Writes the file from the first byte that differs; returns whether any did or the file is new.
fn write_changed(path: &Path, content: &mut dyn Read) -> std::io::Result<bool> {
    let mut changed = !path.is_file();
    let mut file = fs_err::OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
    let mut left = file.metadata()?.len();
    let mut at = 0;
    let (mut new, mut old) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    loop {
        let read = content.read(&mut new)?;
        let part = new.get(..read).unwrap_or_default();
        if read == 0 {
            break;
        }
        if !changed {
            let present = old.get_mut(..read).unwrap_or_default();
            changed = left < read as u64;
            if !changed {
                file.read_exact(present)?;
                left -= read as u64;
                changed = part != present;
            }
            if changed {
                file.set_len(at)?;
                file.seek(SeekFrom::Start(at))?;
            }
        }
        if changed {
            file.write_all(part)?;
        }
        at += read as u64;
    }
    if !changed && left > 0 {
        file.set_len(at)?;
        changed = true;
    }
    Ok(changed)
}

/// Removes files that an older sdist left behind, and directories that become empty.
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
pub(crate) mod tests {
    use super::*;

    /// A packed sdist of these members.
    pub(crate) fn packed(members: &[(&str, &str)]) -> Result<Vec<u8>> {
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
        Ok(PackedSdist::read(&sdist)?.unpack(&folder.join("src"))?.root)
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
        let no_archive = PackedSdist::read(&dir.path().join("x.tar.gz"))?;
        assert!(no_archive.unpack(dir.path()).is_err_and(|error| error.kind() == ErrorKind::Format));
        Ok(())
    }

    #[test]
    fn the_hash_is_that_of_what_was_unpacked() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let bytes = packed(&[("x-1/a", "a")])?;
        let sdist = dir.path().join("x.tar.gz");
        fs_err::write(&sdist, &bytes)?;
        let unpacked = PackedSdist::read(&sdist)?.unpack(&dir.path().join("src"))?;
        assert_eq!(unpacked.sha256, monowheel_system::hash::sha256(&bytes));
        assert_eq!(unpack_from(&bytes, &dir.path().join("src"))?, unpacked);
        Ok(())
    }

    #[test]
    fn a_file_is_changed_from_its_first_byte_that_differs() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let long = "x".repeat(200_000);
        let (longer, other) = (format!("{long}y"), format!("{}z{}", &long[..150_000], &long[150_001..]));
        for text in ["", &long, &longer, &other, &long, "x", ""] {
            let project = unpacked(dir.path(), &[("x-1/a", text), ("x-1/b", "")])?;
            assert_eq!(fs_err::read_to_string(project.join("a"))?, text);
        }
        Ok(())
    }

    #[test]
    fn two_members_at_one_place_have_to_be_the_same() -> Result<()> {
        let dir = tempfile::tempdir()?;
        for text in ["", "a"] {
            assert!(unpacked(dir.path(), &[("x-1/a", text), ("x-1/a", text)]).is_ok());
        }
        let error = unpacked(dir.path(), &[("x-1/a", "a"), ("x-1/a", "b")]).err();
        assert!(error.is_some_and(|error| error.what().contains("two different members x-1/a")));
        let error = unpacked(dir.path(), &[("x-1/a", "a"), ("x-1/a/b", "b")]).err();
        assert_eq!(error.map(|error| error.kind()), Some(ErrorKind::Format));
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn nothing_is_written_through_a_link_that_an_earlier_build_left() -> Result<()> {
        use fs_err::os::unix::fs::symlink;
        let dir = tempfile::tempdir()?;
        let outside = dir.path().join("outside");
        fs_err::create_dir(&outside)?;
        fs_err::write(outside.join("a.rs"), "mine")?;
        let members = [("x-1/a.rs", "a"), ("x-1/b/a.rs", "b"), ("x-1/c", "c")];
        let project = unpacked(dir.path(), &members)?;
        fs_err::remove_file(project.join("a.rs"))?;
        symlink(outside.join("a.rs"), project.join("a.rs"))?;
        fs_err::remove_dir_all(project.join("b"))?;
        symlink(&outside, project.join("b"))?;
        fs_err::remove_file(project.join("c"))?;
        fs_err::create_dir_all(project.join("c/d"))?;
        assert_eq!(unpacked(dir.path(), &members)?, project);
        assert_eq!(fs_err::read_to_string(outside.join("a.rs"))?, "mine");
        for (path, text) in [("a.rs", "a"), ("b/a.rs", "b"), ("c", "c")] {
            assert_eq!(fs_err::read_to_string(project.join(path))?, text);
        }
        assert!(fs_err::symlink_metadata(project.join("b"))?.is_dir());
        Ok(())
    }

    #[test]
    fn a_refused_sdist_writes_nothing() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let mut bad = packed(&[("x-1/a", "a")])?;
        let crc = bad.len() - 8;
        bad[crc] ^= 1;
        for bytes in [packed(&[("x-1/a", "a"), ("x-1/../../evil", "x")])?, bad] {
            assert!(unpack_from(&bytes, &dir.path().join("src")).is_err());
            assert!(!dir.path().join("src").exists());
        }
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_regular_file_is_no_sdist() {
        for path in ["/dev/zero", "/dev/stdin", "/"] {
            let error = PackedSdist::read(Path::new(path)).err().map(|error| error.to_string());
            assert!(error.is_some_and(|error| error.contains("only regular files are read")), "{path}");
        }
    }
}
