//! C code that a crate builds or links: the programs its build scripts run, and the libraries it needs.
//!
//! ```text
//! Cargo.lock ─ Packages ─ Native (in the plan) ─┬─ programs: fetched from the index, cached     ─┐
//!                                               └─ libraries: built by zig for a target, cached ─┴─ Offered: variables and
//!                                                                                                   PATH of each wheel's build
//! ```
//!
//! The needs of a build are determined before anything is built; see [`Packages`] for how exactly.

mod fetch;
pub(crate) mod library;
pub(crate) mod linked;
pub(crate) mod obtain;
pub(crate) mod offered;
mod openssl;
pub mod program;
mod source;

use std::collections::BTreeMap;

use monowheel_error::Result;
use monowheel_manifest::bindings::has_others;
use monowheel_manifest::cargo::read_manifest;
use monowheel_manifest::graph::{Chosen, Packages};
use monowheel_project::project::Project;
use monowheel_project::tables::native::Table;
use monowheel_project::target::{System, Target};
use monowheel_system::exec::on_path;
use serde::Serialize;

use program::{From, Needed, Program, Ways};

use crate::blocked::Blocked;
use crate::kept::Sources;

/// The C tools and libraries that a build needs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Native {
    /// The programs that its build scripts run.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub programs: Vec<Needed>,
    /// The OpenSSL that is built for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub openssl: Option<OpenSsl>,
    /// Variables that make crates build their own copy of a library, each with the crates.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: BTreeMap<String, String>,
    /// The crates that only Microsoft's compiler builds for Windows, and why.
    #[serde(skip)]
    pub(crate) msvc_only: Vec<(String, String)>,
    /// The crates that may compile C or C++ by the crate `cc`; `None` where none does.
    #[serde(skip)]
    pub(crate) compiles_c: Option<Vec<String>>,
    /// A license that forbids the build with the current settings.
    #[serde(skip)]
    pub(crate) problem: Option<Blocked>,
    /// What prevents every wheel from being built on this machine.
    #[serde(skip)]
    pub(crate) blocked: Option<Blocked>,
    /// Notes for the user.
    #[serde(skip)]
    pub(crate) notes: Vec<String>,
}

/// An OpenSSL that monowheel builds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OpenSsl {
    /// Its version.
    pub version: String,
    /// The crate that requires it, in its locked version.
    pub openssl_sys: String,
    /// Whether the crate builds its own (`vendored`), except for platforms that openssl-src does not support.
    pub vendored: bool,
}

impl Native {
    /// Whether there is nothing to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.programs.is_empty() && self.openssl.is_none() && self.variables.is_empty()
    }

    /// The needs of a project's build, whose ABIs also enable `features`.
    ///
    /// # Errors
    /// When Cargo.toml or Cargo.lock cannot be read.
    pub(crate) fn of(project: &Project, features: &[String], sources: &Sources) -> Result<Self> {
        let maturin = project.pyproject.maturin();
        let manifest = read_manifest(&project.bindings.manifest, &project.scope)?;
        let Some(lock) = &project.lock else {
            let notes = has_others(&manifest).then(|| NO_LOCK.to_owned()).into_iter().collect();
            return Ok(Self { notes, ..Self::default() });
        };
        let features: Vec<String> = features.iter().chain(&project.bindings.build_features).cloned().collect();
        let chosen = Chosen { features: &features, default: !maturin.no_default_features, all: maturin.all_features };
        let packages = Packages::read(&manifest, lock, &chosen)?;
        let license = manifest.package.as_ref().and_then(|package| package.license());
        let mut native = Self::of_packages(&packages, &project.pyproject.config().native, license, sources);
        native.notes.extend(python_note(&project.pyproject.build_requires));
        Ok(native)
    }

    fn of_packages(packages: &Packages, config: &Table, license: Option<&str>, sources: &Sources) -> Self {
        let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let ways = Ways {
            store: &sources.store,
            is_index_reached: &|| sources.is_index_reached(),
            is_set: &is_set,
            is_on_machine: &Program::is_on_machine,
        };
        let programs = program::needed(packages, &config.without, &ways);
        let libraries = library::of(packages, config, license);
        // One of them needs it for Haiku only, and every crate with a time zone depends on it.
        let compiles_c = packages.users("cc").into_iter().filter(|name| *name != "iana-time-zone-haiku");
        let compiles_c: Vec<String> = compiles_c.map(str::to_owned).collect();
        let compiles_c =
            (packages.has("cc") && (packages.users("cc").is_empty() || !compiles_c.is_empty())).then_some(compiles_c);
        let openssl = openssl_of(packages).filter(|_| !is_set("OPENSSL_DIR") && !is_set("OPENSSL_LIB_DIR"));
        let nowhere = programs.iter().find(|needed| needed.from == From::Nowhere).map(unobtainable);
        let missing = || missing_program(packages, &config.without);
        let blocked = nowhere.or_else(missing);
        let mut notes = libraries.notes;
        notes.extend(programs.iter().filter(|needed| needed.from == From::Machine).map(
            |Needed { name, version, .. }| {
                format!("{name} {version} cannot be fetched: using this machine's, whatever its version")
            },
        ));
        Self {
            programs,
            openssl,
            variables: libraries.variables,
            msvc_only: libraries.msvc_only,
            compiles_c,
            problem: libraries.blocked,
            blocked,
            notes,
        }
    }

    /// Why a wheel for this platform cannot be built, for reasons specific to the platform.
    pub(crate) fn hindrance(&self, target: &Target, sources: &Sources, zig: Option<&str>) -> Option<Blocked> {
        if target.system == System::Win && target.links_with_zig() {
            if let Some((krate, why)) = self.msvc_only.first() {
                return Some(Blocked {
                    why: format!("{krate} cannot be built for Windows without Microsoft's compiler: {why}"),
                    next_step: "leave the platform out with --target, or build it with --windows msvc".to_owned(),
                });
            }
        }
        let OpenSsl { version, openssl_sys, vendored } = self.openssl.as_ref()?;
        let release = openssl::release(version)?;
        for triple in &target.triples {
            if std::env::var_os(offered::variable(triple, "OPENSSL_DIR")).is_some() {
                continue;
            }
            match openssl::target(triple) {
                Some(openssl) if *vendored && !openssl.unknown => {}
                Some(openssl) => {
                    let entry = openssl::entry(release, openssl, zig.unwrap_or_default());
                    let program = ["perl", "make"].into_iter().find(|name| on_path(name).is_none());
                    if let Some(program) = program.filter(|_| !sources.store.has(&entry)) {
                        return Some(Blocked {
                            why: format!(
                                "{program}, which builds the OpenSSL that {openssl_sys} links, is not on PATH"
                            ),
                            next_step: "apt-get install perl make; or set OPENSSL_DIR to your own OpenSSL".to_owned(),
                        });
                    }
                }
                None if *vendored => {}
                None => {
                    return Some(Blocked {
                        why: format!("{openssl_sys} links OpenSSL, which monowheel does not build for {triple}"),
                        next_step: format!(
                            "set your own ({}), enable its feature `vendored`, or use rustls instead",
                            offered::variable(triple, "OPENSSL_DIR")
                        ),
                    });
                }
            }
        }
        None
    }

    /// The versions for a lock, by name.
    pub(crate) fn locked(&self) -> BTreeMap<String, String> {
        let programs = self.programs.iter().map(|needed| (needed.name.clone(), needed.version.clone()));
        let openssl = self.openssl.iter().map(|openssl| ("openssl".to_owned(), openssl.version.clone()));
        programs.chain(openssl).collect()
    }

    /// The parts that affect the bytes of wheels.
    pub(crate) fn identity(&self) -> String {
        format!("{:?} {:?} {:?}", self.locked(), self.openssl, self.variables)
    }
}

/// The note for a crate without a lock file, but with dependencies besides `PyO3`.
const NO_LOCK: &str = "without Cargo.lock, the programs and C libraries that dependencies need are unknown: run cargo \
                       generate-lockfile, and commit it";

/// The Python requirements of build scripts.
fn python_note(requires: &[String]) -> Option<String> {
    (!requires.is_empty()).then(|| {
        format!(
            "[build-system] requires {}, which monowheel does not install: a build script that runs Python uses the python3 \
             on PATH",
            requires.join(", ")
        )
    })
}

/// The OpenSSL that a build needs, if any.
fn openssl_of(packages: &Packages) -> Option<OpenSsl> {
    let locked = packages.versions("openssl-sys").last()?;
    let release = openssl::release_for(locked)?;
    Some(OpenSsl {
        version: release.version.clone(),
        openssl_sys: format!("openssl-sys {locked}"),
        vendored: packages.users("openssl-src").contains("openssl-sys"),
    })
}

fn unobtainable(needed: &Needed) -> Blocked {
    let Needed { name, version, users, .. } = needed;
    let variable = Program::named(name).map_or("", Program::variable);
    Blocked {
        why: format!(
            "the build script of {} runs {name}, which is not on this machine, and the index cannot be reached",
            users.join(", ")
        ),
        next_step: format!(
            "make the index reachable once (monowheel caches {name} {version}), set your own ({variable}=…), or declare \
             that the build does not need it: [tool.monowheel.native] without = [\"{name}\"]"
        ),
    }
}

/// Programs that are not on `PyPI`: the crate that runs each, and the command that installs it.
const ELSEWHERE: [(&str, &str, &str); 8] = [
    ("perl", "openssl-src", "apt-get install perl"),
    ("make", "openssl-src", "apt-get install make"),
    ("make", "autotools", "apt-get install make"),
    ("make", "gmp-mpfr-sys", "apt-get install make"),
    ("make", "libffi-sys", "apt-get install make"),
    ("make", "libsodium-sys-stable", "apt-get install make"),
    ("make", "luajit-src", "apt-get install make"),
    ("make", "tikv-jemalloc-sys", "apt-get install make"),
];

/// A program that is missing and cannot be fetched.
fn missing_program(packages: &Packages, without: &[String]) -> Option<Blocked> {
    let is_missing = |name: &str| on_path(name).is_none();
    let wanted = ELSEWHERE.iter().filter(|(name, ..)| !without.iter().any(|known| known == name));
    let (name, caller, get) = wanted.into_iter().find(|(name, caller, _)| packages.has(caller) && is_missing(name))?;
    Some(Blocked {
        why: format!("the crate {caller} runs {name} in a build script, but it is not on PATH"),
        next_step: format!(
            "{get}; or declare that the build does not need it: [tool.monowheel.native] without = [\"{name}\"]"
        ),
    })
}
