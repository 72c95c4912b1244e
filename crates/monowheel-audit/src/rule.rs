//! The definition of a rule: plain data with its own documentation, and a function on facts.
//!
//! A rule's file holds one `rule!` with the doc comment that `monowheel explain` prints (sections *What it does*, *Why
//! it matters*, *Example*, *Fix*) and its check. Rules read only facts and cannot fail.

use crate::facts::Facts;
use crate::finding::{Finding, Severity};
use crate::set::Set;
use crate::source::Source;

/// The groups of rules, which are also the directories of their files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Group {
    /// Python's stable ABI.
    Abi,
    /// Platform tag compatibility.
    Platform,
    /// The archive and its metadata.
    Package,
    /// Binary hardening.
    Security,
    /// Reproducibility.
    Reproducible,
    /// Wheels of one release.
    Set,
    /// The sources of a `PyO3` project.
    Source,
}

impl Group {
    /// Every group, with the topic of its rules.
    pub const ALL: &[(Self, &str)] = &[
        (Self::Abi, "Python's stable ABI"),
        (Self::Platform, "Platform tag compatibility"),
        (Self::Package, "The archive and its metadata"),
        (Self::Security, "Binary hardening"),
        (Self::Reproducible, "Reproducibility"),
        (Self::Set, "Wheels of one release"),
        (Self::Source, "The sources of a PyO3 project"),
    ];

    /// The name used in output.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Abi => "abi",
            Self::Platform => "platform",
            Self::Package => "package",
            Self::Security => "security",
            Self::Reproducible => "reproducible",
            Self::Set => "set",
            Self::Source => "source",
        }
    }
}

/// A rule.
#[derive(Debug)]
pub struct Rule {
    /// Its name, which is also its file's: `symbol-above-floor`. It names the problem, not the fix.
    pub id: &'static str,
    /// Its group.
    pub group: Group,
    /// The highest severity that it reports.
    pub severity: Severity,
    /// Its documentation, Markdown: the doc comment above it. The first line is the summary.
    pub(crate) doc: &'static str,
    /// Its check.
    pub check: Check,
}

/// The check of a rule, by its input.
#[derive(Clone, Copy, Debug)]
pub enum Check {
    /// One wheel or one bare binary.
    One(fn(&Facts, &mut Found<'_>)),
    /// The wheels of one release.
    Set(fn(&Set, &mut Found<'_>)),
    /// The sources and manifests of one project.
    Source(fn(&Source, &mut Found<'_>)),
}

impl Rule {
    /// The first line of its documentation.
    #[must_use]
    pub fn summary(&self) -> &'static str {
        self.doc.trim_start().lines().next().unwrap_or_default().trim()
    }
}

/// Collects a rule's findings.
#[derive(Debug)]
pub struct Found<'a> {
    rule: &'static Rule,
    findings: &'a mut Vec<Finding>,
}

impl<'a> Found<'a> {
    /// Creates a collector for the findings of `rule`.
    pub const fn new(rule: &'static Rule, findings: &'a mut Vec<Finding>) -> Self {
        Self { rule, findings }
    }

    /// Adds a finding.
    pub(crate) fn add(&mut self, finding: Finding) {
        debug_assert!(finding.severity <= self.rule.severity, "{} reports above its severity", self.rule.id);
        self.findings.push(Finding { rule: self.rule.id.into(), ..finding });
    }
}

/// Defines a rule: `rule! { /// doc … pub(super) static NAME: "id", Group, Severity, Check::One(check); }`.
macro_rules! rule {
    ($(#[doc = $doc:literal])+ $vis:vis static $name:ident: $id:literal, $group:ident, $severity:ident, $check:ident($function:path);) => {
        $(#[doc = $doc])+
        $vis static $name: $crate::rule::Rule = $crate::rule::Rule {
            id: $id,
            group: $crate::rule::Group::$group,
            severity: $crate::finding::Severity::$severity,
            doc: concat!($($doc, "\n"),+),
            check: $crate::rule::Check::$check($function),
        };
    };
}
pub(crate) use rule;

/// The page of a rule on the documentation site.
#[must_use]
pub fn page(id: &str) -> String {
    format!("https://monowheel.github.io/monowheel/rules/{id}/")
}
