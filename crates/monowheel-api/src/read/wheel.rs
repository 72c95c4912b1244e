//! What a wheel says about itself, without installing it: its stubs and files of Python, the text signatures in its
//! compiled modules, its metadata.

use std::path::Path;

use monowheel_error::{Error, Result};
use monowheel_system::exec::CancelToken;
use monowheel_wheel::archive::{Archive, Limits, Member};
use monowheel_wheel::import_names::{ImportNames, bare};
use monowheel_wheel::metadata::Metadata;
use monowheel_wheel::source::File;

use crate::read::binary;
use crate::read::python::{self, PythonFile};
use crate::set::Facts;
use crate::surface::{About, Module, Note, Origin, Surface};

/// The largest file of text that is read.
const TEXT: u64 = 8 << 20;
/// The largest compiled module that is searched.
const MODULE: u64 = 512 << 20;
/// The most files of Python.
const MOST_FILES: usize = 5_000;

/// What was read.
#[derive(Clone, Debug, Default)]
pub struct WheelSurface {
    /// The surface that its stubs state; of modules without one, what their binaries show.
    pub surface: Surface,
    /// Its metadata.
    pub facts: Facts,
    /// Its compiled modules.
    pub native: Vec<String>,
}

/// Reads a wheel.
///
/// # Errors
/// If it cannot be opened as an archive, or the interpreter does not answer; after a cancel.
pub fn read(path: &Path, python: &Path, stop: &CancelToken) -> Result<WheelSurface> {
    let file = File::open(path)?;
    let place = |error: Error| error.at(path.display()).next("download or build the wheel again");
    let archive = Archive::open(&file, &Limits::default()).map_err(place)?;
    let mut found = WheelSurface::default();
    let mut files: Vec<PythonFile> = Vec::new();
    let mut natives: Vec<(String, &Member)> = Vec::new();
    let has_stub = |path: &str| archive.members.iter().any(|member| member.path == format!("{path}i"));
    for member in archive.members.iter().filter(|member| !member.is_folder) {
        stop.check()?;
        let path = member.path.as_str();
        if path.ends_with(".dist-info/METADATA") && !path.contains(".data/") {
            let metadata = Metadata::parse(&content(&archive, member, TEXT)?);
            found.facts = facts(&metadata, &archive);
        } else if let Some((name, kind)) = module(path) {
            match kind {
                Kind::Stub | Kind::Python if files.len() < MOST_FILES && !(kind == Kind::Python && has_stub(path)) => {
                    let text = String::from_utf8_lossy(&content(&archive, member, TEXT)?).into_owned();
                    files.push(PythonFile { name, path: path.to_owned(), text, is_native: false });
                }
                Kind::Native => natives.push((name, member)),
                _ => {}
            }
        }
    }
    for file in &mut files {
        file.is_native = natives.iter().any(|(name, _)| *name == file.name);
    }
    found.surface = python::files(python, &files, stop)?;
    for (name, member) in natives {
        // A stub of the package around it states what users reach.
        let parent = name.rsplit_once('.').map_or("", |(parent, _)| parent);
        let has_stub = files.iter().any(|file| file.name == parent && file.path.ends_with(".pyi"));
        if found.surface.module(&name).is_none() && !has_stub {
            let functions = binary::functions(&content(&archive, member, MODULE)?);
            let what = match functions.len() {
                0 => format!("{name} has no stub, and its binary no text signatures: nothing is known of it"),
                count => format!("{name} has no stub: {count} text signatures are compared, without classes and types"),
            };
            found.surface.notes.push(Note { place: member.path.clone(), what });
            let module = Module {
                name: name.clone(),
                about: About::of(Origin::Binary),
                is_native: true,
                functions,
                ..Module::default()
            };
            found.surface.modules.push(module);
        }
        found.native.push(name);
    }
    Ok(found)
}

fn content(archive: &Archive<'_>, member: &Member, most: u64) -> Result<Vec<u8>> {
    if member.size > most {
        return Ok(Vec::new());
    }
    let (mut bytes, mut oddities) = (Vec::new(), Vec::new());
    let is_complete = archive.read(member, &mut oddities, &mut |part| bytes.extend_from_slice(part))?;
    match is_complete {
        true => Ok(bytes),
        false => Err(Error::new(monowheel_error::ErrorKind::Format, "this member is damaged")
            .at(&member.path)
            .next("run `monowheel audit` on the wheel")),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Stub,
    Python,
    Native,
}

/// The module that a member is.
fn module(path: &str) -> Option<(String, Kind)> {
    let path = match path.split_once(".data/") {
        Some((_, inner)) => inner.strip_prefix("platlib/").or_else(|| inner.strip_prefix("purelib/"))?,
        None => path,
    };
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    let (stem, ending) = file.split_once('.')?;
    let kind = match ending.rsplit('.').next()? {
        "pyi" => Kind::Stub,
        "py" => Kind::Python,
        "so" | "pyd" => Kind::Native,
        _ => return None,
    };
    let is_library = folder.split('/').any(|part| part.ends_with(".libs") || part.ends_with(".dist-info"));
    let is_test = folder.split('/').chain([stem]).any(|part| matches!(part, "tests" | "test" | "testing" | "conftest"));
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    // A package of stubs only is for the package of that name.
    if let Some(first) = parts.first_mut() {
        *first = first.strip_suffix("-stubs").unwrap_or(first);
    }
    if stem != "__init__" {
        parts.push(stem);
    }
    (!is_library && !is_test && !parts.is_empty()).then(|| (parts.join("."), kind))
}

fn facts(metadata: &Metadata, archive: &Archive<'_>) -> Facts {
    let all = |field: &str| metadata.headers.all(field).map(|value| value.trim().to_owned()).collect::<Vec<_>>();
    let paths = archive.members.iter().map(|member| member.path.as_str());
    let names = ImportNames::provided(paths).names;
    Facts {
        version: metadata.version().map(str::to_owned),
        requires_python: metadata.requires_python().map(str::to_owned),
        requirements: all("Requires-Dist"),
        extras: all("Provides-Extra"),
        imports: names.iter().filter(|name| !name.contains(';')).map(|name| bare(name).to_owned()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_that_are_modules() {
        let of = |path: &str| module(path).map(|(name, _)| name);
        assert_eq!(of("demo/_native.abi3.so").as_deref(), Some("demo._native"));
        assert_eq!(of("demo/__init__.pyi").as_deref(), Some("demo"));
        assert_eq!(of("demo-stubs/__init__.pyi").as_deref(), Some("demo"));
        assert_eq!(of("demo-1.0.data/platlib/demo.pyd").as_deref(), Some("demo"));
        for other in ["demo.libs/libz.so", "demo-1.0.dist-info/METADATA", "demo/tests/test_a.py", "demo/data.json"] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
