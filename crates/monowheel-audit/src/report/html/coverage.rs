//! The coverage map: which wheel an installer takes, for each Python on each platform.

use std::collections::HashMap;

use maud::{Markup, html};
use monowheel_error::text::{count, harmless};

use super::Page;
use crate::report::SetReport;
use crate::report::words::interpreter;

pub(super) fn section(page: &Page<'_>, set: &SetReport) -> Markup {
    let coverage = &set.coverage;
    let mut legend: Vec<&str> = Vec::new();
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    for wheel in coverage.rows.iter().flat_map(|row| &row.wheels).flatten() {
        numbers.entry(wheel).or_insert_with(|| {
            legend.push(wheel);
            legend.len()
        });
    }
    let cell = |wheel: &Option<String>| match wheel.as_deref() {
        None => html! { td class="none" { "none" } },
        Some(wheel) => {
            let number = numbers.get(wheel).copied().unwrap_or_default();
            let is_broken = page.broken.contains(wheel);
            html! {
                td class=(if is_broken { "broken" } else { "covered" }) title=(harmless(wheel)) {
                    (number)
                    @if is_broken { " ✗" span class="hidden" { " (has errors)" } }
                }
            }
        }
    };
    if coverage.rows.is_empty() {
        return html! {};
    }
    html! {
        section {
            h2 { "Coverage of " (harmless(&set.name)) ", " (count(set.wheels.len(), "wheel")) }
            p { "Which wheel an installer takes, for each CPython (t: free-threaded) on each platform." }
            div class="scroll" tabindex="0" role="region" aria-label={ "Coverage of " (harmless(&set.name)) } {
                table class="map" {
                    thead { tr {
                        th scope="col" { "platform" }
                        @for python in &coverage.pythons { th scope="col" { (interpreter(python)) } }
                    } }
                    tbody {
                        @for row in &coverage.rows {
                            tr {
                                th scope="row" { (harmless(&row.platform)) }
                                @for wheel in &row.wheels { (cell(wheel)) }
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
