//! One finding for all oddities of a kind, however many members have it.

use monowheel_wheel::archive::{Oddity, OddityKind};

use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity, some_of};
use crate::rule::Found;

/// At most this many are listed.
const MOST: usize = 100;

/// Adds the oddities of these kinds as one finding; `plural` is what several members have in common
/// (`members have a comment`).
pub(super) fn tell(
    facts: &Facts,
    found: &mut Found<'_>,
    kinds: &[OddityKind],
    severity: Severity,
    plural: &str,
    fix: &str,
) {
    if let Some(finding) = finding(facts, kinds, severity, plural) {
        found.add(finding.fix(fix));
    }
}

fn finding(facts: &Facts, kinds: &[OddityKind], severity: Severity, plural: &str) -> Option<Finding> {
    let oddities = facts.wheel.iter().flat_map(|wheel| &wheel.oddities);
    let odd: Vec<&Oddity> = oddities.filter(|oddity| kinds.contains(&oddity.kind)).collect();
    let told = |oddity: &Oddity| match &oddity.member {
        Some(member) => format!("{member}: {}", oddity.detail),
        None => oddity.detail.clone(),
    };
    match odd.as_slice() {
        [] => None,
        [one] => {
            let place = one.member.as_ref().map_or_else(Place::file, Place::member);
            Some(Finding::new(severity, place, one.detail.clone()))
        }
        several => {
            let mut names: Vec<&str> = several.iter().filter_map(|oddity| oddity.member.as_deref()).collect();
            names.dedup();
            let message = match names.as_slice() {
                [] => several.iter().map(|oddity| oddity.detail.as_str()).collect::<Vec<_>>().join("; "),
                names => format!("{} {plural}: {}", several.len(), some_of(names)),
            };
            let details = several.iter().take(MOST).map(|oddity| told(oddity));
            Some(Finding::new(severity, Place::file(), message).details(details))
        }
    }
}
