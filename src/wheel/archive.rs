//! Reading a wheel's members.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::Path;

use crate::error::{Error, ErrorKind, Result};

/// More than any real extension module has; a bomb ends here.
const MOST_BYTES: u64 = 1 << 30;

/// An opened wheel.
#[derive(Debug)]
pub struct Wheel {
    archive: zip::ZipArchive<fs_err::File>,
    place: String,
}

impl Wheel {
    /// Opens a wheel and reads its list of members.
    ///
    /// # Errors
    /// [`ErrorKind::Format`] when it is no zip archive.
    pub fn open(path: &Path) -> Result<Self> {
        let place = path.display().to_string();
        let archive = zip::ZipArchive::new(fs_err::File::open(path)?).map_err(|error| damaged(&place, &error))?;
        Ok(Self { archive, place })
    }

    /// The members' names, as stored.
    pub fn members(&self) -> impl Iterator<Item = &str> {
        self.archive.file_names()
    }

    /// The names of the extension modules: members that Python imports as shared libraries.
    #[must_use]
    pub fn extensions(&self) -> Vec<String> {
        let is_library = |name: &str| [".so", ".pyd"].iter().any(|end| name.ends_with(end));
        // What a repair grafted (`NAME.libs/`) is loaded by the linker, not by Python.
        let mut names: Vec<String> = self
            .members()
            .filter(|name| is_library(name) && !name.split('/').any(|part| part.ends_with(".libs")))
            .map(str::to_owned)
            .collect();
        names.sort();
        names
    }

    /// The bytes of a member.
    ///
    /// # Errors
    /// [`ErrorKind::Format`] when there is no such member, it is damaged, or it is over 1 GiB.
    pub fn read(&mut self, name: &str) -> Result<Vec<u8>> {
        let place = format!("{}/{name}", self.place);
        let member = self.archive.by_name(name).map_err(|error| damaged(&place, &error))?;
        let mut bytes = Vec::new();
        member.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(|error| damaged(&place, &error))?;
        if bytes.len() as u64 > MOST_BYTES {
            return Err(damaged(&place, &"over 1 GiB"));
        }
        Ok(bytes)
    }

    /// The `Tag` lines of `*.dist-info/WHEEL`.
    ///
    /// # Errors
    /// [`ErrorKind::Format`] when the wheel has not exactly one such file.
    pub fn declared_tags(&mut self) -> Result<BTreeSet<String>> {
        let is_wheel_file = |name: &&str| name.strip_suffix(".dist-info/WHEEL").is_some_and(|stem| !stem.contains('/'));
        let names: Vec<String> = self.members().filter(is_wheel_file).map(str::to_owned).collect();
        let [name] = names.as_slice() else {
            return Err(damaged(&self.place, &format!("{} *.dist-info/WHEEL files instead of one", names.len())));
        };
        let text = String::from_utf8_lossy(&self.read(name)?).into_owned();
        Ok(text.lines().filter_map(|line| line.strip_prefix("Tag:")).map(|tag| tag.trim().to_owned()).collect())
    }
}

fn damaged(place: &str, why: &dyn std::fmt::Display) -> Error {
    Error::new(ErrorKind::Format, format!("not a readable wheel: {why}")).at(place)
}
