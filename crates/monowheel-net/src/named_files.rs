//! Files that a user names: on this disk, or of a release on an index.

use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_wheel::folder::wheels_in;

use crate::fetched::{Served, served};
use crate::options::IndexOptions;
use crate::requirements::{Requirements, is_release};
use crate::simple::RemoteFile;

/// What was named.
#[derive(Clone, Debug)]
pub enum NamedFiles {
    /// Files on this disk.
    Local(Vec<PathBuf>),
    /// `NAME==VERSION`, or the address of a wheel.
    OnIndex(String),
}

/// The files, each by its name.
#[derive(Debug)]
pub enum Files {
    /// On this disk.
    Local(Vec<(String, PathBuf)>),
    /// Wheels that an index serves.
    Served(Box<Served>),
}

impl NamedFiles {
    /// Reads what was typed.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when it is nothing of these; when a directory cannot be read.
    pub fn parse(named: &Path) -> Result<Self> {
        const NEXT: &str = "name a wheel, a directory of wheels, a shared library, or a release: NAME==VERSION";
        if named.is_dir() {
            let wheels = wheels_in(named)?;
            if wheels.is_empty() {
                return Err(Error::new(ErrorKind::Usage, "no wheels in this directory")
                    .at(named.display())
                    .next("monowheel build writes wheels to dist/; or name a wheel or a directory that has some"));
            }
            return Ok(Self::Local(wheels));
        }
        if named.exists() {
            return Ok(Self::Local(vec![named.to_path_buf()]));
        }
        match named.to_str().filter(|text| is_release(text)) {
            Some(text) => Ok(Self::OnIndex(text.to_owned())),
            None => Err(Error::new(ErrorKind::Usage, "no such file or directory").at(named.display()).next(NEXT)),
        }
    }

    /// Its files; those of an index are not fetched yet.
    ///
    /// # Errors
    /// When an index cannot be asked, or has no wheel of the release.
    pub fn files(self, options: &IndexOptions) -> Result<Files> {
        let text = match self {
            Self::Local(paths) => {
                let name = |path: &PathBuf| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                return Ok(Files::Local(paths.into_iter().map(|path| (name(&path), path)).collect()));
            }
            Self::OnIndex(text) => text,
        };
        let mut requirements = Requirements::default();
        requirements.add(&text)?;
        let served = served(&requirements, options)?;
        if served.wheels.is_empty() {
            return Err(Error::new(ErrorKind::Usage, format!("{text} has no wheel"))
                .next("name a release that has wheels: NAME==VERSION"));
        }
        Ok(Files::Served(Box::new(served)))
    }
}

impl Files {
    /// Notes for the user.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        match self {
            Self::Local(_) => &[],
            Self::Served(served) => &served.notes,
        }
    }

    /// Their names.
    pub fn names(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        match self {
            Self::Local(files) => Box::new(files.iter().map(|(name, _)| name.as_str())),
            Self::Served(served) => Box::new(served.wheels.iter().map(|file| file.name.as_str())),
        }
    }

    /// Where a file is, for people.
    #[must_use]
    pub fn place(&self, name: &str) -> String {
        match self {
            Self::Local(files) => {
                let path = files.iter().find(|(known, _)| known == name).map(|(_, path)| path.display().to_string());
                path.unwrap_or_else(|| name.to_owned())
            }
            Self::Served(served) => find(served, name).map_or_else(|| name.to_owned(), |file| file.address.to_string()),
        }
    }

    /// The path of a file; one of an index is fetched into `folder`, and its hash is checked.
    ///
    /// # Errors
    /// When it cannot be fetched or written.
    pub fn path(&self, name: &str, folder: &Path) -> Result<PathBuf> {
        let gone = || Error::new(ErrorKind::Io, "no such file any more").at(name).next("run the command again");
        match self {
            Self::Local(files) => {
                files.iter().find(|(known, _)| known == name).map(|(_, path)| path.clone()).ok_or_else(gone)
            }
            Self::Served(served) => {
                let file = find(served, name).ok_or_else(gone)?;
                served.save(file, folder)
            }
        }
    }
}

fn find<'a>(served: &'a Served, name: &str) -> Option<&'a RemoteFile> {
    served.wheels.iter().find(|file| file.name == name)
}
