//! A sample: its frames, in both languages, and how often it was seen.

use serde::Serialize;

use crate::frames;

/// A stack, and its weight: samples, or bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sample {
    /// The outermost first.
    pub(super) frames: Vec<Frame>,
    /// Samples, or bytes.
    pub(super) weight: u64,
}

/// One frame of a profile.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Frame {
    /// Of Python or native.
    pub language: Language,
    /// Its function.
    pub function: String,
    /// Its file or library, without directories; empty if it is not known.
    pub file: String,
}

/// The language of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Python.
    Python,
    /// Rust, C, C++.
    Native,
}

impl Frame {
    /// A frame of Python.
    pub(super) fn python(function: &str, file: &str) -> Self {
        Self { language: Language::Python, function: function.to_owned(), file: base(file) }
    }

    /// A frame of native code.
    pub(super) fn native(function: &str, file: &str) -> Self {
        Self { language: Language::Native, function: frames::name(function), file: base(file) }
    }

    /// Whether it is of CPython, the Rust standard library or the system; `PyO3` is not.
    pub(super) fn is_plumbing(&self) -> bool {
        self.language == Language::Native
            && (self.function.starts_with("0x")
                || frames::is_plumbing(&self.function, &self.file)
                || frames::is_system(&self.file))
    }

    /// `work (bench.py)`.
    #[must_use]
    pub fn label(&self) -> String {
        if self.file.is_empty() { self.function.clone() } else { format!("{} ({})", self.function, self.file) }
    }
}

fn base(file: &str) -> String {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    if name == "?" { String::new() } else { name.to_owned() }
}

/// The samples as lines of the folded form, which other tools read: `a;b;c 12`.
pub(super) fn folded(sample: &Sample) -> String {
    let labels = sample.frames.iter().map(|frame| frame.label().replace([';', '\n', '\r'], "_"));
    labels.collect::<Vec<_>>().join(";")
}

/// The same stacks together, the heaviest first.
pub(super) fn merged(samples: Vec<Sample>) -> Vec<Sample> {
    let mut sums: std::collections::BTreeMap<Vec<Frame>, u64> = std::collections::BTreeMap::new();
    for sample in samples {
        *sums.entry(sample.frames).or_default() += sample.weight;
    }
    let mut merged: Vec<Sample> = sums.into_iter().map(|(frames, weight)| Sample { frames, weight }).collect();
    merged.sort_by(|one, two| two.weight.cmp(&one.weight).then_with(|| one.frames.cmp(&two.frames)));
    merged
}
