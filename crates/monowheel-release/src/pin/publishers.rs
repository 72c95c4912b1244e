//! The publisher of a release: found by its attestations, recorded in the lock, and compared with the existing lock.

use std::collections::BTreeMap;
use std::path::Path;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_net::attestation::Publisher;
use monowheel_net::{Availability, AvailableRelease, RemoteFile};
use rayon::prelude::*;

use crate::pin::Request;
use crate::pin::claim::{Claim, Claims};
use crate::pin::judge::{Finding, Kind};
use crate::pin::requirements::PUBLISHER;

/// The publishers that an existing lock records, by the normalized names of the projects.
#[derive(Clone, Debug, Default)]
pub struct Previous(BTreeMap<String, Vec<Publisher>>);

impl Previous {
    /// The publishers that these files record; a file that does not exist, or records none, adds nothing.
    ///
    /// # Errors
    /// When a file records publishers and cannot be read: a changed publisher would go unnoticed.
    pub fn read<'a>(files: impl IntoIterator<Item = &'a Path>) -> Result<Self> {
        let mut previous = Self::default();
        for path in files.into_iter().filter(|path| path.is_file()) {
            let text = String::from_utf8_lossy(&fs_err::read(path)?).into_owned();
            if !text.contains("attestation-identities") && !text.contains(PUBLISHER) {
                continue;
            }
            for claim in Claims::read(path)?.claims {
                if !claim.publishers.is_empty() {
                    previous.0.insert(claim.pin.name, claim.publishers);
                }
            }
        }
        Ok(previous)
    }

    fn of(&self, name: &str) -> &[Publisher] {
        self.0.get(name).map(Vec::as_slice).unwrap_or_default()
    }
}

/// The publishers of a release's pinned files. They are required if the request says so, and if the existing lock
/// records them: otherwise a changed publisher would go unnoticed.
///
/// # Errors
/// When a file has no valid attestation, and when the publisher has changed.
pub(super) fn of(found: &Availability, name: &str, files: &[&RemoteFile], request: &Request) -> Result<Vec<Publisher>> {
    let before = request.previous.of(name);
    if !request.attestations && before.is_empty() {
        return Ok(Vec::new());
    }
    let now = of_files(found, files).map_err(|error| match (request.attestations, error.kind()) {
        (false, ErrorKind::Format) => error.next(format!(
            "the existing lock records the publisher of {name}; to pin by hash only, write to a new file"
        )),
        _ => error,
    })?;
    if before.is_empty() || request.other_publisher {
        return Ok(now);
    }
    match now.iter().find(|publisher| !before.contains(publisher)) {
        None => Ok(now),
        Some(other) => Err(Error::new(ErrorKind::Usage, changed(name, before, other))
            .next(format!("{FIND_OUT}; if it did, use --accept-publisher-change"))),
    }
}

const FIND_OUT: &str = "ask the project whether it moved";

fn changed(name: &str, before: &[Publisher], now: &Publisher) -> String {
    let before: Vec<String> = before.iter().map(ToString::to_string).collect();
    format!("the publisher of {name} has changed\npinned is {}\nnow it is {now}", before.join("; "))
}

fn of_files(found: &Availability, files: &[&RemoteFile]) -> Result<Vec<Publisher>> {
    let each: Vec<Vec<Publisher>> = files.par_iter().map(|file| found.publishers(file)).collect::<Result<_>>()?;
    let mut all: Vec<Publisher> = each.into_iter().flatten().collect();
    all.sort();
    all.dedup();
    Ok(all)
}

/// The publisher problems of a claim: a pinned file without a valid attestation, or from another publisher.
///
/// # Errors
/// When the index cannot be queried.
pub(super) fn judge(claim: &Claim, available: &AvailableRelease, found: &Availability) -> Result<Vec<Finding>> {
    let is_pinned = |file: &&RemoteFile| {
        file.sha256.as_ref().is_some_and(|sha256| claim.files.iter().any(|pinned| pinned.sha256 == *sha256))
    };
    let files: Vec<&RemoteFile> = available.wheels.iter().chain(&available.sdists).filter(is_pinned).collect();
    let looked: Vec<Result<Vec<Publisher>>> = files.par_iter().map(|file| found.publishers(file)).collect();
    let mut findings = Vec::new();
    let mut others: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (file, publishers) in files.iter().zip(looked) {
        match publishers {
            Ok(publishers) => {
                let is_other = |publisher: &&Publisher| !claim.publishers.contains(publisher);
                let other = publishers.iter().find(is_other).filter(|_| !claim.publishers.is_empty());
                if let Some(other) = other {
                    let what = changed(&claim.pin.name, &claim.publishers, other);
                    others.entry(what).or_default().push(file.name.clone());
                }
            }
            Err(error) if error.kind() == ErrorKind::Format => findings.push(Finding {
                kind: Kind::NotAttested,
                files: vec![file.name.clone()],
                platforms: Vec::new(),
                message: format!("{}: {}", file.name, error.what()),
                next: "do not install it, and ask the project who published it".to_owned(),
            }),
            Err(error) => return Err(error),
        }
    }
    findings.extend(others.into_iter().map(|(message, files)| Finding {
        kind: Kind::PublisherChanged,
        files,
        platforms: Vec::new(),
        message,
        next: format!("{FIND_OUT}; if it did, pin the release again with --accept-publisher-change"),
    }));
    Ok(findings)
}
