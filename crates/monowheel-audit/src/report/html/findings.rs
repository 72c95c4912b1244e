//! The findings by file and severity, the ignored findings, and the documentation of the rules.

use std::collections::BTreeSet;

use maud::{Markup, html};
use monowheel_error::text::harmless;

use super::{Page, anchor, badge};
use crate::finding::Finding;
use crate::report::doc::{self, Block, Span};
use crate::report::{Ignored, View};
use crate::rules;

pub(super) fn section(page: &Page<'_>) -> Markup {
    let report = page.report;
    let items = report.items.iter().enumerate();
    let told: Vec<_> = items.filter(|(_, item)| !(item.findings.is_empty() && item.ignored.is_empty())).collect();
    let sets: Vec<_> = report.sets.iter().filter(|set| !(set.findings.is_empty() && set.ignored.is_empty())).collect();
    if told.is_empty() && sets.is_empty() && report.unused_ignores.is_empty() {
        return html! {};
    }
    html! {
        section {
            h2 { "Findings" }
            @for set in sets {
                section class="group" {
                    h3 { (harmless(&set.name)) ": all wheels together" }
                    (list(&set.findings, &set.ignored))
                }
            }
            @for (at, item) in told {
                section class="group" id=(anchor(at)) {
                    h3 { (harmless(item.place)) }
                    (list(item.findings, item.ignored))
                }
            }
            @if !report.unused_ignores.is_empty() {
                section class="group" {
                    h3 { "Ignores that match nothing" }
                    ul {
                        @for ignore in report.unused_ignores {
                            li {
                                code { (harmless(&ignore.rule)) }
                                @if let Some(path) = &ignore.path { " in " code { (harmless(path)) } }
                                ": " (harmless(&ignore.reason))
                            }
                        }
                    }
                }
            }
        }
    }
}

fn list(findings: &[Finding], ignored: &[Ignored]) -> Markup {
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by_key(|found| std::cmp::Reverse(found.severity));
    html! {
        @for finding in sorted { (one(finding)) }
        @if !ignored.is_empty() {
            details {
                summary { "Ignored (" (ignored.len()) ")" }
                ul {
                    @for ignored in ignored {
                        li {
                            code { (ignored.finding.rule) } " " (harmless(&ignored.finding.message))
                            br; "Reason: " (harmless(&ignored.reason))
                        }
                    }
                }
            }
        }
    }
}

fn one(finding: &Finding) -> Markup {
    let place = finding.place.to_string();
    html! {
        article class={ "finding " (finding.severity.word()) } {
            h4 {
                (badge(finding.severity)) " "
                a href={ "#rule-" (finding.rule) } { (finding.rule) }
            }
            @if !place.is_empty() { p class="place" { "in " code { (harmless(&place)) } } }
            p { (harmless(&finding.message)) }
            @if let Some(fix) = &finding.fix { p class="fix" { strong { "Fix: " } (harmless(fix)) } }
            @if !finding.details.is_empty() {
                details {
                    summary { "Details (" (finding.details.len()) ")" }
                    ul class="names" { @for detail in &finding.details { li { (harmless(detail)) } } }
                }
            }
        }
    }
}

/// The documentation of each rule with findings, once.
pub(super) fn explanations(report: &View<'_>) -> Markup {
    let spoke: BTreeSet<&str> = report.findings().iter().map(|(_, finding)| &*finding.rule).collect();
    let rules: Vec<_> = rules::all().filter(|rule| spoke.contains(rule.id)).collect();
    if rules.is_empty() {
        return html! {};
    }
    html! {
        section {
            h2 { "Rule documentation" }
            @for rule in rules {
                details class="rule" {
                    summary { code { (rule.id) } " " (text(rule.summary())) }
                    // Inside, so that a link to it opens the surrounding details.
                    div id={ "rule-" (rule.id) } {
                        @for block in doc::blocks(rule).into_iter().skip(1) { (self::block(&block)) }
                    }
                }
            }
        }
    }
}

fn block(block: &Block) -> Markup {
    html! {
        @match block {
            Block::Heading(words) => h4 { (text(words)) },
            Block::Paragraph(words) => p { (text(words)) },
            Block::Items(items) => ul { @for item in items { li { (text(item)) } } },
            Block::Code(code) => pre { code { (code) } },
        }
    }
}

fn text(words: &str) -> Markup {
    html! {
        @for span in doc::spans(words) {
            @match span {
                Span::Plain(words) => (words),
                Span::Code(code) => code { (code) },
                Span::Bold(words) => strong { (words) },
                Span::Link(words, url) => a href=(url) rel="noreferrer" { (words) },
            }
        }
    }
}
