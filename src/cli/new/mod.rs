//! `monowheel new`.

pub(super) mod args;
pub(super) mod report;

use monowheel_author::scaffold::Template;
use monowheel_author::scaffold::new::{Folder, New};
use monowheel_author::scaffold::template::Entry;
use monowheel_error::{ExitCode, Result};
use monowheel_system::exec::CancelToken;
use serde::Serialize;

use crate::cli::args::Global;
use crate::cli::new::args::NewArgs;
use crate::cli::new::report::{render, templates};
use crate::cli::screen::Screen;

/// The version of the JSON form of the list.
const SCHEMA: &str = "monowheel.templates/1";

#[derive(Serialize)]
struct List {
    schema: &'static str,
    monowheel: &'static str,
    templates: Vec<Entry>,
}

pub(super) fn run(args: &NewArgs, global: &Global, stop: &CancelToken, screen: &mut Screen) -> Result<ExitCode> {
    let text = screen.report(global.verbose);
    if args.list {
        let list = Template::list()?;
        if global.json {
            screen.json(&List { schema: SCHEMA, monowheel: monowheel_error::VERSION, templates: list })?;
        } else {
            screen.print(templates(&list, text));
        }
        return Ok(ExitCode::Clean);
    }
    let mut new = New::look(&args.request(), stop)?;
    if !args.dry_run && new.state != Folder::Taken {
        new.write(stop)?;
    }
    if global.json {
        screen.json(&new)?;
    } else {
        screen.print(render(&new, text));
    }
    if new.state == Folder::Taken {
        screen.fail(&new.taken());
    }
    Ok(new.exit_code())
}
