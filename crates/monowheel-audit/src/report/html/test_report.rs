//! The results of running wheels: the map, and the trial of each interpreter.

use maud::{Markup, html};
use monowheel_error::text::{count, harmless};

use crate::report::test_report::{explained, has_remarks, reasons, tally, word, worst};
use crate::test_report::{Cell, Outcome, Proof, Release, Trial, Verdict};

/// The sections of a test report.
pub(super) fn sections(proof: &Proof) -> Markup {
    let (class, sign) = match worst(proof) {
        Verdict::Failed => ("error", "✗"),
        Verdict::NotRun => ("error", "?"),
        _ => ("good", "✓"),
    };
    html! {
        div class={ "verdict " (class) } {
            p class="word" { span aria-hidden="true" { (sign) } " Test report" }
            p { (tally(proof)) }
            @if let Some(isolation) = &proof.isolation { p { "The wheels ran " (isolation.line()) "." } }
        }
        @for release in &proof.releases { (map(release)) (trials(release)) }
    }
}

fn map(release: &Release) -> Markup {
    let name =
        format!("{} {}, {}", harmless(&release.name), harmless(&release.version), count(release.wheels.len(), "wheel"));
    html! {
        section {
            h2 { "Test results: " (name) }
            p { "For each CPython (t: free-threaded) on each platform: the wheel ran, would install but was not run here, or no wheel installs. The tooltip of a cell shows the wheel and the reason." }
            div class="scroll" tabindex="0" role="region" aria-label={ "Test results of " (name) } {
                table class="map" {
                    thead { tr {
                        th scope="col" { "platform" }
                        @for python in &release.map.pythons { th scope="col" { (python) } }
                    } }
                    tbody {
                        @for row in &release.map.rows {
                            tr {
                                th scope="row" { (harmless(&row.platform)) }
                                @for cell in &row.cells { (self::cell(cell)) }
                            }
                        }
                    }
                }
            }
            @let reasons = reasons(release);
            @if !reasons.is_empty() {
                details {
                    summary { "Why installable wheels were not run" }
                    ul { @for (why, number) in reasons { li { (harmless(&why)) " (" (number) ")" } } }
                }
            }
        }
    }
}

fn cell(cell: &Cell) -> Markup {
    let (class, text) = match cell {
        Cell::Ran { .. } => ("covered", "ran ✓"),
        Cell::Failed { .. } => ("broken", "failed ✗"),
        Cell::NotRun { .. } => ("unrun", "not run"),
        Cell::Nothing => ("none", "none"),
    };
    let title = cell.wheel().map_or_else(|| cell.words(), |wheel| format!("{wheel}: {}", cell.words()));
    html! { td class=(class) title=(harmless(&title)) { (text) } }
}

fn trials(release: &Release) -> Markup {
    html! {
        section {
            h3 { "Interpreters" }
            div class="scroll" tabindex="0" role="region" aria-label="Interpreters" {
                table {
                    thead { tr {
                        @for heading in ["interpreter", "run", "wheel", "verdict", "seconds"] { th scope="col" { (heading) } }
                    } }
                    tbody { @for trial in &release.trials { (row(trial)) } }
                }
            }
            @for trial in release.trials.iter().filter(|trial| trial.why.is_some() || has_remarks(&trial.checks)) {
                (said(trial))
            }
        }
    }
}

fn row(trial: &Trial) -> Markup {
    html! {
        tr {
            td { (harmless(&trial.python)) }
            td { (harmless(&trial.runner)) }
            td { (trial.wheel.as_deref().map_or("none".into(), harmless)) }
            td { (word(trial.verdict)) }
            td { (format!("{:.1}", trial.seconds)) }
        }
    }
}

fn said(trial: &Trial) -> Markup {
    html! {
        details {
            summary { (harmless(&trial.python)) ", " (word(trial.verdict)) }
            @if let Some(why) = &trial.why { pre { (lines(why)) } }
            @for check in trial.checks.iter().filter(|check| check.outcome != Outcome::Passed) {
                p {
                    (explained(&check.name)) ": "
                    (match check.outcome {
                        Outcome::Passed => "passed",
                        Outcome::Refused => "refused",
                        Outcome::Noisy => "printed to stderr",
                        Outcome::Failed => "failed",
                    })
                }
                pre { (lines(&check.said)) }
            }
        }
    }
}

/// Several lines, each harmless.
fn lines(text: &str) -> String {
    text.lines().map(|line| format!("{}\n", harmless(line))).collect()
}
