//! pip, as in a user's new environment: it selects the wheel, and downloads its dependencies.

mod pyodide;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::{Call, CancelToken, Captured, last_lines};
use monowheel_system::regular_file;
use monowheel_wheel::metadata::WheelFile;
use monowheel_wheel::names::wheel_name;
use monowheel_wheel::tag::Tag;

use crate::lab::Runner;
use crate::trials::environment::Environment;
use crate::trials::fetch_for;
use crate::trials::pip;
use crate::trials::python::Python;
use crate::trials::release::{Release, Wheel};

/// Native time limit for one run of pip.
const LIMIT: Duration = Duration::from_secs(300);

/// The requirements of the wheel and the tests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Needs {
    /// Extras of the distribution.
    pub(crate) extras: Vec<String>,
    /// Requirements of the test command.
    pub(crate) requires: Vec<String>,
    /// Directories with wheels of other distributions.
    pub(crate) find_links: Vec<PathBuf>,
    /// Whether an index may be queried for them.
    pub(crate) index: bool,
    /// The index with the release itself.
    pub(crate) from: Option<String>,
}

/// Lets pip select among the wheels in `links`, or those of the index `from`, and nothing else. `None` if there is none
/// for this Python.
///
/// # Errors
/// When pip cannot be run, or fails in another way.
pub(super) fn choose<'a>(
    environment: &Environment<'_>,
    release: &'a Release,
    sources: &Sources<'_>,
    stop: &CancelToken,
) -> Result<Option<&'a Wheel>> {
    let wanted = format!("{}=={}", release.set.name, release.version);
    // Isolated: the user's settings must not affect the selection.
    let call = match environment.python.runner {
        Runner::Node => pyodide::install(environment, sources.lender, stop)?.args(["--isolated", "--no-deps"]),
        _ => pip(environment, &["--isolated", "install", "--no-deps"], stop)?,
    };
    let call = match sources.needs.from.as_deref() {
        // Without cached files of an earlier index, and without sdists, which would be built.
        Some(index) => call.args(["--no-cache-dir", "--only-binary", ":all:", "--index-url", index]),
        None => call.args(["--no-index", "--find-links"]).arg(sources.links),
    };
    let ended = run(environment, &call.arg(&wanted), stop)?;
    if ended.status.success() {
        return installed(environment, release).map(Some);
    }
    if fits_nothing(&ended.stderr) {
        return Ok(None);
    }
    Err(Error::new(ErrorKind::Tool, format!("pip could not install {wanted}\n{}", last_lines(&ended.stderr, 12))))
}

/// Whether pip reports no wheel for this Python: by its tags, since pip 8 "No matching distribution found for
/// demo==1.0"; or by Requires-Python, which pip reads only after selecting a file by its tags: "Package 'demo' requires
/// a different Python: 3.9.2 not in '>=3.11'".
fn fits_nothing(stderr: &str) -> bool {
    let has_other_python = |line: &str| line.contains("Package ") && line.contains("requires a different Python:");
    stderr.contains("No matching distribution found") || stderr.lines().any(has_other_python)
}

/// The sources of the requirements.
#[derive(Debug)]
pub(super) struct Sources<'a> {
    pub(super) needs: &'a Needs,
    /// The directory of the release's wheels.
    pub(super) links: &'a Path,
    /// An interpreter that downloads for one that cannot reach an index.
    pub(super) lender: Option<&'a Python>,
}

/// Installs the requirements, if any.
///
/// # Errors
/// When pip cannot be run or does not find them; the error has the next step.
pub(super) fn complete(
    environment: &Environment<'_>,
    release: &Release,
    wheel: &Wheel,
    sources: &Sources<'_>,
    stop: &CancelToken,
) -> Result<()> {
    let needs = sources.needs;
    if !wheel.needs_others && needs.extras.is_empty() && needs.requires.is_empty() {
        return Ok(());
    }
    let extras = if needs.extras.is_empty() { String::new() } else { format!("[{}]", needs.extras.join(",")) };
    let mut wanted = vec![format!("{}{extras}=={}", release.set.name, release.version)];
    wanted.extend(needs.requires.iter().cloned());
    let about = &environment.python.about;
    let mut folders: Vec<&Path> = vec![sources.links];
    folders.extend(needs.find_links.iter().map(PathBuf::as_path));
    if environment.python.runner == Runner::Node {
        return pyodide::complete(environment, sources, &folders, &wanted, stop);
    }
    // The wheel may have added code to every start of this Python (a .pth file): isolated, it cannot reach an index, so
    // the base interpreter outside the environment downloads.
    let asks_index = needs.index && about.ssl && !environment.is_isolated();
    let lent = match sources.lender {
        _ if !needs.index => None,
        Some(lender) => Some(fetch_for::fetch(environment, lender, &folders, &wanted, stop)?),
        None if about.ssl && !asks_index => Some(fetch_for::collect(environment, &folders, &wanted, stop)?),
        None => None,
    };
    folders.extend(lent.as_deref());
    let mut call = pip(environment, &["install"], stop)?;
    if !asks_index {
        call = call.arg("--no-index");
    }
    let call = environment.isolated(finding(call, &folders).args(&wanted), &folders, &[&environment.env()])?;
    let ended = run(environment, &call, stop)?;
    if ended.status.success() {
        return Ok(());
    }
    let why = match (asks_index, needs.index, lent) {
        (true, ..) => "could not install its requirements".to_owned(),
        (_, false, _) => "could not install its requirements without an index".to_owned(),
        (_, _, Some(_)) => "could not install its requirements from the downloaded files".to_owned(),
        (_, _, None) => format!(
            "could not install its requirements: this Python has no ssl, so its pip cannot reach an index, and there is \
             no native CPython {} to fetch it",
            about.interpreter()
        ),
    };
    Err(Error::new(ErrorKind::Tool, format!("{why}\n{}", last_lines(&ended.stderr, 8)))
        .next("put their wheels into a directory: monowheel test --find-links DIR"))
}

/// A pip command in the environment.
fn pip(environment: &Environment<'_>, words: &[&str], stop: &CancelToken) -> Result<Call> {
    match &environment.python.about.pip {
        Some(wheel) => Ok(pip::call(environment.python, wheel, environment.call(), stop)?.args(words)),
        None => Err(no_pip(environment)),
    }
}

/// The command with `folders` as additional sources.
pub(super) fn finding(call: Call, folders: &[&Path]) -> Call {
    folders.iter().fold(call, |call, folder| call.arg("--find-links").arg(folder))
}

fn no_pip(environment: &Environment<'_>) -> Error {
    let (major, minor) = environment.python.about.version;
    Error::new(ErrorKind::Toolchain, "this Python has no pip (the module `ensurepip` or its wheel is missing)")
        .at(environment.python.path.display())
        .next(format!("on Debian and Ubuntu: apt-get install python{major}.{minor}-venv"))
}

/// Runs it, and writes its output to the log.
pub(super) fn run(environment: &Environment<'_>, call: &Call, stop: &CancelToken) -> Result<Captured> {
    let ended = call.capture(LIMIT * environment.python.patience(), stop)?;
    environment.note(&format!("$ {}\n{}{}", call.shell_line(), ended.stdout, ended.stderr))?;
    Ok(ended)
}

/// The installed wheel of the release, from its `WHEEL` with its tags and build number.
fn installed<'a>(environment: &Environment<'_>, release: &'a Release) -> Result<&'a Wheel> {
    let unknown = |why: &str| {
        Error::new(ErrorKind::Tool, format!("pip installed something other than the wheels: {why}"))
            .next("run monowheel audit to check that the wheel's WHEEL file matches its name")
    };
    let site = environment.site().ok_or_else(|| unknown("no site-packages"))?;
    let entries = fs_err::read_dir(&site)?.flatten();
    let is_ours = |name: &str| {
        let stem = name.strip_suffix(".dist-info").and_then(|stem| stem.rsplit_once('-'));
        stem.is_some_and(|(name, _)| wheel_name(name) == release.set.name)
    };
    let folder = entries
        .map(|entry| entry.path())
        .find(|path| path.file_name().is_some_and(|name| is_ours(&name.to_string_lossy())))
        .ok_or_else(|| unknown("no dist-info"))?;
    let file = WheelFile::parse(&regular_file::read(&folder.join("WHEEL"), regular_file::MOST_TEXT)?);
    let tags: BTreeSet<String> = file.headers.all("Tag").filter_map(Tag::parse).map(|tag| tag.to_string()).collect();
    release.with_tags(&tags, file.headers.first("Build")).ok_or_else(|| unknown("its tags match no file name"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requires_python_above_the_floor_of_the_tag_means_no_wheel_too() {
        assert!(fits_nothing("ERROR: No matching distribution found for demo==1.0\n"));
        assert!(fits_nothing(
            "Processing ./demo\nERROR: Package 'demo' requires a different Python: 3.9.2 not in '>=3.11'\n"
        ));
        assert!(!fits_nothing("ERROR: Could not install packages due to an OSError\n"));
    }
}
