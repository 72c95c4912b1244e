//! Sums do not overflow, NaN is not lost, narrowing is not silent.

use type_conversion::number::*;
use type_conversion::Error;

#[test]
fn a_sum_goes_beyond_its_values() {
    assert_eq!(sum([i64::MAX, i64::MAX, 2]), 1 << 64);
    assert_eq!(sum([]), 0);
}

#[test]
fn nan_is_the_minimum_wherever_it_stands() {
    for values in [[f64::NAN, 1.0, 2.0], [1.0, f64::NAN, 2.0], [2.0, 1.0, f64::NAN]] {
        assert!(minimum(&values).unwrap().is_nan(), "{values:?}");
    }
    assert_eq!(minimum(&[2.0, -1.0, 3.0]), Some(-1.0));
    assert_eq!(minimum(&[]), None);
}

#[test]
fn what_does_not_fit_32_bits_is_refused() {
    assert_eq!(single(1.5), Ok(1.5));
    assert_eq!(single(f64::INFINITY), Ok(f32::INFINITY));
    assert!(single(f64::NAN).unwrap().is_nan());
    assert_eq!(single(-1e300), Err(Error::NotSingle(-1e300)));
}

#[test]
fn a_long_vector_has_a_length() {
    // The squares of these would be infinite.
    let side = 1e200;
    assert!((length([side, side, side]) / side - 3f64.sqrt()).abs() < 1e-12);
}
