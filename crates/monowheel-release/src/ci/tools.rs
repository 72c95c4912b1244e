//! The tools that a workflow installs: those of `monowheel.lock`, if the project has one.

use monowheel_build::lockfile::{FILE, From, LockFile};
use monowheel_error::{Error, ErrorKind, Result, VERSION};
use monowheel_project::tables::ci::Table;

use crate::ci::lock::named;

/// The tools that a workflow installs, and the build options for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tools {
    /// The toolchain, as rustup names it.
    pub(super) rust: String,
    /// Packages at one version.
    pub(super) packages: Vec<String>,
    /// The options of `build` and `reproduce` that choose the tools.
    pub(super) words: String,
}

impl Tools {
    /// Those of the lock, or those of `[tool.monowheel.ci]`.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when the two contradict each other, and [`ErrorKind::Project`] for a lock whose tools CI
    /// cannot install.
    pub(super) fn of(table: &Table, lock: Option<&LockFile>) -> Result<Self> {
        let Some(lock) = lock else {
            let rust = table.rust.clone().unwrap_or_else(|| "stable".to_owned());
            // If no lock is committed, CI writes none: the checkout would no longer be clean.
            let words = format!("--no-lock --toolchain {rust}");
            return Ok(Self { rust, packages: table.tools.clone(), words });
        };
        if lock.tools.monowheel != VERSION {
            let what = format!("{FILE} was written for monowheel {}, and this is {VERSION}", lock.tools.monowheel);
            return Err(Error::new(ErrorKind::Project, what)
                .at(FILE)
                .next("run monowheel build --upgrade=monowheel, and commit the lock"));
        }
        let rust = rust(lock)?;
        if let Some(other) = table.rust.as_ref().filter(|other| **other != rust) {
            return Err(contradiction("rust", other, &rust));
        }
        let mut packages = table.tools.clone();
        let locked = [("maturin", Some(&lock.tools.maturin)), ("ziglang", lock.tools.zig.as_ref())];
        for (name, version) in locked.into_iter().filter_map(|(name, version)| Some((name, version?))) {
            match table.tools.iter().filter_map(|tool| named(tool)).find(|(known, _)| known == name) {
                None => packages.push(format!("{name}=={version}")),
                Some((_, other)) if other == *version => {}
                Some((_, other)) => {
                    return Err(contradiction("tools", &format!("{name}=={other}"), &format!("{name} {version}")));
                }
            }
        }
        Ok(Self { rust, packages, words: "--locked".to_owned() })
    }
}

fn contradiction(key: &str, table: &str, lock: &str) -> Error {
    Error::new(ErrorKind::Usage, format!("{table:?} conflicts with {FILE}, which has {lock}"))
        .at(format!("[tool.monowheel.ci] {key}"))
        .next(format!("remove `{key}`, since the lock sets it; update the lock with monowheel build --upgrade"))
}

/// The compiler of a lock, by a name that rustup can install on every machine.
fn rust(lock: &LockFile) -> Result<String> {
    let version = lock.rust.version();
    match (lock.rust.from, lock.rust.dated_channel()) {
        (From::Rustup, Some(channel)) => Ok(channel.to_owned()),
        (From::Rustup, None) if !version.contains('-') => Ok(version.to_owned()),
        _ => {
            let what = format!("CI cannot install the compiler of {FILE}: rustc {}", lock.rust.rustc);
            let name = if version.contains('-') { "nightly-YYYY-MM-DD" } else { version };
            Err(Error::new(ErrorKind::Project, what).at(FILE).next(format!(
                "rustup toolchain install {name} --component rust-src\n\
                 monowheel build --upgrade=rust --toolchain {name}, and commit {FILE}"
            )))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn lock(rust: &str) -> LockFile {
        let text = format!(
            "schema = \"monowheel.lock/1\"\n[tools]\nmaturin = \"1.15.0\"\nmonowheel = \"{VERSION}\"\nzig = \"0.15.2\"\n[rust]\n{rust}\n"
        );
        LockFile::parse(Path::new(FILE), &text).unwrap()
    }

    fn of(table: &str, rust: &str) -> Result<Tools, String> {
        Tools::of(&toml::from_str(table).unwrap(), Some(&lock(rust))).map_err(|error| error.to_string())
    }

    const STABLE: &str = "rustc = \"1.96.0 (ac68faa20 2026-05-25)\"\nfrom = \"rustup\"\nchannel = \"stable\"";

    #[test]
    fn ci_installs_what_the_lock_has() {
        let tools = of("", STABLE).unwrap();
        assert_eq!((tools.rust.as_str(), tools.words.as_str()), ("1.96.0", "--locked"));
        assert_eq!(tools.packages, ["maturin==1.15.0", "ziglang==0.15.2"]);
        assert_eq!(of("rust = \"1.96.0\"\ntools = [\"Maturin==1.15.0\"]", STABLE).unwrap().packages.len(), 2);
        let nightly =
            "rustc = \"1.98.0-nightly (abc 2026-05-25)\"\nfrom = \"rustup\"\nchannel = \"nightly-2026-05-26\"";
        assert_eq!(of("", nightly).unwrap().rust, "nightly-2026-05-26");
    }

    #[test]
    fn what_contradicts_the_lock_or_cannot_be_installed_is_named() {
        let system = STABLE.replace("rustup\"\nchannel = \"stable", "system");
        let nightly = STABLE.replace("1.96.0", "1.97.0-nightly");
        for (table, rust, part) in [
            ("rust = \"1.95.0\"", STABLE, "\"1.95.0\" conflicts with monowheel.lock, which has 1.96.0"),
            ("tools = [\"maturin==1.16.0\"]", STABLE, "maturin 1.15.0"),
            ("", system.as_str(), "monowheel build --upgrade=rust --toolchain 1.96.0"),
            ("", nightly.as_str(), "nightly-YYYY-MM-DD"),
        ] {
            let said = of(table, rust).unwrap_err();
            assert!(said.contains(part), "{said}");
        }
        let mut older = lock(STABLE);
        older.tools.monowheel = "0.0.1".to_owned();
        let error = Tools::of(&Table::default(), Some(&older)).unwrap_err();
        assert!(error.to_string().contains("--upgrade=monowheel"), "{error}");
    }
}
