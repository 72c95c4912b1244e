//! The output directory: each file is written atomically.

use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::atomic_write::{self, UNFINISHED};
use monowheel_system::exec::CancelToken;
use monowheel_system::hash::{sha256, sha256_file};
use monowheel_system::lock::Lock;
use monowheel_system::own_files;

use crate::manifest::{FILE, File, Manifest};
use crate::symbols;

/// The hashes of all files, in the format of `sha256sum`.
pub const SUMS: &str = own_files::SUMS;

/// The output directory of a build, locked against other builds.
#[derive(Debug)]
pub(crate) struct Dist {
    folder: PathBuf,
    _lock: Lock,
}

impl Dist {
    /// Creates the directory, and checks now, not after the build, whether it is writable. Two builds into one
    /// directory, of one project or of two, take turns: the second waits, and `waiting` is called with the holder. The
    /// lock is in the directory `locks`, because files in the output directory may be packed into an sdist.
    ///
    /// # Errors
    /// When it cannot be created or written, or Ctrl-C ends the wait.
    pub(crate) fn open(folder: &Path, locks: &Path, stop: &CancelToken, waiting: impl FnOnce(&str)) -> Result<Self> {
        fs_err::create_dir_all(folder)?;
        atomic_write::check_writable(folder)?;
        fs_err::create_dir_all(locks)?;
        // Canonical, whatever name it was given by.
        let real = fs_err::canonicalize(folder)?;
        let name = &sha256(real.as_os_str().as_encoded_bytes())[..16];
        let lock = Lock::acquire(&locks.join(format!("dist-{name}")), stop, waiting)?;
        for entry in fs_err::read_dir(folder)?.flatten() {
            // Left by a killed build.
            if entry.file_name().to_string_lossy().starts_with(UNFINISHED) && is_old(&entry.path()) {
                let _ = fs_err::remove_file(entry.path());
            }
        }
        Ok(Self { folder: folder.to_path_buf(), _lock: lock })
    }

    /// The directory.
    #[must_use]
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Removes the last build's record before the first file changes: a build that is killed leaves complete files, but
    /// no record that does not match them. The files that it lists are removed too, unless they were built from the
    /// same sdist or have changed since: in the end, the directory contains one release. Returns their names.
    ///
    /// # Errors
    /// When a file cannot be read or removed.
    pub(crate) fn forget(&self, sdist: &str) -> Result<Vec<String>> {
        let mut gone = Vec::new();
        // A record that cannot be read names nothing.
        let last = Manifest::read(&self.folder).ok().filter(|last| last.sdist.sha256 != sdist);
        for file in last.iter().flat_map(Manifest::files) {
            let path = self.folder.join(&file.file);
            if path.is_file() && sha256_file(&path)? == file.sha256 {
                self.remove(&file.file)?;
                gone.push(file.file.clone());
            }
        }
        [FILE, SUMS].iter().try_for_each(|name| remove_if_there(&self.folder.join(name)))?;
        Ok(gone)
    }

    /// Writes a file into the directory: the bytes that were audited, from a file that nothing else can reach in the
    /// meantime.
    ///
    /// # Errors
    /// When the directory cannot be written.
    pub(crate) fn place(&self, name: &str, bytes: &[u8]) -> Result<File> {
        let file = File::of(name, bytes);
        if !self.holds(&file) {
            atomic_write::write(&self.folder.join(name), bytes)?;
        }
        Ok(file)
    }

    /// Writes the line tables of a wheel into the directory that has its name, and removes others from it.
    ///
    /// # Errors
    /// When the directory cannot be written.
    pub(crate) fn place_symbols(&self, wheel: &str, kept: &symbols::Kept, contents: &[Vec<u8>]) -> Result<()> {
        let folder = self.symbols_of(wheel);
        for entry in fs_err::read_dir(&folder).into_iter().flatten().flatten() {
            let is_kept = |row: &symbols::Row| self.folder.join(&row.file) == entry.path();
            if !kept.files.iter().any(is_kept) {
                remove_if_there(&entry.path())?;
            }
        }
        if !kept.files.is_empty() {
            fs_err::create_dir_all(&folder)?;
            // No sdist of the project takes them.
            own_files::mark_directory(&self.folder.join(symbols::FOLDER))?;
        }
        for (row, bytes) in kept.files.iter().zip(contents) {
            self.place(&row.file, bytes)?;
        }
        Ok(())
    }

    /// The directory with the line tables of a wheel.
    fn symbols_of(&self, wheel: &str) -> PathBuf {
        self.folder.join(symbols::FOLDER).join(wheel.trim_end_matches(".whl"))
    }

    /// Removes a distribution with its line tables.
    fn remove(&self, name: &str) -> Result<()> {
        remove_if_there(&self.folder.join(name))?;
        let folder = self.symbols_of(name);
        if name.ends_with(".whl") && folder.is_dir() {
            fs_err::remove_dir_all(&folder)?;
        }
        Ok(())
    }

    /// Whether the file exists with these bytes.
    fn holds(&self, file: &File) -> bool {
        let path = self.folder.join(&file.file);
        fs_err::metadata(&path).is_ok_and(|metadata| metadata.len() == file.size)
            && sha256_file(&path).is_ok_and(|hash| hash == file.sha256)
    }

    /// Removes the wheel of an earlier source: next to the new sdist it would be taken for its wheel.
    /// `stem` is `name-version`.
    ///
    /// # Errors
    /// When the file cannot be removed.
    pub(crate) fn withdraw(&self, stem: &str, tag: &str) -> Result<()> {
        self.remove(&format!("{stem}-{tag}.whl"))
    }

    /// Writes `SHA256SUMS` (the format of `sha256sum`) and the manifest, which comes last.
    ///
    /// # Errors
    /// [`ErrorKind::Tool`] when a file of the manifest no longer has the bytes that were audited: a build script, or
    /// another program, changed it since. When the directory cannot be written.
    pub(crate) fn record(&self, manifest: &Manifest) -> Result<()> {
        if let Some(file) = manifest.files().find(|file| !self.holds(file)) {
            return Err(Error::new(ErrorKind::Tool, format!("{} changed during the build", file.file))
                .at(self.folder.join(&file.file).display())
                .next("find out what wrote it (a build script, another program?), delete it, and build again"));
        }
        let files = manifest.files();
        atomic_write::write(&self.folder.join(SUMS), sums(files))?;
        let mut json = serde_json::to_vec_pretty(manifest)
            .map_err(|error| Error::new(ErrorKind::Io, format!("the manifest cannot be written: {error}")))?;
        json.push(b'\n');
        atomic_write::write(&self.folder.join(FILE), json)
    }
}

/// `SHA256SUMS` of these files, sorted by name.
pub fn sums<'a>(files: impl Iterator<Item = &'a File>) -> String {
    let mut files: Vec<&File> = files.collect();
    files.sort_by(|a, b| a.file.cmp(&b.file));
    files.iter().map(|file| format!("{}  {}\n", file.sha256, file.file)).collect()
}

/// The file in `folder` with this suffix; tools write exactly one into an empty directory.
pub(crate) fn file_ending(folder: &Path, end: &str) -> Option<PathBuf> {
    let files = fs_err::read_dir(folder).ok()?;
    files.flatten().map(|entry| entry.path()).find(|path| path.to_string_lossy().ends_with(end))
}

fn remove_if_there(path: &Path) -> Result<()> {
    match fs_err::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// Another build may be writing into the same directory right now; its files are young.
fn is_old(path: &Path) -> bool {
    let age =
        fs_err::metadata(path).ok().and_then(|metadata| metadata.modified().ok()).and_then(|time| time.elapsed().ok());
    age.is_some_and(|age| age > std::time::Duration::from_secs(3600))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::tests::{file, manifest, wheel};

    #[test]
    fn a_file_is_placed_under_its_name_with_its_hash() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let dist = open(&dir.path().join("out"), dir.path())?;
        let placed = dist.place("a.whl", b"abc")?;
        assert_eq!(placed.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!((placed.size, placed.file.as_str()), (3, "a.whl"));
        assert_eq!(fs_err::read_dir(dist.folder())?.count(), 1);
        Ok(())
    }

    #[test]
    fn the_set_of_another_source_goes_with_its_record() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let locks = tempfile::tempdir()?;
        let dist = open(dir.path(), locks.path())?;
        let (sdist, kept, changed) = ("a-1.tar.gz", "b-1-x.whl", "a-1-y.whl");
        for name in [sdist, "a-1-x.whl", kept, changed] {
            fs_err::write(dir.path().join(name), name)?;
        }
        let of = |name: &str| file(name, name.as_bytes());
        let wheels = [Some(of("a-1-x.whl")), Some(of(changed)), None];
        let record = manifest(of(sdist), wheels.map(wheel).into());
        let record = serde_json::to_string(&record).unwrap_or_default();
        let write = || fs_err::write(dir.path().join(FILE), &record);
        fs_err::write(dir.path().join(changed), "by somebody")?;
        write()?;
        assert_eq!(dist.forget(&monowheel_system::hash::sha256(sdist.as_bytes()))?, Vec::<String>::new());
        write()?;
        assert_eq!(dist.forget("another")?, [sdist, "a-1-x.whl"]);
        let mut left: Vec<String> = fs_err::read_dir(dir.path())?
            .flatten()
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        left.sort();
        assert_eq!(left, [changed, kept]);
        Ok(())
    }

    #[test]
    fn an_output_folder_that_is_a_file_is_found_at_once() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let file = dir.path().join("dist");
        fs_err::write(&file, "")?;
        assert!(open(&file, dir.path()).is_err_and(|error| error.kind() == ErrorKind::Io));
        Ok(())
    }

    fn open(folder: &Path, locks: &Path) -> Result<Dist> {
        Dist::open(folder, locks, &CancelToken::default(), |_| {})
    }

    #[test]
    fn two_builds_into_one_directory_take_turns() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let (out, locks) = (dir.path().join("dist"), dir.path().join("locks"));
        let first = open(&out, &locks)?;
        // The same directory by another name; and another one, which waits for nobody.
        let (stop, mut holder) = (CancelToken::default(), String::new());
        let again = out.join("../dist");
        let waits = Dist::open(&again, &locks, &stop, |told| {
            told.clone_into(&mut holder);
            stop.set();
        });
        assert!(waits.is_err_and(|error| error.kind() == ErrorKind::Interrupted));
        assert_eq!(holder, format!("process {}", std::process::id()));
        open(&dir.path().join("other"), &locks)?;
        drop(first);
        open(&again, &locks).map(drop)
    }

    #[test]
    fn a_file_that_changed_while_the_build_ran_is_not_recorded() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let dist = open(&dir.path().join("dist"), dir.path())?;
        let (sdist, built) = (dist.place("a-1.tar.gz", b"source")?, dist.place("a-1-x.whl", b"audited")?);
        let record = manifest(sdist, vec![wheel(Some(built))]);
        // A build script of the next wheel can do this if it is not isolated.
        fs_err::write(dist.folder().join("a-1-x.whl"), "evil")?;
        let said = dist.record(&record).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(said.contains("a-1-x.whl changed during the build"), "{said}");
        assert!(!dist.folder().join(FILE).exists() && !dist.folder().join(SUMS).exists());
        dist.place("a-1-x.whl", b"audited")?;
        dist.record(&record)
    }
}
