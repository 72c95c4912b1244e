//! One interpreter of the lab, as its `interpreter.json` describes it.
//!
//! The file is written last, after the interpreter was really run: an entry without it is not there.

use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::atomic_write;
use serde::{Deserialize, Serialize};

use super::recipe::Recipe;

/// The `schema` of an entry's file and of `monowheel lab --json`.
pub const SCHEMA: &str = "monowheel.lab/1";
/// The file in an entry's folder.
pub(super) const FILE: &str = "interpreter.json";

/// What runs the interpreter on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Runner {
    /// The processor and the system themselves.
    Native,
    /// qemu-user, for another processor.
    Qemu,
    /// wine, for another system.
    Wine,
    /// Node, for WebAssembly.
    Node,
}

impl Runner {
    /// As `interpreter.json` and the table show it.
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

/// An interpreter that is there and was run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    schema: String,
    /// The name it is asked for by, such as `cpython-3.15t`.
    pub(crate) id: String,
    /// What it says of itself, such as `3.15.0rc1`.
    pub version: String,
    /// Whether it is built without the GIL.
    pub(crate) free_threaded: bool,
    /// `linux-x86_64`, `linux-s390x`, `musllinux-x86_64` or `win-amd64`.
    pub(crate) platform: String,
    /// What runs it here.
    pub runner: Runner,
    /// The executable, relative to the entry's folder. venv, pip and pytest work with it.
    pub(crate) python: PathBuf,
    /// What to put before another executable of the same world, such as the `Scripts/python.exe` of
    /// a virtual environment under wine. Relative to the entry's folder, or absolute.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) launch: Vec<String>,
    /// Folders outside its own that it runs from: the emulator, the C library.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) shared: Vec<PathBuf>,
    /// Where it comes from, with the version there.
    pub(crate) source: String,
    /// The size of its folder, without what it shares with others.
    pub bytes: u64,
    /// How long it took to make.
    pub(crate) seconds: u64,
    /// The recipe that made it; another one makes it anew.
    pub(crate) recipe: String,
    /// Where it lies; known to who read it.
    #[serde(skip)]
    home: PathBuf,
}

/// What a recipe tells of the interpreter that it made.
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
    /// The entry before it was run: `version` and the measures are filled in by who ran it.
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

    /// Reads the entry in `home`; `None` where there is none.
    ///
    /// # Errors
    /// When its file cannot be read, is not of this schema, or what it runs from is gone.
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
            return Err(broken(format!("{} is gone", gone.display())));
        }
        Ok(Some(entry))
    }

    /// Writes the entry's file, by a rename: whole or not at all.
    pub(super) fn write(&self) -> Result<()> {
        let text = serde_json::to_string_pretty(self)
            .map_err(|error| Error::new(ErrorKind::Io, format!("no JSON form: {error}")))?;
        atomic_write::write(&self.home.join(FILE), text + "\n")
    }

    /// The executable's full path.
    #[must_use]
    pub fn python(&self) -> PathBuf {
        self.home.join(&self.python)
    }

    /// The words that start `program`, an executable of this interpreter's world: the launcher, where
    /// there is one, and the program itself.
    #[must_use]
    pub(crate) fn command(&self, program: &Path) -> Vec<PathBuf> {
        // Only the first word is a file for certain; a path joined to an absolute one is that one.
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
        assert!(Entry::read(dir.path()).is_err_and(|error| error.to_string().contains("bin/python3.15 is gone")));
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
