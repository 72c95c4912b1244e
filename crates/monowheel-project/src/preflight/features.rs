//! Checks the Cargo features and the profile of a build against those that exist.

use std::collections::BTreeSet;

use cargo_toml::Manifest;
use monowheel_error::near_names::nearest_few;
use monowheel_manifest::bindings::Bindings;
use monowheel_manifest::profiles;
use pep440_rs::VersionSpecifiers;

use crate::family::allows;
use crate::preflight::Problem;
use crate::project::Project;
use crate::pyo3::Support;

const WHERE: &str = "[tool.maturin] features";

pub(super) fn problems(project: &Project, manifest: &Manifest) -> Vec<Problem> {
    let maturin = project.pyproject.maturin();
    let conditional = maturin.conditional_features.iter().map(|condition| &condition.feature);
    let named = maturin.features.iter().chain(conditional).filter_map(|feature| unknown(feature, manifest));
    let mut found: Vec<Problem> = named.collect();
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
    let on_line = maturin.features.iter().filter_map(|feature| {
        let (dependency, name) = feature.split_once('/')?;
        (dependency.trim_end_matches('?') == project.bindings.key).then_some(name)
    });
    let of_pyo3: BTreeSet<&str> = project.bindings.named().chain(on_line).collect();
    found.extend(of_pyo3.into_iter().filter_map(|feature| not_of_this_pyo3(feature, project)));
    found.extend(without_profile(project));
    found
}

/// A feature that neither the crate nor one of its dependencies can have.
fn unknown(feature: &str, manifest: &Manifest) -> Option<Problem> {
    let dependencies: BTreeSet<&str> = (manifest.dependencies.iter())
        .chain(manifest.build_dependencies.iter())
        .chain(manifest.target.values().flat_map(|target| &target.dependencies))
        .map(|(name, _)| name.as_str())
        .collect();
    let package = manifest.package.as_ref().map_or("", |package| package.name());
    let own = match feature.split_once('/') {
        Some((dependency, feature)) if dependency == package => feature,
        Some((dependency, _)) => {
            let dependency = dependency.trim_end_matches('?');
            if dependencies.contains(dependency) {
                return None;
            }
            let near = nearest_few(dependency, dependencies, 2).join(" or ");
            let hint = if near.is_empty() { String::new() } else { format!("did you mean {near}? ") };
            return Some(Problem::fatal(
                format!("{WHERE} names {feature:?}, but the crate has no dependency {dependency}"),
                format!("{hint}cargo add {dependency}, or remove the feature"),
            ));
        }
        None => feature,
    };
    // An optional dependency is a feature with its name, unless a feature enables it with `dep:`.
    let is_explicit = |name: &str| {
        let written = format!("dep:{name}");
        manifest.features.values().flatten().any(|entry| *entry == written)
    };
    let optional =
        manifest.dependencies.iter().filter(|(_, dependency)| dependency.optional()).map(|(name, _)| name.as_str());
    let known: BTreeSet<&str> = (manifest.features.keys().map(String::as_str))
        .chain(optional.filter(|name| !is_explicit(name)))
        .chain(["default"])
        .collect();
    if known.contains(own) {
        return None;
    }
    let near = nearest_few(own, known.iter().copied().filter(|name| *name != "default"), 3);
    let has: Vec<&str> = known.into_iter().filter(|name| *name != "default").take(12).collect();
    let next = match (near.is_empty(), has.is_empty()) {
        (false, _) => format!("did you mean {}?", near.join(" or ")),
        (true, false) => {
            format!("its features: {}; remove it, or add {own} to [features] of Cargo.toml", has.join(", "))
        }
        (true, true) => format!("remove it, or add {own} = [] to [features] of Cargo.toml, which has none"),
    };
    Some(Problem::fatal(format!("{WHERE} names {feature:?}, but the crate has no feature {own}"), next))
}

/// A feature of `PyO3` for the stable ABI that its version does not have: cargo would reject the crate, whether or not
/// the feature is enabled.
fn not_of_this_pyo3(feature: &str, project: &Project) -> Option<Problem> {
    let bindings = &project.bindings;
    if !feature.starts_with("abi3") || !Support::is_known(bindings) {
        return None;
    }
    let support = Support::of(bindings);
    let (lowest, highest) = support.abi3;
    let what = format!("Cargo.toml names {}/{feature}, which {} does not have", bindings.key, binding(bindings));
    let minor = |prefix: &str| feature.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('3')?.parse::<u8>().ok());
    if let Some(minor) = minor("abi3-py") {
        if (lowest..=highest).contains(&minor) {
            return None;
        }
        let fits = (lowest..=highest).find(|minor| allows(project.requires_python.as_ref(), *minor));
        let instead = fits.unwrap_or(if minor < lowest { lowest } else { highest });
        let newer = Support::first_with_floor(minor).filter(|first| *first > bindings.version);
        let update =
            newer.map(|(major, minor)| format!("cargo add {}@{major}.{minor}, or ", bindings.key)).unwrap_or_default();
        return Some(Problem::fatal(
            what,
            format!("{update}use abi3-py3{instead} (its floors: 3.{lowest} to 3.{highest})"),
        ));
    }
    match feature {
        "abi3" => None,
        "abi3t" | "abi3t-py315" if support.abi3t => None,
        _ if feature.starts_with("abi3t") && !support.abi3t => {
            Some(Problem::fatal(what, format!("cargo add {}@0.29, which is the first with abi3t", bindings.key)))
        }
        _ => Some(Problem::fatal(
            what,
            format!(
                "its features for the stable ABI: abi3, abi3-py3{lowest} to abi3-py3{highest}{}",
                if support.abi3t { ", abi3t, abi3t-py315" } else { "" }
            ),
        )),
    }
}

fn binding(bindings: &Bindings) -> String {
    let (major, minor) = bindings.version;
    format!("{} {major}.{minor}", bindings.key)
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
