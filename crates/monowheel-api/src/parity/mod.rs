//! A Rust API against its Python surface: what Python has, what is excluded, what is missing; and of what it
//! has, what is documented and tested.

mod coverage;
mod matching;
mod mentions;
mod reachable;
pub mod rustdoc;
mod show;

use std::collections::BTreeMap;

use monowheel_audit::source::public::PublicKind;
use serde::{Deserialize, Serialize};

pub use coverage::Coverage;
pub use mentions::Mentions;
pub use reachable::{RustItem, reachable};

use crate::parity::matching::Names;
use crate::surface::Surface;

/// An item that is left out deliberately.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Exclusion {
    /// Its path, as the table shows it; `*` matches anything.
    pub name: String,
    /// The reason.
    pub reason: String,
}

/// What a project states.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The items that are left out deliberately.
    pub exclude: Vec<Exclusion>,
    /// Items with another name in Python: path → complete name without the module.
    pub names: BTreeMap<String, String>,
}

/// What shows that an item is tested.
#[derive(Debug, Default)]
pub struct Evidence {
    /// The names in the tests.
    pub mentions: Mentions,
    /// What ran.
    pub coverage: Coverage,
}

/// Whether Python has an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It has.
    Exposed,
    /// It was left out deliberately.
    Excluded,
    /// It has not.
    Missing,
}

/// Whether an item is tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Tested {
    /// A test names it, and its code ran.
    Ran,
    /// A test names it. Whether its code ran was not measured.
    Named,
    /// No test names it, or its code did not run.
    No,
}

/// An item, and what Python has of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Its path in Rust.
    pub rust: String,
    /// The path of the type that it belongs to.
    pub owner: Option<String>,
    /// What it is.
    pub kind: &'static str,
    /// Its file and line.
    pub place: String,
    /// Whether Python has it.
    pub state: State,
    /// Its name in Python.
    pub python: Option<String>,
    /// Why Python does not have it.
    pub reason: Option<String>,
    /// Whether it is documented in Python.
    pub is_documented: bool,
    /// Whether it is tested from Python.
    pub tested: Tested,
}

/// The comparison.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Parity {
    /// The number of items that count: all but the excluded ones.
    pub counted: usize,
    /// Those that Python has.
    pub exposed: usize,
    /// Those of them that are documented.
    pub documented: usize,
    /// Those of them that are tested.
    pub tested: usize,
    /// The excluded ones.
    pub excluded: usize,
    /// The items, by path.
    pub items: Vec<Row>,
    /// What the configuration states that is not so.
    pub stale: Vec<String>,
}

impl Parity {
    /// The percentage of the counted items that Python has, rounded down: 100 means all. All of none are all.
    #[must_use]
    pub fn percent(&self) -> usize {
        (self.exposed * 100).checked_div(self.counted).unwrap_or(100)
    }

    /// The types that Python does not have, with the number of their members.
    #[must_use]
    pub fn missing_types(&self) -> BTreeMap<&str, usize> {
        let missing = self.items.iter().filter(|row| row.state == State::Missing && row.owner.is_none());
        let mut found: BTreeMap<&str, usize> = missing.map(|row| (row.rust.as_str(), 0)).collect();
        for owner in self.items.iter().filter_map(|row| row.owner.as_deref()) {
            if let Some(members) = found.get_mut(owner) {
                *members += 1;
            }
        }
        found
    }
}

/// Compares the items of a Rust API with a surface.
#[must_use]
pub fn compare(items: &[RustItem], surface: &Surface, settings: &Settings, evidence: &Evidence) -> Parity {
    let names = Names::of(surface);
    let mut parity = Parity { stale: stale(items, &names, settings), ..Parity::default() };
    for item in items {
        let stated = settings.names.get(&item.path).filter(|name| names.get(name).is_some()).cloned();
        let python = stated.or_else(|| names.of_item(item));
        let excluded = settings.exclude.iter().find(|one| matches(&one.name, &item.path));
        let row = row(item, python, excluded, &names, evidence);
        match row.state {
            State::Exposed => {
                parity.exposed += 1;
                parity.documented += usize::from(row.is_documented);
                parity.tested += usize::from(row.tested != Tested::No);
            }
            State::Excluded => parity.excluded += 1,
            State::Missing => {}
        }
        parity.counted += usize::from(row.state != State::Excluded);
        if let (State::Exposed, Some(python), Some(one)) = (row.state, &row.python, excluded) {
            if one.name == item.path {
                parity.stale.push(format!("{} is excluded, but Python has it: {python}", item.path));
            }
        }
        parity.items.push(row);
    }
    parity
}

fn row(
    item: &RustItem,
    python: Option<String>,
    excluded: Option<&Exclusion>,
    names: &Names<'_>,
    evidence: &Evidence,
) -> Row {
    let counterpart = python.as_deref().and_then(|name| names.get(name));
    let mut row = Row {
        rust: item.path.clone(),
        owner: item.owner.clone(),
        kind: kind(item.kind),
        place: format!("{}:{}", item.file, item.line),
        state: State::Missing,
        is_documented: false,
        tested: Tested::No,
        reason: None,
        python,
    };
    match (counterpart, &row.python, excluded) {
        (Some(counterpart), Some(name), _) => {
            row.state = State::Exposed;
            row.is_documented = !counterpart.about.doc.is_empty() || !counterpart.class_doc.is_empty();
            let is_code = matches!(item.kind, PublicKind::Function | PublicKind::Method);
            row.tested = tested(name, is_code.then_some(counterpart.about.place.as_str()), evidence);
        }
        (_, _, Some(excluded)) => {
            row.state = State::Excluded;
            row.reason = Some(excluded.reason.clone());
        }
        _ => {}
    }
    row
}

/// Whether a test names an item of Python on a line that ran; and, of code, whether it ran itself.
fn tested(python: &str, place: Option<&str>, evidence: &Evidence) -> Tested {
    let coverage = &evidence.coverage;
    let mut lines = evidence.mentions.of(python).map(|(file, line)| coverage.is_executed(file, line));
    let is_named = lines.any(|is_executed| is_executed != Some(false));
    let place = place.and_then(|place| place.rsplit_once(':'));
    let has_run = place.and_then(|(file, line)| coverage.has_run(file, line.parse().ok()?));
    match (is_named, has_run) {
        (false, _) | (_, Some(false)) => Tested::No,
        (true, Some(true)) => Tested::Ran,
        (true, None) => Tested::Named,
    }
}

/// What the configuration states of items that are not there, or are called otherwise.
fn stale(items: &[RustItem], names: &Names<'_>, settings: &Settings) -> Vec<String> {
    let mut found = Vec::new();
    for one in &settings.exclude {
        if !items.iter().any(|item| matches(&one.name, &item.path)) {
            found.push(format!("{} is excluded, but no public item has this path", one.name));
        }
    }
    for (path, name) in &settings.names {
        if !items.iter().any(|item| item.path == *path) {
            found.push(format!("{path} has a name in Python, but no public item has this path"));
        } else if names.get(name).is_none() {
            found.push(format!("{path} is said to be {name}, which Python does not have"));
        }
    }
    found
}

/// Whether a path matches a pattern, in which `*` stands for anything.
fn matches(pattern: &str, path: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| path.strip_prefix(first)) else { return false };
    let others: Vec<&str> = parts.collect();
    let Some((last, inner)) = others.split_last() else { return rest.is_empty() };
    for part in inner {
        let Some(at) = rest.find(part) else { return false };
        rest = rest.get(at + part.len()..).unwrap_or_default();
    }
    rest.ends_with(last)
}

/// For people.
const fn kind(kind: PublicKind) -> &'static str {
    match kind {
        PublicKind::Function => "function",
        PublicKind::Type => "type",
        PublicKind::Trait => "trait",
        PublicKind::Constant => "constant",
        PublicKind::Method => "method",
        PublicKind::Field => "field",
        PublicKind::Variant => "variant",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, path, expected) in [
            ("A::b", "A::b", true),
            ("A::b", "A::bc", false),
            ("internal::*", "internal::x::y", true),
            ("*::poll", "A::poll", true),
            ("*::poll", "A::poll_next", false),
            ("A*::p*l", "Ab::poll", true),
            ("*", "x", true),
        ] {
            assert_eq!(matches(pattern, path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn all_of_none_are_all() {
        assert_eq!(Parity::default().percent(), 100);
        assert_eq!(Parity { counted: 3, exposed: 2, ..Parity::default() }.percent(), 66);
    }
}
