//! The programs on PyPI that build scripts run: which of them a build needs, and the source of each.
//!
//! | program | needed by a build with | offered to build scripts as |
//! | --- | --- | --- |
//! | cmake | the crate `cmake` | `CMAKE`, and on PATH |
//! | ninja | the crate `cmake` | `CMAKE_GENERATOR=Ninja`, and on PATH |
//! | libclang | `clang-sys`, which is bindgen's | `LIBCLANG_PATH` |
//!
//! Variables set by the user take precedence.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use monowheel_manifest::graph::Packages;
use monowheel_system::exec::{executable, on_path};
use serde::{Deserialize, Serialize};

use crate::kept::Store;

/// A row of `programs.toml`.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Program {
    /// Its name here, in the lock and in `without`.
    pub(crate) name: String,
    /// A build that may compile this crate needs it.
    #[serde(rename = "crate")]
    caller: String,
    /// The project on `PyPI`.
    pub(crate) package: String,
    /// The version that is fetched.
    pub(crate) version: String,
    /// The only accepted files.
    pub(crate) sha256: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    program: Vec<Program>,
}

#[expect(clippy::expect_used, reason = "the table is compiled in, and a test parses it")]
static PROGRAMS: LazyLock<Table> =
    LazyLock::new(|| toml::from_str(include_str!("programs.toml")).expect("programs.toml parses"));

/// A program that a build needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Needed {
    /// `cmake`, `ninja`, `libclang`.
    pub name: String,
    /// The version to fetch from `PyPI`.
    pub version: String,
    /// The crates whose build scripts run it.
    #[serde(rename = "for")]
    pub users: Vec<String>,
    /// Its source.
    pub from: From,
}

/// The source of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum From {
    /// A variable set by the user names another one.
    Variable,
    /// It has been fetched before.
    Cache,
    /// It is fetched from the index.
    Index,
    /// The index cannot be reached: this machine's program is used.
    Machine,
    /// It cannot be obtained.
    Nowhere,
}

impl Program {
    /// All of them.
    pub(crate) fn all() -> &'static [Self] {
        &PROGRAMS.program
    }

    /// The program of this name.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        Self::all().iter().find(|program| program.name == name)
    }

    /// The crates among `packages` whose build scripts run it; empty when none does.
    pub(crate) fn users<'p>(&self, packages: &'p Packages) -> BTreeSet<&'p str> {
        let users = packages.users(&self.caller);
        // bindgen is in the lock with clang-sys; its users are the useful names.
        if self.caller == "clang-sys" && users.contains("bindgen") {
            let of_bindgen = packages.users("bindgen");
            return if of_bindgen.is_empty() { users } else { of_bindgen };
        }
        users
    }

    /// Its name in the cache.
    pub(crate) fn entry(&self) -> String {
        format!("{}-{}", self.package, self.version)
    }

    /// The variable that names its path, or says that it is not needed.
    pub(crate) fn variable(&self) -> &'static str {
        match self.name.as_str() {
            "cmake" => "CMAKE",
            "ninja" => "CMAKE_GENERATOR",
            _ => "LIBCLANG_PATH",
        }
    }

    /// Its path in its wheel.
    pub(crate) fn in_wheel(&self) -> Vec<String> {
        match self.name.as_str() {
            "cmake" => vec![format!("cmake/data/bin/{}", executable("cmake"))],
            "ninja" => vec![format!("ninja-{}.data/scripts/{}", self.version, executable("ninja"))],
            _ => ["libclang.so", "libclang.dylib", "libclang.dll"]
                .map(|file| format!("libclang-{}.data/platlib/clang/native/{file}", self.version))
                .to_vec(),
        }
    }

    /// The file itself in `files`, an entry of the store.
    pub(crate) fn within(&self, files: &Path) -> Option<PathBuf> {
        self.in_wheel().iter().map(|path| files.join(path)).find(|path| path.is_file())
    }

    /// Whether this machine has one.
    pub(crate) fn is_on_machine(&self) -> bool {
        if self.name != "libclang" {
            return on_path(&self.name).is_some();
        }
        // The places where clang-sys 1.8 looks, as far as distributions put it there.
        let is_library = |path: PathBuf| path.file_name().is_some_and(|name| is_libclang(&name.to_string_lossy()));
        let holds = |folder: PathBuf| {
            fs_err::read_dir(folder).into_iter().flatten().flatten().any(|entry| is_library(entry.path()))
        };
        let versions = fs_err::read_dir("/usr/lib").into_iter().flatten().flatten().map(|entry| entry.path());
        let of_llvm = versions.filter(|path| {
            path.file_name().is_some_and(|name| {
                let name = name.to_string_lossy();
                name.starts_with("llvm") || name.ends_with("-linux-gnu")
            })
        });
        of_llvm.flat_map(|path| [path.join("lib"), path]).chain(["/usr/lib64".into(), "/usr/lib".into()]).any(holds)
    }
}

/// `libclang.so`, `libclang-14.so.1`; not `libclang-cpp.so.14`, which is another library.
fn is_libclang(name: &str) -> bool {
    let rest = name.strip_prefix("libclang").unwrap_or_default();
    let is_versioned = rest.strip_prefix('-').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    (is_versioned || rest.starts_with('.')) && (name.contains(".so") || name.ends_with(".dylib"))
}

/// The sources of a program that is not cached.
#[derive(Clone, Copy)]
pub(crate) struct Ways<'a> {
    pub(crate) store: &'a Store,
    /// Whether the index can be reached; determined only if that decides something.
    pub(crate) is_index_reached: &'a dyn Fn() -> bool,
    /// Whether a variable of the environment is set.
    pub(crate) is_set: &'a dyn Fn(&str) -> bool,
    /// Whether this machine has one.
    pub(crate) is_on_machine: &'a dyn Fn(&Program) -> bool,
}

/// The programs that a build of `packages` needs, without those that the project excludes (`without`).
pub(crate) fn needed(packages: &Packages, without: &[String], ways: &Ways<'_>) -> Vec<Needed> {
    let wanted = Program::all().iter().filter(|program| !without.contains(&program.name));
    let needed = wanted.filter_map(|program| {
        let users: Vec<String> = program.users(packages).into_iter().map(str::to_owned).collect();
        (!users.is_empty()).then(|| Needed {
            name: program.name.clone(),
            version: program.version.clone(),
            users,
            from: from(program, ways),
        })
    });
    needed.collect()
}

fn from(program: &Program, ways: &Ways<'_>) -> From {
    if (ways.is_set)(program.variable()) {
        From::Variable
    } else if ways.store.has(&program.entry()) {
        From::Cache
    } else if (ways.is_index_reached)() {
        From::Index
    } else if (ways.is_on_machine)(program) {
        From::Machine
    } else {
        From::Nowhere
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use monowheel_error::Result;
    use monowheel_manifest::graph::Chosen;

    use super::*;

    /// The packages that a crate depending on `direct` has in its lock file.
    pub(crate) fn packages(direct: &[&str], lock: &[(&str, &[&str])]) -> Result<Packages> {
        let dir = tempfile::tempdir()?;
        let dependencies: String = direct.iter().map(|name| format!("{name} = \"1\"\n")).collect();
        let manifest = format!("[package]\nname = \"x\"\nversion = \"1.0.0\"\n[dependencies]\n{dependencies}");
        fs_err::write(dir.path().join("Cargo.toml"), manifest)?;
        fs_err::create_dir_all(dir.path().join("src"))?;
        fs_err::write(dir.path().join("src/lib.rs"), "")?;
        let row = |(name, dependencies): &(&str, &[&str])| {
            format!("[[package]]\nname = \"{name}\"\nversion = \"1.0.0\"\ndependencies = {dependencies:?}\n")
        };
        let rows: String = std::iter::once(&("x", direct)).chain(lock).map(row).collect();
        fs_err::write(dir.path().join("Cargo.lock"), rows)?;
        let scope = monowheel_manifest::inside::Scope::own();
        let manifest = monowheel_manifest::cargo::read_manifest(&dir.path().join("Cargo.toml"), &scope)?;
        let chosen = Chosen { features: &[], default: true, all: false };
        Packages::read(&manifest, &dir.path().join("Cargo.lock"), &chosen)
    }

    const TLS: &[(&str, &[&str])] =
        &[("aws-lc-sys", &["bindgen", "cmake"]), ("bindgen", &["clang-sys"]), ("clang-sys", &[]), ("cmake", &[])];

    fn found(is_reached: bool, set: &str, on_machine: &str, without: &[&str]) -> Result<Vec<String>> {
        let packages = packages(&["aws-lc-sys"], TLS)?;
        let ways = Ways {
            store: &Store::at(PathBuf::from("/nowhere")),
            is_index_reached: &|| is_reached,
            is_set: &|name| name == set,
            is_on_machine: &|program| program.name == on_machine,
        };
        let without: Vec<String> = without.iter().map(|name| (*name).to_owned()).collect();
        let told = |needed: Needed| format!("{} for {}: {:?}", needed.name, needed.users.join(" "), needed.from);
        Ok(needed(&packages, &without, &ways).into_iter().map(told).collect())
    }

    #[test]
    fn programs_are_seen_in_the_lock_file_with_who_runs_them() -> Result<()> {
        assert_eq!(
            found(true, "", "", &[])?,
            ["cmake for aws-lc-sys: Index", "ninja for aws-lc-sys: Index", "libclang for aws-lc-sys: Index"]
        );
        let none = packages(&["serde"], &[("serde", &[]), ("cmake", &[])])?;
        assert!(Program::all().iter().all(|program| program.users(&none).is_empty()), "nobody depends on this cmake");
        Ok(())
    }

    #[test]
    fn without_an_index_a_variable_and_the_machine_serve_and_then_nothing() -> Result<()> {
        assert_eq!(
            found(false, "LIBCLANG_PATH", "ninja", &[])?,
            ["cmake for aws-lc-sys: Nowhere", "ninja for aws-lc-sys: Machine", "libclang for aws-lc-sys: Variable"]
        );
        assert_eq!(found(false, "", "", &["cmake", "ninja", "libclang"])?, [] as [&str; 0]);
        Ok(())
    }

    #[test]
    fn the_hashes_of_the_table_are_hashes_and_each_has_one_program() {
        for program in Program::all() {
            assert!(program.sha256.len() >= 8, "{}", program.name);
            assert!(program.sha256.iter().all(|sha256| sha256.len() == 64 && monowheel_system::hash::is_hex(sha256)));
            assert!(monowheel_project::tables::native::PROGRAMS.contains(&program.name.as_str()), "{}", program.name);
        }
    }

    #[test]
    fn another_library_of_clang_is_not_libclang() {
        for name in ["libclang.so", "libclang-14.so.1", "libclang.dylib", "libclang.so.18"] {
            assert!(is_libclang(name), "{name}");
        }
        for name in ["libclang-cpp.so.14", "libclangBasic.a", "libclang.a", "clang"] {
            assert!(!is_libclang(name), "{name}");
        }
    }
}
