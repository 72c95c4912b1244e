//! Tests of the core through the rlib, without Python.

use numpy_interop::{clip, moving_average, row_means, Error};

#[test]
fn averages_windows() {
    let values = [1.0, 2.0, 6.0, 3.0, 3.0];
    assert_eq!(moving_average(&values, 1).unwrap(), values);
    assert_eq!(moving_average(&values, 2).unwrap(), [1.5, 4.0, 4.5, 3.0]);
    assert_eq!(moving_average(&values, 5).unwrap(), [3.0]);
}

#[test]
fn is_the_mean_of_each_window_at_every_length_and_width() {
    let values: Vec<f64> = (0..40).map(|i| f64::from(i * i % 17)).collect();
    for length in 1..values.len() {
        for width in 1..=length {
            let expected: Vec<f64> =
                values[..length].windows(width).map(|w| w.iter().sum::<f64>() / width as f64).collect();
            assert_eq!(moving_average(&values[..length], width).unwrap(), expected, "{length} {width}");
        }
    }
}

#[test]
fn a_nan_stays_in_its_windows() {
    let means = moving_average(&[1.0, f64::NAN, 1.0, 1.0, 1.0], 2).unwrap();
    assert!(means[0].is_nan() && means[1].is_nan());
    assert_eq!(means[2..], [1.0, 1.0]);
}

#[test]
fn refuses_windows_that_do_not_fit() {
    assert_eq!(moving_average(&[1.0], 0), Err(Error::Width { width: 0, values: 1 }));
    assert_eq!(moving_average(&[1.0], 2), Err(Error::Width { width: 2, values: 1 }));
    assert_eq!(moving_average(&[], 1), Err(Error::Width { width: 1, values: 0 }));
}

#[test]
fn means_of_rows() {
    assert_eq!(row_means([[1.0, 3.0], [5.0, 5.0]], 2), Ok(vec![2.0, 5.0]));
    assert_eq!(row_means([[]; 3], 0), Err(Error::EmptyRows));
}

#[test]
fn clips_in_place() {
    let mut values = [-5.0, 0.5, 5.0, f64::NAN];
    assert_eq!(clip(&mut values, 0.0, 1.0), Ok(()));
    assert_eq!(values[..3], [0.0, 0.5, 1.0]);
    assert!(values[3].is_nan());
    assert_eq!(clip(&mut values, 2.0, 1.0), Err(Error::Limits(2.0, 1.0)));
    assert!(clip(&mut values, f64::NAN, 1.0).is_err());
}
