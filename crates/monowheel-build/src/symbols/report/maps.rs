//! Where the libraries of a process are: `/proc/PID/maps`, and perf's record of the same.

use std::sync::LazyLock;

use regex_lite::Regex;

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
}

/// All mapped parts of files, by address.
#[derive(Debug, Default)]
pub(super) struct Maps {
    mappings: Vec<Mapping>,
}

impl Maps {
    /// Those in a report. If an address was mapped twice, the later one counts.
    pub(super) fn of(text: &str) -> Self {
        let mut mappings: Vec<Mapping> = text.lines().filter_map(mapping).collect();
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
        Some((&mapping.path, Address::InFile(at)))
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
        return Some(Mapping { start: hex(start)?, end: hex(end)?, offset: hex(offset)?, path: path.to_owned() });
    }
    let found = PERF.as_ref()?.captures(line)?;
    let [start, length, offset, path] = found.extract().1;
    let start = hex(start)?;
    Some(Mapping { start, end: start.checked_add(hex(length)?)?, offset: hex(offset)?, path: path.to_owned() })
}
