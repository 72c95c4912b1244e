//! Reports that are lines of text.

use std::sync::LazyLock;

use regex_lite::{Captures, Regex};

use crate::symbols::report::maps::{self, Maps};
use crate::symbols::report::{Frame, Loaded, Report, apple};
use crate::symbols::resolve::Address;

/// A form of line that has library and offset. The groups are `module` and `hex`.
struct Form {
    regex: Option<Regex>,
    address: fn(u64) -> Address,
    /// Whether the first frame of a stack has the place where a signal or a profiler stopped the program. All others
    /// have the place behind the call, where the program would go on.
    is_exact_first: bool,
    is_guess: bool,
}

/// A library has fewer bytes, and is loaded above them.
const LARGEST: u64 = 1 << 32;

static FORMS: LazyLock<[Form; 6]> = LazyLock::new(|| {
    let form = |regex: &str, address: fn(u64) -> Address, is_exact_first: bool, is_guess: bool| Form {
        regex: Regex::new(regex).ok(),
        address,
        is_exact_first,
        is_guess,
    };
    [
        form(r"^\s*(?P<module>.+)\(\+0x(?P<hex>[0-9a-f]+)\) ?\[0x", Address::FromBase, false, false),
        form(r#"Binary file "(?P<module>[^"]+)", at \+0x(?P<hex>[0-9a-f]+)"#, Address::FromBase, false, false),
        form(r"\((?P<module>/.+)\+0x(?P<hex>[0-9a-f]+)\)\s*$", Address::InFile, true, false),
        form(r" in (?P<module>[\w.\-]+) \(\+0x(?P<hex>[0-9a-f]+)\)", Address::FromBase, true, true),
        form(r"(?:^|\s)(?P<module>[\w.\-]+)\+0x(?P<hex>[0-9a-f]+)\s*$", Address::FromBase, true, true),
        form(r"(?:^|\s)(?P<module>[\w.\-]+) \+ 0x(?P<hex>[0-9a-f]+)\s*$", Address::FromBase, true, true),
    ]
});

/// A frame with nothing but an address of the process.
static ABSOLUTE: LazyLock<[Option<Regex>; 3]> = LazyLock::new(|| {
    [
        // Rust: `RUST_BACKTRACE=full`; on Windows without names.
        Regex::new(r"^\s*\d+:\s+0x(?P<hex>[0-9a-f]+)(?: - .*)?$").ok(),
        // gdb.
        Regex::new(r"^#\d+\s+0x(?P<hex>[0-9a-f]+) in ").ok(),
        // perf script.
        Regex::new(r"^\s+(?P<hex>[0-9a-f]+) \S.* \((?P<module>/[^()]+)\)\s*$").ok(),
    ]
});

/// How Windows Error Reporting names a crash in the event log, and in a `.wer` file (without its line breaks).
static FAULTS: LazyLock<[Option<Regex>; 2]> = LazyLock::new(|| {
    [
        Regex::new(r"(?is)Faulting module name: (?P<module>[^,\r\n]+).{0,2000}?Fault offset: 0x(?P<hex>[0-9a-f]+)").ok(),
        Regex::new(
            r"(?is)=Fault Module Name\s+Sig\[\d+\]\.Value=(?P<module>[^\r\n]+).{0,2000}?=Exception Offset\s+Sig\[\d+\]\.Value=(?P<hex>[0-9a-f]+)",
        )
        .ok(),
    ]
});

pub(super) fn read(text: &str, loaded: &[Loaded]) -> Report {
    let (maps, images) = (Maps::of(text, loaded), apple::Images::of(text));
    let mut report = Report::default();
    // The line before was a frame, so that this one is not the first of its stack.
    let mut goes_on = false;
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        if maps::is_record(line) {
            continue;
        }
        let frame = of_form(line, goes_on)
            .or_else(|| images.frame(line).map(|(frame, is_first)| called(frame, !is_first)))
            .or_else(|| absolute(line, &maps, goes_on, &mut report.unplaced));
        goes_on = frame.is_some() || (goes_on && !line.trim().is_empty());
        report.frames.extend(frame.map(|frame| Frame { line: number, ..frame }));
    }
    for fault in FAULTS.iter().flatten().filter_map(|regex| regex.captures(text)) {
        report.frames.extend(of_captures(&fault, Address::FromBase, "the fault").map(|frame| {
            let line = fault.get(0).map_or(0, |found| text[..found.start()].lines().count().max(1));
            Frame { line, ..frame }
        }));
    }
    report.frames.sort_by_key(|frame| frame.line);
    report
}

fn of_form(line: &str, goes_on: bool) -> Option<Frame> {
    if !line.contains("0x") {
        return None;
    }
    let (form, found) = FORMS.iter().find_map(|form| Some((form, form.regex.as_ref()?.captures(line)?)))?;
    let frame = Frame { is_guess: form.is_guess, ..of_captures(&found, form.address, line)? };
    let is_first = is_numbered_first(line) || !(goes_on || is_numbered(line));
    Some(called(frame, !(form.is_exact_first && is_first)))
}

fn of_captures(found: &Captures<'_>, address: fn(u64) -> Address, text: &str) -> Option<Frame> {
    let at = u64::from_str_radix(found.name("hex")?.as_str(), 16).ok()?;
    let module = found.name("module")?.as_str().trim().to_owned();
    Some(Frame { line: 0, text: text.trim().to_owned(), module, address: address(at), id: None, is_guess: false })
}

/// A frame whose address is that behind the call, if `is_return`.
fn called(frame: Frame, is_return: bool) -> Frame {
    let address = if is_return { frame.address.of_call() } else { frame.address };
    Frame { address, ..frame }
}

/// `0`, `#0`, `=>0`, `00`: the first frame of a numbered stack.
fn is_numbered_first(line: &str) -> bool {
    number(line).is_some_and(|number| number.bytes().all(|byte| byte == b'0'))
}

fn is_numbered(line: &str) -> bool {
    number(line).is_some()
}

/// The number of a frame: hexadecimal in cdb. An address is longer.
fn number(line: &str) -> Option<&str> {
    let word = line.split_whitespace().next()?.trim_start_matches("=>").trim_start_matches('#');
    (!word.is_empty() && word.len() <= 3 && word.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(word)
}

/// A frame with an address of the process, whose library the maps of the report have.
fn absolute(line: &str, maps: &Maps, goes_on: bool, unplaced: &mut usize) -> Option<Frame> {
    let (kind, found) =
        ABSOLUTE.iter().enumerate().find_map(|(kind, regex)| Some((kind, regex.as_ref()?.captures(line)?)))?;
    let at = u64::from_str_radix(found.name("hex")?.as_str(), 16).ok()?;
    let is_return = match kind {
        0 => true,
        1 => !line.starts_with("#0 "),
        _ => goes_on,
    };
    let at = if is_return { at.saturating_sub(1) } else { at };
    // In a stack of perf, the address is the offset in the file.
    let in_file = || found.name("module").filter(|_| at < LARGEST).map(|name| (name.as_str(), Address::InFile(at)));
    let Some((module, address)) = maps.place(at).or_else(in_file) else {
        *unplaced += 1;
        return None;
    };
    let (text, module) = (line.trim().to_owned(), module.to_owned());
    Some(Frame { line: 0, text, module, address, id: None, is_guess: false })
}
