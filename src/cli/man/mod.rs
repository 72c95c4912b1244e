//! `monowheel man`: manual pages, generated from the same definitions as `--help`.

pub(super) mod args;

use clap::CommandFactory as _;
use clap_mangen::Man;
use monowheel_error::{Error, ErrorKind, ExitCode, Result, text};
use monowheel_system::atomic_write;

use crate::cli::Cli;
use crate::cli::man::args::ManArgs;
use crate::cli::screen::Screen;

/// A page: its file name, and its text as roff.
struct Page {
    name: String,
    roff: Vec<u8>,
}

pub(super) fn run(args: &ManArgs, screen: &mut Screen) -> Result<ExitCode> {
    let mut command = Cli::command().disable_help_subcommand(true);
    // Gives every command its full name.
    command.build();
    let mut pages = Vec::new();
    add_pages(&command, &mut pages)?;
    let Some(directory) = &args.directory else {
        if let Some(Page { roff, .. }) = pages.first() {
            screen.machine(&String::from_utf8_lossy(roff))?;
        }
        return Ok(ExitCode::Clean);
    };
    if !directory.is_dir() {
        return Err(Error::new(ErrorKind::Usage, "no such directory")
            .at(directory.display())
            .next("create it first, or name another one"));
    }
    for Page { name, roff } in &pages {
        atomic_write::write(&directory.join(name), roff)?;
    }
    screen.note(text!("wrote {} manual pages to {}\n", pages.len(), directory.display()));
    Ok(ExitCode::Clean)
}

/// The command's page, then those of the commands below it.
fn add_pages(command: &clap::Command, pages: &mut Vec<Page>) -> Result<()> {
    let man = Man::new(command.clone());
    let mut roff = Vec::new();
    man.render(&mut roff)?;
    pages.push(Page { name: man.get_filename(), roff });
    command.get_subcommands().filter(|below| !below.is_hide_set()).try_for_each(|below| add_pages(below, pages))
}
