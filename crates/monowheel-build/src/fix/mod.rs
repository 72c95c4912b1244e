//! `audit --fix`: fixes the audit's findings in any builder's wheel, if the change is safe and can be checked.
//!
//! ```text
//! Fixer::choose(findings)   which rules are fixed, which would need --unsafe-fixes
//! Fixer::wheel(name, bytes)
//!   ├ members      the archive → files; ambiguous or signed archives are refused
//!   ├ wheel_file   WHEEL and the file name
//!   ├ script       the first lines of scripts
//!   ├ elf, macho   run paths, debug sections, a signature; the library is read again and compared
//!   ├ finishing    time stamps of DLLs, SBOMs: the steps of `normalize`
//!   └ packed       RECORD again, one order, one time
//! ```
//!
//! Only reported findings are fixed. Fixing twice gives the same result as fixing once.

mod elf;
mod macho;
mod script;
mod wheel_file;

use std::collections::{BTreeMap, BTreeSet};

use monowheel_audit::finding::Finding;
use monowheel_audit::fixes::{self, Safety};
use monowheel_audit::gather;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::check_signals;

use crate::normalize::members::{self, File};
use crate::normalize::{Done, Step, packed, pe, sbom};

/// A fixed wheel.
#[derive(Clone, Debug)]
pub struct Fixed {
    /// Its file name, which may have changed.
    pub name: String,
    /// The wheel.
    pub bytes: Vec<u8>,
    /// The steps, including those not taken.
    pub steps: Vec<Step>,
}

/// The fixes for one wheel.
#[derive(Clone, Debug, Default)]
pub struct Fixer {
    /// The rules, each with the members that its findings name; none if a finding concerns the complete wheel.
    rules: BTreeMap<&'static str, BTreeSet<String>>,
}

/// A wheel that is being fixed.
#[derive(Debug)]
struct Wheel {
    name: String,
    files: Vec<File>,
    /// The `.dist-info` directory.
    info: String,
    steps: Vec<Step>,
}

impl Wheel {
    fn say(&mut self, member: Option<&str>, what: impl Into<String>) {
        self.steps.push(Step { member: member.map(str::to_owned), what: what.into() });
    }

    /// Changes a file, and records the step.
    fn change(&mut self, at: usize, change: impl FnOnce(&File) -> Result<Done>) -> Result<()> {
        check_signals()?;
        let Some(file) = self.files.get_mut(at) else { return Ok(()) };
        let done = change(file).map_err(|error| error.at(&file.path))?;
        let steps = done.said.into_iter().map(|what| Step { member: Some(file.path.clone()), what });
        self.steps.extend(steps);
        if let Some(bytes) = done.bytes {
            file.bytes = bytes;
        }
        Ok(())
    }
}

impl Fixer {
    /// The fixes for these findings. `None` if nothing can be fixed.
    ///
    /// # Errors
    /// When a fix would hide a finding, which is allowed only with `allow_unsafe`.
    pub fn choose(findings: &[Finding], allow_unsafe: bool) -> Result<Option<Self>> {
        let mut fixer = Self::default();
        let mut is_whole = BTreeSet::new();
        for finding in findings {
            let Some(fix) = fixes::of(&finding.rule) else { continue };
            if fix.safety == Safety::Unsafe && !allow_unsafe {
                // Every fix rewrites RECORD, so this finding would disappear with any of them.
                return Err(Error::new(ErrorKind::Format, finding.message.clone())
                    .next("build the wheel again; --unsafe-fixes takes its files as they are now"));
            }
            let members = fixer.rules.entry(fix.rule).or_default();
            match &finding.place.member {
                Some(member) => drop(members.insert(member.clone())),
                None => drop(is_whole.insert(fix.rule)),
            }
        }
        for rule in is_whole {
            fixer.rules.insert(rule, BTreeSet::new());
        }
        Ok((!fixer.rules.is_empty()).then_some(fixer))
    }

    /// Fixes a wheel of this file name.
    ///
    /// # Errors
    /// [`ErrorKind::Format`] when the wheel is damaged, ambiguous or signed, or when a library would change.
    pub fn wheel(&self, name: &str, bytes: &[u8]) -> Result<Fixed> {
        let contents = members::read_without_record(bytes)?;
        let mut wheel =
            Wheel { name: name.to_owned(), files: contents.files, info: contents.info, steps: contents.steps };
        for (rules, fix) in FIXERS {
            if rules.iter().any(|rule| self.rules.contains_key(rule)) {
                fix(self, &mut wheel)?;
            }
        }
        let Wheel { name, files, info, mut steps } = wheel;
        let bytes = packed(files, &info, None)?;
        steps.dedup();
        Ok(Fixed { name, bytes, steps })
    }

    /// The files that a rule's findings concern: libraries, for a finding on the complete wheel.
    fn places(&self, rule: &str, wheel: &Wheel) -> Vec<usize> {
        let Some(members) = self.rules.get(rule) else { return Vec::new() };
        let is_meant = |file: &File| match members.is_empty() {
            true => gather::is_code(&file.path),
            false => members.contains(&file.path),
        };
        wheel.files.iter().enumerate().filter(|(_, file)| is_meant(file)).map(|(at, _)| at).collect()
    }
}

/// The fix for the findings of some rules.
type Fix = fn(&Fixer, &mut Wheel) -> Result<()>;

/// Every fix, in the order in which they are applied.
const FIXERS: &[(&[&str], Fix)] = &[
    (&["tag-set-unsorted"], wheel_file::sort_tags),
    (&["tags-mismatch"], wheel_file::state_tags),
    (&["purelib-with-binary"], wheel_file::state_purelib),
    (&["duplicate-run-path", "run-path-to-build-folder", "library-unresolvable"], run_paths),
    (&["script-line-endings", "script-not-runnable", "shebang-of-build-machine"], scripts),
    (&["debug-info"], debug_info),
    (&["macho-signature-missing"], sign),
    (&["pe-timestamp"], time_stamps),
    (&["sbom-serial-random", "sbom-timestamp"], sboms),
    (
        &[
            "record-ghost-file",
            "record-hash-mismatch",
            "record-hash-weak",
            "record-malformed",
            "record-missing-file",
            "record-size-mismatch",
        ],
        |_, wheel| {
            let record = format!("{}/RECORD", wheel.info);
            wheel.say(Some(&record), "rewritten");
            Ok(())
        },
    ),
    (&["data-descriptor", "zip-modes-vary", "zip-order", "zip-times-vary"], |_, wheel| {
        wheel.say(None, "the archive is rewritten");
        Ok(())
    }),
];

fn run_paths(fixer: &Fixer, wheel: &mut Wheel) -> Result<()> {
    for at in fixer.places("run-path-to-build-folder", wheel) {
        wheel.change(at, |file| match file.bytes.starts_with(elf::MAGIC) {
            true => elf::without_build_paths(&file.bytes),
            false => macho::without_build_paths(&file.bytes),
        })?;
    }
    for at in fixer.places("duplicate-run-path", wheel) {
        wheel.change(at, |file| macho::without_duplicate_paths(&file.bytes))?;
    }
    let paths: Vec<String> = wheel.files.iter().map(|file| file.path.clone()).collect();
    for at in fixer.places("library-unresolvable", wheel) {
        wheel.change(at, |file| elf::with_own_folders(file, &paths))?;
    }
    Ok(())
}

fn debug_info(fixer: &Fixer, wheel: &mut Wheel) -> Result<()> {
    for at in fixer.places("debug-info", wheel) {
        wheel.change(at, |file| elf::without_debug_sections(&file.bytes))?;
    }
    Ok(())
}

fn sign(fixer: &Fixer, wheel: &mut Wheel) -> Result<()> {
    for at in fixer.places("macho-signature-missing", wheel) {
        wheel.change(at, macho::signed)?;
    }
    Ok(())
}

fn time_stamps(fixer: &Fixer, wheel: &mut Wheel) -> Result<()> {
    for at in fixer.places("pe-timestamp", wheel) {
        wheel.change(at, |file| Ok(pe::finish(&file.bytes)))?;
    }
    Ok(())
}

fn scripts(fixer: &Fixer, wheel: &mut Wheel) -> Result<()> {
    for rule in ["script-not-runnable", "shebang-of-build-machine"] {
        for at in fixer.places(rule, wheel) {
            wheel.change(at, |file| Ok(script::without_build_python(&file.bytes)))?;
        }
    }
    for at in fixer.places("script-line-endings", wheel) {
        wheel.change(at, |file| Ok(script::with_unix_lines(&file.bytes)))?;
    }
    Ok(())
}

fn sboms(_: &Fixer, wheel: &mut Wheel) -> Result<()> {
    let folder = format!("{}/sboms/", wheel.info);
    let is_sbom = |file: &File| file.path.starts_with(&folder) && file.path.to_ascii_lowercase().ends_with(".json");
    let places: Vec<usize> =
        wheel.files.iter().enumerate().filter(|(_, file)| is_sbom(file)).map(|(at, _)| at).collect();
    for at in places {
        wheel.change(at, |file| Ok(sbom::finish(&file.bytes, &[])))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fix_of_the_table_is_made_by_one_fixer() {
        let mut made: Vec<&str> = FIXERS.iter().flat_map(|(rules, _)| *rules).copied().collect();
        made.sort_unstable();
        let promised: Vec<&str> = fixes::FIXES.iter().map(|fix| fix.rule).collect();
        assert_eq!(made, promised);
    }
}
