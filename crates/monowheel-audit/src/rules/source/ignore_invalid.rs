//! The rule `ignore-invalid`.

use monowheel_error::near_names::nearest;

use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};
use crate::rules;
use crate::source::{Source, Suppression};

rule! {
    /// A comment that ignores a rule names an unknown one, or gives no reason.
    ///
    /// # What it does
    /// Checks every `// monowheel: ignore[RULE] reason`. An invalid comment ignores nothing.
    ///
    /// # Why it matters
    /// With a misspelled or renamed rule the finding stays. Without a reason, nobody can tell later whether the comment is
    /// still justified.
    ///
    /// # Example
    /// `// monowheel: ignore[panic-in-bindings] the length was checked`
    ///
    /// # Fix
    /// `monowheel rules --group source` lists the names.
    pub(super) static RULE: "ignore-invalid", Source, Warning, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    for file in &source.files {
        for comment in &file.suppressions {
            if let Some((message, fix)) = wrong(comment) {
                let place = Place { line: Some(comment.line), ..Place::member(&file.path) };
                found.add(Finding::new(Severity::Warning, place, message).fix(fix));
            }
        }
    }
}

/// The problem with a comment, and how to fix it.
fn wrong(comment: &Suppression) -> Option<(String, String)> {
    let id = &comment.rule;
    if rules::find(id).is_none() {
        let fix = match nearest(id, rules::all().map(|rule| rule.id)) {
            Some(near) => format!("did you mean {near}? `monowheel rules` lists all"),
            None => "`monowheel rules` lists all".to_owned(),
        };
        return Some((format!("the comment ignores {id:?}, but there is no such rule"), fix));
    }
    comment.reason.is_empty().then(|| {
        (
            format!("the comment ignores {id} without a reason"),
            format!("// monowheel: ignore[{id}] why it is justified"),
        )
    })
}
