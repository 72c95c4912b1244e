//! Checks the lock of one release against the files that are available now.

use std::collections::{BTreeMap, BTreeSet};

use monowheel_audit::set::{Coverage, Interpreter, Outline};
use monowheel_error::{Error, ErrorKind, Result};
use serde::Serialize;

use crate::pin::Scope;
use crate::pin::choose::outline;
use crate::pin::claim::{Claim, Claimed};

/// A file of the release that is available now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Offered {
    /// Its name.
    pub(crate) file: String,
    /// Lower-case hexadecimal, if known.
    pub(crate) sha256: Option<String>,
    /// Why it was yanked; empty when no reason is given.
    pub(crate) yanked: Option<String>,
    /// `Requires-Python`.
    pub(crate) requires_python: Option<String>,
}

/// The kinds of problems of a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The release is no longer available.
    ReleaseGone,
    /// A file has the name of a pinned one but different bytes.
    FileChanged,
    /// A pinned file is no longer available.
    FileGone,
    /// A pinned file was yanked.
    Yanked,
    /// A pinned file has no valid attestation, and the lock requires one.
    NotAttested,
    /// The publisher of a pinned file is not the one that the lock records.
    PublisherChanged,
    /// A wheel that is not pinned fits where no pinned one does.
    NotPinned,
    /// A wheel that is not pinned would be selected instead of a pinned one.
    Preferred,
}

/// A problem of a lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Its kind.
    pub kind: Kind,
    /// The files it is about: names, or `sha256:…` if no name is known.
    pub files: Vec<String>,
    /// The platforms it is about, if any.
    pub(crate) platforms: Vec<String>,
    /// The problem, in a sentence.
    pub message: String,
    /// The next step.
    pub next: String,
}

/// The problems of a claim; empty if there are none.
///
/// # Errors
/// [`ErrorKind::Format`] when files without a known hash make an answer impossible.
pub(crate) fn judge(claim: &Claim, offered: &[Offered], scope: &Scope) -> Result<Vec<Finding>> {
    let seen = Seen::of(claim, offered)?;
    let release = format!("{}{}", claim.pin.name, claim.pin.version);
    let mut findings = Vec::new();
    for (was, now) in &seen.changed {
        findings.push(Finding {
            kind: Kind::FileChanged,
            files: vec![now.file.clone()],
            platforms: Vec::new(),
            message: format!(
                "{} has changed: pinned is {}, its SHA-256 is {}",
                now.file,
                was.sha256,
                now.sha256.as_deref().unwrap_or("unknown")
            ),
            next: "do not install it, and find out who changed it: a released file never changes".to_owned(),
        });
    }
    let pinned: Vec<Outline> = seen.present.iter().filter_map(|file| of(file)).collect();
    if !seen.gone.is_empty() {
        let gone: Vec<Outline> = seen.gone.iter().filter_map(|file| outline(file.file.as_deref()?, None)).collect();
        findings.push(gone_files(&seen.gone, unserved(&pinned, &gone, scope)));
    }
    findings.extend(yanked(&seen.present));
    // If no wheel is pinned, or none is left, no wheel is selected.
    if !pinned.is_empty() {
        let changed: BTreeSet<&str> = seen.changed.iter().map(|(_, now)| now.file.as_str()).collect();
        let others: Vec<Outline> = offered
            .iter()
            .filter(|file| {
                file.yanked.is_none() && !seen.present.contains(file) && !changed.contains(file.file.as_str())
            })
            .filter_map(of)
            .collect();
        findings.extend(unpinned(&release, &pinned, &others, scope));
    }
    findings.sort_by(|a, b| (a.kind, &a.files).cmp(&(b.kind, &b.files)));
    Ok(findings)
}

/// The finding for a release without any file.
#[must_use]
pub(crate) fn release_gone(claim: &Claim, why: &str) -> Finding {
    Finding {
        kind: Kind::ReleaseGone,
        files: claim.files.iter().map(named).collect(),
        platforms: Vec::new(),
        message: why.to_owned(),
        next: format!(
            "name the index that has it: --index-url URL; if it was deleted, pin another release of {}",
            claim.pin.name
        ),
    }
}

/// The claimed files that are available.
struct Seen<'a> {
    present: Vec<&'a Offered>,
    changed: Vec<(&'a Claimed, &'a Offered)>,
    gone: Vec<&'a Claimed>,
}

impl<'a> Seen<'a> {
    fn of(claim: &'a Claim, offered: &'a [Offered]) -> Result<Self> {
        let mut seen = Self { present: Vec::new(), changed: Vec::new(), gone: Vec::new() };
        for claimed in &claim.files {
            let by_hash = offered.iter().find(|file| file.sha256.as_ref() == Some(&claimed.sha256));
            let by_name = claimed.file.as_ref().and_then(|name| offered.iter().find(|file| file.file == *name));
            // It may be the one without a known hash.
            let untold = match (&claimed.file, by_name) {
                (Some(_), named) => named.filter(|file| file.sha256.is_none()),
                (None, _) => offered.iter().find(|file| file.sha256.is_none()),
            };
            match (by_hash, untold, by_name) {
                (Some(file), ..) => seen.present.push(file),
                (None, Some(file), _) => {
                    return Err(Error::new(ErrorKind::Format, format!("the SHA-256 of {} is unknown", file.file))
                        .at(format!("{}{}", claim.pin.name, claim.pin.version))
                        .next("use an index that has hashes: --index-url URL"));
                }
                (None, None, Some(file)) => seen.changed.push((claimed, file)),
                (None, None, None) => seen.gone.push(claimed),
            }
        }
        Ok(seen)
    }
}

fn of(file: &Offered) -> Option<Outline> {
    outline(&file.file, file.requires_python.as_deref())
}

fn named(file: &Claimed) -> String {
    file.file.clone().unwrap_or_else(|| format!("sha256:{}", file.sha256))
}

fn gone_files(gone: &[&Claimed], platforms: Vec<String>) -> Finding {
    let files: Vec<String> = gone.iter().map(|file| named(file)).collect();
    let what = match files.as_slice() {
        [one] => format!("{one} is no longer available"),
        several => format!("{} pinned files are no longer available", several.len()),
    };
    let then =
        if platforms.is_empty() { String::new() } else { format!("; no pinned file fits {}", platforms.join(", ")) };
    Finding {
        kind: Kind::FileGone,
        files,
        platforms,
        message: format!("{what}{then}"),
        next: "pin the release again, or keep copies of the files that you install".to_owned(),
    }
}

/// The platforms on which some Python has only missing files pinned.
fn unserved(pinned: &[Outline], gone: &[Outline], scope: &Scope) -> Vec<String> {
    let all = [pinned, gone].concat();
    let machines = scope.machines(&all);
    let (before, now) = (scope.coverage_on(&machines, &all), scope.coverage_on(&machines, pinned));
    let lost = before.rows.iter().zip(&now.rows).filter(|(before, now)| {
        before.wheels.iter().zip(&now.wheels).any(|(before, now)| before.is_some() && now.is_none())
    });
    lost.map(|(row, _)| row.platform.clone()).collect()
}

/// A finding for each reason.
fn yanked(present: &[&Offered]) -> Vec<Finding> {
    let mut reasons: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for file in present {
        if let Some(why) = &file.yanked {
            reasons.entry(why.trim()).or_default().push(file.file.clone());
        }
    }
    let finding = |(why, mut files): (&str, Vec<String>)| {
        files.sort();
        let what = match files.as_slice() {
            [one] => format!("{one} was yanked"),
            several => format!("{} pinned files were yanked", several.len()),
        };
        let why = if why.is_empty() { "no reason is given" } else { why };
        Finding {
            kind: Kind::Yanked,
            message: format!("{what}: {why}"),
            files,
            platforms: Vec::new(),
            next: "pin another release; installers still install this one, because it is pinned".to_owned(),
        }
    };
    reasons.into_iter().map(finding).collect()
}

/// Where another wheel is selected: its platforms and Pythons, and the pinned ones it replaces there.
#[derive(Default)]
struct Where {
    platforms: Vec<String>,
    pythons: Vec<Interpreter>,
    instead_of: BTreeSet<String>,
}

fn unpinned(release: &str, pinned: &[Outline], others: &[Outline], scope: &Scope) -> Vec<Finding> {
    let all = [pinned, others].concat();
    let machines = scope.machines(&all);
    let ours = scope.coverage_on(&machines, pinned);
    let Coverage { pythons, rows } = scope.coverage_on(&machines, &all);
    let mut places: BTreeMap<String, Where> = BTreeMap::new();
    for (row, ours) in rows.iter().zip(&ours.rows) {
        for ((python, chosen), ours) in pythons.iter().zip(&row.wheels).zip(&ours.wheels) {
            let Some(chosen) = chosen.as_ref().filter(|file| !pinned.iter().any(|wheel| wheel.file == **file)) else {
                continue;
            };
            let place = places.entry(chosen.clone()).or_default();
            if !place.platforms.contains(&row.platform) {
                place.platforms.push(row.platform.clone());
            }
            if !place.pythons.contains(python) {
                place.pythons.push(python.clone());
            }
            place.instead_of.extend(ours.clone());
        }
    }
    places.into_iter().map(|(file, place)| other(release, file, place)).collect()
}

fn other(release: &str, file: String, place: Where) -> Finding {
    let pythons: Vec<String> = place.pythons.iter().map(ToString::to_string).collect();
    let on = format!("on {} (CPython {})", place.platforms.join(", "), pythons.join(", "));
    let instead: Vec<String> = place.instead_of.into_iter().collect();
    let (kind, message) = if instead.is_empty() {
        (Kind::NotPinned, format!("{file} is not pinned, and no pinned file fits {on}"))
    } else {
        let loses = instead.join(" and ");
        (Kind::Preferred, format!("{file} is not pinned; without the lock it is selected instead of {loses} {on}"))
    };
    Finding {
        kind,
        files: vec![file],
        platforms: place.platforms,
        message,
        next: format!("pin it again: monowheel pin {release}; or narrow the lock: --platform, --python"),
    }
}
