//! The slope of a series of measurements, and whether it is more than noise.
//!
//! Theil–Sen: the median of the slopes between all pairs, which outliers do not move; Sen's confidence interval
//! from the variance of Kendall's S; the Mann–Kendall test for a trend (Sen, JASA 63 (1968); Kendall, Rank
//! Correlation Methods, 1975).

use std::collections::BTreeMap;

/// The quantile of the normal distribution for an interval of 99 %.
const Z99: f64 = 2.575_829;

/// A slope for each round.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Slope {
    /// The median of the slopes between all pairs.
    pub(super) rate: f64,
    /// The lower end of its interval of 99 %.
    pub(super) low: f64,
    /// The upper end.
    pub(super) high: f64,
    /// The probability of such a trend without growth (Mann–Kendall, two-sided).
    pub(super) p: f64,
    /// The slope of the second half.
    pub(super) late: f64,
}

/// The slope of a series; `None` for fewer than four values.
#[allow(clippy::cast_precision_loss, reason = "bytes and counts below 2^52")]
pub(super) fn slope(values: &[i64]) -> Option<Slope> {
    let n = values.len();
    if n < 4 {
        return None;
    }
    let slopes = pairs(values);
    let concordant =
        values.iter().enumerate().flat_map(|(at, one)| values[at + 1..].iter().map(move |two| two.cmp(one)));
    let s: i64 = concordant.map(|order| order as i64).sum();
    let deviation = variance(values).sqrt();
    let z = if deviation > 0.0 { ((s.abs() - 1).max(0) as f64) / deviation } else { 0.0 };
    // Sen's interval: as many slopes from either end as the deviation of S leaves.
    let margin = Z99 * deviation_without_ties(n);
    let count = slopes.len() as f64;
    let at = |place: f64| slopes[index(place, slopes.len())];
    Some(Slope {
        rate: median(&slopes),
        low: at((count - margin) / 2.0 - 1.0),
        high: at(f64::midpoint(count, margin)),
        p: two_sided(z),
        late: median(&pairs(&values[n / 2..])),
    })
}

#[allow(clippy::cast_precision_loss, reason = "bytes and counts below 2^52")]
fn pairs(values: &[i64]) -> Vec<f64> {
    let mut slopes: Vec<f64> = Vec::new();
    for (at, one) in values.iter().enumerate() {
        for (beyond, two) in values.iter().enumerate().skip(at + 1) {
            slopes.push((two - one) as f64 / (beyond - at) as f64);
        }
    }
    slopes.sort_by(f64::total_cmp);
    slopes
}

fn median(sorted: &[f64]) -> f64 {
    match sorted.len() {
        0 => 0.0,
        n if n % 2 == 1 => sorted[n / 2],
        n => f64::midpoint(sorted[n / 2 - 1], sorted[n / 2]),
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the length of a vector")]
fn index(place: f64, length: usize) -> usize {
    (place.max(0.0).round() as usize).min(length - 1)
}

#[allow(clippy::cast_precision_loss, reason = "a number of rounds")]
fn deviation_without_ties(n: usize) -> f64 {
    let n = n as f64;
    (n * (n - 1.0) * 2.0f64.mul_add(n, 5.0) / 18.0).sqrt()
}

/// The variance of Kendall's S, with ties.
#[allow(clippy::cast_precision_loss, reason = "a number of rounds")]
fn variance(values: &[i64]) -> f64 {
    let mut ties: BTreeMap<i64, usize> = BTreeMap::new();
    for value in values {
        *ties.entry(*value).or_default() += 1;
    }
    let term = |t: usize| deviation_without_ties(t).powi(2);
    term(values.len()) - ties.values().map(|t| term(*t)).sum::<f64>()
}

/// The probability beyond ±z of the normal distribution (Abramowitz and Stegun 7.1.26, to 1.5e-7).
fn two_sided(z: f64) -> f64 {
    let x = z.abs() / std::f64::consts::SQRT_2;
    let t = 1.0 / 0.327_591_1f64.mul_add(x, 1.0);
    let series = [1.061_405_429, -1.453_152_027, 1.421_413_741, -0.284_496_736, 0.254_829_592];
    let sum = series.iter().fold(0.0, |sum, factor| f64::mul_add(sum, t, *factor)) * t;
    (sum * (-x * x).exp()).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_its_slope() {
        let values: Vec<i64> = (0..12).map(|round| 1000 + 7 * round).collect();
        let found = slope(&values).unwrap();
        assert_eq!((found.rate, found.low, found.high, found.late), (7.0, 7.0, 7.0, 7.0));
        assert!(found.p < 1e-4, "{}", found.p);
    }

    #[test]
    fn a_constant_has_no_trend() {
        let found = slope(&[5; 12]).unwrap();
        assert!(found.rate == 0.0 && (found.p - 1.0).abs() < 1e-6, "{found:?}");
        assert!(slope(&[1, 2, 3]).is_none());
    }

    #[test]
    fn an_outlier_moves_nothing() {
        let mut values: Vec<i64> = (0..12).map(|round| 3 * round).collect();
        values[5] = 100_000;
        let found = slope(&values).unwrap();
        assert!((found.rate - 3.0).abs() < 1e-9, "{found:?}");
    }

    #[test]
    fn noise_around_a_constant_is_no_trend() {
        let values = [3, -2, 4, 0, -5, 1, 2, -3, 5, -1, 0, 1];
        let found = slope(&values).unwrap();
        assert!(found.p > 0.5 && found.low < 0.0 && found.high > 0.0, "{found:?}");
    }

    #[test]
    fn a_cache_that_fills_is_flat_in_the_second_half() {
        let values = [0, 10, 20, 30, 30, 30, 30, 30, 30, 30, 30, 30];
        assert_eq!(slope(&values).unwrap().late, 0.0);
    }

    #[test]
    fn probabilities_of_the_normal_distribution() {
        for (z, p) in [(0.0, 1.0), (1.959_964, 0.05), (2.575_829, 0.01), (3.290_527, 0.001)] {
            assert!((two_sided(z) - p).abs() < 1e-6, "{z}");
        }
    }
}
