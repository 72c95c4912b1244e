//! The report as one page with a treemap that needs nothing else: no script, no request.
//!
//! maud escapes every value, and the page of `monowheel-audit` spells out what a browser would act on besides.

use maud::{Markup, PreEscaped, html};
use monowheel_audit::report::html::page_of;
use monowheel_build::size::{Change, DistSize, Part, Report};
use monowheel_error::text::{bytes, harmless};

use crate::cli::size::change::signed;
use crate::cli::size::report::verdict;
use crate::cli::size::rows::{fit, percent};
use crate::cli::size::tree::{Area, Node, Placed, TITLE};

const STYLE: &str = include_str!("size.css");
/// The map, in units of its own.
const MAP: Area = Area { x: 0.0, y: 0.0, wide: 1000.0, high: 600.0 };
/// The width of a letter on it.
const LETTER: f64 = 6.2;
/// Rows of a table.
const ROWS: usize = 100;

/// The whole page.
pub(super) fn page(report: &Report) -> String {
    let content = html! {
        style { (PreEscaped(STYLE)) }
        @for over in &report.over_budget {
            div class="verdict error" { p class="word" { "Over budget" } p { (harmless(&over.message())) } }
        }
        @for failure in &report.failures {
            article class="finding error" { h3 { (harmless(&failure.place)) } p { (harmless(&failure.why)) } }
        }
        @for file in &report.files { (self::file(file)) }
    };
    page_of("Sizes", &verdict(report), &content)
}

fn file(file: &DistSize) -> Markup {
    html! {
        section {
            h2 { (harmless(&file.file)) }
            p { (bytes(file.bytes)) " as a file, " (bytes(file.unpacked)) " installed" }
            (map(file))
            @if let Some(change) = &file.change { (self::change(change)) }
            (kinds(file))
            @for binary in &file.binaries {
                @for part in &binary.parts {
                    h3 { (harmless(&binary.path)) " " span class="kind" { (harmless(&part.architecture)) " " (bytes(part.bytes)) } }
                    @if let Some(note) = &part.note { p { (harmless(note)) } }
                    (rows(part))
                }
            }
        }
    }
}

/// The treemap: areas are as large as the bytes when installed. The tables below have the same numbers.
fn map(file: &DistSize) -> Markup {
    let root = Node::of(file);
    let placed = root.placed(MAP);
    html! {
        svg class="size-map" viewBox={ "0 0 " (MAP.wide) " " (MAP.high) } role="img"
            aria-label={ "Map of the sizes in " (harmless(&file.file)) }
        {
            @for part in &placed { (shape(part, root.bytes)) }
        }
    }
}

fn shape(placed: &Placed<'_>, whole: u64) -> Markup {
    let Placed { node, area, path } = placed;
    let tenth = |number: f64| format!("{number:.1}");
    let room = ((area.wide - 6.0) / LETTER).max(0.0);
    // It is not negative, and at most the width of the map.
    let room = room as usize;
    let names = path.iter().skip(1).copied().chain([node.label.as_str()]);
    let names = names.map(|name| fit(name, 200)).collect::<Vec<_>>().join(" / ");
    html! {
        g {
            title { (names) ": " (bytes(node.bytes)) ", " (percent(node.bytes, whole)) }
            rect class=(node.class) x=(tenth(area.x)) y=(tenth(area.y)) width=(tenth(area.wide)) height=(tenth(area.high)) {}
            @if room > 3 && area.high >= TITLE - 2.0 {
                text x=(tenth(area.x + 3.0)) y=(tenth(area.y + TITLE - 3.5)) { (fit(&node.label, room)) }
            }
        }
    }
}

fn kinds(file: &DistSize) -> Markup {
    html! {
        @if file.is_wheel {
            h3 { "By kind" }
            table {
                thead { tr { th scope="col" { "kind" } th scope="col" class="number" { "files" } th scope="col" class="number" { "packed" } th scope="col" class="number" { "installed" } } }
                tbody {
                    @for kind in &file.kinds {
                        tr {
                            th scope="row" { (kind.kind.words()) }
                            td class="number" { (kind.members) }
                            td class="number" { (bytes(kind.compressed)) }
                            td class="number" { (bytes(kind.bytes)) }
                        }
                    }
                }
            }
        }
    }
}

fn rows(part: &Part) -> Markup {
    let sections = part.sections.iter().filter(|section| section.bytes > 0);
    html! {
        @if !part.crates.is_empty() {
            details open {
                summary { "Crates" }
                (table(part.crates.iter().map(|one| (one.label(), one.bytes)), part.bytes))
            }
            details {
                summary { "Functions that are there several times" }
                (table(part.generics().into_iter().map(|(name, one)| (format!("{} x {name}", one.copies), one.bytes)), part.bytes))
            }
        }
        details {
            summary { "Sections" }
            (table(sections.map(|section| (format!("{} ({})", section.name, section.holds), section.bytes)), part.bytes))
        }
    }
}

fn table(rows: impl Iterator<Item = (String, u64)>, whole: u64) -> Markup {
    html! {
        table {
            tbody {
                @for (name, size) in rows.take(ROWS) {
                    tr {
                        th scope="row" class="name" { (fit(&name, 200)) }
                        td class="number" { (bytes(size)) }
                        td class="number" { (percent(size, whole)) }
                    }
                }
            }
        }
    }
}

fn change(change: &Change) -> Markup {
    html! {
        h3 { "Difference to " (harmless(&change.against)) }
        p { (signed(change.bytes)) " as a file, " (signed(change.unpacked)) " installed" }
        table {
            tbody {
                @for cause in change.causes.iter().take(ROWS) {
                    tr {
                        td class="number" { (signed(cause.bytes)) }
                        th scope="row" class="name" {
                            (fit(&cause.what, 200))
                            @if let Some(member) = &cause.member { span class="kind" { " " (fit(member, 200)) } }
                        }
                    }
                }
            }
        }
        @for line in change.listed.iter().take(ROWS) { p { (fit(line, 200)) " (by the SBOM)" } }
    }
}
