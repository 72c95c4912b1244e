//! Every rule, one file each; the only list is the slice of each group.

mod abi;
mod package;
mod platform;
mod reproducible;
mod security;
mod set;
mod source;

use monowheel_error::{Error, ErrorKind, Result};

use crate::rule::Rule;

pub(crate) use source::UNREADABLE as UNREADABLE_SOURCE;

/// All rules, by group, in the order they are listed.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    [abi::RULES, platform::RULES, package::RULES, security::RULES, reproducible::RULES, set::RULES, source::RULES]
        .into_iter()
        .flatten()
        .copied()
}

/// The rule with this id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.id == id)
}

/// The rule that a person names.
///
/// # Errors
/// [`ErrorKind::Usage`] when there is none, with the nearest.
pub fn named(id: &str) -> Result<&'static Rule> {
    find(id).ok_or_else(|| {
        let error = Error::new(ErrorKind::Usage, format!("no rule is called {id:?}"));
        match nearest(id) {
            Some(near) => error.next(format!("did you mean {near}? `monowheel rules` lists all")),
            None => error.next("`monowheel rules` lists all"),
        }
    })
}

/// The id that is most like `id`, if one is.
fn nearest(id: &str) -> Option<&'static str> {
    const ALIKE: f64 = 0.6;
    let alike = |rule: &Rule| strsim::normalized_damerau_levenshtein(id, rule.id);
    all()
        .map(|rule| (alike(rule), rule.id))
        .filter(|(alike, _)| *alike >= ALIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, id)| id)
}
