//! The command line: what is typed, what is printed, and the exit code.
//!
//! Reports and machine output go to stdout, progress and errors to stderr. [`run`] is the whole
//! program: the console script, `python -m monowheel` and the tests call it.

mod answer;
mod args;
mod audit;
mod build;
mod ci;
mod compare;
mod doctor;
mod explain;
mod form;
mod init;
mod keep;
mod lab;
mod link;
mod lint;
mod looking;
mod new;
mod pin;
mod plan;
mod progress;
mod publish;
mod pythons;
mod release;
mod reproduce;
mod rules;
mod screen;
mod test;
mod verify;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Parser as _;

pub use screen::Screen;

use crate::error::{Error, ErrorKind, ExitCode, Result};
use crate::exec::Stop;
use args::{Cli, Command};

/// Runs `monowheel ARGV` (without the program's name) and returns how it ended.
///
/// `python` is the interpreter in whose environment pip and the tools are looked up.
pub fn run(argv: &[OsString], python: Option<PathBuf>, screen: &mut Screen) -> ExitCode {
    let words = std::iter::once(OsString::from("monowheel")).chain(argv.iter().cloned());
    let cli = match Cli::try_parse_from(words) {
        Ok(cli) => cli,
        Err(error) => {
            let text = error.render();
            if error.use_stderr() {
                screen.error(text.ansi());
                return ExitCode::Usage;
            }
            screen.print(text.ansi());
            return ExitCode::Clean;
        }
    };
    screen.choose(cli.global.color, cli.global.quiet);
    let ended = Stop::on_signals().and_then(|stop| match cli.command {
        Command::Plan(args) => plan::run(&args, &cli.global, python, &stop, screen),
        Command::Build(args) => build::run(&args, &cli.global, python, &stop, screen),
        Command::Audit(args) => audit::run(&args, &cli.global, python, &stop, screen),
        Command::Pythons(args) => pythons::run(&args, &cli.global, &stop, screen),
        Command::Test(args) => test::run(&args, &cli.global, &stop, screen),
        Command::Link(args) => link::run(&args, &stop, screen),
        Command::Reproduce(args) => reproduce::run(&args, &cli.global, known(python)?, &stop, screen),
        Command::Verify(args) => verify::run(&args, &cli.global, known(python)?, &stop, screen),
        Command::Compare(args) => compare::run(&args, &cli.global, &stop, screen),
        Command::Ci(args) => ci::run(&args, &cli.global, screen),
        Command::Init(args) => init::run(&args, &cli.global, &stop, screen),
        Command::New(args) => new::run(&args, &cli.global, &stop, screen),
        Command::Doctor(args) => doctor::run(&args, &cli.global, python, &stop, screen),
        Command::Release(args) => release::run(&args, &cli.global, &stop, screen),
        Command::Publish(args) => publish::run(&args, &cli.global, known(python)?, &stop, screen),
        Command::Pin(args) => pin::run(&args, &cli.global, &stop, screen),
        Command::Explain(args) => explain::run(&args, &cli.global, screen),
        Command::Lint(args) => lint::run(&args, &cli.global, &stop, screen),
        Command::Lab(args) => lab::run(&args, &cli.global, python, &stop, screen),
        Command::Rules(args) => rules::run(&args, &cli.global, screen),
    });
    ended.unwrap_or_else(|error: Error| {
        screen.fail(&error);
        error.kind().exit_code()
    })
}

/// For what starts monowheel itself again.
fn known(python: Option<PathBuf>) -> Result<PathBuf> {
    python.ok_or_else(|| {
        Error::new(ErrorKind::Usage, "which Python runs monowheel is not known")
            .next("run it with a Python that has it: python -m monowheel …")
    })
}
