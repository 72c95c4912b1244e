//! Findings by rule and cause, so that one problem in many members and wheels is reported once.

use std::collections::{BTreeMap, HashMap, HashSet};

use monowheel_error::text::count;

use crate::finding::{Finding, Severity};
use crate::report::{Subject, View};

/// The findings of one rule at one severity.
pub(super) struct Group<'a> {
    /// The severity.
    pub(super) severity: Severity,
    /// The rule's id.
    pub(super) rule: &'a str,
    /// The distinct causes, the one with the most places first.
    pub(super) causes: Vec<Cause<'a>>,
}

/// Findings with the same message in several places.
pub(super) struct Cause<'a> {
    /// One of the findings.
    pub(super) finding: &'a Finding,
    /// All of them, with what they are about.
    pub(super) places: Vec<(Subject<'a>, &'a Finding)>,
}

/// Every group of a report, errors first, then the rule with the most findings.
pub(super) fn of<'a>(report: &View<'a>) -> Vec<Group<'a>> {
    let mut groups: BTreeMap<(Severity, &'a str), Vec<Cause<'a>>> = BTreeMap::new();
    let mut known: HashMap<(Severity, &'a str, &'a str), usize> = HashMap::new();
    for (subject, finding) in report.findings() {
        let causes = groups.entry((finding.severity, &finding.rule)).or_default();
        let at = *known.entry((finding.severity, &finding.rule, &finding.message)).or_insert_with(|| {
            causes.push(Cause { finding, places: Vec::new() });
            causes.len() - 1
        });
        if let Some(cause) = causes.get_mut(at) {
            cause.places.push((subject, finding));
        }
    }
    let mut groups: Vec<Group<'a>> =
        groups.into_iter().map(|((severity, rule), causes)| Group { severity, rule, causes }).collect();
    for group in &mut groups {
        group.causes.sort_by_key(|cause| std::cmp::Reverse(cause.places.len()));
    }
    groups.sort_by_key(|group| (std::cmp::Reverse(group.severity), std::cmp::Reverse(group.findings())));
    groups
}

impl Group<'_> {
    /// How many findings it has.
    pub(super) fn findings(&self) -> usize {
        self.causes.iter().map(|cause| cause.places.len()).sum()
    }

    /// Whether all findings are about one wheel, or one release.
    pub(super) fn is_of_one(&self) -> bool {
        let mut names = self.causes.iter().flat_map(|cause| &cause.places).map(|(subject, _)| subject.name());
        names.next().is_none_or(|first| names.all(|name| name == first))
    }

    /// `24 members of 7 wheels`, `2 wheels`, `demo-1.0-py3-none-any.whl`.
    pub(super) fn extent(&self) -> String {
        let places = || self.causes.iter().flat_map(|cause| &cause.places);
        let names: HashSet<&str> = places().map(|(subject, _)| subject.name()).collect();
        let members: HashSet<(&str, &str)> = places()
            .filter_map(|(subject, finding)| Some((subject.name(), finding.place.member.as_deref()?)))
            .collect();
        let is_set = places().any(|(subject, _)| matches!(subject, Subject::Set { .. }));
        let thing = if is_set { "release" } else { "file" };
        let whole = match names.iter().next() {
            Some(name) if names.len() == 1 => (*name).to_owned(),
            _ => count(names.len(), thing),
        };
        match members.len() {
            0 | 1 => whole,
            number => format!("{} of {whole}", count(number, "member")),
        }
    }
}

impl Cause<'_> {
    /// The first places, as `member of wheel` or `wheel`, and the number of further ones. In a group of one wheel its
    /// name is omitted.
    pub(super) fn places(&self, most: usize, is_of_one: bool) -> (Vec<String>, usize) {
        let named = self.places.iter().filter_map(|(subject, finding)| {
            let place = finding.place.to_string();
            match (place.is_empty(), is_of_one) {
                (true, true) => None,
                (true, false) => Some(subject.name().to_owned()),
                (false, true) => Some(place),
                (false, false) => Some(format!("{place} of {}", subject.name())),
            }
        });
        let named: Vec<String> = named.collect();
        let more = named.len().saturating_sub(most);
        (named.into_iter().take(most).collect(), more)
    }
}
