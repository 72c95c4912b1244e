//! Findings that a comment in the source ignores: `// monowheel: ignore[RULE] reason`.

use std::collections::HashSet;

use crate::audit::check_ignore;
use crate::finding::Finding;
use crate::report::{Ignore, Ignored};
use crate::source::Source;

/// The findings that count, those that a comment ignores, and the comments that match nothing. A comment that names an
/// unknown rule or gives no reason ignores nothing: the rule `ignore-invalid` reports it.
pub(super) fn apply(source: &Source, findings: Vec<Finding>) -> (Vec<Finding>, Vec<Ignored>, Vec<Ignore>) {
    let mut comments = Vec::new();
    for file in source.files.iter().filter(|file| source.is_asked_file(file)) {
        for comment in &file.suppressions {
            let ignore = Ignore { rule: comment.rule.clone(), path: None, reason: comment.reason.clone() };
            if check_ignore(&ignore).is_ok() {
                comments.push((file.path.as_str(), comment));
            }
        }
    }
    let mut used = HashSet::new();
    let mut counting = Vec::new();
    let mut ignored = Vec::new();
    for finding in findings {
        let covers = comments.iter().position(|(path, comment)| {
            finding.place.member.as_deref() == Some(*path)
                && comment.rule == finding.rule
                && finding.place.line.is_some_and(|line| line == comment.covers || line == comment.line)
        });
        match covers.and_then(|at| Some((at, comments.get(at)?))) {
            Some((at, (_, comment))) => {
                used.insert(at);
                ignored.push(Ignored { finding, reason: comment.reason.clone() });
            }
            None => counting.push(finding),
        }
    }
    let unused = comments.iter().enumerate().filter(|(at, _)| !used.contains(at));
    let unused = unused.map(|(_, (path, comment))| Ignore {
        rule: comment.rule.clone(),
        path: Some(format!("{path}:{}", comment.line)),
        reason: comment.reason.clone(),
    });
    (counting, ignored, unused.collect())
}
