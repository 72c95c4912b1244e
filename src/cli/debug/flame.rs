//! The flame graph as one page that needs nothing else: no script, no request.
//!
//! The outermost frame is at the top. maud escapes every value.

use maud::{Markup, PreEscaped, html};
use monowheel_audit::report::html::page_of;
use monowheel_debug::profile::{Language, Node, Report};
use monowheel_error::text::{bytes, harmless};

const STYLE: &str = include_str!("flame.css");
const WIDE: f64 = 1000.0;
const HIGH: f64 = 16.0;
/// The width of a letter.
const LETTER: f64 = 6.2;
/// Narrower frames cannot be seen.
const NARROWEST: f64 = 0.4;
/// Frames of one page.
const MOST: usize = 50_000;

/// A frame on the page.
struct Placed<'a> {
    node: &'a Node,
    x: f64,
    wide: f64,
    row: usize,
}

/// The whole page.
pub(super) fn page(report: &Report, command: &str) -> String {
    let mut placed = Vec::new();
    place(&report.tree, 0.0, WIDE, 0, &mut placed);
    let rows = placed.iter().map(|placed| placed.row + 1).max().unwrap_or(1);
    #[allow(clippy::cast_precision_loss, reason = "at most 200 rows")]
    let high = rows as f64 * HIGH;
    let content = html! {
        style { (PreEscaped(STYLE)) }
        p { code { (harmless(command)) } }
        @if !report.categories.is_empty() {
            table {
                thead { tr { th scope="col" { "spent on" } th scope="col" class="number" { "samples" } th scope="col" class="number" { "share" } } }
                tbody {
                    @for share in &report.categories {
                        tr {
                            th scope="row" { (share.category.label()) }
                            td class="number" { (share.value) }
                            td class="number" { (percent(share.value, report.total)) }
                        }
                    }
                }
            }
        }
        p { "Blue: Python. Orange: native code. Red: at the boundary, for the most part. Gray: CPython, PyO3 and the system." }
        svg class="flame" viewBox={ "0 0 " (WIDE) " " (tenth(high)) } role="img" aria-label="Flame graph" {
            @for frame in &placed { (shape(frame, report)) }
        }
        @for note in &report.notes { p { (harmless(note)) } }
    };
    page_of("Profile", &amount(report.total, report.unit), &content)
}

fn place<'a>(node: &'a Node, x: f64, wide: f64, row: usize, placed: &mut Vec<Placed<'a>>) {
    let mut at = x;
    for below in &node.below {
        #[allow(clippy::cast_precision_loss, reason = "samples and bytes below 2^52")]
        let part = wide * below.value as f64 / node.value.max(1) as f64;
        if part < NARROWEST || placed.len() >= MOST {
            continue;
        }
        placed.push(Placed { node: below, x: at, wide: part, row });
        place(below, at, part, row + 1, placed);
        at += part;
    }
}

fn shape(placed: &Placed<'_>, report: &Report) -> Markup {
    let Placed { node, x, wide, row } = placed;
    #[allow(clippy::cast_precision_loss, reason = "at most 200 rows")]
    let y = *row as f64 * HIGH;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most the width of the page")]
    let room = ((wide - 4.0) / LETTER).max(0.0) as usize;
    html! {
        g {
            title { (harmless(&node.label)) ": " (amount(node.value, report.unit)) ", " (percent(node.value, report.total)) }
            rect class=(class(node)) x=(tenth(*x)) y=(tenth(y)) width=(tenth(*wide)) height=(tenth(HIGH)) {}
            @if room > 3 {
                text x=(tenth(x + 2.0)) y=(tenth(y + 12.0)) { (fit(&node.label, room)) }
            }
        }
    }
}

fn class(node: &Node) -> &'static str {
    if node.language != Some(Language::Python) && node.boundary * 2 > node.value {
        return "boundary";
    }
    match node.language {
        Some(Language::Python) => "python",
        _ if node.is_plumbing => "plumbing",
        _ => "native",
    }
}

fn fit(label: &str, room: usize) -> String {
    let label = harmless(label);
    if label.chars().count() <= room {
        return label.into_owned();
    }
    let kept: String = label.chars().take(room.saturating_sub(1)).collect();
    format!("{kept}…")
}

pub(super) fn amount(value: u64, unit: &str) -> String {
    if unit == "bytes" { bytes(value).to_string() } else { format!("{value} {unit}") }
}

pub(super) fn percent(value: u64, total: u64) -> String {
    #[allow(clippy::cast_precision_loss, reason = "samples and bytes below 2^52")]
    let share = value as f64 * 100.0 / total.max(1) as f64;
    format!("{share:.1} %")
}

fn tenth(number: f64) -> String {
    format!("{number:.1}")
}

#[cfg(test)]
mod tests {
    use monowheel_debug::profile::Tool;

    use super::*;

    #[test]
    fn names_are_escaped_and_nothing_is_fetched() {
        let node = |label: &str, value, below| Node {
            label: label.to_owned(),
            language: Some(Language::Native),
            value,
            below,
            ..Node::default()
        };
        let hostile = "</title><script>alert(1)</script>";
        let report = Report {
            schema: "x",
            tool: Tool::PySpy,
            unit: "samples",
            total: 10,
            waiting: 0,
            categories: Vec::new(),
            stacks: Vec::new(),
            notes: vec![hostile.to_owned()],
            tree: node("", 10, vec![node(hostile, 10, vec![node("inner", 4, Vec::new())])]),
        };
        let page = page(&report, hostile);
        assert!(!page.contains("<script"), "{page}");
        assert!(page.contains("inner: 4 samples, 40.0 %"), "{page}");
        for fetched in ["src=", "href=", "url("] {
            assert!(!page.contains(fetched), "{fetched}");
        }
    }
}
