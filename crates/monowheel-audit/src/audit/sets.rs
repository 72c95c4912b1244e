//! The wheels of one distribution together.

use std::collections::BTreeMap;

use monowheel_wheel::names::wheel_name;

use crate::audit::ignore::Ignores;
use crate::audit::{Options, sdists, worst_first};
use crate::report::SetReport;
use crate::resolve;
use crate::rule::{Check, Found};
use crate::rules;
use crate::set::{Outline, Set};

/// One report for each distribution.
pub(super) fn reports<'a>(
    outlines: impl IntoIterator<Item = &'a Outline>,
    options: &Options,
    ignores: &Ignores,
) -> Vec<SetReport> {
    let mut sets: BTreeMap<&str, Vec<&Outline>> = BTreeMap::new();
    for outline in outlines {
        if let Some(name) = &outline.name {
            sets.entry(name).or_default().push(outline);
        }
    }
    sets.into_iter().map(|(name, wheels)| report(name, wheels, options, ignores)).collect()
}

fn report(name: &str, mut wheels: Vec<&Outline>, options: &Options, ignores: &Ignores) -> SetReport {
    wheels.sort_by(|a, b| a.file.cmp(&b.file));
    let is_ours = |sdist: &&String| sdist.rsplit_once('-').is_some_and(|(of, _)| wheel_name(of) == name);
    let set = Set {
        name: name.to_owned(),
        sdists: options.sdists.iter().filter(is_ours).cloned().collect(),
        sdists_read: sdists::read(&options.sdists.iter().filter(is_ours).cloned().collect::<Vec<_>>(), options),
        declared: options.declared.clone().filter(|_| options.project.as_deref().is_none_or(|of| of == name)),
        wheels: wheels.into_iter().cloned().collect(),
    };
    let mut findings = Vec::new();
    for rule in rules::all() {
        if let Check::Set(check) = rule.check {
            check(&set, &mut Found::new(rule, &mut findings));
        }
    }
    let (findings, ignored) = ignores.apply(worst_first(findings));
    SetReport {
        name: set.name.clone(),
        wheels: set.wheels.iter().map(|wheel| wheel.file.clone()).collect(),
        findings,
        ignored,
        coverage: resolve::coverage(&set),
    }
}
