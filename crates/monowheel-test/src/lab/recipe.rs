//! The recipes: how to install each interpreter, its cost, and whether this machine can run it.

use std::path::{Path, PathBuf};

use monowheel_error::near_names;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::on_path;
use serde::Serialize;

use super::entry::Made;
use super::processor::Processor;
use super::site::Site;
use super::{debian, musl, pins, pyodide, qemu, sanitized, source, uv, windows};

/// How to install an interpreter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// Debian's packages, extracted and relocated.
    Debian,
    /// Upstream's sources, built without the GIL.
    Source,
    /// Debian's packages for another processor, run by qemu-user, or natively if this machine can.
    Qemu,
    /// Upstream's sources, built by zig for musl.
    Musl,
    /// Windows' own DLLs, run by wine.
    Windows,
    /// Pyodide from npm, run by Node.
    Pyodide,
    /// Upstream's sources, built by zig without the GIL and with `ThreadSanitizer`.
    Sanitized,
}

/// An interpreter that can be installed.
#[derive(Clone, Copy, Debug)]
pub struct Recipe {
    /// Its id.
    pub id: &'static str,
    /// Major and minor version.
    pub(crate) version: (u8, u8),
    /// How to install it.
    pub way: Way,
    /// Download size if nothing is cached, in megabytes, as measured.
    pub download_mb: u32,
    /// How long it takes on two cores, in seconds, as measured.
    pub seconds: u32,
}

const fn row(id: &'static str, minor: u8, way: Way, download_mb: u32, seconds: u32) -> Recipe {
    Recipe { id, version: (3, minor), way, download_mb, seconds }
}

/// Every recipe, in display order.
const RECIPES: &[Recipe] = &[
    row("cpython-3.14", 14, Way::Debian, 32, 12),
    row("cpython-3.15", 15, Way::Debian, 32, 12),
    row("cpython-3.14t", 14, Way::Source, 24, 75),
    row("cpython-3.15t", 15, Way::Source, 36, 90),
    row("cpython-3.13-aarch64", 13, Way::Qemu, 110, 40),
    row("cpython-3.14-aarch64", 14, Way::Qemu, 110, 40),
    row("cpython-3.15-aarch64", 15, Way::Qemu, 110, 40),
    row("cpython-3.13-armv7l", 13, Way::Qemu, 110, 40),
    row("cpython-3.15-armv7l", 15, Way::Qemu, 110, 40),
    row("cpython-3.13-i686", 13, Way::Qemu, 35, 10),
    row("cpython-3.15-i686", 15, Way::Qemu, 35, 10),
    row("cpython-3.14-ppc64le", 14, Way::Qemu, 110, 40),
    row("cpython-3.15-ppc64le", 15, Way::Qemu, 110, 40),
    row("cpython-3.13-riscv64", 13, Way::Qemu, 110, 55),
    row("cpython-3.15-riscv64", 15, Way::Qemu, 110, 55),
    row("cpython-3.14-s390x", 14, Way::Qemu, 110, 40),
    row("cpython-3.15-s390x", 15, Way::Qemu, 110, 40),
    row("cpython-3.13-musl", 13, Way::Musl, 28, 160),
    row("cpython-3.8-windows", 8, Way::Windows, 185, 47),
    row("cpython-3.9-windows", 9, Way::Windows, 185, 47),
    row("cpython-3.10-windows", 10, Way::Windows, 185, 47),
    row("cpython-3.11-windows", 11, Way::Windows, 185, 47),
    row("cpython-3.12-windows", 12, Way::Windows, 185, 47),
    row("cpython-3.13-windows", 13, Way::Windows, 185, 47),
    row("cpython-3.14-windows", 14, Way::Windows, 185, 47),
    row("pyodide-0.29", 13, Way::Pyodide, 70, 20),
    row("pyodide-314", 14, Way::Pyodide, 70, 20),
    row("cpython-3.15t-tsan", 15, Way::Sanitized, 36, 400),
];

/// Every recipe.
#[must_use]
pub fn all() -> &'static [Recipe] {
    RECIPES
}

/// The recipes of interpreters that wheels are tested on.
pub fn for_tests() -> impl Iterator<Item = &'static Recipe> {
    RECIPES.iter().filter(|recipe| recipe.way != Way::Sanitized)
}

/// The recipe of the interpreter with `ThreadSanitizer`.
pub(super) fn sanitized() -> Option<&'static Recipe> {
    RECIPES.iter().find(|recipe| recipe.way == Way::Sanitized)
}

/// Why this machine cannot run a recipe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hindrance {
    /// What is missing.
    pub why: String,
    /// How to fix it.
    pub next_step: String,
}

impl Hindrance {
    /// As the error of `get`.
    pub(super) fn error(self, id: &str) -> Error {
        Error::new(ErrorKind::Toolchain, format!("{id} cannot be installed here: {}", self.why)).next(self.next_step)
    }
}

/// A program that a recipe needs, and its Debian package.
const fn needs(way: Way) -> &'static [(&'static str, &'static str)] {
    match way {
        Way::Pyodide => &[("tar", "tar")],
        Way::Debian | Way::Qemu => &[("apt-get", "apt"), ("dpkg-deb", "dpkg")],
        Way::Source => {
            &[("apt-get", "apt"), ("cc", "gcc libc6-dev"), ("make", "make"), ("tar", "tar"), ("xz", "xz-utils")]
        }
        Way::Sanitized => &[("apt-get", "apt"), ("make", "make"), ("tar", "tar"), ("xz", "xz-utils")],
        Way::Musl => &[
            ("apt-get", "apt"),
            ("dpkg-deb", "dpkg"),
            ("make", "make"),
            ("tar", "tar"),
            ("xz", "xz-utils"),
            ("bzip2", "bzip2"),
        ],
        Way::Windows => &[
            ("apt-get", "apt"),
            ("dpkg-deb", "dpkg"),
            ("tar", "tar"),
            ("xz", "xz-utils"),
            ("flock", "util-linux"),
            ("setsid", "util-linux"),
        ],
    }
}

impl Recipe {
    /// The first recipe for a CPython of this version on a platform with this prefix.
    #[must_use]
    pub fn making(version: (u8, u8), free_threaded: bool, platform: &str) -> Option<&'static Self> {
        for_tests().find(|recipe| {
            (recipe.version, recipe.free_threaded()) == (version, free_threaded)
                && recipe.platform().starts_with(platform)
        })
    }

    /// The recipe called `id`.
    ///
    /// # Errors
    /// When there is none.
    pub fn named(id: &str) -> Result<&'static Self> {
        RECIPES.iter().find(|recipe| recipe.id == id).ok_or_else(|| {
            if id.starts_with("pypy") {
                return Error::new(
                    ErrorKind::Usage,
                    format!("no recipe for the interpreter {id}: PyPy has no stable ABI"),
                )
                .next("test on CPython; `monowheel lab list` shows the available ones");
            }
            let near = near_names::nearest(id, RECIPES.iter().map(|recipe| recipe.id));
            let hint = near.map(|near| format!("did you mean {near}? ")).unwrap_or_default();
            Error::new(ErrorKind::Usage, format!("no recipe for the interpreter {id}"))
                .next(format!("{hint}`monowheel lab list` shows all"))
        })
    }

    /// The interpreter's platform: as in `sysconfig.get_platform()`, and `musllinux-…` for musl.
    #[must_use]
    pub(crate) fn platform(&self) -> String {
        match self.way {
            Way::Debian | Way::Source | Way::Sanitized => "linux-x86_64".to_owned(),
            Way::Qemu => format!("linux-{}", Processor::of(self.id).map_or("", |processor| processor.tag)),
            Way::Musl => "musllinux-x86_64".to_owned(),
            Way::Windows => "win-amd64".to_owned(),
            Way::Pyodide => pyodide::abi(self.version).map_or_else(String::new, |abi| abi.tag().replacen('_', "-", 1)),
        }
    }

    /// Whether the interpreter is built without the GIL.
    #[must_use]
    pub(crate) fn free_threaded(&self) -> bool {
        matches!(self.way, Way::Source | Way::Sanitized)
    }

    /// What prevents this machine from running the recipe, if anything.
    #[must_use]
    pub fn hindrance(&self, python: Option<&Path>) -> Option<Hindrance> {
        self.hindrance_where((std::env::consts::OS, std::env::consts::ARCH), python, &on_path)
    }

    fn hindrance_where(
        &self,
        machine: (&str, &str),
        python: Option<&Path>,
        find: &dyn Fn(&str) -> Option<PathBuf>,
    ) -> Option<Hindrance> {
        if machine != ("linux", "x86_64") {
            return Some(Hindrance {
                why: format!("the lab needs Linux on x86-64, but this is {} on {}", machine.0, machine.1),
                next_step: "run it on such a machine or container".to_owned(),
            });
        }
        if uv::serving(self, python).is_some() {
            return None;
        }
        let missing: Vec<_> = needs(self.way).iter().filter(|(program, _)| find(program).is_none()).collect();
        if !missing.is_empty() {
            let column = |at: fn(&(&'static str, &'static str)) -> &'static str, by: &str| {
                missing.iter().map(|pair| at(pair)).collect::<Vec<_>>().join(by)
            };
            return Some(Hindrance {
                why: format!("missing programs: {}", column(|pair| pair.0, ", ")),
                next_step: format!("on Debian or Ubuntu: apt-get install {}", column(|pair| pair.1, " ")),
            });
        }
        if python.is_none() && find("python3").is_none() {
            return Some(Hindrance {
                why: "no Python with pip found to download tools".to_owned(),
                next_step: "on Debian or Ubuntu: apt-get install python3-pip".to_owned(),
            });
        }
        None
    }

    /// The key of the recipe: if it changes, the entry is rebuilt. The directory is part of it, as its
    /// path is written into the files.
    pub(super) fn key(&self, home: &Path) -> String {
        let text = format!("{}\n{:?}\n{}\n{}", self.id, self.way, revision(self), home.display());
        monowheel_system::hash::sha256(text.as_bytes())[..12].to_owned()
    }
}

/// The current state of a recipe's method: its revision, and the data that it uses.
fn revision(recipe: &Recipe) -> String {
    let python = format!("python{}.{}", recipe.version.0, recipe.version.1);
    match recipe.way {
        Way::Debian => debian::REVISION.to_owned(),
        Way::Qemu => qemu::REVISION.to_owned(),
        Way::Source => format!("{}\n{}", source::REVISION, pins::identity(&[&python])),
        Way::Sanitized => format!("{}\n{}\n{}", sanitized::REVISION, source::REVISION, pins::identity(&[&python])),
        Way::Musl => format!("{}\n{}", musl::REVISION, pins::identity(&[&python, "zlib", "libffi"])),
        Way::Pyodide => format!("{}\n{}", pyodide::REVISION, pins::npm_identity()),
        Way::Windows => windows::identity(&format!("{}.{}", recipe.version.0, recipe.version.1)),
    }
}

/// Runs the recipe.
pub(super) fn make(recipe: &Recipe, site: &Site<'_>) -> Result<Made> {
    if let Some(uv) = uv::serving(recipe, site.python) {
        return uv::make(site, recipe, &uv);
    }
    match recipe.way {
        Way::Debian => debian::make(site),
        Way::Qemu => qemu::make(site),
        Way::Source => source::make(site),
        Way::Musl => musl::make(site),
        Way::Sanitized => sanitized::make(site),
        Way::Windows => windows::make(site),
        Way::Pyodide => pyodide::make(site),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: (&str, &str) = ("linux", "x86_64");

    #[test]
    fn ids_say_what_they_are() {
        let mut ids: Vec<&str> = RECIPES.iter().map(|recipe| recipe.id).collect();
        for recipe in RECIPES {
            if let Some(abi) = pyodide::abi(recipe.version).filter(|_| recipe.way == Way::Pyodide) {
                let release = recipe.id.strip_prefix("pyodide-").unwrap_or_default();
                assert!(abi.pyodide.starts_with(&format!("{release}.")), "{}", recipe.id);
                continue;
            }
            let end = match recipe.way {
                Way::Debian => "",
                Way::Source => "t",
                Way::Qemu => &format!("-{}", Processor::of(recipe.id).map_or("", |processor| processor.tag)),
                Way::Musl => "-musl",
                Way::Sanitized => "t-tsan",
                Way::Windows => "-windows",
                Way::Pyodide => "-no-pyodide",
            };
            assert_eq!(recipe.id, format!("cpython-{}.{}{end}", recipe.version.0, recipe.version.1));
        }
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), RECIPES.len());
    }

    #[test]
    fn a_near_miss_is_told() {
        let error = Recipe::named("cpython-315t").err();
        assert!(error.as_ref().is_some_and(|error| error.kind() == ErrorKind::Usage));
        assert!(error.is_some_and(|error| error.to_string().contains("did you mean cpython-3.15t?")));
    }

    #[test]
    fn what_is_missing_is_told_with_what_mends_it() -> Result<()> {
        let recipe = Recipe::named("cpython-3.15t")?;
        let python = Some(Path::new("/usr/bin/python3"));
        let all = |name: &str| Some(PathBuf::from(name));
        assert_eq!(recipe.hindrance_where(HERE, python, &all), None);
        let bare = |name: &str| (name != "cc" && name != "make").then(|| PathBuf::from(name));
        let found = recipe.hindrance_where(HERE, python, &bare);
        let wanted = Hindrance {
            why: "missing programs: cc, make".into(),
            next_step: "on Debian or Ubuntu: apt-get install gcc libc6-dev make".into(),
        };
        assert_eq!(found, Some(wanted));
        let mac = recipe.hindrance_where(("macos", "aarch64"), python, &all);
        assert!(mac.is_some_and(|found| found.why.contains("macos on aarch64")));
        Ok(())
    }

    #[test]
    fn a_recipe_is_known_by_its_data_and_its_place() {
        let key = |at: usize, home: &str| RECIPES[at].key(Path::new(home));
        assert_eq!(key(0, "/lab/a"), key(0, "/lab/a"));
        assert_ne!(key(0, "/lab/a"), key(0, "/lab/b"));
        assert_ne!(key(2, "/lab/a"), key(3, "/lab/a"));
    }
}
