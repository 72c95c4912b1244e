//! `[tool.monowheel.size]`: the most bytes that a wheel may have.

use serde::{Deserialize, Serialize};

/// A wheel that has more bytes than the project allows.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct OverBudget {
    /// The file's name.
    pub file: String,
    /// Its bytes.
    pub bytes: u64,
    /// `max-wheel`.
    pub max_wheel: u64,
}

impl OverBudget {
    /// The wheel, if it has more bytes than that.
    #[must_use]
    pub fn check(file: &str, bytes: u64, max_wheel: Option<u64>) -> Option<Self> {
        let max_wheel = max_wheel.filter(|max_wheel| bytes > *max_wheel)?;
        Some(Self { file: file.to_owned(), bytes, max_wheel })
    }

    /// That in words.
    #[must_use]
    pub fn message(&self) -> String {
        let over = self.bytes.saturating_sub(self.max_wheel);
        format!(
            "{} has {} bytes, {over} more than max-wheel of [tool.monowheel.size] allows ({})",
            self.file, self.bytes, self.max_wheel
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wheel_may_have_exactly_that_much() {
        assert_eq!(OverBudget::check("a.whl", 100, Some(100)), None);
        assert_eq!(OverBudget::check("a.whl", 100, None), None);
        let over = OverBudget::check("a.whl", 101, Some(100)).map(|over| over.message());
        let message = "a.whl has 101 bytes, 1 more than max-wheel of [tool.monowheel.size] allows (100)";
        assert_eq!(over.as_deref(), Some(message));
    }
}
