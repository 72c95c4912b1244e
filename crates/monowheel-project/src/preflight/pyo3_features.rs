//! Checks the features of `PyO3` that a project names against those of its version: cargo rejects a crate that names
//! another one, whether or not it is enabled.

use std::collections::BTreeSet;

use monowheel_error::near_names::nearest_few;
use monowheel_manifest::bindings::Bindings;

use crate::family::allows;
use crate::preflight::Problem;
use crate::project::Project;
use monowheel_manifest::pyo3::Support;

/// Features other than those for the stable ABI, with the first and the last minor version of `PyO3` that has them.
const TABLE: &str = include_str!("pyo3_features.tsv");
/// The versions of the table.
const COVERED: std::ops::RangeInclusive<(u64, u64)> = (0, 22)..=(0, 30);

pub(super) fn problems(project: &Project) -> Vec<Problem> {
    let bindings = &project.bindings;
    if !COVERED.contains(&bindings.version) {
        return Vec::new();
    }
    let maturin = project.pyproject.maturin();
    let conditional = maturin.conditional_features.iter().map(|condition| &condition.feature);
    let on_line = maturin.features.iter().chain(conditional).filter_map(|feature| {
        let (dependency, name) = feature.split_once('/')?;
        (dependency.trim_end_matches('?') == bindings.key).then_some(name)
    });
    let of_pyo3: BTreeSet<&str> = bindings.named().chain(on_line).collect();
    of_pyo3.into_iter().filter_map(|feature| absent(feature, project)).collect()
}

/// A feature that this version does not have.
fn absent(feature: &str, project: &Project) -> Option<Problem> {
    let bindings = &project.bindings;
    let has: BTreeSet<String> = of_version(bindings).collect();
    if feature == "default" || has.contains(feature) {
        return None;
    }
    let (major, minor) = bindings.version;
    let name = format!("{} {major}.{minor}", bindings.package);
    let by = if bindings.named().any(|named| named == feature) { "Cargo.toml" } else { "[tool.maturin] features" };
    let what = format!("{by} names {}/{feature}, which {name} does not have", bindings.key);
    Some(Problem::fatal(what, next_step(feature, &has, project)))
}

fn next_step(feature: &str, has: &BTreeSet<String>, project: &Project) -> String {
    let bindings = &project.bindings;
    let support = Support::of(bindings);
    let (lowest, highest) = support.abi3;
    let update = |(major, minor): (u64, u64)| bindings.add_command(&format!("@{major}.{minor}"), "");
    if let Some(minor) = feature.strip_prefix("abi3-py3").and_then(|minor| minor.parse::<u8>().ok()) {
        let fits = (lowest..=highest).find(|minor| allows(project.requires_python.as_ref(), *minor));
        let instead = fits.unwrap_or(if minor < lowest { lowest } else { highest });
        let newer = Support::first_with_floor(minor).filter(|first| *first > bindings.version);
        let update = newer.map(|newer| format!("{}, or ", update(newer))).unwrap_or_default();
        return format!("{update}use abi3-py3{instead} (its floors: 3.{lowest} to 3.{highest})");
    }
    if feature.starts_with("abi3t") && !support.abi3t {
        return format!("{}, which is the first with abi3t", update((0, 29)));
    }
    if let Some(Row { first, last, .. }) = rows().find(|row| row.feature == feature && row.is_of(bindings)) {
        return match last {
            Some((major, minor)) if last < Some(bindings.version) => {
                format!("remove it: {major}.{minor} was the last version with this feature")
            }
            _ => format!("{}, which is the first with this feature", update(first)),
        };
    }
    let near = nearest_few(feature, has.iter().map(String::as_str), 2);
    match near.as_slice() {
        [] => "remove it, or fix its name".to_owned(),
        near => format!("did you mean {}?", near.join(" or ")),
    }
}

/// The features of the binding crate in the version that a project uses.
fn of_version(bindings: &Bindings) -> impl Iterator<Item = String> {
    let version = bindings.version;
    let support = Support::of(bindings);
    let (lowest, highest) = support.abi3;
    let floors = (lowest..=highest).map(|minor| format!("abi3-py3{minor}"));
    let abi3t = ["abi3t", "abi3t-py315"].into_iter().filter(move |_| support.abi3t).map(str::to_owned);
    let others = rows()
        .filter(|row| row.is_of(bindings))
        .filter(move |row| row.first <= version && row.last.is_none_or(|last| version <= last))
        .map(|row| row.feature.to_owned());
    others.collect::<Vec<_>>().into_iter().chain(["abi3".to_owned()]).chain(floors).chain(abi3t)
}

/// A row of the table.
struct Row {
    feature: &'static str,
    first: (u64, u64),
    last: Option<(u64, u64)>,
    in_ffi: bool,
}

impl Row {
    fn is_of(&self, bindings: &Bindings) -> bool {
        self.in_ffi || bindings.package == "pyo3"
    }
}

fn rows() -> impl Iterator<Item = Row> {
    let version = |text: &str| {
        let (major, minor) = text.split_once('.')?;
        Some((major.parse().ok()?, minor.parse().ok()?))
    };
    TABLE.lines().skip(1).filter_map(move |line| {
        let mut cells = line.split('\t');
        let (feature, first) = (cells.next()?, version(cells.next()?)?);
        Some(Row { feature, first, last: version(cells.next()?), in_ffi: cells.next()? == "yes" })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_is_read() {
        assert_eq!(rows().count(), TABLE.lines().count() - 1);
        assert!(rows().all(|row| COVERED.contains(&row.first) && row.last.is_none_or(|last| COVERED.contains(&last))));
    }
}
