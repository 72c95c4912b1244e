//! The wheels of a release to pin: those that the resolver selects, by their file names.

use std::collections::BTreeSet;

use monowheel_audit::finding::some_of;
use monowheel_audit::set::{Coverage, Outline};
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_wheel::filename::{WheelName, expand};
use monowheel_wheel::names::wheel_name;
use monowheel_wheel::requirement::check_specifiers;
use monowheel_wheel::tag::Tag;

use crate::pin::Scope;

/// The outline of a wheel from its file name; `None` if it is not a wheel's name.
pub(super) fn outline(file: &str, requires_python: Option<&str>) -> Option<Outline> {
    let name = WheelName::parse(file).ok()?;
    Some(Outline {
        place: file.to_owned(),
        file: file.to_owned(),
        name: Some(wheel_name(&name.name)),
        tags: expand(&name.tag).iter().filter_map(|tag| Tag::parse(tag)).collect(),
        version: Some(name.version),
        build: name.build,
        requires_python: requires_python.map(str::to_owned),
        ..Outline::default()
    })
}

/// Whether a wheel is for only one version of `CPython`: neither a stable ABI nor pure Python.
pub(super) fn is_for_one_python(file: &str) -> bool {
    let is_general = |tag: &Tag| tag.family().is_some() || tag.abi == "none" && tag.python.starts_with("py");
    outline(file, None).is_some_and(|wheel| !wheel.tags.iter().any(is_general))
}

/// The version of all these wheels, normalized.
///
/// # Errors
/// [`ErrorKind::Usage`] when they differ: a release may also have local versions (`+cu118`).
pub(super) fn one_version(name: &str, wheels: &[Outline]) -> Result<String> {
    let versions: BTreeSet<String> = wheels
        .iter()
        .filter_map(|wheel| wheel.version.as_deref())
        .map(|text| text.parse().map_or_else(|_| text.to_owned(), |known: pep440_rs::Version| known.to_string()))
        .collect();
    let versions: Vec<String> = versions.into_iter().collect();
    match versions.as_slice() {
        [one] => Ok(one.clone()),
        several => Err(Error::new(ErrorKind::Usage, format!("several versions of {name} would be installed"))
            .at(several.join(", "))
            .next(format!("name one of them: {name}=={}", several.last().map_or("VERSION", String::as_str)))),
    }
}

/// The wheels in the coverage map, and the map.
///
/// # Errors
/// [`ErrorKind::Usage`] when it has none, or none for a platform that was named.
pub(super) fn chosen(
    name: &str,
    wheels: &[Outline],
    scope: &Scope,
    notes: &mut Vec<String>,
) -> Result<(Coverage, Vec<Outline>)> {
    let mut coverage = scope.coverage(wheels);
    let (served, unserved): (Vec<_>, Vec<_>) =
        std::mem::take(&mut coverage.rows).into_iter().partition(|row| row.wheels.iter().any(Option::is_some));
    coverage.rows = served;
    let unserved: Vec<&str> = unserved.iter().map(|row| row.platform.as_str()).collect();
    if !unserved.is_empty() || coverage.rows.is_empty() {
        let pythons: Vec<String> = coverage.pythons.iter().map(ToString::to_string).collect();
        let pythons = some_of(&pythons);
        let lack = format!("{name} has no wheel for CPython {pythons}");
        if coverage.rows.is_empty() || !scope.platforms.is_empty() {
            let there = Scope { platforms: Vec::new(), ..scope.clone() }.coverage(wheels);
            let there: Vec<&str> = there.rows.iter().map(|row| row.platform.as_str()).collect();
            return Err(Error::new(ErrorKind::Usage, lack)
                .at(unserved.join(", "))
                .next(format!("it has wheels for {}", some_of(&there))));
        }
        notes.push(format!("{lack} on {}", unserved.join(", ")));
    }
    let files: BTreeSet<&String> = coverage.rows.iter().flat_map(|row| &row.wheels).flatten().collect();
    let chosen = wheels.iter().filter(|wheel| files.contains(&wheel.file)).cloned().collect();
    Ok((coverage, chosen))
}

/// `Requires-Python`, if all wheels agree.
pub(super) fn requires_python(wheels: &[Outline]) -> Option<String> {
    let said: BTreeSet<Option<&str>> = wheels.iter().map(|wheel| wheel.requires_python.as_deref()).collect();
    let only = said.first().copied().flatten().filter(|_| said.len() == 1);
    // Installers refuse a pylock file with an invalid value, although they ignore one on an index.
    only.filter(|text| check_specifiers(text).is_ok()).map(|text| text.trim().to_owned())
}
