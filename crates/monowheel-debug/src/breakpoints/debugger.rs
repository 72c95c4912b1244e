//! gdb and lldb: where they are, what they need, and how they start a program.

use std::path::{Path, PathBuf};
use std::time::Duration;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::{Call, CancelToken, on_path};
use serde::Serialize;

/// A version takes long only on a machine that is out of memory.
const LIMIT: Duration = Duration::from_secs(60);
/// Where Debian and LLVM put lldb's Python package, from the directory of LLVM.
const PACKAGES: [&str; 3] = ["dist-packages", "site-packages", "local"];

/// Where the system has the Python that its lldb was built with.
const SYSTEM: &str = "/usr/bin:/bin";

/// A debugger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// GNU.
    Gdb,
    /// LLVM.
    Lldb,
}

/// One that is installed.
#[derive(Clone, Debug)]
pub(super) struct Debugger {
    pub(super) kind: Kind,
    path: PathBuf,
    /// `GNU gdb (Debian 13.1-3) 13.1`.
    pub(super) version: String,
    /// The directory of lldb's Python package.
    packages: Option<PathBuf>,
}

impl Kind {
    const fn word(self) -> &'static str {
        match self {
            Self::Gdb => "gdb",
            Self::Lldb => "lldb",
        }
    }
}

impl Debugger {
    /// The debugger that is wanted, else the first that is installed.
    ///
    /// # Errors
    /// [`ErrorKind::Toolchain`] if there is none, or it has no Python.
    pub(super) fn find(wanted: Option<Kind>, stop: &CancelToken) -> Result<Self> {
        let kinds = wanted.map_or(vec![Kind::Gdb, Kind::Lldb], |kind| vec![kind]);
        let found = kinds.iter().find_map(|kind| Some((*kind, on_path(kind.word())?)));
        let Some((kind, path)) = found else {
            let names = kinds.iter().map(|kind| kind.word()).collect::<Vec<_>>().join(" and ");
            return Err(Error::new(ErrorKind::Toolchain, format!("{names} not found on PATH"))
                .next(format!("install it, for example: apt-get install {}", kinds[0].word())));
        };
        let packages = (kind == Kind::Lldb).then(|| packages(&path)).flatten();
        let debugger = Self { kind, path, version: String::new(), packages };
        let version = debugger.call().arg("--version").stdout(LIMIT, stop)?;
        let debugger = Self { version: version.lines().next().unwrap_or_default().to_owned(), ..debugger };
        let (flags, statement) = match kind {
            Kind::Gdb => (["-nx", "-batch", "-ex"].as_slice(), "python print('has', 'python')"),
            Kind::Lldb => (["--no-lldbinit", "-b", "-o"].as_slice(), "script print('has', 'python')"),
        };
        let told = debugger.call().args(flags).arg(statement).capture(LIMIT, stop)?;
        if told.stdout.lines().any(|line| line.trim() == "has python") {
            return Ok(debugger);
        }
        Err(Error::new(ErrorKind::Toolchain, "this debugger cannot run Python scripts")
            .at(debugger.path.display())
            .next(match kind {
                Kind::Gdb => "install a gdb that was built with Python (gdb, not gdb-minimal, on Debian and Ubuntu)",
                Kind::Lldb => "install its Python package, for example: apt-get install python3-lldb",
            }))
    }

    /// The call that runs a script and, in it, a program.
    pub(super) fn run(&self, script: &Path, program: &[String], is_interactive: bool) -> Call {
        let call = self.call();
        match self.kind {
            // gdb passes the words through a shell, quoted for a POSIX one.
            Kind::Gdb => call
                .env("SHELL", "/bin/sh")
                .args(["-nx", "-q"])
                .args((!is_interactive).then_some("-batch"))
                .arg("-x")
                .arg(script)
                .arg("--args")
                .args(program),
            Kind::Lldb => {
                let import = format!("command script import \"{}\"", script.display());
                call.arg("--no-lldbinit")
                    .args((!is_interactive).then_some("-b"))
                    .args(["-o", &import])
                    .arg("--")
                    .args(program)
            }
        }
    }

    fn call(&self) -> Call {
        let call = Call::new(&self.path);
        // Of the debugger only: the script restores both for the program. lldb takes the first python3 on PATH, such as
        // that of a virtual environment, for its own.
        let call = if self.kind == Kind::Lldb { call.env("PATH", SYSTEM) } else { call };
        match &self.packages {
            Some(packages) => call.env("PYTHONPATH", packages),
            None => call,
        }
    }
}

/// lldb's Python package beside the binary, which Debian's lldb does not find by itself.
fn packages(lldb: &Path) -> Option<PathBuf> {
    let lib = fs_err::canonicalize(lldb).ok()?.parent()?.parent()?.join("lib");
    let mut pythons: Vec<PathBuf> = fs_err::read_dir(lib).ok()?.flatten().map(|entry| entry.path()).collect();
    pythons.sort();
    let is_python = |path: &&PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("python"));
    let folders = pythons.iter().filter(is_python).flat_map(|python| PACKAGES.map(|name| python.join(name)));
    folders.into_iter().find(|folder| folder.join("lldb/__init__.py").is_file())
}

/// The directory of Rust's pretty printers, of the toolchain that `rustc` is from.
pub(super) fn printers(stop: &CancelToken) -> Option<PathBuf> {
    let root = Call::new(on_path("rustc")?).args(["--print", "sysroot"]).stdout(LIMIT, stop).ok()?;
    Some(Path::new(root.trim()).join("lib/rustlib/etc")).filter(|folder| folder.join("gdb_lookup.py").is_file())
}
