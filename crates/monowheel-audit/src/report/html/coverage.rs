//! The coverage map: which wheel an installer selects, for each Python on each platform. One table for all releases.

use std::collections::HashMap;

use maud::{Markup, html};
use monowheel_error::text::{count, harmless};

use super::Page;
use crate::report::SetReport;
use crate::report::words::interpreter;

pub(super) fn section(page: &Page<'_>) -> Markup {
    let sets: Vec<&SetReport> = page.report.sets.iter().filter(|set| !set.coverage.rows.is_empty()).collect();
    let Some(first) = sets.first() else { return html! {} };
    let mut legend: Vec<&str> = Vec::new();
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    for wheel in sets.iter().flat_map(|set| &set.coverage.rows).flat_map(|row| &row.wheels).flatten() {
        numbers.entry(wheel).or_insert_with(|| {
            legend.push(wheel);
            legend.len()
        });
    }
    let several = sets.len() > 1;
    let title = match sets.as_slice() {
        [set] => format!("Coverage of {}, {}", harmless(&set.name), count(set.wheels.len(), "wheel")),
        sets => format!("Coverage of {}", count(sets.len(), "release")),
    };
    html! {
        section {
            h2 { (title) }
            p { "The wheel that an installer selects, for each CPython (t: free-threaded) on each platform." }
            div class="scroll" tabindex="0" role="region" aria-label=(title) {
                table class="map" {
                    thead { tr {
                        @if several { th scope="col" { "release" } }
                        th scope="col" { "platform" }
                        @for python in &first.coverage.pythons { th scope="col" { (interpreter(python)) } }
                    } }
                    tbody {
                        @for set in &sets {
                            @for row in &set.coverage.rows {
                                tr {
                                    @if several { th scope="row" { (harmless(&set.name)) } }
                                    th scope="row" { (harmless(&row.platform)) }
                                    @for wheel in &row.wheels { (cell(page, &numbers, wheel.as_deref())) }
                                }
                            }
                        }
                    }
                }
            }
            ol class="legend" {
                @for wheel in &legend {
                    li {
                        @match page.anchors.get(wheel).filter(|_| page.broken.contains(wheel)) {
                            Some(anchor) => { a href={ "#" (anchor) } { (harmless(wheel)) } " (✗ has errors)" }
                            None => (harmless(wheel)),
                        }
                    }
                }
            }
        }
    }
}

fn cell(page: &Page<'_>, numbers: &HashMap<&str, usize>, wheel: Option<&str>) -> Markup {
    let Some(wheel) = wheel else { return html! { td class="none" { "none" } } };
    let number = numbers.get(wheel).copied().unwrap_or_default();
    let is_broken = page.broken.contains(wheel);
    html! {
        td class=(if is_broken { "broken" } else { "covered" }) title=(harmless(wheel)) {
            (number)
            @if is_broken { " ✗" span class="hidden" { " (has errors)" } }
        }
    }
}
