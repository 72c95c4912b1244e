//! The command line: arguments, output and exit codes.
//!
//! Reports and machine output go to stdout, progress and errors to stderr. [`run`] is the complete
//! program: the console script, `python -m monowheel` and the tests call it. Each command has a directory with its
//! options, its calls of the libraries and its report; `command.rs` lists them.

mod args;
mod checks;
mod command;
mod error_document;
mod floor;
mod format;
mod help;
#[cfg(test)]
mod hints;
mod job_summary;
mod named_files;
mod prose;
mod screen;
mod table;
mod work_dir;

mod api;
mod audit;
mod building;
mod cache;
mod ci;
pub mod compare;
mod completions;
mod debug;
mod doctor;
mod fleet;
mod init;
mod lab;
mod link;
mod lint;
mod lsp;
mod man;
mod new;
pub mod pin;
mod plan;
mod publish;
mod pythons;
mod release;
mod reproduce;
mod rules;
mod schema;
mod size;
mod soak;
mod stdin;
mod symbols;
mod test;
pub mod verify;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{FromArgMatches as _, Parser};
use monowheel_error::text::harmless;
use monowheel_error::{Error, ExitCode};
use monowheel_system::crash;
use monowheel_system::exec::Signals;

pub use screen::Screen;

use args::Global;
use command::Command;
use error_document::ErrorDocument;

/// One abi3 wheel per platform, from one machine.
///
/// Exit codes: 0 success, 1 findings (such as a wheel that is not as planned), 2 a mistake in the command line, the
/// configuration or the project, 3 the command could not be completed, 128 + N ended by signal N (Ctrl-C: 130).
#[derive(Debug, Parser)]
#[command(name = "monowheel", version, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Runs `monowheel ARGV` (without the program's name) and returns how it ended. It does not panic.
///
/// `python` is the interpreter in whose environment pip and the tools are looked up.
pub fn run(argv: &[OsString], python: Option<PathBuf>, screen: &mut Screen) -> ExitCode {
    let ended = crash::guarded(argv, || answered(argv, python, screen));
    ended.unwrap_or_else(|error| {
        // Writing to the screen may itself be what failed.
        let _ = crash::guarded(argv, || screen.fail(&error));
        ExitCode::Incomplete
    })
}

fn answered(argv: &[OsString], python: Option<PathBuf>, screen: &mut Screen) -> ExitCode {
    let words = std::iter::once(OsString::from("monowheel")).chain(argv.iter().cloned());
    let cli = match parse(words) {
        Ok(cli) => cli,
        Err(error) => return told(error, argv, screen),
    };
    screen.choose(cli.global.color, cli.global.quiet);
    let signals = match Signals::listen() {
        Ok(signals) => signals,
        Err(error) => return failed(&error, screen),
    };
    let summarized = cli.command.summarized().filter(|_| job_summary::file().is_some());
    if summarized.is_some() {
        screen.record();
    }
    let ended = cli.command.run(&cli.global, python, &signals.token(), screen).unwrap_or_else(|error: Error| {
        if cli.global.json {
            screen.explain(&ErrorDocument::of(&error));
        }
        failed(&error, screen)
    });
    let report = summarized.and_then(|command| Some(job_summary::block(command, &screen.recorded()?)));
    if let Some(Err(error)) = report.map(|report| job_summary::add(&report)) {
        screen.fail(&error);
    }
    let code = printed(ended, screen);
    // Whatever the command reports of the part it did: it was asked to stop before it had done everything.
    signals.exit_code().filter(|_| code != ExitCode::Clean).unwrap_or(code)
}

fn parse(words: impl IntoIterator<Item = OsString>) -> Result<Cli, clap::Error> {
    Cli::from_arg_matches(&help::command().try_get_matches_from(words)?)
}

fn failed(error: &Error, screen: &Screen) -> ExitCode {
    screen.fail(error);
    error.kind().exit_code()
}

/// Prints the help, the version, or the error in the command line.
fn told(error: clap::Error, argv: &[OsString], screen: &mut Screen) -> ExitCode {
    if !error.use_stderr() {
        screen.usage(&error.render(), false);
        return printed(ExitCode::Clean, screen);
    }
    // A word may be a file's name (`monowheel audit *`). The same words made harmless fail in the same way.
    let words = argv.iter().map(|word| harmless(&word.to_string_lossy()).into_owned());
    let shown = match parse(std::iter::once("monowheel".to_owned()).chain(words).map(OsString::from)) {
        Err(error) => error.render(),
        // Only arguments that are not valid text can become valid here: the error's kind is enough.
        Ok(_) => error.apply::<clap::error::KindFormatter>().render(),
    };
    screen.usage(&shown, true);
    if argv.iter().take_while(|word| *word != "--").any(|word| word == "--json") {
        screen.explain(&ErrorDocument::usage(error_document::sentences(&shown.to_string())));
    }
    ExitCode::Usage
}

/// The exit code of a command whose output must also have reached stdout.
fn printed(code: ExitCode, screen: &mut Screen) -> ExitCode {
    let Some(error) = screen.failure() else { return code };
    code.max(failed(&error, screen))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parser_is_sound() {
        use clap::CommandFactory as _;
        Cli::command().debug_assert();
        help::command().debug_assert();
    }
}
