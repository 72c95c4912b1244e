//! The ignores of the configuration, and whether each was used.

use std::sync::atomic::{AtomicBool, Ordering};

use glob::Pattern;
use monowheel_error::{Error, ErrorKind, Result};

use crate::finding::Finding;
use crate::report::{Ignore, Ignored};

/// The ignores of one audit.
#[derive(Debug)]
pub(crate) struct Ignores {
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    ignore: Ignore,
    path: Option<Pattern>,
    used: AtomicBool,
}

impl Ignores {
    /// Reads the patterns.
    pub(crate) fn of(ignores: &[Ignore]) -> Result<Self> {
        let entries = ignores.iter().map(|ignore| {
            let path = ignore.path.as_deref().map(Pattern::new).transpose().map_err(|error| {
                Error::new(ErrorKind::Usage, format!("the path of an ignore is not a valid pattern: {error}"))
                    .at(format_args!("[tool.monowheel.audit] ignore of {}", ignore.rule))
                    .next("use `*` for anything and `?` for one character: \"demo/*.so\"")
            })?;
            Ok(Entry { ignore: ignore.clone(), path, used: AtomicBool::new(false) })
        });
        Ok(Self { entries: entries.collect::<Result<_>>()? })
    }

    /// The findings that count, and those that are ignored.
    pub(crate) fn apply(&self, findings: Vec<Finding>) -> (Vec<Finding>, Vec<Ignored>) {
        let mut counting = Vec::new();
        let mut ignored = Vec::new();
        for finding in findings {
            match self.entries.iter().find(|entry| entry.covers(&finding)) {
                Some(entry) => {
                    entry.used.store(true, Ordering::Relaxed);
                    ignored.push(Ignored { finding, reason: entry.ignore.reason.clone() });
                }
                None => counting.push(finding),
            }
        }
        (counting, ignored)
    }

    /// The ignores that matched nothing.
    pub(crate) fn unused(&self) -> Vec<Ignore> {
        let unused = self.entries.iter().filter(|entry| !entry.used.load(Ordering::Relaxed));
        unused.map(|entry| entry.ignore.clone()).collect()
    }
}

impl Entry {
    fn covers(&self, finding: &Finding) -> bool {
        let member = finding.place.member.as_deref().unwrap_or_default();
        self.ignore.rule == finding.rule && self.path.as_ref().is_none_or(|path| path.matches(member))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Place, Severity};

    fn ignore(rule: &str, path: Option<&str>) -> Ignore {
        Ignore { rule: rule.to_owned(), path: path.map(str::to_owned), reason: "known".to_owned() }
    }

    fn finding(rule: &'static str, member: &str) -> Finding {
        Finding { rule: rule.into(), ..Finding::new(Severity::Error, Place::member(member), "wrong") }
    }

    #[test]
    fn an_ignore_covers_its_rule_and_its_path_alone() -> Result<()> {
        let ignores = Ignores::of(&[ignore("a", Some("x/*.so")), ignore("b", None), ignore("c", None)])?;
        let (counting, ignored) = ignores.apply(vec![
            finding("a", "x/m.so"),
            finding("a", "y/m.so"),
            finding("b", "anything"),
            finding("d", "x/m.so"),
        ]);
        assert_eq!(counting.iter().map(|found| &*found.rule).collect::<Vec<_>>(), ["a", "d"]);
        assert_eq!(ignored.len(), 2);
        assert_eq!(ignores.unused(), [ignore("c", None)]);
        Ok(())
    }

    #[test]
    fn a_pattern_that_is_none_is_a_usage_error() {
        let error = Ignores::of(&[ignore("a", Some("[x"))]).err();
        assert_eq!(error.map(|error| error.kind()), Some(ErrorKind::Usage));
    }
}
