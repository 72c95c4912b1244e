//! Numbers: ranges, and the handling of NaN.

use crate::Error;

/// The sum of `values`. 2⁶⁴ of them cannot overflow 128 bits, so it needs no check.
pub fn sum(values: impl IntoIterator<Item = i64>) -> i128 {
    values.into_iter().map(i128::from).sum()
}

/// The smallest of `values`, or `None` if there are none. NaN if one is NaN, so that bad data is not hidden.
#[must_use]
pub fn minimum(values: &[f64]) -> Option<f64> {
    // f64::min would drop NaN, and with `<` alone the result would depend on the order.
    values.iter().copied().reduce(|least, value| if value.is_nan() || value < least { value } else { least })
}

/// `value` with 32 bits. A cast would silently turn 1e300 into infinity.
pub fn single(value: f64) -> Result<f32, Error> {
    let narrow = value as f32;
    if narrow.is_infinite() && value.is_finite() {
        return Err(Error::NotSingle(value));
    }
    Ok(narrow)
}

/// The length of a vector in space.
#[must_use]
pub fn length([x, y, z]: [f64; 3]) -> f64 {
    x.hypot(y).hypot(z)
}
