//! `monowheel ci github` and `monowheel ci gitlab`.

pub(super) mod args;
pub(super) mod report;

use monowheel_error::terminal::TerminalText;
use monowheel_error::{ExitCode, Result, text};
use monowheel_release::ci::drift::Written;
use monowheel_release::ci::facts::Facts;
use monowheel_release::ci::lock::Hashes;
use monowheel_release::ci::page::pages;
use monowheel_release::ci::place::Checkout;
use monowheel_release::ci::plan::plan;
use monowheel_system::exec::CancelToken;

use crate::cli::args::Global;
use crate::cli::ci::args::CiArgs;
use crate::cli::ci::report::{diffs, render};
use crate::cli::screen::{Screen, WARN};

pub(super) fn run(args: &CiArgs, global: &Global, stop: &CancelToken, screen: &mut Screen) -> Result<ExitCode> {
    let (provider, args) = args.command.parts();
    let text = screen.report(global.verbose);
    let checkout = Checkout::of(&args.project)?;
    let facts = Facts::read(&args.project, &checkout.folder)?;
    let plan = plan(&facts, provider)?;
    let mut hashes = Hashes::in_checkout(&checkout, &plan, provider)?;
    let mut missing = hashes.missing(&plan);
    if !missing.is_empty() && !args.check && !args.offline {
        hashes.ask(&missing, &args.index.options(stop))?;
        missing.clear();
    }
    let pages = pages(&plan, provider, &hashes)?;
    let mut written = Written::look(&checkout, provider, plan, pages)?;
    if !checkout.is_git {
        screen.note(text!(
            "{}: not a git checkout: using the project's directory as the root of the repository",
            WARN.paint("note")
        ));
    }
    if !missing.is_empty() {
        screen.note(text!(
            "{}: the lock files have no hashes for {}, and CI refuses to install without them; run monowheel ci {} without \
             --offline to add them",
            WARN.paint("note"),
            missing.join(", "),
            provider.word()
        ));
    }
    let mut shown = TerminalText::new();
    if !global.json {
        // A new file can be read on disk; a change is shown nowhere else.
        shown = diffs(&written, text, args.check);
    }
    if !args.check {
        if let Err(error) = written.write(args.force) {
            screen.print(shown);
            return Err(error);
        }
    }
    if global.json {
        screen.json(&written)?;
    } else {
        screen.print(shown);
        screen.print(render(&written, text));
    }
    // A lock file that CI cannot install from is a finding, even if nothing better could be written offline.
    let is_incomplete = args.check && !args.offline && !missing.is_empty();
    Ok(match args.check {
        true if is_incomplete => ExitCode::Findings,
        true => written.exit_code(),
        false => ExitCode::Clean,
    })
}
