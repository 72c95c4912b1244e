//! Cargo.lock's `PyO3`: exactly one version, which matches the manifest and rust-numpy.
//!
//! rust-numpy's minor version is that of its `PyO3` (its README and changelog, 0.13 and later): numpy 0.29 needs
//! `PyO3` 0.29. Another one adds a second `PyO3` to the tree, which cargo refuses because both link `python`.

use monowheel_error::Result;
use monowheel_manifest::cargo::{Lock, read_manifest};

use crate::doctor::check::{Check, Fix, State};
use crate::doctor::{CheckKind, Context};

pub(super) const CHECK: CheckKind = CheckKind {
    name: "lock",
    why: "two versions of PyO3 have different types: with both in a tree, the crate does not compile or link",
    look,
};

/// The contents of the manifest and the lock.
#[derive(Debug, Default)]
struct Facts {
    /// The name of the binding crate.
    package: String,
    /// Its requirement in the manifest, if it has one itself.
    required: Option<String>,
    /// The requirement of rust-numpy.
    numpy_required: Option<String>,
    /// The versions in the lock; none if there is no lock.
    locked: Option<Locked>,
}

#[derive(Debug, Default)]
struct Locked {
    bindings: Vec<String>,
    numpy: Vec<String>,
}

fn look(context: &Context<'_>) -> Result<Vec<Check>> {
    let project = context.project;
    let path = &project.bindings.manifest;
    let manifest = read_manifest(path, &project.scope)?;
    let dependency =
        |name: &str| manifest.dependencies.iter().find(|(key, dependency)| dependency.package().unwrap_or(key) == name);
    let required = |name: &str| {
        let (_, dependency) = dependency(name)?;
        // A workspace's requirement is in another manifest; `*` allows anything.
        Some(dependency.req().to_string()).filter(|text| text != "*")
    };
    let package = ["pyo3", "pyo3-ffi"].into_iter().find(|name| dependency(name).is_some()).unwrap_or("pyo3");
    let lock = project.lock.as_deref().map(Lock::read).transpose()?;
    let facts = Facts {
        package: package.to_owned(),
        required: required(package),
        numpy_required: required("numpy"),
        locked: lock.map(|lock| Locked { bindings: lock.versions(package), numpy: lock.versions("numpy") }),
    };
    let cargo = super::rust::chosen(context).ok().map(|toolchain| toolchain.cargo.clone());
    let mut check = judge(&facts);
    // A command runs with the cargo that a build uses, in the project's directory.
    if let (Some(fix), Some(cargo)) = (check.fix.take(), cargo) {
        check.fix = Some(match fix.words.split_first() {
            Some((_, rest)) if fix.by_fix => {
                let words: Vec<std::ffi::OsString> =
                    std::iter::once(cargo.into_os_string()).chain(rest.iter().cloned()).collect();
                Fix::run(&words).within(path.parent().unwrap_or(&project.root))
            }
            _ => fix,
        });
    }
    Ok(vec![check])
}

fn judge(facts: &Facts) -> Check {
    let Facts { package, required, numpy_required, locked } = facts;
    let wrong = |said: String| Check::new("Cargo.lock", State::Wrong, said);
    let Some(locked) = locked else {
        return Check::new("Cargo.lock", State::Note, "missing: every build may resolve different versions")
            .fix(Fix::run(&["cargo", "generate-lockfile"]));
    };
    let version = match locked.bindings.as_slice() {
        [] => {
            return wrong(format!("{package} is missing, but the crate depends on it")).fix(Fix::run(&[
                "cargo",
                "update",
                "--workspace",
            ]));
        }
        [one] => one,
        several => {
            return wrong(format!("more than one {package}: {}", several.join(" and ")))
                .fix(Fix::told("run cargo tree --duplicates to see which dependencies need them"));
        }
    };
    let is_asked_for = |required: &String| {
        let (Ok(required), Ok(version)) = (semver::VersionReq::parse(required), semver::Version::parse(version)) else {
            return true;
        };
        required.matches(&version)
    };
    if let Some(required) = required.as_ref().filter(|required| !is_asked_for(required)) {
        return wrong(format!("{package} {version}, but Cargo.toml asks for {required}")).fix(Fix::run(&[
            "cargo",
            "update",
            "--workspace",
        ]));
    }
    let numpy = locked.numpy.first().or(numpy_required.as_ref());
    match numpy {
        Some(numpy) if minor(numpy).is_some() && minor(numpy) != minor(version) => {
            let wanted = minor(version).map(|(major, minor)| format!("{major}.{minor}")).unwrap_or_default();
            wrong(format!("numpy {numpy} does not support PyO3 {version}"))
                .fix(Fix::told(format!("run cargo add numpy@{wanted}, or use the PyO3 version of that numpy")))
        }
        Some(numpy) => Check::new("Cargo.lock", State::Ok, format!("{package} {version}, with numpy {numpy}")),
        None => Check::new("Cargo.lock", State::Ok, format!("{package} {version}")),
    }
}

/// Major and minor version of a version or of a requirement with a caret or equals sign.
fn minor(text: &str) -> Option<(u64, u64)> {
    let mut numbers = text.trim_start_matches(['^', '=', '~', ' ']).split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(bindings: &[&str], numpy: &[&str], required: &str) -> (State, String) {
        let own = |list: &[&str]| list.iter().map(ToString::to_string).collect();
        let facts = Facts {
            package: "pyo3".to_owned(),
            required: Some(required.to_owned()),
            numpy_required: None,
            locked: Some(Locked { bindings: own(bindings), numpy: own(numpy) }),
        };
        let check = judge(&facts);
        (check.state, check.said)
    }

    #[test]
    fn one_pyo3_as_the_manifest_asks() {
        assert_eq!(said(&["0.29.3"], &[], "0.29"), (State::Ok, "pyo3 0.29.3".to_owned()));
        let (state, said_) = said(&["0.28.0"], &[], "0.29.1");
        assert!(state == State::Wrong && said_.contains("0.28.0, but Cargo.toml asks for 0.29.1"), "{said_}");
        assert_eq!(said(&[], &[], "0.29").0, State::Wrong);
        let (state, said_) = said(&["0.28.0", "0.29.3"], &["0.28.0"], "0.29");
        assert!(state == State::Wrong && said_.contains("0.28.0 and 0.29.3"), "{said_}");
    }

    #[test]
    fn numpy_goes_with_its_pyo3() {
        assert_eq!(said(&["0.29.3"], &["0.29.0"], "0.29").0, State::Ok);
        let (state, said_) = said(&["0.29.3"], &["0.28.0"], "0.29");
        assert!(state == State::Wrong && said_.contains("numpy 0.28.0"), "{said_}");
    }

    #[test]
    fn without_a_lock_it_is_only_worth_knowing() {
        let check = judge(&Facts { package: "pyo3".to_owned(), ..Facts::default() });
        assert_eq!(check.state, State::Note);
        assert!(check.fix.is_some_and(|fix| fix.by_fix));
    }
}
