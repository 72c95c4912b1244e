//! One interpreter of the lab, described by its `interpreter.json`.
//!
//! The file is written last, after the interpreter was run: an entry without it does not count.

use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::atomic_write;
use serde::{Deserialize, Serialize};

use super::recipe::Recipe;

/// The `schema` of an entry's file and of `monowheel lab --json`.
pub const SCHEMA: &str = "monowheel.lab/1";
/// The file in an entry's directory.
pub(super) const FILE: &str = "interpreter.json";

/// How the interpreter runs on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Runner {
    /// Natively.
    Native,
    /// qemu-user, for another processor.
    Qemu,
    /// wine, for another system.
    Wine,
    /// Node, for WebAssembly.
    Node,
}

impl Runner {
    /// Its name in `interpreter.json` and in the table.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Qemu => "qemu",
            Self::Wine => "wine",
            Self::Node => "node",
        }
    }
}

/// An installed interpreter that was run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    schema: String,
    /// Its id, such as `cpython-3.15t`.
    pub(crate) id: String,
    /// The version it reports, such as `3.15.0rc1`.
    pub version: String,
    /// Whether it is built without the GIL.
    pub(crate) free_threaded: bool,
    /// `linux-x86_64`, `linux-s390x`, `musllinux-x86_64` or `win-amd64`.
    pub(crate) platform: String,
    /// How it runs here.
    pub runner: Runner,
    /// The executable, relative to the entry's directory. venv, pip and pytest work with it.
    pub(crate) python: PathBuf,
    /// The launcher for other executables of the same platform, such as the `Scripts/python.exe` of
    /// a virtual environment under wine. Relative to the entry's directory, or absolute.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) launch: Vec<String>,
    /// Directories outside its own that it needs: the emulator, the C library.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) shared: Vec<PathBuf>,
    /// Its source, with the version there.
    pub(crate) source: String,
    /// The size of its directory, without shared files.
    pub bytes: u64,
    /// How long the installation took.
    pub(crate) seconds: u64,
    /// The key of its recipe; if that changes, the entry is rebuilt.
    pub(crate) recipe: String,
    /// Its directory; known after reading.
    #[serde(skip)]
    home: PathBuf,
}

/// The result of a recipe.
#[derive(Clone, Debug)]
pub(super) struct Made {
    /// See [`Entry::runner`].
    pub(super) runner: Runner,
    /// See [`Entry::python`].
    pub(super) python: PathBuf,
    /// See [`Entry::launch`].
    pub(super) launch: Vec<String>,
    /// See [`Entry::shared`].
    pub(super) shared: Vec<PathBuf>,
    /// See [`Entry::source`].
    pub(super) source: String,
}

impl Entry {
    /// The entry before it was run: `version` and the measurements are filled in afterwards.
    pub(super) fn of(recipe: &Recipe, home: &Path, made: Made) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            id: recipe.id.to_owned(),
            version: String::new(),
            free_threaded: false,
            platform: recipe.platform(),
            runner: made.runner,
            python: made.python,
            launch: made.launch,
            shared: made.shared,
            source: made.source,
            bytes: 0,
            seconds: 0,
            recipe: recipe.key(home),
            home: home.to_path_buf(),
        }
    }

    /// Reads the entry in `home`; `None` if there is none.
    ///
    /// # Errors
    /// When its file cannot be read or has another schema, or a file that it needs is missing.
    pub(super) fn read(home: &Path) -> Result<Option<Self>> {
        let path = home.join(FILE);
        let text = match fs_err::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let broken = |why: String| Error::new(ErrorKind::Format, why).at(path.display());
        let mut entry: Self = serde_json::from_str(&text).map_err(|error| broken(format!("not an entry: {error}")))?;
        home.clone_into(&mut entry.home);
        if entry.schema != SCHEMA {
            return Err(broken(format!("its schema is {}, not {SCHEMA}", entry.schema)));
        }
        let python = Some(&entry.python).filter(|_| !entry.python().is_file());
        if let Some(gone) = python.or_else(|| entry.shared.iter().find(|folder| !folder.is_dir())) {
            return Err(broken(format!("{} is missing", gone.display())));
        }
        Ok(Some(entry))
    }

    /// Writes the entry's file atomically.
    pub(super) fn write(&self) -> Result<()> {
        let text = serde_json::to_string_pretty(self)
            .map_err(|error| Error::new(ErrorKind::Io, format!("could not write JSON: {error}")))?;
        atomic_write::write(&self.home.join(FILE), text + "\n")
    }

    /// The executable's full path.
    #[must_use]
    pub fn python(&self) -> PathBuf {
        self.home.join(&self.python)
    }

    /// The command that starts `program`, an executable of this interpreter's platform: the launcher, if
    /// there is one, and the program itself.
    #[must_use]
    pub(crate) fn command(&self, program: &Path) -> Vec<PathBuf> {
        // Only the first word is certainly a file; joining an absolute path gives that path.
        let words = self.launch.iter().enumerate();
        let words = words.map(|(at, word)| if at == 0 { self.home.join(word) } else { PathBuf::from(word) });
        words.chain(std::iter::once(program.to_path_buf())).collect()
    }

    /// The interpreter of the virtual environment in `folder`.
    #[must_use]
    pub(crate) fn venv_python(&self, folder: &Path) -> PathBuf {
        folder.join(if self.platform.starts_with("win") { "Scripts/python.exe" } else { "bin/python" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: &str, home: &Path) -> Result<Entry> {
        let made = Made {
            runner: Runner::Native,
            python: "bin/python3.15".into(),
            launch: Vec::new(),
            shared: Vec::new(),
            source: "a test".into(),
        };
        Ok(Entry::of(Recipe::named(id)?, home, made))
    }

    #[test]
    fn what_is_written_is_read() -> Result<()> {
        let dir = tempfile::tempdir()?;
        fs_err::create_dir(dir.path().join("bin"))?;
        fs_err::write(dir.path().join("bin/python3.15"), "")?;
        let entry = entry("cpython-3.15", dir.path())?;
        assert_eq!(Entry::read(dir.path())?, None);
        entry.write()?;
        assert_eq!(Entry::read(dir.path())?, Some(entry));
        Ok(())
    }

    #[test]
    fn an_entry_whose_executable_is_gone_is_broken() -> Result<()> {
        let dir = tempfile::tempdir()?;
        entry("cpython-3.15", dir.path())?.write()?;
        assert!(Entry::read(dir.path()).is_err_and(|error| error.to_string().contains("bin/python3.15 is missing")));
        Ok(())
    }

    #[test]
    fn a_launcher_comes_first() -> Result<()> {
        let mut entry = entry("cpython-3.8-windows", Path::new("/lab/w"))?;
        let exe = Path::new("/env/Scripts/python.exe");
        assert_eq!(entry.command(exe), [exe]);
        entry.launch = vec!["bin/wine".into(), "start".into()];
        assert_eq!(entry.command(exe), [Path::new("/lab/w/bin/wine"), Path::new("start"), exe]);
        Ok(())
    }
}
