//! Where the libraries of a process are: `/proc/PID/maps`, perf's record of the same, and what the reader knows.

use std::sync::LazyLock;

use regex_lite::Regex;

use crate::symbols::report::Loaded;
use crate::symbols::resolve::Address;

/// `proc(5)`: address range, permissions, offset, device, inode, path.
static MAPS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^([0-9a-f]+)-([0-9a-f]+) [-rwxps]{4} ([0-9a-f]+) [0-9a-f]+:[0-9a-f]+ \d+\s+(/.*)$").ok()
});
/// `perf script --show-mmap-events`: start, length, offset.
static PERF: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"PERF_RECORD_MMAP2? .*\[0x([0-9a-f]+)\(0x([0-9a-f]+)\) @ (?:0x)?([0-9a-f]+)[^\]]*\]: \S+ (/.*)$").ok()
});

/// A mapped part of a file.
#[derive(Debug)]
struct Mapping {
    start: u64,
    end: u64,
    offset: u64,
    path: String,
    /// Whether it is a part of the file, or the library as it is in memory.
    address: fn(u64) -> Address,
}

impl From<&Loaded> for Mapping {
    fn from(loaded: &Loaded) -> Self {
        let Loaded { module, start, end } = loaded;
        Self { start: *start, end: *end, offset: 0, path: module.clone(), address: Address::FromBase }
    }
}

/// All mapped parts of files, by address.
#[derive(Debug, Default)]
pub(super) struct Maps {
    mappings: Vec<Mapping>,
}

impl Maps {
    /// Those in a report, and `loaded`. If an address was mapped twice, the later one counts.
    pub(super) fn of(text: &str, loaded: &[Loaded]) -> Self {
        let mut mappings: Vec<Mapping> = text.lines().filter_map(mapping).collect();
        mappings.extend(loaded.iter().map(Mapping::from));
        mappings.reverse();
        mappings.sort_by_key(|mapping| mapping.start);
        Self { mappings }
    }

    /// The file at an address of the process, and the place in it.
    pub(super) fn place(&self, address: u64) -> Option<(&str, Address)> {
        let after = self.mappings.partition_point(|mapping| mapping.start <= address);
        // The last one that begins before it; of several with the same beginning, the one that was read last.
        let start = self.mappings.get(after.checked_sub(1)?)?.start;
        let first = self.mappings.partition_point(|mapping| mapping.start < start);
        let mapping = self.mappings.get(first..after)?.iter().find(|mapping| address < mapping.end)?;
        let at = mapping.offset.checked_add(address - mapping.start)?;
        Some((&mapping.path, (mapping.address)(at)))
    }
}

/// Whether a line is one of these records.
pub(super) fn is_record(line: &str) -> bool {
    mapping(line).is_some()
}

fn mapping(line: &str) -> Option<Mapping> {
    let hex = |text: &str| u64::from_str_radix(text, 16).ok();
    if let Some(found) = MAPS.as_ref().and_then(|maps| maps.captures(line.trim_start())) {
        let [start, end, offset, path] = found.extract().1;
        return in_file(hex(start)?, hex(end)?, hex(offset)?, path);
    }
    let found = PERF.as_ref()?.captures(line)?;
    let [start, length, offset, path] = found.extract().1;
    let start = hex(start)?;
    in_file(start, start.checked_add(hex(length)?)?, hex(offset)?, path)
}

fn in_file(start: u64, end: u64, offset: u64, path: &str) -> Option<Mapping> {
    Some(Mapping { start, end, offset, path: path.to_owned(), address: Address::InFile })
}
