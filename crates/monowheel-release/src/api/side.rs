//! One release of a comparison: the surface of one of its wheels, and the names of all.

use std::path::{Path, PathBuf};

use monowheel_api::read::wheel::{self, WheelSurface};
use monowheel_api::set::Wheels;
use monowheel_api::surface::Surface;
use monowheel_build::size::counterpart;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_net::Files;
use monowheel_system::exec::CancelToken;

/// What was read.
#[derive(Debug, Default)]
pub struct Side {
    /// Its surface.
    pub surface: Surface,
    /// Its wheels; none of sources.
    pub wheels: Option<Wheels>,
    /// What was read.
    pub read: String,
    /// Its version.
    pub version: Option<String>,
    /// The wheel that was read.
    pub path: Option<PathBuf>,
}

/// Reads the wheel at `path`, one of the files of a release.
///
/// # Errors
/// When it cannot be read, or the interpreter does not answer.
pub fn read(files: &Files, path: PathBuf, python: &Path, stop: &CancelToken) -> Result<Side> {
    let WheelSurface { surface, facts, .. } = wheel::read(&path, python, stop)?;
    let version = facts.version.clone();
    let wheels = Some(Wheels { files: files.names().map(str::to_owned).collect(), facts });
    let read = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Side { surface, wheels, read, version, path: Some(path) })
}

/// The error without an interpreter.
#[must_use]
pub fn no_python() -> Error {
    Error::new(ErrorKind::Toolchain, "reading the stubs of a wheel needs a Python interpreter")
        .next("run `python -m monowheel` with a Python that has monowheel installed")
}

/// The wheel of each side that is read: for the same platform on both, for this machine's if there is one.
#[must_use]
pub fn representatives<'a>(
    old: impl Iterator<Item = &'a str>,
    new: impl Iterator<Item = &'a str>,
) -> (Option<String>, Option<String>) {
    let (olds, news): (Vec<&str>, Vec<&str>) = (old.collect(), new.collect());
    let is_common = |name: &str| name.contains("manylinux") && name.contains("x86_64");
    let best = |names: &[&str]| {
        // The newest Python: the last name in order.
        let of = |is: &dyn Fn(&str) -> bool| names.iter().filter(|name| is(name)).max().map(|name| (*name).to_owned());
        of(&|name| is_common(name) && name.contains("abi3")).or_else(|| of(&is_common)).or_else(|| of(&|_| true))
    };
    let new = best(&news);
    let old = new.as_deref().and_then(|new| counterpart(new, &olds)).map(str::to_owned).or_else(|| best(&olds));
    (old, new)
}
