//! The second build's environment: everything that may differ from machine to machine, and must not affect the output.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use monowheel_error::Result;
use monowheel_system::exec::{Call, CancelToken};
use monowheel_system::python;
use monowheel_system::{cache, cargo};
use serde::Serialize;

use crate::reproduce::clock::Clock;
use crate::reproduce::{Request, tree};
use crate::toolchain::rustup;

/// One difference between the builds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Circumstance {
    /// `directory`, `CARGO_HOME`, `umask`, ….
    pub what: &'static str,
    /// Its value in the second build.
    pub there: String,
}

/// The location of the second build.
#[derive(Debug)]
pub(super) struct Elsewhere {
    root: PathBuf,
    /// The project argument of `monowheel build`.
    project: String,
    cold: bool,
}

impl Elsewhere {
    /// Copies the project and creates the second home.
    ///
    /// # Errors
    /// When a directory cannot be read or written.
    pub(super) fn prepare(request: &Request, stop: &CancelToken) -> Result<Self> {
        let root = request.folder.join("elsewhere");
        let project = Path::new(&request.project);
        let project = if project.is_dir() {
            tree::copy(project, &root.join("some/where/else"), stop)?.display().to_string()
        } else {
            request.project.clone()
        };
        for folder in ["home", "cargo", "target", "cache"] {
            fs_err::create_dir_all(root.join(folder))?;
        }
        if let Some(home) = cargo::home() {
            furnish(&home, &root.join("cargo"))?;
        }
        Ok(Self { root, project, cold: request.cold })
    }

    /// The directory for its distributions.
    pub(super) fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// The call of the second build.
    pub(super) fn call(&self, request: &Request, clock: &Clock) -> Call {
        let mut words = vec![request.python.clone().into_os_string()];
        words.extend(python::module_words(&request.python, "monowheel"));
        // An input that is not a directory is built in the cache, where the first build has left its wheels.
        words.extend(["build", "--fresh", self.project.as_str(), "--jobs", "1", "--out"].map(OsString::from));
        words.push(self.dist().into_os_string());
        words.extend(request.words().map(OsString::from));
        // A shell sets the mask of the process.
        let call = Call::new("/bin/sh").args(["-c", "umask 077; exec \"$@\"", "sh"]);
        let call = clock.set(call).args(words).dir(&self.root);
        let call = self.variables().into_iter().fold(call, |call, (name, value)| call.env(name, value));
        if clock.is_delayed_by_rustup() { call.env("RUSTUP_HOME", self.root.join("no-rustup")) } else { call }
    }

    fn variables(&self) -> Vec<(&'static str, String)> {
        let at = |name: &str| self.root.join(name).display().to_string();
        let mut variables = vec![
            ("HOME", at("home")),
            ("CARGO_HOME", at("cargo")),
            ("CARGO_TARGET_DIR", at("target")),
            ("TZ", "Pacific/Kiritimati".to_owned()),
            ("LANG", "C".to_owned()),
            ("LC_ALL", "C".to_owned()),
            ("USER", "somebody".to_owned()),
        ];
        let home = std::env::var_os("HOME").map(PathBuf::from);
        let or_at_home = |name: &str, below: &str| {
            std::env::var(name).ok().or_else(|| Some(home.as_ref()?.join(below).display().to_string()))
        };
        // The compilers themselves are the same: another toolchain is another build.
        variables.extend(or_at_home("RUSTUP_HOME", ".rustup").map(|path| ("RUSTUP_HOME", path)));
        if self.cold {
            variables.push(("MONOWHEEL_CACHE", at("cache")));
            // Anything that the first build took from the cache was built; anything it fetched is in the toolchain now.
            variables.push((rustup::VARIABLE, "source".to_owned()));
        } else {
            variables.extend(cache::root().ok().map(|cache| ("MONOWHEEL_CACHE", cache.display().to_string())));
            variables
                .extend(or_at_home("ZIG_GLOBAL_CACHE_DIR", ".cache/zig").map(|path| ("ZIG_GLOBAL_CACHE_DIR", path)));
        }
        variables
    }

    /// The differences of the second build.
    pub(super) fn circumstances(&self, clock: &Clock) -> Vec<Circumstance> {
        let mut all = vec![
            Circumstance { what: "directory", there: self.project.clone() },
            Circumstance { what: "umask", there: "077".to_owned() },
            Circumstance { what: "jobs", there: "1".to_owned() },
            Circumstance { what: "target directory", there: "empty".to_owned() },
        ];
        all.push(Circumstance { what: "clock", there: clock.told() });
        let kept = [rustup::VARIABLE, "RUSTUP_HOME", "MONOWHEEL_CACHE", "ZIG_GLOBAL_CACHE_DIR", "CARGO_TARGET_DIR"];
        let others = self.variables().into_iter().filter(|(name, _)| !kept.contains(name));
        all.extend(others.map(|(what, there)| Circumstance { what, there }));
        if self.cold {
            all.push(Circumstance {
                what: "caches",
                there: "empty: the standard libraries and zig's are rebuilt".to_owned(),
            });
        }
        all
    }
}

/// Another home for cargo: its settings, and what it has fetched, which it unpacks again.
fn furnish(from: &Path, to: &Path) -> Result<()> {
    for config in ["config.toml", "config"] {
        if from.join(config).is_file() {
            fs_err::copy(from.join(config), to.join(config))?;
        }
    }
    fs_err::create_dir_all(to.join("registry"))?;
    #[cfg(unix)]
    for shared in ["registry/index", "registry/cache", "git"] {
        if from.join(shared).is_dir() {
            fs_err::os::unix::fs::symlink(from.join(shared), to.join(shared))?;
        }
    }
    Ok(())
}
