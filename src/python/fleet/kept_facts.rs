//! Facts that a fleet has in its dataset, and those that it is going to have.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use monowheel_audit::facts::Facts;
use monowheel_audit::{Auditor, Subject, kept};
use pyo3::pybacked::PyBackedBytes;

/// The kept facts of a wheel, and the SHA-256 of the bytes that they were gathered from, if all of them were read.
pub(super) type KeptFacts = (PyBackedBytes, Option<String>);

/// The facts of a release's wheels, by place.
pub(super) struct FactStore {
    kept: HashMap<String, KeptFacts>,
    /// The Python that checks wheels; `None` if their facts are not to be kept.
    checked_by: Option<String>,
    origins: Mutex<HashMap<String, Origin>>,
}

/// Where the facts of a wheel came from.
#[derive(Default)]
pub(super) struct Origin {
    /// They were kept, so that the wheel was not read.
    pub(super) were_kept: bool,
    /// Kept ones: the hash of all bytes, if all were read.
    pub(super) sha256: Option<String>,
    /// New ones: the form in which to keep them.
    pub(super) stored: Option<Vec<u8>>,
}

impl FactStore {
    /// A store for `subjects`, with the next entries of `kept`.
    pub(super) fn new(
        subjects: &[Subject],
        kept: &mut impl Iterator<Item = Option<KeptFacts>>,
        checked_by: Option<String>,
    ) -> Self {
        let places = subjects.iter().map(|subject| subject.place.clone());
        let kept = places.zip(kept).filter_map(|(place, kept)| Some((place, kept?))).collect();
        Self { kept, checked_by, origins: Mutex::default() }
    }

    /// The facts of a subject: the kept ones, if they can be used, else those of the file.
    pub(super) fn facts(&self, auditor: &Auditor, subject: &Subject) -> monowheel_error::Result<Facts> {
        if let Some((stored, sha256)) = self.kept.get(&subject.place) {
            // If they are damaged, the wheel is read, as without them.
            if let Ok(Some(facts)) = auditor.kept(stored, subject) {
                self.note(subject, Origin { were_kept: true, sha256: sha256.clone(), stored: None });
                return Ok(facts);
            }
        }
        let facts = auditor.gather(subject)?;
        if let Some(checked_by) = &self.checked_by {
            self.note(subject, Origin { stored: kept::write(&facts, checked_by), ..Origin::default() });
        }
        Ok(facts)
    }

    /// The origin of the facts of a place, once.
    pub(super) fn origin(&self, place: &str) -> Origin {
        self.origins.lock().unwrap_or_else(PoisonError::into_inner).remove(place).unwrap_or_default()
    }

    fn note(&self, subject: &Subject, origin: Origin) {
        self.origins.lock().unwrap_or_else(PoisonError::into_inner).insert(subject.place.clone(), origin);
    }
}
