//! Links a library, and beside it its twin for a debugger: the same code at the same addresses, with line tables and all
//! symbols. The library itself is what it would be without: its own link is not changed.
//!
//! | format | how the twin is made |
//! | --- | --- |
//! | ELF | the same link without the options that strip |
//! | PE | the same call of LLD with DWARF kept; zig would write a PDB, which has no lines of code with DWARF |
//! | Mach-O | the objects' line tables at the library's addresses (`symbols::dsym`): the linker leaves them in the objects |
//!
//! A twin that cannot be made is not an error of the link. Its file then contains the reason.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::Duration;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::{Call, CancelToken, Captured};
use monowheel_wheel::binary::{Binary, Format};

use crate::symbols::collect::{REASON, TWIN};
use crate::symbols::dsym;

/// The name of this linker in `monowheel link`.
pub const TARGET: &str = "with-twin";

/// Longer than any link step takes.
const LIMIT: Duration = Duration::from_secs(3600);
/// With this variable zig prints how it calls LLD.
const VERBOSE: &str = "ZIG_VERBOSE_LINK";
/// How zig names LLD for Windows, in what it prints and as its own command.
const LLD: &str = "lld-link";
/// LLD for Windows keeps DWARF with the first, which would also keep unused code without the second.
const WITH_DWARF: [&str; 2] = ["-DEBUG:DWARF", "-OPT:REF"];
/// Options that strip.
const STRIPS: [&str; 6] = ["-s", "-S", "--strip-all", "--strip-debug", "-Wl,-s", "-Wl,-S"];

/// Links with `zig` and rustc's `arguments`, then links the twin. The result is that of the library's link.
///
/// # Errors
/// When zig cannot be started, or the twin's place cannot be written.
pub fn link(zig: &Path, arguments: &[OsString], stop: &CancelToken) -> Result<Captured> {
    let call = |arguments: &[OsString]| Call::new(zig).args(arguments);
    let Some(output) = output(arguments) else { return call(arguments).capture(LIMIT, stop) };
    let (twin, reason) = (beside(&output, TWIN), beside(&output, REASON));
    for old in [&twin, &reason] {
        match fs_err::remove_file(old) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    let mut linked = call(arguments).env(VERBOSE, "1").capture(LIMIT, stop)?;
    let printed = take_calls(&mut linked.stderr);
    if linked.status.success() {
        let made = match Binary::read(&fs_err::read(&output)?).map(|binary| binary.format) {
            Ok(Format::Elf) => elf(call(&unstripped(arguments, &twin)), stop),
            Ok(Format::Pe) => pe(zig, printed.as_deref(), &output, &twin, stop),
            Ok(Format::MachO) => macho(arguments, &output, &twin),
            Ok(Format::Wasm) => Err(Error::new(ErrorKind::Tool, "WebAssembly has no twin")),
            Err(error) => Err(error),
        };
        stop.check()?;
        if let Err(error) = made {
            let _ = fs_err::remove_file(&twin);
            fs_err::write(reason, error.what())?;
        }
    }
    Ok(linked)
}

/// The path of a file beside `output`.
pub(crate) fn beside(output: &Path, end: &str) -> PathBuf {
    let mut name = output.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// The file after `-o`.
fn output(arguments: &[OsString]) -> Option<PathBuf> {
    let at = arguments.iter().position(|argument| argument == "-o")?;
    arguments.get(at + 1).map(PathBuf::from)
}

/// The arguments without those that strip, and with another output.
fn unstripped(arguments: &[OsString], twin: &Path) -> Vec<OsString> {
    let mut changed: Vec<OsString> = Vec::with_capacity(arguments.len());
    for argument in arguments {
        if changed.last().is_some_and(|last| last == "-o") {
            changed.push(twin.into());
            continue;
        }
        match argument.to_str().and_then(|text| text.strip_prefix("-Wl,")) {
            Some(words) => {
                let kept: Vec<&str> = words.split(',').filter(|word| !STRIPS.contains(word)).collect();
                if !kept.is_empty() {
                    changed.push(format!("-Wl,{}", kept.join(",")).into());
                }
            }
            None if STRIPS.iter().any(|strips| argument == OsStr::new(strips)) => {}
            None => changed.push(argument.clone()),
        }
    }
    changed
}

fn elf(call: Call, stop: &CancelToken) -> Result<()> {
    call.stdout(LIMIT, stop).map(drop)
}

/// Calls LLD as zig did, with DWARF kept. The name of the output is part of it (in the table of exports), so the twin is
/// linked with the same name in another directory.
fn pe(zig: &Path, printed: Option<&str>, output: &Path, twin: &Path, stop: &CancelToken) -> Result<()> {
    let unknown = |what: &str| Error::new(ErrorKind::Tool, format!("the call of {LLD} is not known: {what}"));
    let printed = printed.ok_or_else(|| unknown("zig did not print it"))?;
    let words = words(printed).map_err(|word| unknown(&format!("{word:?} is in it")))?;
    let (Some(folder), Some(name)) = (output.parent(), output.file_name()) else { return Err(unknown("no output")) };
    let folder = tempfile::Builder::new().prefix(".twin-").tempdir_in(folder)?;
    let linked = folder.path().join(name);
    let outputs = [("-OUT:", linked.clone()), ("-IMPLIB:", folder.path().join("import.lib"))];
    let mut is_found = false;
    let words: Vec<String> = words
        .into_iter()
        .map(|word| {
            let other = outputs.iter().find(|(option, _)| word.starts_with(option));
            is_found |= word == format!("-OUT:{}", output.display());
            other.map_or(word, |(option, path)| format!("{option}{}", path.display()))
        })
        .collect();
    if !is_found {
        return Err(unknown("it has another output"));
    }
    Call::new(zig).arg(LLD).args(words).args(WITH_DWARF).stdout(LIMIT, stop)?;
    Ok(fs_err::rename(linked, twin)?)
}

/// The words of a call that zig printed with spaces between them and no quotes: a word begins with a dash, or is the
/// path of a file. A path with a space consists of several, which are joined until the file exists.
fn words(printed: &str) -> Result<Vec<String>, String> {
    let mut words: Vec<String> = Vec::new();
    let is_complete = |word: &str| word.starts_with('-') || Path::new(word).is_file();
    for part in printed.split(' ') {
        match words.last_mut() {
            // A path, or an option with a path, goes on after a space.
            Some(last) if !is_complete(last) || !(part.starts_with(['-', '/']) || Path::new(part).is_file()) => {
                last.push(' ');
                last.push_str(part);
            }
            _ => words.push(part.to_owned()),
        }
    }
    match words.iter().find(|word| !is_complete(word)) {
        Some(word) => Err(word.clone()),
        None => Ok(words),
    }
}

/// Removes the calls of LLD that zig printed, and returns that for Windows.
fn take_calls(printed: &mut String) -> Option<String> {
    let is_call = |line: &&str| ["lld-link ", "ld.lld ", "zig ld "].iter().any(|name| line.starts_with(name));
    let call = printed.lines().filter(is_call).find_map(|line| line.strip_prefix(LLD)?.strip_prefix(' '));
    let call = call.map(|call| call.trim_end().to_owned());
    let kept: Vec<&str> = printed.lines().filter(|line| !is_call(line)).collect();
    *printed = kept.iter().map(|line| format!("{line}\n")).collect();
    call
}

fn macho(arguments: &[OsString], output: &Path, twin: &Path) -> Result<()> {
    let is_code = |path: &Path| path.extension().is_some_and(|end| ["o", "rlib", "a"].iter().any(|code| end == *code));
    let paths = arguments.iter().map(Path::new).filter(|path| is_code(path) && path.is_file());
    let inputs = paths.map(|path| Ok((path.display().to_string(), fs_err::read(path)?)));
    let inputs: Vec<(String, Vec<u8>)> = inputs.collect::<Result<_>>()?;
    let companion = dsym::companion(&fs_err::read(output)?, &inputs);
    let companion = companion.map_err(|what| Error::new(ErrorKind::Format, what))?;
    Ok(fs_err::write(twin, companion)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(words: &[&str]) -> Vec<OsString> {
        words.iter().map(OsString::from).collect()
    }

    #[test]
    fn only_what_strips_is_left_out_of_the_twins_link() {
        let arguments =
            given(&["cc", "-Wl,--gc-sections,--strip-all", "-s", "-o", "/x/a.so", "-Wl,--strip-debug", "a.o"]);
        assert_eq!(output(&arguments), Some("/x/a.so".into()));
        let twin = given(&["cc", "-Wl,--gc-sections", "-o", "/x/a.so.twin", "a.o"]);
        assert_eq!(unstripped(&arguments, &beside(Path::new("/x/a.so"), TWIN)), twin);
        assert_eq!(output(&given(&["cc", "-o"])), None);
    }

    #[test]
    fn the_printed_call_has_its_words_back() -> Result<()> {
        let dir = tempfile::Builder::new().prefix("a folder with spaces ").tempdir()?;
        let [object, library] = ["a b.o", "c.lib"].map(|name| dir.path().join(name).display().to_string());
        fs_err::write(&object, "")?;
        fs_err::write(&library, "")?;
        let given = ["-DLL".to_owned(), format!("-OUT:{}/x y.dll", dir.path().display()), object, library];
        let mut printed = format!("warning: x\nlld-link {}\nld.lld -o y\n", given.join(" "));
        let call = take_calls(&mut printed).unwrap_or_default();
        assert_eq!(printed, "warning: x\n");
        assert_eq!(words(&call), Ok(given.to_vec()));
        assert_eq!(words("-DLL /no such/file.o"), Err("/no such/file.o".to_owned()));
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn a_link_goes_on_without_its_twin_and_says_why() -> Result<()> {
        use monowheel_system::atomic_write;

        let dir = tempfile::Builder::new().prefix("a folder ").tempdir()?;
        let (zig, library) = (dir.path().join("zig"), dir.path().join("libx.so"));
        // No library of any kind: the link succeeds, and its output is not known.
        atomic_write::write_executable(&zig, "#!/bin/sh\necho linked >&2\nfor a; do o=$a; done\necho x >\"$o\"\n")?;
        fs_err::write(beside(&library, TWIN), "of an earlier link")?;
        let arguments = [given(&["cc", "-o"]), vec![library.clone().into()]].concat();
        let linked = link(&zig, &arguments, &CancelToken::default())?;
        assert!(linked.status.success() && linked.stderr == "linked\n", "{linked:?}");
        assert!(!beside(&library, TWIN).exists());
        assert!(!fs_err::read_to_string(beside(&library, REASON))?.is_empty());
        Ok(())
    }
}
