//! Sizes for a terminal: a tree that fits 80 columns.

use monowheel_build::size::{BinarySize, CrateSize, DistSize, Duplicate, Part, Report};
use monowheel_error::terminal::{Ink, TerminalText};
use monowheel_error::text;
use monowheel_error::text::{bytes, count, reason_lines};

use crate::cli::size::change;
use crate::cli::size::rows::{List, WIDE, fit, percent};

/// Modules of a crate that are shown where no more were asked for.
const MODULES: usize = 3;

/// The report as lines of text, with so many rows at each level.
pub(super) fn render(report: &Report, rows: usize) -> TerminalText {
    let mut text = TerminalText::new();
    for file in &report.files {
        text += self::file(file, rows).line();
    }
    for failure in &report.failures {
        text += text!("{} {}\n", Ink::Bad.paint("not readable:"), fit(&failure.place, WIDE - 14));
        for line in reason_lines(&failure.why) {
            text += text!("  {}\n", line);
        }
        text = text.line();
    }
    for over in &report.over_budget {
        text += text!("{}: {}\n", Ink::Bad.paint("over budget"), over.message());
        text += text!("  next: make the wheel smaller, or raise max-wheel in pyproject.toml\n");
    }
    text + forecast(report) + text!("{}\n", verdict(report))
}

/// The outcome in a line.
pub(super) fn verdict(report: &Report) -> String {
    let wheels = report.files.iter().filter(|file| file.is_wheel).count();
    let sum = report.files.iter().map(|file| file.bytes).fold(0, u64::saturating_add);
    let files = if wheels == report.files.len() { "wheel" } else { "file" };
    let mut said = format!("{}, {}", count(report.files.len(), files), bytes(sum));
    if !report.over_budget.is_empty() {
        said += &format!(", {} over budget", report.over_budget.len());
    }
    if !report.failures.is_empty() {
        said += &format!(", {} not readable", report.failures.len());
    }
    said
}

fn forecast(report: &Report) -> TerminalText {
    let forecast = &report.forecast;
    let Some(releases) = forecast.releases_of_project else { return TerminalText::new() };
    let limit = bytes(forecast.file_limit);
    let mut text = text!(
        "{}\n",
        format!(
            "PyPI: {} of {limit} a file; {releases} releases of this size in {}",
            percent(forecast.largest, forecast.file_limit).trim_start(),
            bytes(forecast.project_limit)
        )
    );
    match forecast.releases_to_file_limit {
        Some(0) => text += text!("PyPI: {}\n", Ink::Bad.paint("over the limit of a file unless it was raised")),
        // More than anybody will make.
        Some(left) if left <= 1000 => {
            text +=
                text!("{}\n", format!("PyPI: over {limit} after {} that grow like this", count_of(left, "release")));
        }
        _ => {}
    }
    text
}

fn count_of(number: u64, thing: &str) -> String {
    count(usize::try_from(number).unwrap_or(usize::MAX), thing)
}

fn file(file: &DistSize, rows: usize) -> TerminalText {
    let mut text = text!("{}\n", Ink::Strong.paint(fit(&file.file, WIDE)));
    if file.is_wheel {
        text += text!("  {} as a file, {} installed\n\n", bytes(file.bytes), bytes(file.unpacked));
        text += text!("{:>10} {:>10}\n", "packed", "installed");
        for kind in &file.kinds {
            let what = format!("{} ({})", kind.kind.words(), kind.members);
            text += text!("{:>10} {:>10}  {}\n", bytes(kind.compressed), bytes(kind.bytes), what);
        }
        text += text!("{:>10} {:>10}  zip headers and directory\n", bytes(file.archive), "");
        text += members(file, rows);
    }
    if let Some(change) = &file.change {
        text = text.line() + change::render(change, rows);
    }
    for binary in &file.binaries {
        text += self::binary(binary, rows);
    }
    text + duplicates(&file.duplicates, rows)
}

/// The largest members that are no binaries, which have trees of their own.
fn members(file: &DistSize, rows: usize) -> TerminalText {
    let others: Vec<_> = file.members.iter().filter(|member| !member.kind.is_binary()).collect();
    let shown = others.iter().take(if rows == usize::MAX { rows } else { rows.div_ceil(2) });
    let mut text = if others.is_empty() { TerminalText::new() } else { text!("\n  largest of the other members\n") };
    for member in shown {
        text +=
            text!("{:>10} {:>10}  {}\n", bytes(member.compressed), bytes(member.bytes), fit(&member.path, WIDE - 23));
    }
    text
}

fn binary(binary: &BinarySize, rows: usize) -> TerminalText {
    let mut text = TerminalText::new();
    for part in &binary.parts {
        let size = bytes(part.bytes);
        let about = if part.architecture.is_empty() { size } else { format!("{}, {size}", part.architecture) };
        let room = WIDE.saturating_sub(about.chars().count() + 3);
        text += text!("\n{} ({})\n", Ink::Strong.paint(fit(&binary.path, room)), about);
        if let Some(note) = &part.note {
            text += wrapped(note);
        }
        text += sections(part, rows) + crates(part, rows) + functions(part, rows) + generics(part, rows);
    }
    text
}

/// A note over several lines, as its words fit.
fn wrapped(note: &str) -> TerminalText {
    let mut lines: Vec<String> = vec![String::new()];
    for word in note.split(' ') {
        let Some(last) = lines.last_mut() else { break };
        if last.chars().count() + word.chars().count() + 3 > WIDE && !last.is_empty() {
            lines.push(word.to_owned());
        } else {
            last.push_str(if last.is_empty() { "" } else { " " });
            last.push_str(word);
        }
    }
    lines.iter().map(|line| text!("  {}\n", Ink::Warn.paint(fit(line, WIDE - 2)))).collect()
}

fn sections(part: &Part, rows: usize) -> TerminalText {
    let mut list = List::new("sections", part.bytes, rows);
    for section in part.sections.iter().filter(|section| section.bytes > 0) {
        list.row(section.bytes, 0, &format!("{} ({})", section.name, section.holds));
    }
    if part.outside > 0 && !part.sections.is_empty() {
        list.row(part.outside, 0, "(headers and tables outside of sections)");
    }
    list.finish()
}

fn crates(part: &Part, rows: usize) -> TerminalText {
    let mut list = List::new("crates", part.bytes, rows);
    for one in &part.crates {
        if !list.row(one.bytes, 0, &name_of(one)) {
            continue;
        }
        // A crate of one module is that module.
        let modules = one.modules.iter().filter(|_| one.modules.len() > 1);
        let most = if rows == usize::MAX { rows } else { MODULES };
        // What is less than a hundredth of the binary is a detail.
        for module in
            modules.take(most).filter(|module| rows == usize::MAX || module.bytes.saturating_mul(100) >= part.bytes)
        {
            let name = if module.name.is_empty() { "(root)" } else { &module.name };
            list.detail(module.bytes, name);
        }
    }
    list.finish()
}

/// `regex-automata 0.4.9`.
fn name_of(one: &CrateSize) -> String {
    let std = if one.is_std { " (standard library)" } else { "" };
    format!("{}{std}", one.label())
}

fn functions(part: &Part, rows: usize) -> TerminalText {
    let mut all: Vec<(u64, String)> = Vec::new();
    for one in &part.crates {
        for module in &one.modules {
            all.extend(
                module
                    .functions
                    .iter()
                    .take(rows)
                    .map(|function| (function.bytes, path(&one.name, &module.name, &function.name))),
            );
        }
    }
    all.sort_by(|a, b| (b.0, &a.1).cmp(&(a.0, &b.1)));
    let mut list = List::new("functions", part.bytes, rows);
    for (bytes, name) in all {
        list.row(bytes, 0, &name);
    }
    list.finish()
}

fn path(package: &str, module: &str, function: &str) -> String {
    // The name of an `impl` has its paths; what is no crate needs no name.
    if function.starts_with('<') || package.starts_with('(') {
        return function.to_owned();
    }
    let parts = [package, module, function].into_iter().filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("::")
}

fn generics(part: &Part, rows: usize) -> TerminalText {
    let mut list = List::new("functions that are there several times (generics)", part.bytes, rows);
    for (name, function) in part.generics() {
        list.row(function.bytes, 0, &format!("{:>4} x {name}", function.copies));
    }
    list.finish()
}

fn duplicates(duplicates: &[Duplicate], rows: usize) -> TerminalText {
    if duplicates.is_empty() {
        return TerminalText::new();
    }
    let mut text = text!("\n{}\n", Ink::Strong.paint("crates that are there more than once"));
    for one in duplicates.iter().take(rows) {
        let size = one.bytes.map(bytes).unwrap_or_default();
        let versions = if one.versions.len() > 1 { one.versions.join(", ") } else { format!("{} copies", one.copies) };
        text += text!("{:>10}  {}\n", size, fit(&format!("{}: {versions}", one.name), WIDE - 12));
    }
    more(text, duplicates.len().saturating_sub(rows), 12)
}

fn more(text: TerminalText, number: usize, indent: usize) -> TerminalText {
    if number == 0 { text } else { text + text!("{:indent$}{}\n", "", Ink::Faint.paint(text!("and {} more", number))) }
}
