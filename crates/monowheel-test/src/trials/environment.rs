//! A clean virtual environment for one interpreter and one distribution, reused while nothing changes.
//!
//! ```text
//! CACHE/prove/NAME/PYTHON-HASH/
//!   lock       held while it is used; two runs take turns
//!   state      its contents: a hash of all it depends on, and the wheel that pip selected
//!   env/       the environment
//!   links/     the wheels that pip may select from
//!   lent/      wheels of dependencies, if another Python downloaded them
//!   log        commands and output of the last run
//! ```

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use monowheel_build::isolated::prefix;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::atomic_write;
use monowheel_system::cache;
use monowheel_system::exec::{Call, CancelToken, Isolator, Sandbox, last_lines, quoted};
use monowheel_system::hash::{hex, sha256_file};
use monowheel_system::lock::Lock;
use sha2::{Digest as _, Sha256};

use crate::lab::{Lab, Runner};
use crate::trials::installer::{self, Needs, Sources};
use crate::trials::pip;
use crate::trials::python::{Python, clean};
use crate::trials::release::{Release, Wheel};

/// Part of the key: increment it when the steps below change.
const RECIPE: &str = "2";
/// Native time limit for creating an environment.
const LIMIT: Duration = Duration::from_secs(120);

/// A locked environment.
#[derive(Debug)]
pub(crate) struct Environment<'a> {
    pub(super) python: &'a Python,
    isolator: &'a Isolator,
    root: PathBuf,
    _lock: Lock,
}

/// An environment with the wheel in it.
#[derive(Debug)]
pub(crate) struct Ready<'a> {
    /// The wheel that pip selected; `None` if it found none.
    pub(crate) wheel: Option<&'a Wheel>,
    /// Whether an existing environment was reused.
    pub(crate) reused: bool,
}

impl<'a> Environment<'a> {
    /// Opens and locks the environment of this interpreter for this distribution; `waiting` is called with
    /// the current holder if that takes a while.
    ///
    /// # Errors
    /// When the directory cannot be created, or Ctrl-C ends the wait for another run.
    pub(crate) fn open(
        python: &'a Python,
        isolator: &'a Isolator,
        release: &Release,
        waiting: impl FnOnce(&str),
        stop: &CancelToken,
    ) -> Result<Self> {
        let hash = hex(&Sha256::digest(format!("{}\n{:?}", python.path.display(), python.launch)));
        let about = &python.about;
        let folder = format!("{}-{}-{}", about.short(), about.platform, &hash[..8]);
        let root = cache::root()?.join("prove").join(&release.set.name).join(folder);
        fs_err::create_dir_all(&root)?;
        let lock = Lock::acquire(&root.join("lock"), stop, waiting)?;
        fs_err::write(root.join("log"), "")?;
        Ok(Self { python, isolator, root, _lock: lock })
    }

    /// The path of the log.
    pub(crate) fn log(&self) -> PathBuf {
        self.root.join("log")
    }

    /// Appends to the log.
    pub(crate) fn note(&self, text: &str) -> Result<()> {
        let mut file = fs_err::OpenOptions::new().append(true).create(true).open(self.log())?;
        Ok(writeln!(file, "{text}")?)
    }

    /// A command of the environment's Python.
    pub(crate) fn call(&self) -> Call {
        self.inside(self.python.call(&self.interpreter()))
    }

    /// The path of its Python.
    pub(crate) fn interpreter(&self) -> PathBuf {
        self.scripts().join(if self.is_windows() { "python.exe" } else { "python" })
    }

    /// Whether installed code runs isolated here. Wine shares one Windows prefix between all programs, by servers that
    /// keep running: two sandboxes would each start their own on the same files.
    pub(crate) fn is_isolated(&self) -> bool {
        self.isolator.is_on() && self.python.can_be_isolated()
    }

    /// A command that runs code of a wheel: it can read the environment and `reads`, and write `writes`.
    pub(crate) fn isolated(&self, call: Call, reads: &[&Path], writes: &[&Path]) -> Result<Call> {
        if !self.is_isolated() {
            return Ok(call);
        }
        let about = &self.python.about;
        let mut sandbox = Sandbox::default().reads(Lab::open()?.root()).reads(pip::folder()?);
        for path in prefix(&self.python.path).into_iter().chain(prefix(&about.executable)).chain(about.pip.clone()) {
            sandbox = sandbox.reads(path);
        }
        // The environment is read-only too: otherwise one check could change what the next one runs.
        sandbox = sandbox.reads(self.env());
        sandbox = reads.iter().fold(sandbox, Sandbox::reads);
        sandbox = writes.iter().fold(sandbox, Sandbox::writes);
        // Both would write next to the project's files. pytest warns if it cannot, which some projects turn into an
        // error. Its `cache_dir` would be an unknown option in a project that has disabled the cache.
        let call =
            call.env("PYTHONDONTWRITEBYTECODE", "1").env("PYTEST_ADDOPTS", "-W ignore::pytest.PytestCacheWarning");
        Ok(self.isolator.apply(call, &sandbox))
    }

    /// A command of another program, with the environment's scripts first on PATH.
    pub(crate) fn beside(&self, program: &str) -> Call {
        self.inside(clean(Call::new(program)))
    }

    /// A command line of the project. `python` as its first word is the environment's, and a bare word such as `pytest` is
    /// run as a module: scripts do not start under every emulator.
    pub(crate) fn command(&self, words: &[String]) -> Call {
        let (first, rest) = words.split_first().map_or(("", &[][..]), |(first, rest)| (first.as_str(), rest));
        let call = match first {
            "python" | "python3" => self.call(),
            module if !module.contains(['/', '\\']) => self.call().args(["-m", module]),
            program => self.beside(program),
        };
        call.args(rest)
    }

    /// The interpreter that it is for.
    pub(crate) const fn python(&self) -> &Python {
        self.python
    }

    fn inside(&self, call: Call) -> Call {
        let paths = std::env::var_os("PATH");
        let paths = std::iter::once(self.scripts()).chain(paths.iter().flat_map(std::env::split_paths));
        let call = call.env("VIRTUAL_ENV", self.env());
        // A directory with a colon in its name cannot be on PATH; the interpreter is called by its own path anyway.
        match std::env::join_paths(paths) {
            Ok(path) => call.env("PATH", path),
            Err(_) => call,
        }
    }

    fn scripts(&self) -> PathBuf {
        self.env().join(if self.is_windows() { "Scripts" } else { "bin" })
    }

    fn is_windows(&self) -> bool {
        self.python.about.platform.starts_with("win")
    }

    /// The directory of the environment.
    pub(crate) fn env(&self) -> PathBuf {
        self.root.join("env")
    }

    /// Its site-packages, once it is created.
    pub(crate) fn site(&self) -> Option<PathBuf> {
        let folder = |path: PathBuf| path.is_dir().then_some(path);
        if self.is_windows() {
            return folder(self.env().join("Lib/site-packages"));
        }
        let libs = fs_err::read_dir(self.env().join("lib")).into_iter().flatten().flatten();
        libs.filter(|lib| lib.file_name().to_string_lossy().starts_with("python"))
            .find_map(|lib| folder(lib.path().join("site-packages")))
    }

    /// Installs the wheel that pip selects, and its dependencies; does nothing if nothing changed.
    ///
    /// # Errors
    /// When the environment cannot be created or filled.
    pub(crate) fn fill<'r>(
        &self,
        release: &'r Release,
        needs: &Needs,
        lender: Option<&Python>,
        stop: &CancelToken,
    ) -> Result<Ready<'r>> {
        let key = self.key(release, needs)?;
        let state = self.root.join("state");
        if let Some(file) = fs_err::read_to_string(&state).ok().as_deref().and_then(|text| text.strip_prefix(&key)) {
            let file = file.trim();
            return Ok(Ready { wheel: release.wheel(file), reused: true });
        }
        let _ = fs_err::remove_file(&state);
        self.make(stop)?;
        let links = self.link(release)?;
        let wheel = installer::choose(self, release, &Sources { needs, links: &links, lender }, stop)?;
        if let Some(wheel) = wheel.filter(|_| needs.from.is_none()) {
            unchanged(wheel, &links.join(&wheel.file.file))?;
        }
        if let Some(wheel) = wheel {
            let sources = Sources { needs, links: &links, lender };
            installer::complete(self, release, wheel, &sources, stop)?;
        }
        atomic_write::write(&state, format!("{key} {}", wheel.map_or("", |wheel| &wheel.file.file)))?;
        Ok(Ready { wheel, reused: false })
    }

    /// A hash of all that the environment's contents depend on.
    fn key(&self, release: &Release, needs: &Needs) -> Result<String> {
        let mut hash = Sha256::new();
        let mut add = |text: &str| hash.update(format!("{}:{text}", text.len()));
        add(RECIPE);
        add(monowheel_error::VERSION);
        add(&format!("{:?}", self.python));
        // Code that ran as the user may have changed any environment since.
        add(if self.is_isolated() { "isolated" } else { "not isolated" });
        let binary = fs_err::metadata(&self.python.path)?;
        add(&format!("{:?} {}", binary.modified().ok(), binary.len()));
        release.wheels.iter().for_each(|wheel| add(&format!("{} {}", wheel.file.file, wheel.file.sha256)));
        add(&format!("{needs:?}"));
        for folder in &needs.find_links {
            let mut names: Vec<String> =
                fs_err::read_dir(folder)?.flatten().map(|entry| format!("{:?}", entry.file_name())).collect();
            names.sort();
            names.iter().for_each(|name| add(name));
        }
        Ok(hex(&hash.finalize()))
    }

    fn make(&self, stop: &CancelToken) -> Result<()> {
        if self.env().exists() {
            fs_err::remove_dir_all(self.env())?;
        }
        let python = &self.python;
        if python.runner == Runner::Node {
            return self.make_for_pyodide();
        }
        if !python.about.venv {
            let (major, minor) = python.about.version;
            return Err(Error::new(ErrorKind::Toolchain, "this Python has no module venv")
                .at(python.path.display())
                .next(format!("on Debian and Ubuntu: apt-get install python{major}.{minor}-venv")));
        }
        let call = python.call(&python.path).args(["-I", "-m", "venv", "--without-pip"]).arg(self.env());
        let ended = call.capture(LIMIT * python.patience(), stop)?;
        self.note(&format!("$ {}\n{}{}", call.shell_line(), ended.stdout, ended.stderr))?;
        if ended.status.success() {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Tool, format!("could not create an environment\n{}", last_lines(&ended.stderr, 8)))
            .at(python.path.display()))
    }

    /// An environment for Pyodide, which has no module venv: a site directory, and a Python that uses it.
    fn make_for_pyodide(&self) -> Result<()> {
        let (major, minor) = self.python.about.version;
        let site = self.env().join(format!("lib/python{major}.{minor}/site-packages"));
        fs_err::create_dir_all(&site)?;
        fs_err::create_dir_all(self.scripts())?;
        let (site, python) = (quoted(&site), quoted(&self.python.path));
        let script = format!("#!/bin/sh\nMONOWHEEL_PYODIDE_SITE={site} exec {python} \"$@\"\n");
        atomic_write::write_executable(&self.scripts().join("python"), &script)
    }

    /// An empty directory next to the environment.
    pub(crate) fn folder(&self, name: &str) -> Result<PathBuf> {
        let folder = self.root.join(name);
        if folder.exists() {
            fs_err::remove_dir_all(&folder)?;
        }
        fs_err::create_dir(&folder)?;
        Ok(folder)
    }

    /// A directory with only the release's wheels: copies of the bytes that were read first.
    fn link(&self, release: &Release) -> Result<PathBuf> {
        let links = self.folder("links")?;
        for wheel in &release.wheels {
            wheel.held.save(&links.join(&wheel.file.file))?;
        }
        Ok(links)
    }

    /// An empty directory to run checks in, which code of a wheel may write.
    pub(crate) fn empty(&self) -> Result<tempfile::TempDir> {
        Ok(tempfile::Builder::new().prefix("run-").tempdir_in(&self.root)?)
    }
}

/// Checks that pip installed from exactly the wheel that the report names.
fn unchanged(wheel: &Wheel, copy: &Path) -> Result<()> {
    let now = sha256_file(copy)?;
    if now == wheel.file.sha256 {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Format,
        format!("changed while it was installed: SHA-256 was {}, now {now}", wheel.file.sha256),
    )
    .at(copy.display())
    .next("find out what writes there, and use --isolation required"))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use monowheel_audit::test_report::File;
    use monowheel_build::held::Held;

    use super::*;

    #[test]
    fn a_wheel_that_was_swapped_before_pip_read_it_is_no_verdict_on_the_one_that_was_named() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let (named, copy) = (dir.path().join("x.whl"), dir.path().join("links-x.whl"));
        fs_err::write(&named, "good")?;
        let held = Held::of(&named)?;
        let file = File { file: "x.whl".to_owned(), sha256: held.sha256().to_owned() };
        let wheel = Wheel { held: Arc::new(held), file, modules: Vec::new(), needs_others: false, sanitizer: None };
        // The copy has the original bytes, whatever is on disk now.
        fs_err::write(&named, "evil")?;
        wheel.held.save(&copy)?;
        assert_eq!(fs_err::read_to_string(&copy)?, "good");
        unchanged(&wheel, &copy)?;
        fs_err::write(&copy, "evil")?;
        assert!(unchanged(&wheel, &copy).is_err_and(|error| error.what().contains("changed while")));
        Ok(())
    }
}
