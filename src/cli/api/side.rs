//! A side of `api diff`: what was named, and what is read of it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use monowheel_api::read::{python, source};
use monowheel_api::set::Facts;
use monowheel_api::surface::{Note, Surface};
use monowheel_build::unpack::PackedSdist;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_net::{Files, IndexOptions, NamedFiles};
use monowheel_release::api::{self, Side};
use monowheel_system::exec::CancelToken;
use monowheel_system::git::{Git, is_reference};
use monowheel_system::python as interpreter;

use crate::cli::named_files;
use crate::cli::screen::Screen;

/// The time for a call of git, and for pip.
const LIMIT: Duration = Duration::from_secs(120);

/// What was named.
pub(super) enum Named {
    /// Wheels on this disk or on an index.
    Wheels(Files),
    /// The sources of a project.
    Project(PathBuf),
}

/// Finds what was typed. What has to be unpacked is in `folder`.
pub(super) fn find(
    typed: &str,
    folder: &Path,
    options: &IndexOptions,
    stop: &CancelToken,
    screen: &Screen,
) -> Result<Named> {
    let path = Path::new(typed);
    let is_project = |path: &Path| ["Cargo.toml", "pyproject.toml"].iter().any(|name| path.join(name).is_file());
    if path.is_dir() && is_project(path) {
        return Ok(Named::Project(path.to_path_buf()));
    }
    if path.is_file() && typed.ends_with(".tar.gz") {
        return Ok(Named::Project(PackedSdist::read(path)?.unpack(folder)?.root));
    }
    if path.exists() || monowheel_net::is_release(typed) {
        return Ok(Named::Wheels(named_files::files(NamedFiles::parse(path)?, options, screen)?));
    }
    at_commit(typed, folder, stop)
}

/// The project in the current directory, as it was at a commit.
fn at_commit(typed: &str, folder: &Path, stop: &CancelToken) -> Result<Named> {
    const NEXT: &str = "name a wheel, a directory of wheels, a release (NAME==VERSION), a project, or a commit";
    let unknown = |what: String| Error::new(ErrorKind::Usage, what).at(typed).next(NEXT);
    if typed.is_empty() || typed.starts_with('-') || !is_reference(typed) {
        return Err(unknown("no such file, release or commit".to_owned()));
    }
    let here = std::env::current_dir()?;
    let checkout = Git::find()?.checkout(&here, LIMIT, stop)?;
    let verified = format!("{typed}^{{commit}}");
    let commit =
        checkout.call(&["rev-parse", "--verify", "--quiet", "--end-of-options", &verified]).capture(LIMIT, stop)?;
    if !commit.status.success() {
        return Err(unknown("no such file, release or commit".to_owned()));
    }
    let commit = commit.stdout.trim().to_owned();
    let packed = folder.join("commit.tar.gz");
    let output = format!("--output={}", packed.display());
    checkout.call(&["archive", "--format=tar.gz", "--prefix=commit/", &output, &commit]).stdout(LIMIT, stop)?;
    let root = PackedSdist::read(&packed)?.unpack(&folder.join("commit"))?.root;
    // The project may be below the top of the checkout.
    let here = fs_err::canonicalize(here)?;
    let inner = here.strip_prefix(checkout.top()).unwrap_or(Path::new(""));
    let project = root.join(inner);
    match project.is_dir() {
        true => Ok(Named::Project(project)),
        false => Err(unknown(format!("the commit has no directory {}", inner.display()))),
    }
}

impl Named {
    /// The names of its wheels.
    pub(super) fn names(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        match self {
            Self::Wheels(files) => files.names(),
            Self::Project(_) => Box::new(std::iter::empty()),
        }
    }

    /// Reads it; of wheels, the one of this name.
    pub(super) fn read(
        &self,
        wheel: Option<&str>,
        folder: &Path,
        python: Option<&Path>,
        stop: &CancelToken,
        screen: &Screen,
    ) -> Result<Side> {
        let files = match self {
            Self::Project(path) => {
                let project = source::read(path)?;
                let read = format!("the Rust source of {}", project.module);
                return Ok(Side { surface: project.surface, read, version: project.version, ..Side::default() });
            }
            Self::Wheels(files) => files,
        };
        let path = named_files::path(files, wheel.unwrap_or_default(), folder, screen)?;
        api::read(files, path, python.ok_or_else(api::no_python)?, stop)
    }
}

/// The surface of the running modules of a wheel, which is installed without what it needs into `folder`.
pub(super) fn running(side: &Side, python: &Path, folder: &Path, stop: &CancelToken) -> Result<Surface> {
    let (Some(wheel), Some(wheels)) = (&side.path, &side.wheels) else {
        return Err(Error::new(ErrorKind::Usage, "--run imports wheels, and this side has only sources")
            .at(&side.read)
            .next("build the wheels first, or leave --run out"));
    };
    let Facts { imports, .. } = &wheels.facts;
    fs_err::create_dir_all(folder)?;
    let words = ["install", "--quiet", "--no-input", "--no-deps", "--no-index", "--no-compile", "--target"];
    interpreter::module(python, "pip").args(words).arg(folder).arg(std::path::absolute(wheel)?).stdout(LIMIT, stop)?;
    let mut surface = Surface::default();
    for import in imports {
        let found = python::running(python, import, &[folder.to_path_buf()], stop)?;
        surface.modules.extend(found.modules);
        surface.notes.extend(found.notes);
    }
    if imports.is_empty() {
        surface.notes.push(Note { place: side.read.clone(), what: "it has no name to import".to_owned() });
    }
    Ok(surface)
}
