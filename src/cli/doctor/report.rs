//! The checks of the doctor for a terminal: one line each, and for a problem why it matters and how to fix it.

use monowheel_author::doctor::{Fix, Report, State};

use crate::cli::checks::{Line, lines};
use monowheel_audit::report::text::{Ink, Text};
use monowheel_error::terminal::TerminalText;
use monowheel_error::text;
use monowheel_error::text::count;

/// The checks as lines of text; in verbose mode, also why the healthy ones matter.
#[must_use]
pub(crate) fn render(report: &Report, how: Text) -> TerminalText {
    let checks = report.checks.iter().map(|check| {
        let explains = how.details || !check.state.is_healthy();
        let why = explains.then_some(("why", check.why));
        let fix = check.fix.as_ref().map(|fix| ("fix", fix.command.as_str()));
        Line {
            mark: match check.state {
                State::Ok => (Ink::Good, "ok"),
                State::Note => (Ink::Warn, "note"),
                State::Wrong => (Ink::Bad, "WRONG"),
                State::Unknown => (Ink::Warn, "UNKNOWN"),
                State::Skipped => (Ink::Faint, "skipped"),
            },
            check: check.check,
            place: &check.place,
            said: &check.said,
            below: why.into_iter().chain(fix).collect(),
        }
    });
    lines(&checks.collect::<Vec<_>>(), how) + verdict(report, how).line()
}

/// The outcome in one line.
#[must_use]
pub(crate) fn verdict(report: &Report, how: Text) -> TerminalText {
    let number = |state| report.checks.iter().filter(|check| check.state == state).count();
    let project = text!("{} {}", report.name, report.version);
    let (wrong, unknown) = (number(State::Wrong), number(State::Unknown));
    if report.healthy {
        return text!("{} {}: {}", how.paint(Ink::Good, "healthy"), project, count(report.checks.len(), "check"));
    }
    let parts = [(wrong, "wrong"), (unknown, "could not be run")];
    let parts = parts.iter().filter(|(number, _)| *number > 0);
    let said: Vec<String> = parts.map(|(number, what)| format!("{} {what}", count(*number, "check"))).collect();
    text!("{} {}: {}", how.paint(Ink::Bad, "not healthy"), project, said.join(", "))
}

/// The commands that `--fix` would run, or runs: one per line.
#[must_use]
pub(crate) fn commands(fixes: &[&Fix], how: Text) -> TerminalText {
    let line = |fix: &&Fix| text!("  {}\n", how.paint(Ink::Strong, &fix.command));
    fixes.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use monowheel_author::doctor::{Check, SCHEMA};

    use super::*;

    fn check(name: &'static str, place: &str, state: State, said: &str) -> Check {
        Check { check: name, why: "because of \u{1b}[31mthis", ..Check::new(place, state, said) }
    }

    fn report() -> Report {
        let mut checks = vec![
            check("rust", "rustc", State::Ok, "Rust 1.96.0 (system); the crate asks for 1.85"),
            check("tools", "maturin", State::Wrong, "missing, or it does not run"),
            check("target", "win_amd64", State::Wrong, "a small cdylib does not link\nld: no such thing"),
            check("python", "CPython", State::Note, "3.11; the oldest, 3.8, is missing"),
            check("xonsh", "/x/bin/xonsh", State::Unknown, "could not determine its Python"),
            check("kernel", "jupyter", State::Skipped, "no notebook kernel for Python is installed"),
        ];
        checks[1].fix = Some(Fix::run(&["python3", "-m", "pip", "install", "maturin>=1.16,<2"]));
        checks[3].fix = Some(Fix::told("one\u{202e}line\nand another"));
        let (name, version) = ("hello".to_owned(), "1.0.0".to_owned());
        Report { schema: SCHEMA, monowheel: "0", name, version, healthy: false, checks, fix_runs: Vec::new() }
    }

    #[test]
    fn a_line_each_and_below_it_why_and_what_to_do() {
        insta::assert_snapshot!(render(&report(), Text::default()).as_str(), @r"
        ok      rust       rustc         Rust 1.96.0 (system); the crate asks for 1.85
        WRONG   tools      maturin       missing, or it does not run
                           why: because of <U+001B>[31mthis
                           fix: python3 -m pip install 'maturin>=1.16,<2'
        WRONG   target     win_amd64     a small cdylib does not link
                           ld: no such thing
                           why: because of <U+001B>[31mthis
        note    python     CPython       3.11; the oldest, 3.8, is missing
                           fix: one<U+202E>line
                                and another
        UNKNOWN xonsh      /x/bin/xonsh  could not determine its Python
                           why: because of <U+001B>[31mthis
        skipped kernel     jupyter       no notebook kernel for Python is installed
        not healthy hello 1.0.0: 2 checks wrong, 1 check could not be run
        ");
    }

    #[test]
    fn with_details_each_says_why() {
        let text = render(&report(), Text { colours: false, details: true, ..Text::default() }).into_string();
        assert_eq!(text.matches("why: ").count(), 6, "{text}");
        assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "{text}");
    }

    #[test]
    fn json_says_what_fix_runs_and_nothing_of_how() -> Result<(), serde_json::Error> {
        let value: serde_json::Value = serde_json::from_str(&monowheel_audit::report::document(&report()))?;
        assert_eq!(value["schema"], SCHEMA);
        let fix = serde_json::json!({"command": "python3 -m pip install 'maturin>=1.16,<2'", "by_fix": true});
        assert_eq!(value["checks"][1]["fix"], fix);
        assert_eq!(value["checks"][4]["state"], "unknown");
        assert!(value.get("fixed").is_none());
        Ok(())
    }
}
