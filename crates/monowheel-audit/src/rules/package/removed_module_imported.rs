use std::collections::BTreeMap;

use monowheel_wheel::abi::admits;
use monowheel_wheel::names::normalized_name;
use monowheel_wheel::requirement::Requirement;

use crate::facts::{Facts, WheelFacts, site_path};
use crate::finding::{Finding, Place, Severity, some_of};
use crate::rule::{Found, rule};

rule! {
    /// A package imports a module that a supported Python no longer has.
    ///
    /// # What it does
    /// Reads the beginning of each top-level package's `__init__.py` (4 KiB) and looks for imports, outside of any
    /// block, of modules that Python 3.12 and 3.13 removed (`distutils`, `imp`, `cgi`, …) and of `pkg_resources`.
    /// Ignored are wheels that exclude these Pythons by `Requires-Python` or tags, and those that require a
    /// distribution with the module (setuptools, `legacy-cgi`, `standard-…`).
    ///
    /// # Why it matters
    /// `import` fails with `ModuleNotFoundError`. Environments of Python 3.12 and later do not have setuptools, which
    /// provides `pkg_resources` and a `distutils`, unless something requires it.
    ///
    /// # Example
    /// `import pkg_resources` to read the package's own version (pypa/setuptools#5007).
    ///
    /// # Fix
    /// Use `importlib.metadata`, `packaging` or `sysconfig`, or require the distribution that has the module.
    pub(super) static RULE: "removed-module-imported", Package, Warning, One(check);
}

/// The minor version without a module, and the distributions that provide it (`What's New in Python`, 3.12 and 3.13;
/// the projects in PEP 594's successors are called `standard-NAME`).
const REMOVED: [(&str, u8, &[&str]); 23] = [
    ("pkg_resources", 12, &["setuptools"]),
    ("distutils", 12, &["setuptools"]),
    ("asynchat", 12, &["pyasynchat", "standard-asynchat"]),
    ("asyncore", 12, &["pyasyncore", "standard-asyncore"]),
    ("imp", 12, &["standard-imp", "zombie-imp"]),
    ("smtpd", 12, &["standard-smtpd"]),
    ("aifc", 13, &["standard-aifc"]),
    ("audioop", 13, &["audioop-lts"]),
    ("cgi", 13, &["legacy-cgi"]),
    ("cgitb", 13, &["legacy-cgi"]),
    ("chunk", 13, &["standard-chunk"]),
    ("crypt", 13, &["legacycrypt", "standard-crypt", "crypt-r"]),
    ("imghdr", 13, &["standard-imghdr"]),
    ("lib2to3", 13, &["standard-lib2to3"]),
    ("mailcap", 13, &["standard-mailcap"]),
    ("nntplib", 13, &["standard-nntplib"]),
    ("pipes", 13, &["standard-pipes"]),
    ("sndhdr", 13, &["standard-sndhdr"]),
    ("spwd", 13, &[]),
    ("sunau", 13, &["standard-sunau"]),
    ("telnetlib", 13, &["standard-telnetlib", "telnetlib3"]),
    ("uu", 13, &["standard-uu"]),
    ("xdrlib", 13, &["standard-xdrlib"]),
];

/// The latest CPython that the check asks for.
const LATEST: u8 = 15;

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    for (path, head) in &wheel.heads {
        if crate::gather::package_of(path).is_none() {
            continue;
        }
        let mut missing: BTreeMap<&str, u8> = BTreeMap::new();
        for (name, since, providers) in REMOVED {
            let is_imported = crate::gather::absolute_imports(head).any(|module| module == name);
            if is_imported && is_for(wheel, since) && !provides(wheel, name, providers) {
                missing.insert(name, since);
            }
        }
        if missing.is_empty() {
            continue;
        }
        let names: Vec<String> = missing.iter().map(|(name, since)| format!("{name} (since 3.{since})")).collect();
        found.add(
            Finding::new(
                Severity::Warning,
                Place::member(path),
                format!("imports modules that a new environment does not have: {}", some_of(&names)),
            )
            .details(names)
            .fix(
                "use `importlib.metadata`, `packaging` or `sysconfig`, or require the distribution that has the module",
            ),
        );
    }
}

/// Whether a Python from 3.`since` on installs the wheel.
fn is_for(wheel: &WheelFacts, since: u8) -> bool {
    let specifiers = wheel.requires_python();
    let is_tagged = |minor: u8| {
        wheel.tags.iter().any(|tag| match tag.cpython() {
            // Exact, unless it is of the stable ABI.
            Some((_, of)) if !tag.abi.starts_with("abi3") => of == minor,
            Some((_, of)) => of <= minor,
            None => tag.python.starts_with("py3"),
        })
    };
    (since..=LATEST).any(|minor| admits(specifiers.as_ref(), (3, minor)) && is_tagged(minor))
}

/// Whether the wheel has the module, is one of the distributions that have it, or requires one.
fn provides(wheel: &WheelFacts, module: &str, providers: &[&str]) -> bool {
    let Some(metadata) = &wheel.metadata else { return true };
    let is_inside = |path: &str| path.strip_prefix(module).is_some_and(|rest| rest == ".py" || rest.starts_with('/'));
    let is_shipped = wheel.members.iter().filter_map(|member| site_path(&member.path)).any(is_inside);
    if is_shipped || metadata.name().is_some_and(|name| providers.contains(&normalized_name(name).as_str())) {
        return true;
    }
    metadata
        .headers
        .all("Requires-Dist")
        .filter_map(|text| Requirement::parse(text).ok())
        .any(|requirement| providers.contains(&normalized_name(requirement.name).as_str()))
}
