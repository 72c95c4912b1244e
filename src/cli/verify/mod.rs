//! `monowheel verify`.

pub(super) mod args;
pub mod report;

use std::path::{Path, PathBuf};

use monowheel_build::provenance::Provenance;
use monowheel_build::verify::git::Repository;
use monowheel_build::verify::subject::{Named, is_for};
use monowheel_build::verify::{Origin, Report, Request, Subject, verify};
use monowheel_error::terminal::lines;
use monowheel_error::{Error, ErrorKind, ExitCode, Result, text};
use monowheel_net::{self, RemoteFile, Requirements, Served};
use monowheel_project::target::{Target, WindowsAbi};
use monowheel_system::exec::{CancelToken, Isolator};
use monowheel_system::own_files;

use crate::cli::args::Global;
use crate::cli::screen::{BAD, FAINT, GOOD, Screen};
use crate::cli::verify::args::VerifyArgs;
use crate::cli::verify::report::{render, verdict};
use crate::cli::work_dir;

pub(super) fn run(
    args: &VerifyArgs,
    global: &Global,
    python: PathBuf,
    stop: &CancelToken,
    screen: &mut Screen,
) -> Result<ExitCode> {
    let report = rebuilt(args, None, python, stop, screen)?;
    tell(&report, args, global, screen)?;
    Ok(report.exit_code())
}

/// Rebuilds what was named and compares; line tables go to the directory `symbols`, if any.
///
/// # Errors
/// As [`verify`], and when something cannot be obtained or there is no such wheel.
pub(super) fn rebuilt(
    args: &VerifyArgs,
    symbols: Option<&Path>,
    python: PathBuf,
    stop: &CancelToken,
    screen: &mut Screen,
) -> Result<Report> {
    // Contradictory options are reported before anything is downloaded.
    let named: Vec<Named> = args.subjects.iter().map(|word| Named::parse(word)).collect::<Result<_>>()?;
    let targets: Vec<Target> =
        args.target.iter().map(|name| Target::parse(name, WindowsAbi::Gnullvm)).collect::<Result<_>>()?;
    let isolator = Isolator::choose(args.isolation.or_default(), stop)?;
    let kept = work_dir::folder(args.keep.as_deref(), "monowheel-verify-")?;
    let mut gathering = Gathering { given: None, targets, args, folder: &kept.path, stop, subjects: Vec::new() };
    gathering.given = gathering.given()?;
    for (number, named) in named.into_iter().enumerate() {
        match named {
            Named::Wheels(wheels) => gathering.on_disk(&wheels)?,
            Named::OnIndex(text) => gathering.on_index(&text, number, screen)?,
        }
    }
    let subjects = gathering.subjects;
    if subjects.is_empty() {
        return Err(Error::new(ErrorKind::Usage, "no wheel is for this platform")
            .at(args.target.join(", "))
            .next("leave out --target, or name a platform that the release has"));
    }
    let request = Request {
        subjects,
        python,
        other_tools: args.other_tools,
        allow_flags: args.allow_flags,
        folder: kept.path.clone(),
        isolator,
        symbols: symbols.map(Path::to_path_buf),
    };
    verify(&request, stop, &mut |line| screen.note(FAINT.paint(lines(line))))
}

fn tell(report: &Report, args: &VerifyArgs, global: &Global, screen: &mut Screen) -> Result<()> {
    if let Some(output) = &args.output {
        own_files::write(output, "verify", &monowheel_audit::report::document(&report))?;
    }
    if global.json {
        return screen.json(&report);
    }
    if let Some(output) = &args.output {
        let style = if report.identical { GOOD } else { BAD };
        screen.note(text!("{}; the report is in {}", style.paint(verdict(report)), output.display()));
    } else {
        screen.print(render(report, screen.report(global.verbose)));
    }
    Ok(())
}

/// Downloads every wheel that was named, and its source.
struct Gathering<'a> {
    /// The source that the command line names, for every wheel.
    given: Option<Origin>,
    targets: Vec<Target>,
    args: &'a VerifyArgs,
    folder: &'a Path,
    stop: &'a CancelToken,
    subjects: Vec<Subject>,
}

impl Gathering<'_> {
    fn given(&self) -> Result<Option<Origin>> {
        if let Some(sdist) = &self.args.sdist {
            if !sdist.is_file() || !sdist.to_string_lossy().ends_with(".tar.gz") {
                return Err(Error::new(ErrorKind::Usage, "no such sdist")
                    .at(sdist.display())
                    .next("name an existing .tar.gz"));
            }
            return Ok(Some(on_disk(sdist)?));
        }
        let Some(text) = &self.args.source else { return Ok(None) };
        let repository = Repository::parse(text)?;
        let checkout = repository.checkout(&self.folder.join("checkout"), self.stop)?;
        let (path, commit) = (checkout.project, Some(checkout.commit));
        Ok(Some(Origin { path, from: repository.shown(), promised: false, commit }))
    }

    fn is_wanted(&self, file: &str) -> bool {
        self.targets.is_empty() || self.targets.iter().any(|target| is_for(file, target))
    }

    fn on_disk(&mut self, wheels: &[PathBuf]) -> Result<()> {
        for wheel in wheels {
            let name = wheel.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if self.subjects.iter().any(|known| known.wheel.path() == wheel) || !self.is_wanted(&name) {
                continue;
            }
            let mut subject = Subject::read(wheel, wheel.display().to_string(), false)?;
            subject.source.clone_from(&self.given);
            if let (Ok(recipe), None) = (&subject.recipe, &subject.source) {
                subject.source = Some(beside(wheel, recipe)?);
            }
            self.subjects.push(subject);
        }
        Ok(())
    }

    fn on_index(&mut self, text: &str, number: usize, screen: &mut Screen) -> Result<()> {
        let mut requirements = Requirements::default();
        requirements.add(text)?;
        let served = monowheel_net::served(&requirements, &self.args.index.options(self.stop))?;
        for note in &served.notes {
            screen.note(text!("{}", note));
        }
        if served.wheels.is_empty() {
            return Err(Error::new(ErrorKind::Usage, format!("{text} has no wheel to verify"))
                .next("name a release that has wheels"));
        }
        let folder = self.folder.join("served").join(number.to_string());
        for file in &served.wheels {
            if !self.is_wanted(&file.name) {
                continue;
            }
            screen.note(FAINT.paint(text!("downloading {}", file.name)));
            let wheel = served.save(file, &folder)?;
            let mut subject = Subject::read(&wheel, file.address.to_string(), file.sha256.is_some())?;
            subject.source.clone_from(&self.given);
            if let (Ok(recipe), None) = (&subject.recipe, &subject.source) {
                subject.source = Some(fetched(&served, recipe, &folder, text)?);
            }
            self.subjects.push(subject);
        }
        Ok(())
    }
}

/// The sdist that a wheel's provenance names, in the same directory.
fn beside(wheel: &Path, recipe: &Provenance) -> Result<Origin> {
    let name = Path::new(&recipe.sdist.file).file_name().unwrap_or_default();
    let sdist = wheel.with_file_name(name);
    if sdist.is_file() {
        return on_disk(&sdist);
    }
    let name = name.to_string_lossy();
    Err(Error::new(ErrorKind::Usage, format!("no source: {name} is not next to the wheel"))
        .at(wheel.display())
        .next("pass it with --sdist FILE, or its repository with --source REPO@TAG"))
}

/// The release's sdist: the one that the wheel's provenance names, or the only one.
fn fetched(served: &Served, recipe: &Provenance, folder: &Path, text: &str) -> Result<Origin> {
    let packed: Vec<&RemoteFile> = served.sdists.iter().filter(|file| file.name.ends_with(".tar.gz")).collect();
    let named = packed.iter().find(|file| file.name == recipe.sdist.file);
    let Some(file) = named.or(packed.first().filter(|_| packed.len() == 1)) else {
        return Err(Error::new(ErrorKind::Usage, format!("the index has no sdist of {text}"))
            .next("pass one with --sdist FILE, or its repository with --source REPO@TAG"));
    };
    let path = folder.join(&file.name);
    let path = if path.is_file() { path } else { served.save(file, folder)? };
    Ok(Origin { path, from: file.address.to_string(), promised: file.sha256.is_some(), commit: None })
}

fn on_disk(sdist: &Path) -> Result<Origin> {
    let path = std::path::absolute(sdist)?;
    Ok(Origin { from: path.display().to_string(), path, promised: false, commit: None })
}
