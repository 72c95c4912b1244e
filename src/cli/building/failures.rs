//! The wheels that failed to build, grouped by reason.

use monowheel_build::manifest::{Manifest, Verdict, Wheel};
use monowheel_error::terminal::lines;
use monowheel_error::text;
use monowheel_error::text::reason_lines;

use crate::cli::screen::{BAD, FAINT, Screen};

/// Prefix of the line of an error that names the log.
const PLACE: &str = "  at: ";

/// Prints them.
pub(super) fn show(manifest: &Manifest, screen: &mut Screen) {
    for alike in groups(&manifest.wheels) {
        let [first, others @ ..] = alike.as_slice() else { continue };
        screen.print(text!("\n{} {}-{}\n", BAD.paint(first.verdict.word()), first.target, first.abi));
        for other in others {
            screen.print(text!(
                "{} {}-{}, for the same reason\n",
                BAD.paint(other.verdict.word()),
                other.target,
                other.abi
            ));
        }
        for breach in &first.breaches {
            screen.print(text!("  {}\n  next: {}\n", breach.what, lines(&breach.next)));
        }
        for line in first.why.iter().flat_map(|why| reason_lines(why)) {
            screen.print(text!("  {}\n", line));
        }
    }
    let is_skipped = |wheel: &&Wheel| wheel.verdict == Verdict::Skipped;
    let (alike, stopped): (Vec<&Wheel>, Vec<&Wheel>) =
        manifest.wheels.iter().filter(is_skipped).partition(|wheel| wheel.why.is_some());
    if !alike.is_empty() {
        let names: Vec<String> = alike.iter().map(|wheel| format!("{}-{}", wheel.target, wheel.abi)).collect();
        screen.print(text!(
            "\n{} {}\n  {}\n",
            BAD.paint("not built"),
            names.join(", "),
            "each would fail with the same error, which is in the crate's own code (use --keep-going to build them anyway)"
        ));
    }
    if !stopped.is_empty() {
        let said = text!("{} not built after the first failure (--fail-fast)", stopped.len());
        screen.print(text!("\n{}\n", FAINT.paint(said)));
    }
}

/// The wheels that failed, grouped by reason.
fn groups(wheels: &[Wheel]) -> Vec<Vec<&Wheel>> {
    let mut groups: Vec<(String, Vec<&Wheel>)> = Vec::new();
    for wheel in wheels.iter().filter(|wheel| !wheel.verdict.is_good() && wheel.verdict != Verdict::Skipped) {
        let reason = reason(wheel);
        match groups.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, alike)) => alike.push(wheel),
            None => groups.push((reason, vec![wheel])),
        }
    }
    groups.into_iter().map(|(_, alike)| alike).collect()
}

/// The error without the name of the log.
fn reason(wheel: &Wheel) -> String {
    let is_place = |line: &&str| line.starts_with(PLACE) || line.starts_with("log: ");
    let why = wheel.why.iter().flat_map(|why| why.lines()).filter(|line| !is_place(line));
    let breaches = wheel.breaches.iter().map(|breach| breach.what.as_str());
    std::iter::once(wheel.verdict.word()).chain(breaches).chain(why).collect::<Vec<_>>().join("\n")
}
