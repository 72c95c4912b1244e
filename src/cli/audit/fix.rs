//! `monowheel audit --fix`: fixed copies of wheels in a separate directory, and the changes made to each.

use std::path::Path;

use monowheel_audit::audit::Subject;
use monowheel_audit::report::{Change, FileReport, FixedWheel, Report};
use monowheel_build::fix::{Fixed, Fixer};
use monowheel_error::{Error, ErrorKind, Result, text};
use monowheel_system::{atomic_write, regular_file};

use crate::cli::screen::{GOOD, Screen, WARN};

/// Size in bytes above which a wheel is not read.
const LARGEST: u64 = 2 << 30;

/// What was fixed.
pub(super) struct Fixes {
    pub(super) wheels: Vec<FixedWheel>,
}

impl Fixes {
    /// Replaces the audited wheels by their fixed copies.
    pub(super) fn subjects(&self, report: &Report) -> Vec<Subject> {
        let subject = |file: &FileReport| {
            let place = &file.outline.place;
            let fixed = self.wheels.iter().find(|wheel| wheel.from == *place);
            Subject::file(Path::new(fixed.map_or(place, |wheel| &wheel.to)))
        };
        report.files.iter().map(subject).collect()
    }
}

/// Fixes each wheel that has fixable findings, and writes it to `out`.
///
/// # Errors
/// When a file could not be audited, when a wheel cannot be fixed, or when `out` cannot be written.
pub(super) fn wheels(report: &Report, out: &Path, allow_unsafe: bool, screen: &Screen) -> Result<Fixes> {
    if let Some(failure) = report.failures.first() {
        return Err(Error::new(ErrorKind::Io, failure.why.clone()).at(&failure.place).next("nothing was fixed"));
    }
    let mut wheels = Vec::new();
    for file in &report.files {
        let place = Path::new(&file.outline.place);
        let is_wheel = file.outline.file.to_ascii_lowercase().ends_with(".whl");
        let fixer = Fixer::choose(&file.findings, allow_unsafe).map_err(|error| error.at(place.display()))?;
        let Some(fixer) = fixer.filter(|_| is_wheel) else {
            screen.note(text!("{}: nothing to fix", file.outline.file));
            continue;
        };
        let bytes = regular_file::read(place, LARGEST)?;
        let fixed = fixer.wheel(&file.outline.file, &bytes).map_err(|error| error.at(place.display()))?;
        let to = write(place, out, &fixed)?;
        screen.note(text!("{} {} -> {}", GOOD.paint("fixed"), file.outline.file, to));
        for step in &fixed.steps {
            screen.note(text!(
                "  {}{}",
                step.member.as_ref().map_or(String::new(), |path| format!("{path}: ")),
                step.what
            ));
        }
        let changes = fixed.steps.into_iter().map(|step| Change { member: step.member, what: step.what }).collect();
        wheels.push(FixedWheel { from: file.outline.place.clone(), to, changes });
    }
    if let [first, ..] = wheels.as_slice() {
        screen.note(text!("{} monowheel compare {} {}", WARN.paint("see what changed:"), first.from, first.to));
    }
    Ok(Fixes { wheels })
}

/// Writes a fixed wheel; never overwrites a different file.
fn write(from: &Path, out: &Path, fixed: &Fixed) -> Result<String> {
    let to = out.join(&fixed.name);
    if to.exists() {
        if regular_file::read(&to, LARGEST)? == fixed.bytes {
            return Ok(to.display().to_string());
        }
        return Err(Error::new(ErrorKind::Usage, format!("a different {} already exists", fixed.name))
            .at(out.display())
            .next(format!("{} is unchanged; choose an empty directory: --out DIR", from.display())));
    }
    fs_err::create_dir_all(out)?;
    atomic_write::write(&to, &fixed.bytes)?;
    Ok(to.display().to_string())
}
