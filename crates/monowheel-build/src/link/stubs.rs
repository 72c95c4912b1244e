//! Stubs for Apple's frameworks and libraries of macOS.
//!
//! A linker needs little of them: the path from which the program loads each one. A text stub (`.tbd`) with only that
//! makes zig write the load command and leave every symbol to be looked up in all libraries that are loaded, as the
//! symbols of Python are in each extension. The paths are facts of the tables in `monowheel_wheel::platform::apple`;
//! nothing in a stub is Apple's. (Tested with zig 0.17.1, for both architectures.)

use std::ffi::OsString;
use std::path::Path;

use monowheel_error::near_names::nearest;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_wheel::platform::apple::{self, MacVersion, SystemLibrary};

use super::words;

/// The system libraries that a program links.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Linked {
    /// Frameworks by name; weak if the program runs without it.
    Framework { name: String, is_weak: bool },
    /// The names of `-lNAME`.
    Library(String),
}

/// The minimum macOS of a zig target: 11.0 of `aarch64-macos.11.0-none`.
///
/// # Errors
/// When it names none.
pub(super) fn oldest(target: &str) -> Result<(u16, u16)> {
    let level = target.split_once("-macos.").and_then(|(_, rest)| rest.split('-').next());
    let version = level.and_then(|level| {
        let (major, minor) = level.split_once('.').unwrap_or((level, "0"));
        Some((major.parse().ok()?, minor.split('.').next()?.parse().ok()?))
    });
    version.ok_or_else(|| Error::new(ErrorKind::Usage, format!("{target} does not name a macOS version")))
}

/// Writes a stub for each framework and system library of the linker's arguments, unless one of their directories
/// (`-F`, `-L`) has it, and returns what to add to them.
///
/// # Errors
/// When a stub cannot be written, or macOS `oldest` does not have a framework that is linked.
pub(super) fn for_missing(arguments: &[OsString], oldest: (u16, u16), into: &Path) -> Result<Vec<OsString>> {
    let words = words(arguments);
    let (frameworks, libraries) = (into.join("frameworks"), into.join("libraries"));
    let mut added = Vec::new();
    for linked in linked(&words) {
        match linked {
            Linked::Framework { name, is_weak } if !has_framework(&words, &name) => {
                let framework = known(&name)?;
                if !is_weak {
                    present(framework, oldest)?;
                }
                write(&frameworks.join(format!("{name}.framework")), &format!("{name}.tbd"), framework)?;
                added.push(("-F", &frameworks));
            }
            Linked::Library(name) if !has_library(&words, &name) => {
                let Some(library) = apple::library(&name) else { continue };
                present(library, oldest)?;
                write(&libraries, &format!("lib{name}.tbd"), library)?;
                added.push(("-L", &libraries));
            }
            _ => {}
        }
    }
    added.sort_unstable();
    added.dedup();
    Ok(added.into_iter().flat_map(|(option, folder)| [option.into(), folder.into()]).collect())
}

fn linked(words: &[String]) -> Vec<Linked> {
    let mut found = Vec::new();
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        let is_weak = word == "-weak_framework";
        if is_weak || ["-framework", "-needed_framework"].contains(&word.as_str()) {
            found.extend(rest.next().map(|name| Linked::Framework { name: name.clone(), is_weak }));
        } else if let Some(name) = ["-l", "-weak-l", "-needed-l"].iter().find_map(|form| word.strip_prefix(form)) {
            found.push(Linked::Library(name.to_owned()));
        }
    }
    found
}

/// The directories after an option, in the same word or the next.
fn directories<'a>(words: &'a [String], option: &str) -> Vec<&'a Path> {
    let ends = words.iter().zip(words.iter().skip(1).map(Some).chain([None]));
    ends.filter_map(|(word, next)| match word.strip_prefix(option)? {
        "" => next.map(String::as_str),
        // rustc: `-L framework=PATH` becomes `-F PATH`.
        path => Some(path),
    })
    .map(Path::new)
    .collect()
}

fn has_framework(words: &[String], name: &str) -> bool {
    directories(words, "-F").iter().any(|folder| folder.join(format!("{name}.framework")).is_dir())
}

fn has_library(words: &[String], name: &str) -> bool {
    let ends = ["a", "dylib", "tbd"].map(|end| format!("lib{name}.{end}"));
    directories(words, "-L").iter().any(|folder| ends.iter().any(|file| folder.join(file).is_file()))
}

/// # Errors
/// When no table has the framework.
fn known(name: &str) -> Result<&'static SystemLibrary> {
    apple::framework(name).ok_or_else(|| {
        let near = nearest(name, apple::framework_names());
        let near = near.map(|near| format!("did you mean {near}? Otherwise ")).unwrap_or_default();
        Error::new(ErrorKind::Project, format!("the crate links the framework {name}, which monowheel does not know"))
            .next(format!("{near}set SDKROOT to a macOS SDK that has it"))
    })
}

/// # Errors
/// When the oldest macOS that the wheel promises does not have it: the import would fail there.
fn present(library: &SystemLibrary, oldest: (u16, u16)) -> Result<()> {
    if library.is_in(oldest) {
        return Ok(());
    }
    let (name, oldest) = (library.name, format!("{}.{}", oldest.0, oldest.1));
    Err(match library.since_text().zip(library.since) {
        Some((text, since)) => {
            let (major, minor) = tag_level(since);
            Error::new(
                ErrorKind::Project,
                format!("the crate links {name}, which macOS has from {text} on; the wheel promises {oldest}"),
            )
            .next(format!(
                "build for a later macOS (--target macosx_{major}_{minor}_universal2), or link it weakly \
                 (-weak_framework {name})"
            ))
        }
        None => Error::new(ErrorKind::Project, format!("the crate links {name}, a framework that no macOS has"))
            .next("do not link it for macOS"),
    })
}

/// The lowest level of a tag that has at least this version: from 11 on, tags have no minor versions.
const fn tag_level(since: MacVersion) -> (u16, u16) {
    match since {
        (major @ ..=10, minor, 0) => (major, minor),
        (major @ ..=10, minor, _) => (major, minor + 1),
        (major, 0, 0) => (major, 0),
        (major, ..) => (major + 1, 0),
    }
}

/// No symbols and a compatibility version of 0, which every version of the library satisfies.
fn write(folder: &Path, file: &str, library: &SystemLibrary) -> Result<()> {
    fs_err::create_dir_all(folder)?;
    let install_name = library.install_name();
    let stub = format!(
        "--- !tapi-tbd\ntbd-version: 4\ntargets: [ x86_64-macos, arm64-macos ]\ninstall-name: '{install_name}'\n\
         current-version: 0\ncompatibility-version: 0\n...\n"
    );
    fs_err::write(folder.join(file), stub)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(arguments: &[&str], oldest: (u16, u16)) -> (tempfile::TempDir, Result<Vec<String>>) {
        let dir = tempfile::Builder::new().prefix("a folder ").tempdir().unwrap();
        let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
        let added = for_missing(&arguments, oldest, dir.path());
        let text = |word: OsString| word.to_string_lossy().replace(&*dir.path().to_string_lossy(), "INTO");
        let added = added.map(|words| words.into_iter().map(text).collect());
        (dir, added)
    }

    #[test]
    fn each_form_gets_one_stub_and_one_directory() -> Result<()> {
        for form in [
            &["-framework", "CoreFoundation", "-framework", "Security"][..],
            &["-Wl,-framework,CoreFoundation", "-Wl,-weak_framework,Security"],
            &["-Wl,-framework", "-Wl,CoreFoundation", "-needed_framework", "Security", "-framework", "Security"],
        ] {
            let (dir, added) = added(form, (11, 0));
            assert_eq!(added?, ["-F", "INTO/frameworks"], "{form:?}");
            let stub = fs_err::read_to_string(dir.path().join("frameworks/Security.framework/Security.tbd"))?;
            let path = "/System/Library/Frameworks/Security.framework/Versions/A/Security";
            assert!(stub.contains(&format!("install-name: '{path}'\n")), "{stub}");
            assert!(dir.path().join("frameworks/CoreFoundation.framework/CoreFoundation.tbd").is_file());
        }
        let (dir, added) = added(&["-lobjc", "-lSystem", "-lc", "-lm", "-lmine", "-o", "-lz"], (10, 12));
        assert_eq!(added?, ["-L", "INTO/libraries"]);
        let files = fs_err::read_dir(dir.path().join("libraries"))?.count();
        assert_eq!(files, 2, "libobjc and libz: zig knows what is libSystem's, and nobody knows libmine");
        Ok(())
    }

    #[test]
    fn what_the_crate_brings_itself_wins() -> Result<()> {
        let own = tempfile::tempdir()?;
        fs_err::create_dir_all(own.path().join("Mine.framework"))?;
        fs_err::write(own.path().join("libz.a"), "")?;
        let path = own.path().to_string_lossy().into_owned();
        let (_dir, added) = added(&["-F", &path, &format!("-L{path}"), "-framework", "Mine", "-lz"], (11, 0));
        assert!(added?.is_empty());
        Ok(())
    }

    #[test]
    fn a_framework_that_the_oldest_macos_lacks_is_refused() {
        let said = |name: &str, form: &str, oldest| {
            let error = added(&[form, name], oldest).1.err();
            error.map(|error| format!("{error}\n{}", error.next_step().unwrap_or_default()))
        };
        let refused = said("ScreenCaptureKit", "-framework", (11, 0)).unwrap_or_default();
        assert!(refused.contains("from 12.3 on; the wheel promises 11.0"), "{refused}");
        assert!(refused.contains("--target macosx_13_0_universal2"), "{refused}");
        assert_eq!(said("ScreenCaptureKit", "-weak_framework", (11, 0)), None, "a missing one is not a failure");
        assert_eq!(said("ScreenCaptureKit", "-framework", (13, 0)), None);
        assert!(said("UIKit", "-framework", (13, 0)).unwrap_or_default().contains("no macOS has"));
        let unknown = said("corefoundation", "-framework", (13, 0)).unwrap_or_default();
        assert!(unknown.contains("did you mean CoreFoundation?") && unknown.contains("SDKROOT"), "{unknown}");
    }

    #[test]
    fn a_tag_has_at_least_the_version_that_is_needed() {
        for (since, level) in
            [((10, 11, 0), (10, 11)), ((10, 15, 4), (10, 16)), ((11, 0, 0), (11, 0)), ((12, 3, 0), (13, 0))]
        {
            assert_eq!(tag_level(since), level);
        }
    }

    #[test]
    fn the_oldest_macos_is_read_from_a_target() -> Result<()> {
        assert_eq!(oldest("aarch64-macos.11.0-none")?, (11, 0));
        assert_eq!(oldest("x86_64-macos.10.12-none")?, (10, 12));
        assert_eq!(oldest("aarch64-macos.12-none")?, (12, 0));
        assert!(oldest("x86_64-linux-gnu.2.17").is_err());
        Ok(())
    }
}
