//! `monowheel new`.

use serde::Serialize;

use crate::cli::args::{Global, NewArgs};
use crate::cli::screen::Screen;
use crate::error::{ExitCode, Result};
use crate::exec::Stop;
use crate::report::Text;
use crate::report::scaffold::{render, templates};
use crate::scaffold::Template;
use crate::scaffold::new::{Folder, New};
use crate::scaffold::template::Entry;

/// The version of the JSON form of the list.
const SCHEMA: &str = "monowheel.templates/1";

#[derive(Serialize)]
struct List {
    schema: &'static str,
    monowheel: &'static str,
    templates: Vec<Entry>,
}

pub(super) fn run(args: &NewArgs, global: &Global, stop: &Stop, screen: &mut Screen) -> Result<ExitCode> {
    let text = Text { colours: true, details: global.verbose };
    if args.list {
        let list = Template::list()?;
        if global.json {
            screen.json(&List { schema: SCHEMA, monowheel: crate::VERSION, templates: list })?;
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
        screen.machine(&new.json())?;
    } else {
        screen.print(render(&new, text));
    }
    if new.state == Folder::Taken {
        screen.fail(&new.taken());
    }
    Ok(new.exit_code())
}
