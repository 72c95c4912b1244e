//! `monowheel pin`, and `monowheel pin --check`.

pub(super) mod args;
pub mod report;

use std::path::Path;

use monowheel_audit::report::Text;
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
    // What cannot be meant is said before anything is asked.
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
            Error::new(error.kind(), format!("the pin cannot be written: {}", error.what()))
                .at(output.display())
                .next("--output FILE, in a folder that you may write to; without it the pin goes to stdout")
        })?;
    }
    tell(&pinned, &text, args.output.as_deref(), global, screen)?;
    Ok(ExitCode::Clean)
}

/// The form that was asked for, or that of the file's name.
fn form(asked: Option<PinFormat>, output: Option<&Path>) -> Result<PinFormat> {
    let Some(output) = output else { return Ok(asked.unwrap_or(PinFormat::Requirements)) };
    let is_toml = output.extension().is_some_and(|end| end.eq_ignore_ascii_case("toml"));
    let wrong = |what: &str| Err(Error::new(ErrorKind::Usage, what).at(output.display()));
    match (is_lock_file(output), asked) {
        (true, Some(PinFormat::Requirements)) => wrong("a lock file's name, and the form is that of requirements")
            .map_err(|error: Error| error.next("leave out --format, or write to requirements.txt")),
        (true, _) => Ok(PinFormat::Pylock),
        (false, Some(PinFormat::Pylock)) => wrong("no installer takes a lock file of this name (PEP 751)")
            .map_err(|error: Error| error.next("call it pylock.toml or pylock.NAME.toml")),
        (false, None) if is_toml => wrong("which form is meant, the name does not say")
            .map_err(|error: Error| error.next("a lock file is called pylock.toml or pylock.NAME.toml (PEP 751)")),
        (false, _) => Ok(PinFormat::Requirements),
    }
}

/// The pin goes to stdout or into its file; what is to be said of it, to where the pin is not.
fn tell(pinned: &Pinned, text: &str, output: Option<&Path>, global: &Global, screen: &mut Screen) -> Result<()> {
    let said = render(pinned, Text { colours: true, details: global.verbose, ..Text::default() });
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
        return Err(Error::new(ErrorKind::Usage, "no such file to check")
            .at(file.display())
            .next("name what monowheel pin --output wrote, or any requirements file with hashes or lock file"));
    }
    let folder = match args.subjects.as_slice() {
        [] => None,
        [folder] if folder.is_dir() => Some(folder.clone()),
        others => {
            let shown: Vec<String> = others.iter().map(|one| one.display().to_string()).collect();
            return Err(Error::new(ErrorKind::Usage, "with --check there is room for one folder of wheels")
                .at(shown.join(", "))
                .next("monowheel pin --check FILE looks at the index, monowheel pin --check FILE DIR at a folder"));
        }
    };
    let attestations = args.require_attestations;
    let report = check::check(&check::Request { file: file.to_path_buf(), folder, scope, attestations, index })?;
    if global.json {
        screen.json(&report)?;
    } else {
        screen.print(render_check(&report, Text { colours: true, details: global.verbose, ..Text::default() }));
    }
    Ok(report.exit_code())
}
