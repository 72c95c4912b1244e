//! The difference to another wheel for a terminal, by cause.

use monowheel_build::size::{Cause, Change};
use monowheel_error::terminal::{Ink, TerminalText};
use monowheel_error::text;
use monowheel_error::text::bytes;

use crate::cli::size::rows::fit;

/// Columns before what is said of a cause.
const BEFORE: usize = 14;

/// The difference, with so many causes.
pub(super) fn render(change: &Change, rows: usize) -> TerminalText {
    let against = fit(&change.against, 72);
    let mut text = text!("{}\n  {}\n", Ink::Strong.paint("difference to"), against);
    text += text!("{:>12}  as a file, {} installed\n", signed(change.bytes), signed(change.unpacked));
    let several =
        change.causes.iter().filter_map(|cause| cause.member.as_deref()).collect::<std::collections::BTreeSet<_>>();
    for cause in change.causes.iter().take(rows) {
        let said = said(cause, several.len() > 1);
        text += text!("{:>12}  {}\n", signed(cause.bytes), fit(&said, 80 - BEFORE));
    }
    let rest = change.causes.get(rows..).unwrap_or_default();
    if !rest.is_empty() {
        let sum = rest.iter().map(|cause| cause.bytes).fold(0, i64::saturating_add);
        text += text!("{:>12}  {}\n", signed(sum), Ink::Faint.paint(text!("in {} more", rest.len())));
    }
    if !change.listed.is_empty() {
        text += text!("  by the SBOM, with bytes that only symbols would tell:\n");
        for line in change.listed.iter().take(rows) {
            text += text!("{:BEFORE$}{}\n", "", fit(line, 80 - BEFORE));
        }
        let rest = change.listed.len().saturating_sub(rows);
        if rest > 0 {
            text += text!("{:BEFORE$}{}\n", "", Ink::Faint.paint(text!("and {} more", rest)));
        }
    }
    text
}

/// What made it, with the member where several have causes.
fn said(cause: &Cause, several: bool) -> String {
    match cause.member.as_deref().filter(|_| several) {
        Some(member) => format!("{} ({})", cause.what, member.rsplit('/').next().unwrap_or(member)),
        None => cause.what.clone(),
    }
}

/// `+212.0 KiB`, `-3 B`.
pub(super) fn signed(size: i64) -> String {
    let sign = match size {
        0 => "",
        1.. => "+",
        _ => "-",
    };
    format!("{sign}{}", bytes(size.unsigned_abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs() {
        assert_eq!([0, 3, -3, 217_088].map(signed), ["0 B", "+3 B", "-3 B", "+212.0 KiB"]);
    }
}
