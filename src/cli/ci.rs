//! `monowheel ci github | gitlab`.

use crate::ci::drift::Written;
use crate::ci::facts::Facts;
use crate::ci::page::pages;
use crate::ci::place::Checkout;
use crate::ci::plan::plan;
use crate::cli::args::{CiArgs, Global};
use crate::cli::screen::{Screen, WARN};
use crate::error::{ExitCode, Result};
use crate::report::Text;
use crate::report::ci::{diffs, render};

pub(super) fn run(args: &CiArgs, global: &Global, screen: &mut Screen) -> Result<ExitCode> {
    let (provider, args) = args.command.parts();
    let text = Text { colours: true, details: global.verbose };
    let checkout = Checkout::of(&args.project)?;
    let facts = Facts::read(&args.project, &checkout.folder)?;
    let plan = plan(&facts, provider)?;
    let pages = pages(&plan, provider)?;
    let mut written = Written::look(&checkout, provider, plan, pages)?;
    if !checkout.is_git {
        screen.note(&format!(
            "{WARN}note{WARN:#}: this is no checkout of git: the folder of the project is taken for its top"
        ));
    }
    let mut shown = String::new();
    if !global.json {
        // The whole of a new file is on the disk to be read; what changes is nowhere else.
        shown = diffs(&written, text, args.check);
    }
    if !args.check {
        if let Err(error) = written.write(args.force) {
            screen.print(shown);
            return Err(error);
        }
    }
    if global.json {
        screen.machine(&written.json())?;
    } else {
        screen.print(shown);
        screen.print(render(&written, text));
    }
    Ok(if args.check { written.exit_code() } else { ExitCode::Clean })
}
