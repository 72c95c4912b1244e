//! Ratios of times that were measured in turns.

use std::collections::BTreeMap;

/// The times of one process: nanoseconds, by statement.
pub(super) type Times = BTreeMap<String, f64>;

/// The middle value; NaN without values.
pub(super) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        odd if odd % 2 == 1 => values[odd / 2],
        even => f64::midpoint(values[even / 2 - 1], values[even / 2]),
    }
}

/// How one build's time relates to the native one's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Ratio {
    /// The median over the rounds.
    pub(super) median: f64,
    /// The lower end of its interval of at least 95 %, by the sign test.
    pub(super) low: f64,
    /// The upper end.
    pub(super) high: f64,
}

impl Ratio {
    /// Of two builds that were measured in the same rounds.
    pub(super) fn of(build: &[Times], native: &[Times], call: &str) -> Self {
        let pairs = build.iter().zip(native);
        let mut ratios: Vec<f64> = pairs.filter_map(|(one, two)| Some(one.get(call)? / two.get(call)?)).collect();
        ratios.sort_by(f64::total_cmp);
        let Some(last) = ratios.len().checked_sub(1) else {
            return Self { median: f64::NAN, low: f64::NAN, high: f64::NAN };
        };
        let aside = outside(ratios.len());
        Self { median: median(ratios.iter().copied()), low: ratios[aside], high: ratios[last - aside] }
    }

    /// How far it is from 1: of a build and itself, or of code that is the same in both.
    pub(super) fn deviation(self) -> f64 {
        (self.median - 1.0).abs()
    }
}

/// The number of values, of `n` in order, on either side of an interval that has the median with a probability of at
/// least 95 %: the binomial distribution (Conover, Practical Nonparametric Statistics, 3.2).
fn outside(n: usize) -> usize {
    // The probability of exactly, and of at most, `aside` values below the median.
    let mut exactly = 0.5_f64.powi(i32::try_from(n).unwrap_or(i32::MAX));
    let (mut at_most, mut aside) = (exactly, 0);
    while at_most <= 0.025 && aside < n / 2 {
        aside += 1;
        #[allow(clippy::cast_precision_loss, reason = "a number of rounds")]
        let factor = (n - aside + 1) as f64 / aside as f64;
        exactly *= factor;
        at_most += exactly;
    }
    aside
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(values: &[f64]) -> Vec<Times> {
        values.iter().map(|value| Times::from([("f()".to_owned(), *value)])).collect()
    }

    #[test]
    fn the_interval_is_that_of_the_sign_test() {
        // Tables of the sign test at 5 %, two-sided: with 5 values none may lie outside, with 6 none but the ends' own.
        assert_eq!([1, 5, 6, 8, 9, 15, 21].map(outside), [0, 0, 1, 1, 2, 4, 6]);
    }

    #[test]
    fn ratios_are_taken_within_a_round() {
        // The machine became twice as slow: the ratio is the same in each round.
        let ratio = Ratio::of(&times(&[15.0, 30.0, 15.0]), &times(&[10.0, 20.0, 10.0]), "f()");
        assert_eq!(ratio, Ratio { median: 1.5, low: 1.5, high: 1.5 });
        assert!((ratio.deviation() - 0.5).abs() < f64::EPSILON);
        assert!(Ratio::of(&[], &[], "f()").median.is_nan());
    }
}
