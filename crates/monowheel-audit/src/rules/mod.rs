//! Every rule, one file each; the only list is the slice of each group.

mod abi;
mod package;
mod platform;
mod reproducible;
pub(crate) mod security;
mod set;
mod source;

use monowheel_error::near_names::nearest;
use monowheel_error::{Error, ErrorKind, Result};

use crate::rule::Rule;

pub(crate) use source::UNREADABLE as UNREADABLE_SOURCE;
pub(crate) use source::UPGRADE;

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

/// The rule named by the user.
///
/// # Errors
/// [`ErrorKind::Usage`] if there is none, with the nearest name.
pub fn named(id: &str) -> Result<&'static Rule> {
    find(id).ok_or_else(|| {
        let error = Error::new(ErrorKind::Usage, format!("unknown rule {id:?}"));
        match nearest(id, all().map(|rule| rule.id)) {
            Some(near) => error.next(format!("did you mean {near}? list all rules with `monowheel rules`")),
            None => error.next("list all rules with `monowheel rules`"),
        }
    })
}
