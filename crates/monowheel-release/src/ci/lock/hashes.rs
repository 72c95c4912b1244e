//! Hashes that were not known when monowheel was built: from the locks of a checkout, else from an index.

use std::collections::BTreeMap;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_net::{AvailableRelease, IndexOptions, Requirements, availability};
use monowheel_wheel::names::normalized_name;

use crate::ci::Provider;
use crate::ci::drift::own_text;
use crate::ci::lock::entry::{Entry, entries};
use crate::ci::lock::locks;
use crate::ci::place::Checkout;
use crate::ci::plan::Plan;

/// The hashes of the files of some releases.
#[derive(Clone, Debug, Default)]
pub struct Hashes {
    known: BTreeMap<(String, String), Vec<String>>,
}

impl Hashes {
    /// Those in the locks of a checkout that monowheel wrote for this project.
    ///
    /// # Errors
    /// When a lock exists and cannot be read as text.
    pub fn in_checkout(checkout: &Checkout, plan: &Plan, provider: Provider) -> Result<Self> {
        let mut known = BTreeMap::new();
        for lock in locks(plan, &Self::default()) {
            let path = checkout.top.join(plan.lock_path(provider, lock.file));
            for entry in own_text(&path, provider, plan)?.iter().flat_map(|text| entries(text)) {
                if !entry.sha256.is_empty() {
                    known.insert((entry.name, entry.version), entry.sha256);
                }
            }
        }
        Ok(Self { known })
    }

    /// The releases that a plan needs and whose hashes are unknown: `NAME==VERSION`, each once.
    #[must_use]
    pub fn missing(&self, plan: &Plan) -> Vec<String> {
        let mut missing = Vec::new();
        for lock in locks(plan, self) {
            missing.extend(lock.missing().map(|(name, version)| format!("{name}=={version}")));
        }
        missing.sort();
        missing.dedup();
        missing
    }

    /// Queries an index for the hashes of these releases: those of all wheels, so that every system of the workflows
    /// finds its own.
    ///
    /// # Errors
    /// When the index cannot be queried, has no such release or no wheel of it, or no hash of a wheel.
    pub fn ask(&mut self, missing: &[String], index: &IndexOptions) -> Result<()> {
        let mut wanted = Requirements::default();
        for requirement in missing {
            wanted.add(requirement)?;
        }
        for (requirement, available) in missing.iter().zip(&availability(&wanted, index)?.releases) {
            let Some((name, version)) = requirement.split_once("==") else { continue };
            let hashes = hashes(requirement, available)?;
            self.known.insert((normalized_name(name), version.to_owned()), hashes);
        }
        Ok(())
    }

    /// The entry of a release, without hashes where they are not known.
    pub(super) fn entry(&self, name: &str, version: &str) -> Entry {
        let key = (normalized_name(name), version.to_owned());
        Entry::new(name, version, self.known.get(&key).cloned().unwrap_or_default())
    }
}

fn hashes(requirement: &str, available: &AvailableRelease) -> Result<Vec<String>> {
    let next = "pass an index that has it with --index-url URL; with --offline its hashes stay out of the lock, and CI then \
                refuses to install it";
    if let Some(missing) = &available.missing {
        let error = missing.error().clone();
        return Err(error.next(next));
    }
    let wrong = |what: &str| Error::new(ErrorKind::Usage, format!("{requirement} {what}")).next(next);
    let wheels: Vec<_> = available.wheels.iter().filter(|file| file.yanked.is_none()).collect();
    if wheels.is_empty() {
        return Err(wrong("has no usable wheel, and installing an sdist would run its code"));
    }
    let mut hashes = Vec::new();
    for wheel in wheels {
        let sha256 = wheel.sha256.clone();
        hashes.push(sha256.ok_or_else(|| wrong("has a wheel without a SHA-256 on the index").at(&wheel.name))?);
    }
    hashes.sort();
    hashes.dedup();
    Ok(hashes)
}
