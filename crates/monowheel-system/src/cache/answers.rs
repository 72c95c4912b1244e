//! Answers to a question that takes long, kept for the next run: one JSON file in the user's cache.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::UNIX_EPOCH;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::atomic_write;
use crate::hash::sha256;

/// The answers of earlier runs and of this one, by what they depend on.
#[derive(Debug)]
pub struct Answers<T> {
    /// None where there is no cache.
    path: Option<PathBuf>,
    question: String,
    old: BTreeMap<String, T>,
    new: Mutex<BTreeMap<String, T>>,
}

/// The file's format.
#[derive(Deserialize, Serialize)]
struct Kept<T> {
    /// The hash of the question: the answers to another one do not count.
    question: String,
    answers: BTreeMap<String, T>,
}

impl<T: Clone + PartialEq + DeserializeOwned + Serialize> Answers<T> {
    /// Loads the answers to `question` from a file of the cache (in its part `answers`). There are none if this version of monowheel asks
    /// something else, or if the file is missing or damaged.
    pub fn read(file: &str, question: &str) -> Self {
        Self::at(super::root().ok().map(|root| root.join("answers").join(file)), question)
    }

    /// The same, from this file.
    pub fn at(path: Option<PathBuf>, question: &str) -> Self {
        let question = sha256(format!("{}\n{question}", monowheel_error::VERSION).as_bytes());
        let text = path.as_deref().and_then(|path| fs_err::read(path).ok()).unwrap_or_default();
        let kept = serde_json::from_slice::<Kept<T>>(&text).ok().filter(|kept| kept.question == question);
        let old = kept.map(|kept| kept.answers).unwrap_or_default();
        Self { path, question, old, new: Mutex::default() }
    }

    /// No answers of earlier runs: each question is asked again.
    #[must_use]
    pub fn afresh(mut self) -> Self {
        self.old.clear();
        self
    }

    /// The answer of an earlier run.
    #[must_use]
    pub fn of(&self, key: &str) -> Option<&T> {
        self.old.get(key)
    }

    /// Keeps an answer for the next run.
    pub fn keep(&self, key: String, answer: T) {
        self.new.lock().unwrap_or_else(PoisonError::into_inner).insert(key, answer);
    }

    /// Writes the answers that were kept, and earlier ones as long as there are at most `most` in all. If that fails,
    /// the next run asks again.
    pub fn write(self, most: usize) {
        let mut answers = self.new.into_inner().unwrap_or_else(PoisonError::into_inner);
        let room = most.saturating_sub(answers.len());
        let earlier = self.old.iter().filter(|(key, _)| !answers.contains_key(*key)).take(room);
        let earlier: Vec<(String, T)> = earlier.map(|(key, answer)| (key.clone(), answer.clone())).collect();
        answers.extend(earlier);
        let (Some(path), false) = (self.path, answers == self.old) else { return };
        let Ok(text) = serde_json::to_vec(&Kept { question: self.question, answers }) else { return };
        if path.parent().map_or(Ok(()), fs_err::create_dir_all).is_ok() {
            let _ = atomic_write::write(&path, text);
        }
    }
}

/// A file and the time of its last change, for a key; none if it cannot be examined.
#[must_use]
pub fn state_of(path: &Path) -> Option<String> {
    let file = fs_err::metadata(path).ok()?;
    let since = file.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(format!("{} {} {}", path.display(), since.as_nanos(), file.len()))
}

#[cfg(test)]
mod tests {
    use monowheel_error::Result;

    use super::*;

    #[test]
    fn an_answer_is_kept_for_the_next_run_alone_unless_it_is_wanted_afresh() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("cache/links.json");
        let at = || Answers::<f64>::at(Some(path.clone()), "how long?");
        let first = at();
        first.keep("win_amd64 x".to_owned(), 0.5);
        assert_eq!(first.of("win_amd64 x"), None, "this run has it already");
        first.write(400);
        assert_eq!((at().of("win_amd64 x"), at().afresh().of("win_amd64 x")), (Some(&0.5), None));
        // Those of other projects stay, as long as there is room.
        let second = at();
        second.keep("win_arm64 y".to_owned(), 0.7);
        second.write(400);
        assert_eq!((at().of("win_amd64 x"), at().of("win_arm64 y")), (Some(&0.5), Some(&0.7)));
        let third = at();
        third.keep("win_arm64 y".to_owned(), 0.8);
        third.write(0);
        assert_eq!((at().of("win_amd64 x"), at().of("win_arm64 y")), (None, Some(&0.8)));
        Ok(())
    }

    #[test]
    fn answers_to_another_question_and_a_damaged_file_do_not_count() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("links.json");
        let at = |question: &str| Answers::<f64>::at(Some(path.clone()), question);
        let first = at("how long?");
        first.keep("win_amd64 x".to_owned(), 1.0);
        first.write(400);
        assert_eq!((at("how long?").of("win_amd64 x"), at("how far?").of("win_amd64 x")), (Some(&1.0), None));
        fs_err::write(&path, r#"{"question": "another", "answers": {"win_amd64 x": 1.0}}"#)?;
        assert_eq!(at("how long?").of("win_amd64 x"), None, "of another version");
        fs_err::write(&path, "{")?;
        assert_eq!(at("how long?").of("win_amd64 x"), None);
        Ok(())
    }

    #[test]
    fn a_file_that_changes_has_another_state() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("rustc");
        assert_eq!(state_of(&path), None);
        fs_err::write(&path, "a")?;
        let before = state_of(&path);
        fs_err::write(&path, "longer")?;
        assert_ne!(before, state_of(&path));
        Ok(())
    }
}
