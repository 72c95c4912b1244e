//! A project that was linted: its findings by file, as diagnostics, quick fixes and hover texts.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use gen_lsp_types::{
    Code, CodeAction, CodeActionKind, CodeDescription, Contents, Diagnostic, DiagnosticSeverity, Hover, MarkupContent,
    MarkupKind, Message, Position, Range, TextEdit, Uri, WorkspaceEdit,
};
use monowheel_audit::finding::{Finding, Severity};
use monowheel_audit::lint::{self, Options};
use monowheel_audit::report::doc;
use monowheel_audit::rule::page;
use monowheel_audit::rules;
use monowheel_error::Result;
use monowheel_project::audit_policy::LintPolicy;
use monowheel_project::config::Configuration;
use monowheel_system::exec::CancelToken;
use monowheel_system::regular_file;

use crate::cli::lsp::lines::{Encoding, Lines};

/// Files that say where a project is, the best first.
const MANIFESTS: [&str; 2] = ["pyproject.toml", "Cargo.toml"];

/// The findings of one project by file.
#[derive(Default)]
pub(super) struct Project {
    pub(super) files: BTreeMap<PathBuf, File>,
}

/// A file with findings.
pub(super) struct File {
    /// The text that was linted.
    text: String,
    findings: Vec<Finding>,
}

impl Project {
    /// The directory of the project that a file is in: the nearest above it with a pyproject.toml, else with a
    /// Cargo.toml.
    pub(super) fn root(file: &Path) -> Option<PathBuf> {
        let above = |manifest: &&str| file.ancestors().skip(1).find(|directory| directory.join(manifest).is_file());
        MANIFESTS.iter().find_map(above).map(Path::to_path_buf)
    }

    /// What the configuration in `root` says about a lint.
    pub(super) fn options(root: &Path, stop: &CancelToken) -> Result<Options> {
        Ok(LintPolicy::for_project(Configuration::find(None, Some(root))?.as_ref()).options(false, stop))
    }

    /// Lints the project in `root` as it is on disk.
    pub(super) fn lint(root: &Path, options: &Options) -> Result<Self> {
        let report = lint::lint(&[root.to_path_buf()], options)?;
        let mut by_file: BTreeMap<PathBuf, Vec<Finding>> = BTreeMap::new();
        for finding in report.projects.into_iter().flat_map(|project| project.findings) {
            let file = match &finding.place.member {
                Some(member) => root.join(member),
                None => {
                    MANIFESTS.map(|name| root.join(name)).into_iter().find(|path| path.is_file()).unwrap_or_default()
                }
            };
            by_file.entry(file).or_default().push(finding);
        }
        let read = |(path, findings): (PathBuf, Vec<Finding>)| {
            let text = regular_file::read_text(&path).unwrap_or_default();
            (path, File { text, findings })
        };
        Ok(Self { files: by_file.into_iter().map(read).collect() })
    }
}

impl File {
    pub(super) fn diagnostics(&self, encoding: Encoding) -> Vec<Diagnostic> {
        let lines = Lines::of(&self.text, encoding);
        self.findings.iter().map(|finding| diagnostic(finding, &lines)).collect()
    }

    /// What fixes the findings in a range. Nothing where the editor's text is not the one that was linted: the edits
    /// are for that one.
    pub(super) fn fixes(&self, uri: &Uri, range: Range, editor: Option<&str>, encoding: Encoding) -> Vec<CodeAction> {
        if editor.is_some_and(|text| text != self.text) {
            return Vec::new();
        }
        let lines = Lines::of(&self.text, encoding);
        let fixable = self.findings.iter().filter(|finding| !finding.edits.is_empty());
        let found = fixable.map(|finding| (finding, diagnostic(finding, &lines)));
        found
            .filter(|(_, diagnostic)| touch(diagnostic.range, range))
            .map(|(finding, found)| {
                let edit = |edit: &monowheel_audit::finding::Edit| TextEdit {
                    range: lines.span(&edit.range),
                    new_text: edit.text.clone(),
                };
                CodeAction {
                    title: finding.fix.clone().unwrap_or_else(|| format!("fix {}", finding.rule)),
                    kind: Some(CodeActionKind::QuickFix),
                    diagnostics: Some(vec![found]),
                    is_preferred: Some(true),
                    edit: Some(WorkspaceEdit {
                        changes: Some(HashMap::from([(uri.clone(), finding.edits.iter().map(edit).collect())])),
                        ..WorkspaceEdit::default()
                    }),
                    ..CodeAction::default()
                }
            })
            .collect()
    }

    /// The documentation of the rules whose findings are at a position.
    pub(super) fn hover(&self, at: Position, encoding: Encoding) -> Option<Hover> {
        let lines = Lines::of(&self.text, encoding);
        let here = Range { start: at, end: at };
        let mut rules: Vec<_> = self
            .findings
            .iter()
            .filter(|finding| touch(diagnostic(finding, &lines).range, here))
            .filter_map(|finding| rules::find(&finding.rule))
            .collect();
        rules.dedup_by_key(|rule| rule.id);
        let texts: Vec<String> = rules
            .into_iter()
            .map(|rule| format!("### {} ({})\n\n{}", rule.id, rule.severity.word(), doc::markdown(rule)))
            .collect();
        (!texts.is_empty()).then(|| Hover {
            contents: Contents::MarkupContent(MarkupContent {
                kind: MarkupKind::Markdown,
                value: texts.join("\n\n---\n\n"),
            }),
            range: None,
        })
    }
}

fn diagnostic(finding: &Finding, lines: &Lines<'_>) -> Diagnostic {
    let mut message = finding.message.clone();
    if let Some(fix) = &finding.fix {
        message += "\nfix: ";
        message += fix;
    }
    Diagnostic {
        range: lines.span(&lines.marked(finding.place.line, finding.place.column)),
        severity: Some(match finding.severity {
            Severity::Error => DiagnosticSeverity::Error,
            Severity::Warning => DiagnosticSeverity::Warning,
            Severity::Note => DiagnosticSeverity::Information,
        }),
        code: Some(Code::String(finding.rule.to_string())),
        code_description: Some(CodeDescription { href: Uri(page(&finding.rule)) }),
        source: Some("monowheel".to_owned()),
        message: Message::String(message),
        ..Diagnostic::default()
    }
}

/// Whether two ranges have a position in common, their ends included.
fn touch(one: Range, other: Range) -> bool {
    one.start <= other.end && other.start <= one.end
}
