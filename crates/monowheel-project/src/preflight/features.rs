//! Checks the Cargo features and the profile of a build against those that exist.

use std::collections::BTreeSet;

use cargo_toml::Manifest;
use monowheel_error::near_names::nearest_few;
use monowheel_manifest::profiles;
use pep440_rs::VersionSpecifiers;

use crate::preflight::Problem;
use crate::project::Project;

const WHERE: &str = "[tool.maturin] features";

pub(super) fn problems(project: &Project, manifest: &Manifest) -> Vec<Problem> {
    let maturin = project.pyproject.maturin();
    let conditional = maturin.conditional_features.iter().map(|condition| &condition.feature);
    let names = Names::of(manifest);
    let named = maturin.features.iter().chain(conditional).filter_map(|feature| names.unknown(feature, WHERE));
    let lists = manifest.features.iter().flat_map(|(name, list)| list.iter().map(move |entry| (name, entry)));
    let mut found: Vec<Problem> =
        named.chain(lists.filter_map(|(name, entry)| names.unknown_entry(name, entry))).collect();
    found.extend(maturin.conditional_features.iter().filter_map(|condition| {
        let is_of_abi = condition.feature.rsplit('/').next().is_some_and(|name| name.starts_with("abi3"));
        let specifier = condition.python_version.as_deref().unwrap_or_default();
        if is_of_abi {
            return Some(Problem::fatal(
                format!(
                    "{WHERE}: {} depends on the Python version, so two wheels with the same tag would differ",
                    condition.feature
                ),
                "make it a feature of the crate, and set the floor with `floor` in [tool.monowheel] or --floor",
            ));
        }
        specifier.parse::<VersionSpecifiers>().err().map(|_| {
            Problem::fatal(
                format!("{WHERE}: python-version {specifier:?} is not a version specifier"),
                "write it like \">=3.11\"",
            )
        })
    }));
    found.extend(without_profile(project));
    found
}

/// The names that features of a crate may have: its own, and its dependencies.
struct Names<'m> {
    package: &'m str,
    /// Including those for other platforms and for build scripts.
    dependencies: BTreeSet<&'m str>,
    optional: BTreeSet<&'m str>,
    /// Its features: an optional dependency is one with its name, unless a feature enables it with `dep:`.
    features: BTreeSet<&'m str>,
}

impl<'m> Names<'m> {
    fn of(manifest: &'m Manifest) -> Self {
        let own = manifest.dependencies.iter().chain(&manifest.build_dependencies);
        let of_targets =
            manifest.target.values().flat_map(|target| target.dependencies.iter().chain(&target.build_dependencies));
        let all: Vec<_> = own.chain(of_targets).collect();
        let optional: BTreeSet<&str> =
            all.iter().filter(|(_, dependency)| dependency.optional()).map(|(name, _)| name.as_str()).collect();
        let explicit: BTreeSet<&str> =
            manifest.features.values().flatten().filter_map(|entry| entry.strip_prefix("dep:")).collect();
        let implicit = optional.difference(&explicit).copied();
        Self {
            package: manifest.package.as_ref().map_or("", |package| package.name()),
            dependencies: all
                .iter()
                .map(|(name, _)| name.as_str())
                .chain(manifest.dev_dependencies.keys().map(String::as_str))
                .collect(),
            features: manifest.features.keys().map(String::as_str).chain(implicit).chain(["default"]).collect(),
            optional,
        }
    }

    /// A feature that neither the crate nor one of its dependencies can have; `by` says where it is named.
    fn unknown(&self, feature: &str, by: &str) -> Option<Problem> {
        let own = match feature.split_once('/') {
            Some((dependency, feature)) if dependency == self.package => feature,
            Some((dependency, _)) => {
                return self.without(dependency.trim_end_matches('?'), &self.dependencies, feature, by);
            }
            None => feature,
        };
        if self.features.contains(own) {
            return None;
        }
        let named = || self.features.iter().copied().filter(|name| *name != "default");
        let near = nearest_few(own, named(), 3);
        let has: Vec<&str> = named().take(12).collect();
        let next = match (near.is_empty(), has.is_empty()) {
            (false, _) => format!("did you mean {}?", near.join(" or ")),
            (true, false) => {
                format!("its features: {}; remove it, or add {own} to [features] of Cargo.toml", has.join(", "))
            }
            (true, true) => format!("remove it, or add {own} = [] to [features] of Cargo.toml, which has none"),
        };
        Some(Problem::fatal(format!("{by} names {feature:?}, but the crate has no feature {own}"), next))
    }

    /// The problem of a dependency that is not among these.
    fn without(&self, dependency: &str, among: &BTreeSet<&str>, feature: &str, by: &str) -> Option<Problem> {
        if among.contains(dependency) {
            return None;
        }
        let what = format!("{by} names {feature:?}, but the crate has no ");
        if self.dependencies.contains(dependency) {
            return Some(Problem::fatal(
                format!("{what}optional dependency {dependency}"),
                format!("add optional = true to {dependency}, or remove the entry"),
            ));
        }
        let near = nearest_few(dependency, among.iter().copied(), 2).join(" or ");
        let hint = if near.is_empty() { String::new() } else { format!("did you mean {near}? ") };
        Some(Problem::fatal(
            format!("{what}dependency {dependency}"),
            format!("{hint}cargo add {dependency}, or remove the feature"),
        ))
    }

    /// An entry in the list of the crate's feature `name` that cargo rejects.
    fn unknown_entry(&self, name: &str, entry: &str) -> Option<Problem> {
        let by = format!("{name} in [features] of Cargo.toml");
        match entry.strip_prefix("dep:") {
            Some(dependency) => self.without(dependency, &self.optional, entry, &by),
            None => self.unknown(entry, &by),
        }
    }
}

/// A profile that is not defined.
fn without_profile(project: &Project) -> Option<Problem> {
    let maturin = project.pyproject.maturin();
    let profile = maturin.profile.as_deref()?;
    let known = profiles::of(&project.bindings.manifest, &project.scope)?;
    let by_config = maturin.config.iter().any(|entry| entry.contains("profile"));
    if known.contains(profile) || by_config {
        return None;
    }
    let near = nearest_few(profile, known.iter().map(String::as_str), 2);
    let hint = if near.is_empty() { String::new() } else { format!("did you mean {}? or ", near.join(" or ")) };
    Some(Problem::fatal(
        format!("[tool.maturin] profile is {profile:?}, which no Cargo.toml of the project defines"),
        format!(
            "{hint}define it in the Cargo.toml of the workspace, or of the crate: [profile.{profile}] with inherits = \"release\""
        ),
    ))
}
