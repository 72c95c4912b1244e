//! Averages and limits.

use std::fmt;

/// Why a call was refused.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Error {
    /// A window that does not fit the values.
    Width {
        /// The requested width.
        width: usize,
        /// The number of values.
        values: usize,
    },
    /// Limits that leave nothing between them, or are not numbers.
    Limits(f64, f64),
    /// Rows without a value have no mean.
    EmptyRows,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Width { width, values } => write!(f, "a window of {width} does not fit {values} values"),
            Self::Limits(low, high) => write!(f, "the limits {low} and {high} are not in order"),
            Self::EmptyRows => f.write_str("rows without columns have no mean"),
        }
    }
}

impl std::error::Error for Error {}

/// The mean of each window of `width` adjacent values: `values.len() - width + 1` of them.
///
/// The time does not grow with the width, and nothing is ever subtracted from a sum: no error adds up, and a NaN is
/// only in the windows that contain it. For that the values are split into blocks of `width`, and sums
/// are computed from both ends; each window is the end of one block and the beginning of the next.
pub fn moving_average(values: &[f64], width: usize) -> Result<Vec<f64>, Error> {
    if width == 0 || width > values.len() {
        return Err(Error::Width { width, values: values.len() });
    }
    let windows = values.len() - width + 1;
    let scale = width as f64;
    let mut means = values.to_vec();
    let mut rest = values;
    // Process all of one block while it is in the cache; `rest` comes after it.
    for block in means.chunks_mut(width) {
        rest = rest.get(block.len()..).unwrap_or(&[]);
        let mut sum = 0.0;
        for value in block.iter_mut().rev() {
            sum += *value;
            *value = sum;
        }
        // The first window of a block is the block itself; each further one has one more value of the next.
        let mut sum = 0.0;
        for (mean, value) in block.iter_mut().skip(1).zip(rest) {
            sum += value;
            *mean += sum;
        }
        for mean in block {
            *mean /= scale;
        }
    }
    means.truncate(windows);
    Ok(means)
}

/// The mean of each row, in any memory order.
pub fn row_means<R>(rows: impl IntoIterator<Item = R>, columns: usize) -> Result<Vec<f64>, Error>
where
    R: IntoIterator<Item = f64>,
{
    if columns == 0 {
        return Err(Error::EmptyRows);
    }
    let scale = columns as f64;
    Ok(rows.into_iter().map(|row| row.into_iter().sum::<f64>() / scale).collect())
}

/// Clips every value to the limits, in place. A NaN stays.
pub fn clip(values: &mut [f64], low: f64, high: f64) -> Result<(), Error> {
    if low > high || low.is_nan() || high.is_nan() {
        return Err(Error::Limits(low, high));
    }
    for value in values {
        *value = value.clamp(low, high);
    }
    Ok(())
}
