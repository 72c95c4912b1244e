//! What grows from round to round.

use std::collections::BTreeSet;

use serde::Serialize;

use super::record::{Round, Run};
use super::slope::{Slope, slope};

/// A trend is significant below this probability.
const SIGNIFICANT: f64 = 0.001;
/// Growth of the C heap below this, in all rounds, is not reported.
const HEAP_FLOOR: f64 = 2048.0;
/// Resident memory changes in pages and arenas.
const RESIDENT_FLOOR: f64 = 2_097_152.0;

/// A series that grows.
#[derive(Clone, Debug, Serialize)]
pub struct Growth {
    /// What was measured.
    pub metric: Metric,
    /// Of which type or object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// For each call.
    pub per_call: f64,
    /// The interval of 99 %.
    pub interval: (f64, f64),
    /// The probability of such a trend without growth.
    pub p: f64,
    /// What a second process measured for each call; absent if it did not grow there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeated: Option<f64>,
}

/// What is measured in each round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Metric {
    /// Objects of a type that the collector tracks.
    Objects,
    /// References to a type, one for each instance.
    Types,
    /// References to an object that a module names.
    References,
    /// Blocks of Python's allocator.
    Blocks,
    /// Bytes of the C heap.
    Heap,
    /// Bytes in memory.
    Resident,
}

/// How one series behaved.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Trend {
    Flat,
    Grows(Slope),
    /// It grew, and more slowly in the second half: more rounds would decide.
    Slows,
}

/// What grows in a run, and the series that are undecided.
pub(super) fn growths(run: &Run) -> (Vec<Growth>, Vec<String>) {
    let mut found = Vec::new();
    let mut undecided = Vec::new();
    let rounds = run.rounds.as_slice();
    let mut add = |metric: Metric, name: Option<&str>, values: Option<Vec<i64>>| match values
        .map_or(Trend::Flat, |values| trend(metric, &values))
    {
        Trend::Flat => {}
        Trend::Slows => undecided.push(metric.label(name)),
        Trend::Grows(slope) => found.push(growth(metric, name, slope, run.start.calls)),
    };
    for (metric, counts) in [
        (Metric::Objects, (|round| &round.objects) as fn(&Round) -> &_),
        (Metric::Types, |round| &round.types),
        (Metric::References, |round| &round.references),
    ] {
        let names: BTreeSet<&String> = rounds.iter().flat_map(|round| counts(round).keys()).collect();
        for name in names {
            let values = rounds.iter().map(|round| counts(round).get(name).copied().unwrap_or_default()).collect();
            add(metric, Some(name), Some(values));
        }
    }
    add(Metric::Blocks, None, Some(rounds.iter().map(|round| round.blocks).collect()));
    add(Metric::Heap, None, rounds.iter().map(|round| round.heap).collect());
    add(Metric::Resident, None, rounds.iter().map(|round| round.resident).collect());
    (found, undecided)
}

#[allow(clippy::cast_precision_loss, reason = "bytes and counts below 2^52")]
fn trend(metric: Metric, values: &[i64]) -> Trend {
    let Some(slope) = slope(values) else { return Trend::Flat };
    let rounds = values.len() as f64;
    let floor = match metric {
        Metric::Heap => HEAP_FLOOR,
        Metric::Resident => RESIDENT_FLOOR,
        // One in two rounds.
        _ => (rounds / 2.0 - 1.0).max(3.0),
    };
    if slope.p > SIGNIFICANT || slope.low <= 0.0 || slope.rate * (rounds - 1.0) < floor {
        return Trend::Flat;
    }
    match slope.late / slope.rate {
        share if share >= 0.25 => Trend::Grows(slope),
        share if share > 0.0 => Trend::Slows,
        _ => Trend::Flat,
    }
}

#[allow(clippy::cast_precision_loss, reason = "a number of calls")]
fn growth(metric: Metric, name: Option<&str>, slope: Slope, calls: u64) -> Growth {
    let calls = calls.max(1) as f64;
    Growth {
        metric,
        name: name.map(ToOwned::to_owned),
        per_call: slope.rate / calls,
        interval: (slope.low / calls, slope.high / calls),
        p: slope.p,
        repeated: None,
    }
}

impl Metric {
    /// For people.
    fn label(self, name: Option<&str>) -> String {
        let name = name.unwrap_or_default();
        match self {
            Self::Objects => format!("objects of the type {name}"),
            Self::Types => format!("references to the type {name}"),
            Self::References => format!("references to {name}"),
            Self::Blocks => "blocks of Python's allocator".to_owned(),
            Self::Heap => "the C heap".to_owned(),
            Self::Resident => "resident memory".to_owned(),
        }
    }
}

impl Growth {
    /// For people: `objects of the type list`.
    #[must_use]
    pub fn label(&self) -> String {
        self.metric.label(self.name.as_deref())
    }

    /// Whether both runs measured the same rate, to a fifth.
    pub(super) fn is_constant(&self) -> bool {
        self.repeated.is_some_and(|repeated| (repeated - self.per_call).abs() <= self.per_call / 5.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_object_in_two_rounds_is_growth_and_a_single_one_is_not() {
        let steps: Vec<i64> = (0..12).map(|round| round / 2).collect();
        assert!(matches!(trend(Metric::Objects, &steps), Trend::Grows(_)), "{steps:?}");
        assert_eq!(trend(Metric::Objects, &[0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1]), Trend::Flat);
    }

    #[test]
    fn what_settles_is_not_growth_and_what_slows_is_undecided() {
        let filled: Vec<i64> = (0..12).map(|round| 5000 * round.min(5)).collect();
        assert_eq!(trend(Metric::Heap, &filled), Trend::Flat);
        let slows: Vec<i64> = (0..12).map(|round| 5000 * round.min(5) + 10 * round).collect();
        assert_eq!(trend(Metric::Heap, &slows), Trend::Slows);
    }

    #[test]
    fn small_growth_of_the_heap_is_noise() {
        assert_eq!(trend(Metric::Heap, &(0..12).map(|round| 16 * round).collect::<Vec<_>>()), Trend::Flat);
        let grows = (0..12).map(|round| 32_000 * round).collect::<Vec<_>>();
        assert!(matches!(trend(Metric::Heap, &grows), Trend::Grows(_)));
        assert_eq!(trend(Metric::Resident, &grows), Trend::Flat);
    }
}
