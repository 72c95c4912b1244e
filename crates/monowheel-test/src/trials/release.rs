//! The wheels to test: sorted into releases, with the modules to import in each.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use monowheel_audit::facts::{Facts, Role};
use monowheel_audit::gather::{self, Depth};
use monowheel_audit::set::{Outline, Set};
use monowheel_audit::test_report::File;
use monowheel_build::held::Held;
use monowheel_build::sanitized::Sanitizer;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_wheel::requirement::holds_without_extra;
use monowheel_wheel::tag::Tag;

/// One version of one distribution.
#[derive(Clone, Debug)]
pub struct Release {
    /// Its wheels as a set, from which an installer selects.
    pub(crate) set: Set,
    /// Its version, as in the file names.
    pub version: String,
    /// One for each of the set's, in its order.
    pub wheels: Vec<Wheel>,
}

/// A wheel on disk.
#[derive(Clone, Debug)]
pub struct Wheel {
    /// Its bytes before any of its code ran: these are installed, and their hash is in the report.
    pub(crate) held: Arc<Held>,
    /// Its name and hash.
    pub(crate) file: File,
    /// The modules to import: its extension modules, or its packages if it has none.
    pub(crate) modules: Vec<String>,
    /// Whether it always needs other distributions.
    pub(crate) needs_others: bool,
    /// The sanitizer that a module was compiled with.
    pub(crate) sanitizer: Option<Sanitizer>,
}

/// Reads the wheels and sorts them into releases.
///
/// # Errors
/// [`ErrorKind::Usage`] for a file that is not a wheel and for duplicate file names; [`ErrorKind::Format`] for a wheel
/// that cannot be read completely.
pub fn releases(paths: &[PathBuf]) -> Result<Vec<Release>> {
    let mut releases: BTreeMap<(String, String), Vec<(Outline, Wheel)>> = BTreeMap::new();
    for path in paths {
        let (outline, wheel) = read(path)?;
        let key = (outline.name.clone().unwrap_or_default(), outline.version.clone().unwrap_or_default());
        let release = releases.entry(key).or_default();
        if release.iter().any(|(_, known)| known.file.file == wheel.file.file) {
            return Err(Error::new(ErrorKind::Usage, "duplicate file name").at(path.display()));
        }
        release.push((outline, wheel));
    }
    let release = |((name, version), mut wheels): ((String, String), Vec<(Outline, Wheel)>)| {
        wheels.sort_by(|a, b| a.1.file.file.cmp(&b.1.file.file));
        let (outlines, wheels) = wheels.into_iter().unzip();
        Release { set: Set { name, wheels: outlines, ..Set::default() }, version, wheels }
    };
    Ok(releases.into_iter().map(release).collect())
}

fn read(path: &Path) -> Result<(Outline, Wheel)> {
    let held = Held::of(path)?;
    let facts = gather::facts(held.bytes(), &path.to_string_lossy(), Depth::Essentials)?;
    if facts.wheel.as_ref().is_none_or(|wheel| wheel.name.is_none()) {
        return Err(Error::new(ErrorKind::Usage, "not the name of a wheel")
            .at(path.display())
            .next("NAME-VERSION-PYTHON-ABI-PLATFORM.whl"));
    }
    if let Some(bad) = facts.unreadable.first() {
        return Err(Error::new(ErrorKind::Format, format!("could not read this wheel: {}", bad.why))
            .at(bad
                .member
                .as_ref()
                .map_or_else(|| path.display().to_string(), |member| format!("{}: {member}", path.display())))
            .next(format!("monowheel audit {}", path.display())));
    }
    let wheel = Wheel {
        file: File { file: facts.file.clone(), sha256: held.sha256().to_owned() },
        held: Arc::new(held),
        modules: modules(&facts),
        needs_others: needs_others(&facts),
        sanitizer: sanitizer(&facts),
    };
    Ok((Outline::of(&facts), wheel))
}

fn sanitizer(facts: &Facts) -> Option<Sanitizer> {
    let slices = || facts.binaries.iter().flat_map(|binary| &binary.binary.slices);
    let is_used = |sanitizer: &Sanitizer| {
        slices().any(|slice| slice.imports.iter().any(|import| import.name == sanitizer.import()))
    };
    [Sanitizer::Address, Sanitizer::Thread].into_iter().find(is_used)
}

/// `pkg/_ext.abi3.so` is `pkg._ext`; without extension modules `pkg/__init__.py` is `pkg`.
fn modules(facts: &Facts) -> Vec<String> {
    let extensions = facts.binaries.iter().filter_map(|binary| {
        let Role::Extension { module, .. } = &binary.role else { return None };
        let folder = installed(&binary.path)?.rsplit_once('/').map_or("", |(folder, _)| folder);
        Some(if folder.is_empty() { module.clone() } else { format!("{}.{module}", folder.replace('/', ".")) })
    });
    let mut modules: BTreeSet<String> = extensions.filter(|name| is_dotted_name(name)).collect();
    if modules.is_empty() {
        let members = facts.wheel.iter().flat_map(|wheel| &wheel.members);
        modules = members.filter_map(|member| installed(&member.path)).filter_map(package).collect();
    }
    modules.into_iter().collect()
}

/// The top-level package or module of a file.
fn package(path: &str) -> Option<String> {
    let name = path.strip_suffix("/__init__.py").or_else(|| path.strip_suffix(".py"))?;
    (!name.contains('/') && is_dotted_name(name) && name != "__init__").then(|| name.to_owned())
}

/// The path of a member below site-packages; `None` if it is not installed there.
fn installed(path: &str) -> Option<&str> {
    let Some((_, rest)) = path.split_once('/').filter(|(folder, _)| folder.ends_with(".data")) else {
        return Some(path);
    };
    rest.strip_prefix("platlib/").or_else(|| rest.strip_prefix("purelib/"))
}

fn is_dotted_name(name: &str) -> bool {
    let is_word = |word: &str| {
        word.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && word.chars().all(|c| c.is_alphanumeric() || c == '_')
    };
    name.split('.').all(is_word)
}

/// Whether a requirement applies without any extra. Other markers may exclude it; pip decides.
fn needs_others(facts: &Facts) -> bool {
    let metadata = facts.wheel.as_ref().and_then(|wheel| wheel.metadata.as_ref());
    metadata.is_some_and(|metadata| metadata.headers.all("Requires-Dist").any(holds_without_extra))
}

impl Release {
    /// The wheel with these tags and this build number, to identify an installed one without its file name.
    #[must_use]
    pub(crate) fn with_tags(&self, tags: &BTreeSet<String>, build: Option<&str>) -> Option<&Wheel> {
        let named = |tag: &Tag| format!("{}-{}-{}", tag.python, tag.abi, tag.platform);
        let is = |outline: &Outline| {
            outline.build.as_deref() == build && outline.tags.iter().map(named).collect::<BTreeSet<_>>() == *tags
        };
        let at = self.set.wheels.iter().position(is)?;
        self.wheels.get(at)
    }

    /// The wheel of this file name.
    #[must_use]
    pub(crate) fn wheel(&self, file: &str) -> Option<&Wheel> {
        self.wheels.iter().find(|wheel| wheel.file.file == file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_imported() {
        assert_eq!(package("pkg/__init__.py").as_deref(), Some("pkg"));
        assert_eq!(package("one.py").as_deref(), Some("one"));
        assert_eq!(package("pkg/sub/__init__.py"), None);
        assert_eq!(package("__init__.py"), None);
        assert_eq!(installed("demo-1.0.data/platlib/pkg/x.so"), Some("pkg/x.so"));
        assert_eq!(installed("demo-1.0.data/scripts/x"), None);
        assert!(
            is_dotted_name("a._b.c1") && !is_dotted_name("a-b") && !is_dotted_name("a..b") && !is_dotted_name("1a")
        );
    }
}
