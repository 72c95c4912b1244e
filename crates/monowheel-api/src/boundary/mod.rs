//! The types at the boundary between Python and Rust: what was measured of them, and which of them a project uses.
//!
//! `monowheel_build::boundary` runs the conversions and reports them as JSON, which is read here.

mod cheaper;
mod cost;
mod markdown;
mod rank;
mod summary;

use monowheel_error::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};

pub use cost::{Copies, Cost, Spread, nanoseconds};
pub use markdown::{arguments, results};
pub use rank::{Cheaper, Ranked, Ranking, SIZE, rank};
pub use summary::{Summary, summary};

/// What a call with one value did.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// The value arrived.
    Becomes {
        /// What came back, as Python shows it.
        becomes: String,
        /// Its type in Python.
        #[serde(rename = "type")]
        ty: String,
        /// Whether it is the same value of the same type.
        is_same: bool,
        /// Whether it equals the value, or has equal items.
        is_equal: bool,
    },
    /// It was refused.
    Raises {
        /// The exception.
        raises: String,
        /// Its message.
        message: String,
    },
}

/// One type.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub struct TypeRow {
    /// Its name.
    #[serde(rename = "type")]
    pub ty: String,
    /// What each value did, in the order of the values; none for a type that is no argument.
    #[serde(default)]
    pub answers: Vec<Answer>,
    /// The type in Python of a result.
    #[serde(default)]
    pub returns: Option<String>,
    /// The cost as an argument, beyond a call that converts nothing.
    #[serde(default)]
    pub argument: Option<Cost>,
    /// The cost as a result, beyond a call that makes the same value and does not convert it.
    #[serde(default)]
    pub result: Option<Cost>,
    /// The time of an expression of Python with the same work.
    #[serde(default)]
    pub control: Option<Cost>,
    /// That expression.
    #[serde(default)]
    pub control_is: Option<String>,
}

/// What was measured.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub struct Calls {
    /// The types.
    pub types: Vec<TypeRow>,
    /// The nanoseconds of a call that converts nothing.
    #[serde(default)]
    pub empty: Option<f64>,
    /// By how much two such calls differ.
    #[serde(default)]
    pub noise: Option<Spread>,
    /// Whether times are those of the processor, so that other programs do not count.
    #[serde(default)]
    pub is_cpu_time: bool,
}

impl Calls {
    /// Reads the report of the calls.
    ///
    /// # Errors
    /// When it is not one.
    pub fn read(json: &str) -> Result<Self> {
        let mut calls: Self = serde_json::from_str(json)
            .map_err(|error| Error::new(ErrorKind::Tool, format!("could not read the report of the calls: {error}")))?;
        let costs = calls.types.iter_mut().flat_map(|row| [&mut row.argument, &mut row.result, &mut row.control]);
        for cost in costs.flatten() {
            cost.copies = cost.copies();
        }
        Ok(calls)
    }
}

/// A value that the types were called with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value<'a> {
    /// Its kind.
    pub kind: &'a str,
    /// The expression of Python.
    pub expression: &'a str,
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A type whose costs are `fixed` nanoseconds and `each` for an item.
    pub(crate) fn row(ty: &str, fixed: f64, each: f64) -> TypeRow {
        let spread = |median: f64| Spread { median, low: median, high: median };
        let cost = Cost {
            unit: "item".to_owned(),
            sizes: vec![100, 10_000],
            at: vec![spread(fixed + 100.0 * each), spread(fixed + 10_000.0 * each)],
            per_element: Some(spread(each)),
            copies: None,
        };
        TypeRow { ty: ty.to_owned(), argument: Some(cost.clone()), result: Some(cost), ..TypeRow::default() }
    }

    #[test]
    fn a_report_is_read() {
        let json = r#"{"types": [
            {"type": "i64", "answers": [{"becomes": "1", "type": "int", "is_same": true, "is_equal": true},
                                        {"raises": "TypeError", "message": "no"}], "returns": "int",
             "argument": {"sizes": [1000], "at": [{"median": 3.0, "low": 2.0, "high": 4.0}]}}],
            "empty": 40.5, "noise": {"median": 0.1, "low": -0.1, "high": 0.3}, "is_cpu_time": true}"#;
        let calls = Calls::read(json).unwrap();
        assert_eq!(calls.types[0].answers.len(), 2);
        assert!(matches!(&calls.types[0].answers[1], Answer::Raises { raises, .. } if raises == "TypeError"));
        assert!(calls.types[0].result.is_none() && calls.is_cpu_time);
        assert!(Calls::read("{").is_err());
    }
}
