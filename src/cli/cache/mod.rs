//! `monowheel cache`.

pub(super) mod args;

use std::path::{Path, PathBuf};

use monowheel_error::terminal::lines;
use monowheel_error::{ExitCode, Result, text};
use monowheel_system::cache::{self, LAB, PARTS, Part};
use monowheel_system::exec::CancelToken;
use serde::Serialize;

use crate::cli::args::Global;
use crate::cli::cache::args::{CacheArgs, CacheCommand, CleanArgs};
use crate::cli::screen::{FAINT, Screen};
use crate::cli::table::Table;

const SCHEMA: &str = "monowheel.cache/1";

/// The JSON of `dir` and `size`.
#[derive(Serialize)]
struct Contents<'a> {
    schema: &'static str,
    cache: &'a Path,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parts: Vec<Item>,
}

#[derive(Serialize)]
struct Item {
    name: &'static str,
    holds: &'static str,
    bytes: u64,
}

/// The JSON of `clean`.
#[derive(Serialize)]
struct Outcome {
    schema: &'static str,
    removed: Vec<Removed>,
    in_use: Vec<PathBuf>,
}

#[derive(Serialize)]
struct Removed {
    name: &'static str,
    bytes: u64,
}

pub(super) fn run(args: &CacheArgs, global: &Global, stop: &CancelToken, screen: &mut Screen) -> Result<ExitCode> {
    let root = cache::root()?;
    match &args.command {
        CacheCommand::Dir => dir(&root, global, screen),
        CacheCommand::Size => size(&root, global, screen),
        CacheCommand::Clean(args) => clean(&root, args, global, stop, screen),
    }
}

fn dir(root: &Path, global: &Global, screen: &mut Screen) -> Result<ExitCode> {
    if global.json {
        screen.json(&Contents { schema: SCHEMA, cache: root, parts: Vec::new() })?;
    } else {
        screen.print(text!("{}\n", root.display()));
    }
    Ok(ExitCode::Clean)
}

fn size(root: &Path, global: &Global, screen: &mut Screen) -> Result<ExitCode> {
    let of = |part: &Part| Item { name: part.name, holds: part.holds, bytes: part.bytes(root) };
    let mut parts: Vec<Item> = PARTS.iter().map(of).collect();
    parts.push(Item { name: LAB, holds: "interpreters of the lab", bytes: cache::bytes_below(&root.join(LAB)) });
    if global.json {
        screen.json(&Contents { schema: SCHEMA, cache: root, parts })?;
        return Ok(ExitCode::Clean);
    }
    let mut rows = Table::new(&["part", "MB", "holds"]).right(1..2).wrap(2, 16);
    for part in &parts {
        rows.row([&part.name, &megabytes(part.bytes), &part.holds]);
    }
    rows.row([&"", &megabytes(parts.iter().map(|part| part.bytes).sum()), &"in all"]);
    screen.print(rows.text(screen.width()));
    screen.print(text!("\n{}\n", FAINT.paint(text!("the cache is {}", root.display()))));
    Ok(ExitCode::Clean)
}

fn clean(root: &Path, args: &CleanArgs, global: &Global, stop: &CancelToken, screen: &mut Screen) -> Result<ExitCode> {
    let mut outcome = Outcome { schema: SCHEMA, removed: Vec::new(), in_use: Vec::new() };
    for part in PARTS.iter().filter(|part| args.parts.is_empty() || args.parts.iter().any(|name| name == part.name)) {
        let cleaned = part.clean(root, stop)?;
        outcome.removed.push(Removed { name: part.name, bytes: cleaned.bytes });
        outcome.in_use.extend(cleaned.in_use);
    }
    if global.json {
        screen.json(&outcome)?;
    } else {
        for Removed { name, bytes } in outcome.removed.iter().filter(|removed| removed.bytes > 0) {
            screen.print(text!("{}: removed {} MB\n", *name, megabytes(*bytes)));
        }
        if outcome.removed.iter().all(|removed| removed.bytes == 0) && outcome.in_use.is_empty() {
            screen.print(text!("the cache is empty\n"));
        }
    }
    for path in &outcome.in_use {
        screen.note(text!("{} is in use by another process and stays\n", lines(&path.display().to_string())));
    }
    Ok(if outcome.in_use.is_empty() { ExitCode::Clean } else { ExitCode::Incomplete })
}

/// With one decimal, as `docker system df` and `uv cache size` count: powers of ten.
fn megabytes(bytes: u64) -> String {
    let tenths = bytes.div_ceil(100_000);
    format!("{}.{}", tenths / 10, tenths % 10)
}
