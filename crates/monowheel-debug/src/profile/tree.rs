//! The stacks together: each frame once below the same callers.

use super::boundary::Category;
use super::stack::{Frame, Language, Sample};

/// Deeper frames of a recursion are not shown: a page has an end.
const DEEPEST: usize = 200;

/// A function below its callers.
#[derive(Clone, Debug, Default)]
pub struct Node {
    /// `work (bench.py)`; empty for the root.
    pub label: String,
    /// Its language; absent for the root.
    pub language: Option<Language>,
    /// Whether it is of `PyO3`, CPython or the system.
    pub is_plumbing: bool,
    /// Samples or bytes, with those of its callees.
    pub value: u64,
    /// Of those, the ones at the boundary.
    pub boundary: u64,
    /// Its callees, the largest first.
    pub below: Vec<Node>,
}

impl Node {
    pub(super) fn of(stacks: &[(Sample, Option<Category>)]) -> Self {
        let mut root = Self::default();
        for (sample, category) in stacks {
            let boundary = if category.is_some_and(Category::is_boundary) { sample.weight } else { 0 };
            root.add(&sample.frames, sample.weight, boundary);
        }
        root.sort();
        root
    }

    fn add(&mut self, frames: &[Frame], weight: u64, boundary: u64) {
        let mut node = self;
        node.count(weight, boundary);
        for frame in frames.iter().take(DEEPEST) {
            let label = frame.label();
            let at = node.below.iter().position(|below| below.label == label).unwrap_or_else(|| {
                node.below.push(Self {
                    label,
                    language: Some(frame.language),
                    is_plumbing: frame.is_plumbing() || frame.function.contains("pyo3::"),
                    ..Self::default()
                });
                node.below.len() - 1
            });
            node = &mut node.below[at];
            node.count(weight, boundary);
        }
    }

    const fn count(&mut self, weight: u64, boundary: u64) {
        self.value += weight;
        self.boundary += boundary;
    }

    fn sort(&mut self) {
        self.below.sort_by(|one, two| two.value.cmp(&one.value).then_with(|| one.label.cmp(&two.label)));
        self.below.iter_mut().for_each(Self::sort);
    }

    /// The number of frames on the deepest stack.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.below.iter().map(|below| below.depth() + 1).max().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callers_have_the_sum_of_their_callees() {
        let sample = |names: &[&str], weight| Sample {
            frames: names.iter().map(|name| Frame::python(name, "a.py")).collect(),
            weight,
        };
        let stacks = [
            (sample(&["main", "f"], 3), Some(Category::Conversion)),
            (sample(&["main", "g"], 5), Some(Category::Python)),
            (sample(&["main"], 1), None),
        ];
        let root = Node::of(&stacks);
        assert_eq!((root.value, root.boundary, root.depth()), (9, 3, 2));
        let main = &root.below[0];
        let below: Vec<(&str, u64)> = main.below.iter().map(|node| (node.label.as_str(), node.value)).collect();
        assert_eq!(below, [("g (a.py)", 5), ("f (a.py)", 3)]);
    }
}
