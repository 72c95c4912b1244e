//! What a soak has done, so that another one continues.

use std::collections::BTreeMap;
use std::path::Path;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::{atomic_write, regular_file};
use serde::{Deserialize, Serialize};

use super::finding::Finding;

const SCHEMA: &str = "monowheel.soak-state/1";

/// The state of a soak.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct State {
    schema: String,
    wheels: Vec<String>,
    seed: u64,
    /// Batches that were run: by interpreter and mode.
    batches: BTreeMap<String, u64>,
    pub(super) findings: Vec<Finding>,
}

impl State {
    /// Reads it, or begins.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for the state of other wheels or another seed; [`ErrorKind::Format`] for another file.
    pub(super) fn open(file: Option<&Path>, wheels: Vec<String>, seed: u64) -> Result<Self> {
        let fresh = Self { schema: SCHEMA.to_owned(), wheels, seed, ..Self::default() };
        let Some(file) = file.filter(|file| file.exists()) else { return Ok(fresh) };
        let text = regular_file::read_text(file)?;
        let state: Self = serde_json::from_str(&text).map_err(|error| {
            Error::new(ErrorKind::Format, format!("not the state of a soak: {error}"))
                .at(file.display())
                .next("name another file for --state")
        })?;
        let differs = if state.schema != SCHEMA {
            "it is of another version of monowheel"
        } else if state.wheels != fresh.wheels {
            "it is of other wheels"
        } else if state.seed != seed {
            "it is of another seed"
        } else {
            return Ok(state);
        };
        Err(Error::new(ErrorKind::Usage, format!("this soak cannot be continued: {differs}"))
            .at(file.display())
            .next("remove the file to begin again, or name another one"))
    }

    pub(super) fn batches(&self, key: &str) -> u64 {
        self.batches.get(key).copied().unwrap_or_default()
    }

    pub(super) fn count(&mut self, key: &str) {
        *self.batches.entry(key.to_owned()).or_default() += 1;
    }

    pub(super) fn write(&self, file: Option<&Path>) -> Result<()> {
        let Some(file) = file else { return Ok(()) };
        let text = serde_json::to_string_pretty(self).map_err(|error| Error::new(ErrorKind::Io, error.to_string()))?;
        atomic_write::write(file, text + "\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_soak_continues() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("state.json");
        let open = |hash: &str, seed| State::open(Some(&file), vec![hash.to_owned()], seed);
        let mut state = open("a", 1).unwrap();
        state.count("3.11 plain");
        state.write(Some(&file)).unwrap();
        assert_eq!(open("a", 1).unwrap().batches("3.11 plain"), 1);
        for (hash, seed) in [("b", 1), ("a", 2)] {
            assert_eq!(open(hash, seed).unwrap_err().kind(), ErrorKind::Usage);
        }
        fs_err::write(&file, "{}").unwrap();
        assert_eq!(open("a", 1).unwrap_err().kind(), ErrorKind::Format);
    }
}
