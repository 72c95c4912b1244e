//! The table of types.

use std::sync::LazyLock;

use monowheel_error::near_names::nearest;
use monowheel_error::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};

use super::crates;

/// The direction of a conversion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// From Python.
    Argument,
    /// To Python.
    Result,
}

impl Direction {
    /// As a report and the name of a file have it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Argument => "argument",
            Self::Result => "result",
        }
    }
}

/// One type in one direction.
pub(super) type Part = (&'static ProbeType, Direction);

/// One type, as `types.tsv` describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProbeType {
    /// Its name in reports.
    pub ty: &'static str,
    /// Its number, which is in the names of its functions.
    pub(super) number: usize,
    /// Its spelling as a parameter.
    pub(super) argument: Option<&'static str>,
    /// What the call returns that shows a parameter's value: a type, and an expression of `value`.
    pub(super) back: (&'static str, &'static str),
    /// What makes a result: an expression of `n`, and one of `value`, which the first made.
    pub(super) result: Option<(&'static str, &'static str)>,
    /// An expression of Python with an argument to measure.
    pub(super) value: Option<&'static str>,
    /// An expression of Python with the same work.
    pub(super) control: Option<&'static str>,
    /// The crate that it is of, if that is neither the standard library nor `PyO3`.
    pub(super) of: Option<&'static str>,
}

impl ProbeType {
    /// Its directions.
    pub(super) fn parts(&'static self) -> impl Iterator<Item = Part> {
        let argument = self.argument.map(|_| (self, Direction::Argument));
        argument.into_iter().chain(self.result.map(|_| (self, Direction::Result)))
    }
}

static TYPES: LazyLock<Vec<ProbeType>> = LazyLock::new(|| {
    let rows = include_str!("types.tsv").lines().filter(|line| !line.starts_with('#'));
    rows.enumerate().filter_map(|(number, row)| parse(number, row)).collect()
});

fn parse(number: usize, row: &'static str) -> Option<ProbeType> {
    let columns: Vec<&str> = row.split('\t').collect();
    let (&[ty, argument, back, made, returned, value, control], of) = columns.split_first_chunk()?;
    if of.len() > 1 {
        return None;
    }
    let stated = |text: &'static str| (text != "-").then_some(text);
    let argument = stated(argument).map(|spelled| if spelled == "=" { ty } else { spelled });
    let back = back.split_once(": ").unwrap_or((argument.unwrap_or_default(), "value"));
    let result = stated(made).zip(stated(returned));
    let (value, control, of) = (stated(value), stated(control), of.first().copied());
    Some(ProbeType { ty, number, argument, back, result, value, control, of })
}

/// The types of these names and those of these crates; without names, those of the standard library and of `PyO3` too.
///
/// # Errors
/// [`ErrorKind::Usage`] for a name that is not in a table.
pub fn chosen(names: &[String], of: &[String]) -> Result<Vec<&'static ProbeType>> {
    for name in names {
        if !TYPES.iter().any(|one| plain(one.ty) == plain(name)) {
            let known = nearest(name, TYPES.iter().map(|one| one.ty));
            let next = known.map_or_else(
                || "run monowheel api types without --type to see the types that it knows".to_owned(),
                |known| format!("did you mean {known}?"),
            );
            return Err(Error::new(ErrorKind::Usage, format!("no type to call is named {name}")).next(next));
        }
    }
    let of = of.iter().map(|name| crates::named(name).map(|one| one.name)).collect::<Result<Vec<_>>>()?;
    let is_chosen = |one: &&ProbeType| match one.of {
        Some(name) if of.contains(&name) => true,
        None if names.is_empty() => true,
        _ => names.iter().any(|name| plain(name) == plain(one.ty)),
    };
    Ok(TYPES.iter().filter(is_chosen).collect())
}

/// The crate whose types are needed to measure a type of a project, or one in an `Option`.
#[must_use]
pub fn crate_of(ty: &str) -> Option<&'static str> {
    let optional = plain(ty);
    let inner = optional.strip_prefix("Option<").and_then(|inner| inner.strip_suffix('>')).unwrap_or(&optional);
    TYPES.iter().find(|one| plain(one.ty) == inner).and_then(|one| one.of)
}

fn plain(name: &str) -> String {
    name.replace(' ', "")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_row_is_read_and_each_type_is_there_once() {
        let rows = include_str!("types.tsv").lines().filter(|line| !line.starts_with('#')).count();
        let names: BTreeSet<&str> = TYPES.iter().map(|one| one.ty).collect();
        assert_eq!((TYPES.len(), names.len()), (rows, rows));
        assert!(TYPES.iter().all(|one| one.argument.is_some() || one.result.is_some()));
        assert!(TYPES.iter().all(|one| one.argument.is_some() || one.value.is_none()));
        assert!(TYPES.iter().filter_map(|one| one.of).all(|name| crates::named(name).is_ok()));
    }

    #[test]
    fn a_type_that_is_not_known_is_refused_with_one_that_is() {
        assert_eq!(chosen(&["HashMap<String,i64>".to_owned()], &[]).unwrap().len(), 1);
        let error = chosen(&["Vec<u9>".to_owned()], &[]).unwrap_err().to_string();
        assert!(error.contains("Vec<u8>") || error.contains("Vec<"), "{error}");
    }

    #[test]
    fn types_of_a_crate_are_there_when_they_are_asked_for() {
        let names = |names: &[&str], of: &[&str]| {
            let owned = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
            chosen(&owned(names), &owned(of)).unwrap().into_iter().map(|one| one.ty).collect::<Vec<_>>()
        };
        assert!(!names(&[], &[]).contains(&"NaiveDate"));
        assert!(names(&[], &["chrono"]).contains(&"NaiveDate") && names(&[], &["chrono"]).contains(&"i64"));
        assert_eq!(names(&["Decimal"], &[]), ["Decimal"]);
        assert_eq!(names(&["i64"], &["uuid"]), ["i64", "Uuid"]);
        assert_eq!(crate_of("Option<DateTime<Utc>>"), Some("chrono"));
        assert_eq!(crate_of("Vec<u8>"), None);
    }
}
