//! The cost of a conversion.

use serde::{Deserialize, Serialize};

/// A median and the quartiles beside it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize, Serialize)]
pub struct Spread {
    /// The median.
    pub median: f64,
    /// The lower quartile.
    pub low: f64,
    /// The upper quartile.
    pub high: f64,
}

/// Nanoseconds of a conversion.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub struct Cost {
    /// What is counted by the sizes: `byte` or `item`; empty for a type of one size.
    #[serde(default)]
    pub unit: String,
    /// The sizes that were measured: one or two.
    pub sizes: Vec<u64>,
    /// The cost at each size.
    pub at: Vec<Spread>,
    /// What each element adds, from the two sizes.
    #[serde(default)]
    pub per_element: Option<Spread>,
    /// Whether it touches each element; set by [`super::Calls::read`].
    #[serde(skip_deserializing)]
    pub copies: Option<Copies>,
}

/// Whether a conversion touches each element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Copies {
    /// It does.
    Yes,
    /// It does not: the cost is the same for every size.
    No,
    /// The measurement is too noisy to say.
    Unclear,
}

impl Copies {
    /// For people.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Yes => "copies",
            Self::No => "no copy",
            Self::Unclear => "too noisy to say",
        }
    }
}

impl Cost {
    /// The cost for `n` elements, on the line through both sizes.
    #[must_use]
    pub fn of(&self, n: u64) -> f64 {
        let (Some(size), Some(at)) = (self.sizes.first(), self.at.first()) else { return 0.0 };
        // Sizes are far below 2^52.
        #[allow(clippy::cast_precision_loss, reason = "sizes are small")]
        let beyond = n as f64 - *size as f64;
        let each = self.per_element.map_or(0.0, |each| each.median);
        (at.median + beyond * each).max(0.0)
    }

    /// Whether it copies: whether the slope is above what the fastest copy of an element would take. A processor copies
    /// some 50 bytes in a nanosecond, and an item of a list takes a nanosecond at least.
    #[must_use]
    pub fn copies(&self) -> Option<Copies> {
        let least = if self.unit == "byte" { 0.005 } else { 0.1 };
        self.per_element.map(|each| match (each.low > least, each.high < least) {
            (true, _) => Copies::Yes,
            (_, true) => Copies::No,
            _ => Copies::Unclear,
        })
    }

    /// The widest interval between quartiles, as a part of the median.
    #[must_use]
    pub fn deviation(&self) -> f64 {
        let of = |one: &Spread| (one.high - one.low) / one.median.abs().max(1.0);
        self.at.iter().map(of).fold(0.0, f64::max)
    }

    /// For people: `12 ns`, or `40 ns + 0.02 ns per byte, copies`.
    #[must_use]
    pub fn words(&self) -> String {
        let fixed = nanoseconds(self.of(0));
        match (self.per_element, self.copies()) {
            (Some(_), Some(Copies::No)) => format!("{fixed}, no copy"),
            (Some(each), Some(Copies::Yes)) => {
                let each = format!("{} per {}", nanoseconds(each.median), self.unit);
                // A line through two sizes says nothing about a beginning that is lost in the slope.
                if self.of(0) < 1.0 { each } else { format!("{fixed} + {each}") }
            }
            (Some(_), _) => format!("{}, {}", nanoseconds(self.of(1_000)), Copies::Unclear.words()),
            _ if self.of(0) < 1.0 => "less than 1 ns".to_owned(),
            _ => fixed,
        }
    }
}

/// `0.02 ns`, `12 ns`, `3.4 µs`, `1.2 ms`.
#[must_use]
pub fn nanoseconds(value: f64) -> String {
    let rounded = |value: f64| if value < 10.0 { format!("{value:.1}") } else { format!("{value:.0}") };
    match value {
        value if value < 0.0005 => "0 ns".to_owned(),
        value if value < 0.095 => format!("{value:.3} ns"),
        value if value < 1_000.0 => format!("{} ns", rounded(value)),
        value if value < 1_000_000.0 => format!("{} µs", rounded(value / 1e3)),
        value => format!("{} ms", rounded(value / 1e6)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cost(unit: &str, low: f64, median: f64, high: f64) -> Cost {
        let at = |median| Spread { median, low: median, high: median };
        Cost {
            unit: unit.to_owned(),
            sizes: vec![1_000, 100_000],
            at: vec![at(40.0), at(40.0 + 99_000.0 * median)],
            per_element: Some(Spread { median, low, high }),
            copies: None,
        }
    }

    #[test]
    fn a_slope_decides_whether_it_copies_and_noise_decides_nothing() {
        assert_eq!(cost("byte", 0.018, 0.02, 0.03).copies(), Some(Copies::Yes));
        assert_eq!(cost("byte", -0.0001, 0.0, 0.0004).copies(), Some(Copies::No));
        assert_eq!(cost("byte", -0.1, 0.02, 0.3).copies(), Some(Copies::Unclear));
        assert_eq!(cost("item", -0.03, 0.0, 0.06).copies(), Some(Copies::No));
        assert_eq!(Cost { per_element: None, ..cost("", 0.0, 0.0, 0.0) }.copies(), None);
    }

    #[test]
    fn the_cost_of_a_size_is_on_the_line() {
        let cost = cost("byte", 0.02, 0.02, 0.02);
        assert!((cost.of(1_000) - 40.0).abs() < 1e-9 && (cost.of(2_000) - 60.0).abs() < 1e-9);
        assert_eq!(cost.words(), "20 ns + 0.020 ns per byte");
    }

    #[test]
    fn times_have_two_or_three_digits() {
        let shown: Vec<String> = [0.0213, 0.5, 12.3, 3_456.0, 1.2e6].into_iter().map(nanoseconds).collect();
        assert_eq!(shown, ["0.021 ns", "0.5 ns", "12 ns", "3.5 µs", "1.2 ms"]);
    }
}
