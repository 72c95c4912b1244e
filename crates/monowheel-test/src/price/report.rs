//! The result, for the command and for other programs.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::price::callgrind::Counts;
use crate::price::statistics::Ratio;

/// The price on one interpreter.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Price {
    /// The interpreter.
    pub python: String,
    /// Processes for each wheel.
    pub rounds: usize,
    /// The largest difference between things that are the same: the native wheel and itself, and the control in pure Python
    /// beside each wheel; 0.02 is 2 %.
    pub noise: f64,
    /// The statements that ran before.
    pub setup: String,
    /// One for each call, or one for the command.
    pub rows: Vec<Row>,
}

/// One call.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// The expression, or the command.
    pub call: String,
    /// Nanoseconds with the native wheel.
    pub native: f64,
    /// The floors.
    pub costs: Vec<Cost>,
    /// What was counted, for each wheel.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub counts: Vec<Calls>,
}

/// One floor.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cost {
    /// The floor.
    pub floor: String,
    /// The time, relative to that of the native wheel: the median over the rounds.
    pub ratio: f64,
    /// The lower end of its interval of 95 %.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// What one call does, on average.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Calls {
    /// The floor, or `native`.
    pub wheel: String,
    /// Instructions.
    pub instructions: f64,
    /// Calls of the module into Python, by symbol.
    pub symbols: BTreeMap<String, f64>,
}

impl Cost {
    pub(super) fn of(floor: &str, ratio: Ratio) -> Self {
        Self { floor: floor.to_owned(), ratio: ratio.median, low: ratio.low, high: ratio.high }
    }

    /// Whether the floor is slower than the native wheel by more than noise.
    #[must_use]
    pub fn is_slower(&self, noise: f64) -> bool {
        self.low > 1.0 && self.ratio - 1.0 > noise.max(SMALL)
    }
}

/// Differences below this matter to nobody: 5 %.
const SMALL: f64 = 0.05;

impl Price {
    /// The call that a floor slows down most, if it slows down any.
    #[must_use]
    pub fn slowest(&self, floor: &str) -> Option<(&str, &Cost)> {
        let of = |row: &'_ Row| row.costs.iter().position(|cost| cost.floor == floor);
        let costs = self.rows.iter().filter_map(|row| Some((row.call.as_str(), &row.costs[of(row)?])));
        let slower = costs.filter(|(_, cost)| cost.is_slower(self.noise));
        slower.max_by(|one, two| one.1.ratio.total_cmp(&two.1.ratio))
    }

    /// The floors that were measured, in ascending order.
    pub fn floors(&self) -> impl Iterator<Item = &str> {
        self.rows.iter().take(1).flat_map(|row| &row.costs).map(|cost| cost.floor.as_str())
    }

    /// The lowest floor whose slowest call is about as fast as with any other: a higher one would give up CPythons for less
    /// than a tenth.
    #[must_use]
    pub fn cheapest(&self) -> Option<&str> {
        let worst = |floor: &str| self.slowest(floor).map_or(1.0, |(_, cost)| cost.ratio);
        let best = self.floors().map(worst).fold(f64::INFINITY, f64::min);
        self.floors().find(|floor| worst(floor) <= best * (1.0 + self.noise.max(2.0 * SMALL)))
    }
}

impl Counts {
    pub(super) fn named(&self, wheel: &str) -> Calls {
        Calls { wheel: wheel.to_owned(), instructions: self.instructions, symbols: self.symbols.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(noise: f64, ratios: &[[f64; 2]]) -> Price {
        let cost = |floor: &str, ratio: f64| Cost { floor: floor.to_owned(), ratio, low: ratio - 0.02, high: ratio };
        let row = |(number, [old, new]): (usize, &[f64; 2])| Row {
            call: format!("f{number}()"),
            native: 10.0,
            costs: vec![cost("3.8", *old), cost("3.10", *new)],
            counts: Vec::new(),
        };
        let rows = ratios.iter().enumerate().map(row).collect();
        Price { python: "cpython".to_owned(), rounds: 9, noise, setup: String::new(), rows }
    }

    #[test]
    fn the_lowest_floor_that_is_as_fast_as_any_is_cheapest() {
        let two = price(0.01, &[[1.4, 1.01], [1.0, 1.0], [1.6, 1.2]]);
        assert_eq!(two.slowest("3.8").map(|(call, cost)| (call, cost.ratio)), Some(("f2()", 1.6)));
        assert_eq!(two.cheapest(), Some("3.10"));
        assert_eq!(price(0.01, &[[1.2, 1.18]]).cheapest(), Some("3.8"), "a difference that matters to nobody");
        let noisy = price(0.5, &[[1.4, 1.0]]);
        assert_eq!((noisy.slowest("3.8"), noisy.cheapest()), (None, Some("3.8")));
    }
}
