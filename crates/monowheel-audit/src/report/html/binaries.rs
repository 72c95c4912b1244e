//! The shared libraries: sizes, systems, and the Python symbols they use by the version that added them.

use maud::{Markup, html};
use monowheel_error::text::{bytes, harmless};

use super::bar;
use crate::report::View;
use crate::set::{BinaryOutline, SliceOutline};

pub(super) fn section(report: &View<'_>) -> Markup {
    let items: Vec<_> = report.items.iter().filter(|item| !item.binaries.is_empty()).collect();
    let largest = items.iter().flat_map(|item| item.binaries).map(|binary| binary.size).max().unwrap_or(0);
    if items.is_empty() {
        return html! {};
    }
    html! {
        section {
            h2 { "Binaries" }
            p { "Python symbols are counted by the version that added them to the stable ABI; symbols outside it are " em { "unstable" } "." }
            @for item in items {
                h3 { (harmless(item.file)) }
                div class="scroll" tabindex="0" role="region" aria-label={ "Binaries of " (harmless(item.file)) } {
                    table class="binaries" {
                        thead { tr {
                            th scope="col" { "file" }
                            th scope="col" class="number" { "size" }
                            th scope="col" { "runs on" }
                            th scope="col" { "Python symbols by version" }
                            th scope="col" { "loads" }
                        } }
                        tbody {
                            @for binary in item.binaries { (rows(binary, largest)) }
                        }
                    }
                }
            }
        }
    }
}

/// A row for each slice; the first contains the shared cells.
fn rows(binary: &BinaryOutline, largest: u64) -> Markup {
    let span = binary.slices.len().max(1);
    let shared = html! {
        th scope="row" class="name" rowspan=(span) {
            (harmless(&binary.path))
            @if !binary.is_extension { span class="kind" { " library" } }
        }
        td class="number" rowspan=(span) { (bytes(binary.size)) (bar(binary.size, largest)) }
    };
    html! {
        @if binary.slices.is_empty() { tr { (shared) td {} td {} td {} } }
        @for (at, slice) in binary.slices.iter().enumerate() {
            tr {
                @if at == 0 { (shared) }
                td class="nowrap" {
                    (harmless(&slice.arch))
                    @if let Some(os) = &slice.minimum_os {
                        br; (harmless(&os.platform)) " " (os.version.0) "." (os.version.1) "+"
                    }
                }
                td { (symbols(slice)) }
                td { (libraries(slice)) }
            }
        }
    }
}

fn symbols(slice: &SliceOutline) -> Markup {
    let mut versions: Vec<(&str, usize)> =
        slice.python_symbols.iter().map(|(version, number)| (version.as_str(), *number)).collect();
    // `3.10` after `3.9`, and symbols without a version last.
    versions.sort_by_key(|(version, _)| {
        let minor = version.split_once('.').and_then(|(_, minor)| minor.parse::<u16>().ok());
        (minor.is_none(), minor)
    });
    let most = versions.iter().map(|(_, number)| *number).max().unwrap_or(0);
    html! {
        @if versions.is_empty() { span class="kind" { "none" } }
        @else {
            table class="versions" {
                @for (version, number) in versions {
                    tr {
                        th scope="row" class=[(version == "unstable").then_some("error")] { (version) }
                        td { (bar(number as u64, most as u64)) }
                        td class="number" { (number) }
                    }
                }
            }
        }
    }
}

fn libraries(slice: &SliceOutline) -> Markup {
    const SHOWN: usize = 3;
    let list = |names: &[String]| {
        html! { ul class="names" { @for name in names { li { (harmless(name)) } } } }
    };
    html! {
        @if slice.libraries.len() <= SHOWN { (list(&slice.libraries)) }
        @else { details { summary { (slice.libraries.len()) " libraries" } (list(&slice.libraries)) } }
    }
}
