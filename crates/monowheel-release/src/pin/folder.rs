//! Releases from the wheels in a directory, compared to the `SHA256SUMS` next to them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use monowheel_audit::set::Outline;
use monowheel_build::dist::SUMS;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::CancelToken;
use monowheel_system::hash::{is_hex, sha256_file};
use monowheel_system::regular_file;
use monowheel_wheel::folder::wheels_in;
use monowheel_wheel::metadata::Metadata;
use monowheel_wheel::names::{normalized_name, wheel_name};
use monowheel_wheel::source::File;

use crate::pin::choose::{chosen, is_for_one_python, one_version, outline, requires_python};
use crate::pin::judge::Offered;
use crate::pin::{Artifact, Pinned, Release, Request, Source, needs};

/// Adds the releases of the wheels in a directory, or the release of a single wheel.
pub(super) fn add(word: &Path, request: &Request, pinned: &mut Pinned, needed: &mut Vec<String>) -> Result<()> {
    let stop = &request.index.stop;
    let (folder, paths) = if word.is_dir() {
        (word.to_path_buf(), wheels_in(word)?)
    } else {
        (word.parent().unwrap_or(Path::new("")).to_path_buf(), vec![std::path::absolute(word)?])
    };
    if paths.is_empty() {
        return Err(Error::new(ErrorKind::Usage, "no wheels in this directory")
            .at(word.display())
            .next("name the directory that contains them: monowheel pin dist"));
    }
    let folder = std::path::absolute(if folder.as_os_str().is_empty() { Path::new(".") } else { &folder })?;
    let sums = Sums::beside(&folder)?;
    if word.is_dir() {
        sums.all_there(&folder)?;
    }
    let mut releases: BTreeMap<String, Vec<Read>> = BTreeMap::new();
    for path in paths {
        stop.check()?;
        let wheel = read(&path)?;
        sums.check(&wheel.artifact, &path)?;
        releases.entry(wheel.outline.name.clone().unwrap_or_default()).or_default().push(wheel);
    }
    for (name, wheels) in releases {
        let sdist = if request.sdist { Some(sdist(&folder, &name, &sums)?) } else { None };
        pinned.releases.push(release(&name, &folder, &wheels, sdist, request, &mut pinned.notes)?);
        needed.extend(wheels.first().map(|wheel| needs::of(&wheel.metadata)).into_iter().flatten());
    }
    Ok(())
}

/// A wheel on disk.
struct Read {
    artifact: Artifact,
    outline: Outline,
    metadata: Metadata,
}

fn read(path: &Path) -> Result<Read> {
    let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let metadata = needs::metadata(&File::open(path)?, &path.display().to_string())?;
    let outline = outline(&file, metadata.requires_python()).ok_or_else(|| {
        Error::new(ErrorKind::Usage, "not the name of a wheel")
            .at(path.display())
            .next("name it NAME-VERSION-PYTHON-ABI-PLATFORM.whl; installers reject other names")
    })?;
    Ok(Read { artifact: artifact(file, path)?, outline, metadata })
}

fn artifact(file: String, path: &Path) -> Result<Artifact> {
    let (size, sha256) = (fs_err::metadata(path)?.len(), sha256_file(path)?);
    Ok(Artifact { file, sha256, size: Some(size), url: None, path: Some(path.to_path_buf()) })
}

fn release(
    name: &str,
    folder: &Path,
    wheels: &[Read],
    sdist: Option<Artifact>,
    request: &Request,
    notes: &mut Vec<String>,
) -> Result<Release> {
    let outlines: Vec<Outline> = wheels.iter().map(|wheel| wheel.outline.clone()).collect();
    // For an index the version is named; here it is that of the wheels.
    let name = normalized_name(name);
    let version = one_version(&name, &outlines).map_err(|error| match error.place() {
        Some(place) => Error::new(ErrorKind::Usage, format!("several versions of {name} in one directory: {place}"))
            .at(folder.display())
            .next("name the wheels of one of them, or put them into separate directories"),
        None => error,
    })?;
    let (coverage, chosen) = chosen(&format!("{name}=={version}"), &outlines, &request.scope, notes)?;
    let is_chosen = |wheel: &&Read| chosen.iter().any(|outline| outline.file == wheel.artifact.file);
    let wheels: Vec<Artifact> = wheels.iter().filter(is_chosen).map(|wheel| wheel.artifact.clone()).collect();
    Ok(Release {
        requires_python: requires_python(&chosen),
        for_one_python: wheels.iter().filter(|wheel| is_for_one_python(&wheel.file)).count(),
        from: Source::Folder(folder.to_path_buf()),
        name,
        version,
        wheels,
        sdist,
        publishers: Vec::new(),
        coverage,
    })
}

/// The only sdist of the project in the directory.
fn sdist(folder: &Path, name: &str, sums: &Sums) -> Result<Artifact> {
    let found = sdists_in(folder, name)?;
    match found.as_slice() {
        [(file, path)] => {
            let artifact = artifact(file.clone(), path)?;
            sums.check(&artifact, path)?;
            Ok(artifact)
        }
        _ => Err(Error::new(ErrorKind::Usage, format!("expected one sdist of {name}, found {}", found.len()))
            .at(folder.display())
            .next("leave out --sdist: the wheels are enough")),
    }
}

/// The sdists of a project in a directory; `name` is spelled as in file names.
fn sdists_in(folder: &Path, name: &str) -> Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    for entry in fs_err::read_dir(folder)? {
        let path = entry?.path();
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let of = file.strip_suffix(".tar.gz").and_then(|stem| stem.rsplit_once('-'));
        if of.is_some_and(|(project, _)| wheel_name(project) == name) {
            found.push((file, path));
        }
    }
    found.sort();
    Ok(found)
}

/// `SHA256SUMS` of a directory: hash by file; `None` if there is none.
struct Sums(Option<BTreeMap<String, String>>);

impl Sums {
    fn beside(folder: &Path) -> Result<Self> {
        let path = folder.join(SUMS);
        let text = match regular_file::read_text(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self(None)),
            Err(error) => return Err(error.into()),
        };
        let row = |line: &str| {
            let (sha256, file) = line.split_once("  ").or_else(|| line.split_once(" *"))?;
            (sha256.len() == 64 && is_hex(sha256)).then(|| (file.to_owned(), sha256.to_owned()))
        };
        let rows: Option<BTreeMap<_, _>> = text.lines().filter(|line| !line.trim().is_empty()).map(row).collect();
        match rows {
            Some(rows) => Ok(Self(Some(rows))),
            None => Err(Error::new(ErrorKind::Format, "a line is not in the format of sha256sum")
                .at(path.display())
                .next("run `monowheel build` again, or remove the file if it is not meant to apply")),
        }
    }

    /// Checks that a file has the listed hash.
    fn check(&self, artifact: &Artifact, path: &Path) -> Result<()> {
        let Some(sums) = &self.0 else { return Ok(()) };
        let what = match sums.get(&artifact.file) {
            Some(promised) if *promised == artifact.sha256 => return Ok(()),
            Some(promised) => format!(
                "the file does not match {SUMS}\nits SHA-256 is {},\nexpected is    {promised}",
                artifact.sha256
            ),
            None => format!("{SUMS} does not list this file"),
        };
        Err(Error::new(ErrorKind::Format, what).at(path.display()).next("find out who changed it, and do not pin it"))
    }

    /// Checks that no listed wheel is missing.
    fn all_there(&self, folder: &Path) -> Result<()> {
        let gone = self.0.iter().flatten().find(|(file, _)| file.ends_with(".whl") && !folder.join(file).is_file());
        match gone {
            Some((file, _)) => Err(Error::new(ErrorKind::Format, format!("{file} is listed in {SUMS} but missing"))
                .at(folder.display())
                .next("build the wheels again to pin all of them, or name the wheels one by one")),
            None => Ok(()),
        }
    }
}

/// The wheels and sdists of one project (its name spelled as in file names) in a directory, with their hashes, for the
/// check, whatever the project's
/// `SHA256SUMS` says.
pub(super) fn offered(folder: &Path, project: &str, stop: &CancelToken) -> Result<Vec<Offered>> {
    let mut offered = Vec::new();
    for path in wheels_in(folder)? {
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if outline(&file, None).is_none_or(|wheel| wheel.name.as_deref() != Some(project)) {
            continue;
        }
        stop.check()?;
        let metadata = needs::metadata(&File::open(&path)?, &path.display().to_string()).ok();
        offered.push(Offered {
            sha256: Some(sha256_file(&path)?),
            yanked: None,
            requires_python: metadata.and_then(|metadata| metadata.requires_python().map(str::to_owned)),
            file,
        });
    }
    for (file, path) in sdists_in(folder, project)? {
        stop.check()?;
        offered.push(Offered { file, sha256: Some(sha256_file(&path)?), yanked: None, requires_python: None });
    }
    Ok(offered)
}
