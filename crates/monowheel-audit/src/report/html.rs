//! The report as one page that needs nothing else: no request, no script but its own few lines, no font of its own.
//!
//! maud escapes every value; what a browser would act on besides (direction, line separators) is
//! spelled out by [`harmless`], and once more in the page as a whole, so that no value can be missed. [`fragment`] is the same for a notebook, under one class.

mod binaries;
mod coverage;
mod findings;
mod test_report;

use std::collections::{HashMap, HashSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use monowheel_error::text::{bytes, count, harmless, is_deceptive, reason_lines};
use monowheel_system::own_files;
use sha2::{Digest as _, Sha256};

use crate::finding::Severity;
use crate::report::test_report::tally;
use crate::report::{Counts, Item, Renderable, View};
use crate::test_report::Proof;

const STYLE: &str = include_str!("report.css");
const SCRIPT: &str = include_str!("report.js");

/// What the page may do: its style, and the script with this hash.
fn policy(script: Option<&str>) -> String {
    let style = "default-src 'none'; style-src 'unsafe-inline'";
    match script {
        Some(script) => format!("{style}; script-src 'sha256-{}'", STANDARD.encode(Sha256::digest(script))),
        None => style.to_owned(),
    }
}

/// A whole page.
pub(super) fn page(report: &View<'_>) -> String {
    frame(report.words.heading, &report.verdict(), &content(report), Some(SCRIPT))
}

/// A whole page on what came of running wheels.
#[must_use]
pub fn proof_page(proof: &Proof) -> String {
    let footer =
        html! { footer { "Made by monowheel " (harmless(&proof.monowheel)) ", " (harmless(&proof.schema)) "." } };
    frame("Wheels on interpreters", &tally(proof), &html! { (test_report::sections(proof)) (footer) }, None)
}

/// A whole page of another command, without a script: it looks as the others, and may do as little.
#[must_use]
pub fn page_of(heading: &str, verdict: &str, content: &Markup) -> String {
    let footer = html! { footer { "Made by " (own_files::generator()) "." } };
    frame(heading, verdict, &html! { (content) (footer) }, None)
}

fn frame(heading: &str, verdict: &str, content: &Markup, script: Option<&str>) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                // Whatever a name in a wheel may hold: nothing but the page's own script is run, and nothing is fetched.
                meta http-equiv="Content-Security-Policy" content=(policy(script));
                meta name="color-scheme" content="light dark";
                meta name="generator" content=(own_files::generator());
                title { (heading) ": " (verdict) }
            }
            body class="monowheel-page" {
                (style())
                main class="monowheel" {
                    h1 { (heading) }
                    (content)
                }
                @if let Some(script) = script { script { (PreEscaped(script)) } }
            }
        }
    };
    spelled_out(&page)
}

/// The same without the page around it, with a style that touches nothing else.
#[must_use]
pub fn fragment(report: &impl Renderable) -> String {
    spelled_out(&html! { (style()) div class="monowheel" { (content(&report.view())) } })
}

/// The page, in which nothing is left that a browser, or a runner of GitHub Actions, would act on.
fn spelled_out(page: &Markup) -> String {
    let mut safe = String::with_capacity(page.0.len());
    for character in page.0.chars() {
        if is_deceptive(character) && character != '\n' {
            safe += &format!("&lt;U+{:04X}&gt;", u32::from(character));
        } else {
            safe.push(character);
        }
    }
    safe.replace("##[", "##&#91;")
}

fn style() -> Markup {
    html! { style { (PreEscaped(STYLE)) } }
}

/// What the parts of the page need to know of each other.
struct Page<'a> {
    report: &'a View<'a>,
    /// The anchor of each file, by its name.
    anchors: HashMap<&'a str, String>,
    /// The files with an error.
    broken: HashSet<&'a str>,
}

fn content(report: &View<'_>) -> Markup {
    let anchors = report.items.iter().enumerate().map(|(at, item)| (item.file, anchor(at))).collect();
    let page = Page { report, anchors, broken: report.broken().collect() };
    html! {
        (summary(report))
        (failures(report))
        (filters(report))
        (findings::section(&page))
        (files(&page))
        (coverage::section(&page))
        @for proof in report.proofs { (test_report::sections(proof)) }
        (binaries::section(report))
        (findings::explanations(report))
        footer { "Made by monowheel " (report.monowheel) ", " (report.schema) "." }
    }
}

fn anchor(at: usize) -> String {
    format!("file-{}", at + 1)
}

/// A severity in a word, with a sign of its own: colour alone tells nobody who cannot see it.
fn badge(severity: Severity) -> Markup {
    html! { span class={ "badge " (severity.word()) } { (severity.word()) } }
}

/// A number as a length, for eyes only: it stands beside the number.
fn bar(part: u64, whole: u64) -> Markup {
    let percent = u128::from(part) * 100 / u128::from(whole.max(1));
    html! { span class="bar" aria-hidden="true" { span style={ "width:" (percent.clamp(1, 100)) "%" } {} } }
}

fn summary(report: &View<'_>) -> Markup {
    let Counts { errors, warnings, notes, ignored } = report.counts;
    let (class, sign, word) = match report.counts.worst() {
        None | Some(Severity::Note | Severity::Warning) if !report.failures.is_empty() => ("error", "?", "Incomplete"),
        Some(Severity::Error) => ("error", "✗", "Broken"),
        Some(Severity::Warning) => ("warning", "!", "Works, with warnings"),
        Some(Severity::Note) | None => ("good", "✓", "Good"),
    };
    html! {
        div class={ "verdict " (class) } {
            p class="word" { span aria-hidden="true" { (sign) } " " (word) }
            p { (report.verdict()) }
        }
        dl class="counts" {
            @for (number, name, class) in [
                (errors, "errors", "error"), (warnings, "warnings", "warning"), (notes, "notes", "note"),
                (ignored, "ignored", "plain"), (report.items.len(), "files", "plain"),
            ] {
                div class={ (class) @if number == 0 { " zero" } } { dt { (name) } dd { (number) } }
            }
        }
    }
}

/// What shows and hides: a severity by its box, without a script; a word by the page's own script, where there is one.
fn filters(report: &View<'_>) -> Markup {
    let Counts { errors, warnings, notes, .. } = report.counts;
    let has_findings = report.counts.worst().is_some();
    if !has_findings && report.sets.is_empty() {
        return html! {};
    }
    // Notes are shown at once where there is nothing else.
    let with_notes = errors + warnings == 0;
    html! {
        fieldset class="filters" {
            legend { "Show" }
            @for (number, word, checked) in
                [(errors, "error", true), (warnings, "warning", true), (notes, "note", with_notes)]
                    .into_iter().filter(|_| has_findings)
            {
                label { input type="checkbox" class={ "show-" (word) } checked[checked]; " " (count(number, word)) }
            }
            label class="search" { "Only with " input type="search" class="filter" placeholder="rule, file, platform" ; }
        }
    }
}

/// What could not be looked at.
fn failures(report: &View<'_>) -> Markup {
    if report.failures.is_empty() {
        return html! {};
    }
    html! {
        section {
            h2 { "Not looked at" }
            @for failure in report.failures {
                article class="finding error" {
                    h3 { (harmless(&failure.place)) }
                    @for line in reason_lines(&failure.why) { p { (line) } }
                }
            }
        }
    }
}

/// Every file with its size and what was found.
fn files(page: &Page<'_>) -> Markup {
    let largest = page.report.items.iter().map(|item| item.size).max().unwrap_or(0);
    html! {
        section aria-labelledby="files" {
            h2 id="files" { "Files" }
            div class="scroll" tabindex="0" role="region" aria-labelledby="files" {
                table {
                    thead { tr {
                        th scope="col" { "file" }
                        th scope="col" class="number" { "size" }
                        th scope="col" { "found" }
                    } }
                    tbody {
                        @for (at, item) in page.report.items.iter().enumerate() {
                            @let counts = counted(item);
                            tr {
                                th scope="row" class="name" {
                                    @if item.findings.is_empty() && item.ignored.is_empty() { (harmless(item.file)) }
                                    @else { a href={ "#" (anchor(at)) } { (harmless(item.file)) } }
                                }
                                td class="number" { (bytes(item.size)) (bar(item.size, largest)) }
                                td class="nowrap" { (found(counts)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn counted(item: &Item<'_>) -> Counts {
    let mut counts = Counts::default();
    counts.add_all(item.findings, item.ignored.len());
    counts
}

fn found(counts: Counts) -> Markup {
    let kinds =
        [(counts.errors, Severity::Error), (counts.warnings, Severity::Warning), (counts.notes, Severity::Note)];
    html! {
        @if counts.worst().is_none() { span class="badge good" { "clean" } }
        @for (number, severity) in kinds.into_iter().filter(|(number, _)| *number > 0) {
            span class={ "badge " (severity.word()) } { (count(number, severity.word())) } " "
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_nobody_escaped_acts_on_nothing() {
        let page = html! { p title="a\u{202e}b" { "c\u{9b}\n##[error]d" } };
        assert_eq!(spelled_out(&page), "<p title=\"a&lt;U+202E&gt;b\">c&lt;U+009B&gt;\n##&#91;error]d</p>");
    }
}
