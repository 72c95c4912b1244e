//! `monowheel pin`, and `monowheel pin --check`.

pub(super) mod args;
pub mod report;

use std::path::Path;

use monowheel_error::text::count;
use monowheel_error::{Error, ErrorKind, ExitCode, Result, text};
use monowheel_net::{IndexOptions, is_lock_file};
use monowheel_release::pin::{self, Pinned, Previous, Scope, check, pylock, requirements};
use monowheel_system::exec::CancelToken;
use monowheel_system::own_files;

use crate::cli::args::Global;
use crate::cli::pin::args::{PinArgs, PinFormat};
use crate::cli::pin::report::{render, render_check};
use crate::cli::screen::{GOOD, Screen};

pub(super) fn run(args: &PinArgs, global: &Global, stop: &CancelToken, screen: &mut Screen) -> Result<ExitCode> {
    let index = args.index.options(stop);
    let scope = Scope { platforms: args.platform.clone(), pythons: args.python.clone() };
    if let Some(file) = &args.check {
        return look(file, scope, index, args, global, screen);
    }
    // Contradictory options are reported before any request.
    let form = form(args.format, args.output.as_deref())?;
    let before = args.requirements.iter().chain(&args.output).map(std::path::PathBuf::as_path);
    let request = pin::Request {
        subjects: args.subjects.clone(),
        files: args.requirements.clone(),
        scope,
        sdist: args.sdist,
        yanked: args.yanked,
        attestations: args.require_attestations,
        previous: Previous::read(before)?,
        other_publisher: args.accept_publisher_change,
        index,
    };
    let pinned = pin::pin(&request)?;
    let text = match form {
        PinFormat::Requirements => requirements::render(&pinned),
        PinFormat::Pylock => pylock::render(&pinned, &pylock::folder_of(args.output.as_deref())?)?,
    };
    stop.check()?;
    if let Some(output) = &args.output {
        own_files::write(output, "pin", &text).map_err(|error| {
            Error::new(error.kind(), format!("could not write the lock: {}", error.what()))
                .at(output.display())
                .next("choose a writable directory: --output FILE; without it the lock is printed to stdout")
        })?;
    }
    tell(&pinned, &text, args.output.as_deref(), global, screen)?;
    Ok(ExitCode::Clean)
}

/// The format that was asked for, or that of the file's name.
fn form(asked: Option<PinFormat>, output: Option<&Path>) -> Result<PinFormat> {
    let Some(output) = output else { return Ok(asked.unwrap_or(PinFormat::Requirements)) };
    let is_toml = output.extension().is_some_and(|end| end.eq_ignore_ascii_case("toml"));
    let wrong = |what: &str| Err(Error::new(ErrorKind::Usage, what).at(output.display()));
    match (is_lock_file(output), asked) {
        (true, Some(PinFormat::Requirements)) => {
            wrong("the file name is that of a pylock file, but the format is requirements")
                .map_err(|error: Error| error.next("leave out --format, or write to requirements.txt"))
        }
        (true, _) => Ok(PinFormat::Pylock),
        (false, Some(PinFormat::Pylock)) => wrong("installers do not accept this name for a pylock file (PEP 751)")
            .map_err(|error: Error| error.next("name it pylock.toml or pylock.NAME.toml")),
        (false, None) if is_toml => wrong("could not determine the format from the file name")
            .map_err(|error: Error| error.next("name it pylock.toml or pylock.NAME.toml (PEP 751), or pass --format")),
        (false, _) => Ok(PinFormat::Requirements),
    }
}

/// The lock goes to stdout or to its file; messages about it go to the other one.
fn tell(pinned: &Pinned, text: &str, output: Option<&Path>, global: &Global, screen: &mut Screen) -> Result<()> {
    let said = render(pinned, screen.report(global.verbose));
    if global.json {
        return screen.json(&pinned);
    }
    let Some(output) = output else {
        screen.machine(text)?;
        screen.note(said.trimmed());
        return Ok(());
    };
    if !screen.is_quiet() {
        screen.print(said);
    }
    screen.note(text!(
        "{} in {}",
        GOOD.paint(text!("{} pinned", count(pinned.releases.len(), "release"))),
        output.display()
    ));
    Ok(())
}

fn look(
    file: &Path,
    scope: Scope,
    index: IndexOptions,
    args: &PinArgs,
    global: &Global,
    screen: &mut Screen,
) -> Result<ExitCode> {
    if !file.exists() {
        return Err(Error::new(ErrorKind::Usage, "no such file to check").at(file.display()).next(
            "name a file that monowheel pin --output wrote, another requirements file with hashes, or a pylock.toml",
        ));
    }
    let folder = match args.subjects.as_slice() {
        [] => None,
        [folder] if folder.is_dir() => Some(folder.clone()),
        others => {
            let shown: Vec<String> = others.iter().map(|one| one.display().to_string()).collect();
            return Err(Error::new(ErrorKind::Usage, "--check takes at most one directory of wheels")
                .at(shown.join(", "))
                .next("run monowheel pin --check FILE to check against the index, or monowheel pin --check FILE DIR for a directory"));
        }
    };
    let attestations = args.require_attestations;
    let report = check::check(&check::Request { file: file.to_path_buf(), folder, scope, attestations, index })?;
    if global.json {
        screen.json(&report)?;
    } else {
        screen.print(render_check(&report, screen.report(global.verbose)));
    }
    Ok(report.exit_code())
}
