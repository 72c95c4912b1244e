//! Fat files: several slices, one for each architecture.

use monowheel_error::Result;
use object::FileKind;
use object::macho::{self, FatArch32, FatArch64};
use object::read::macho::{FatArch, MachOFatFile};

use crate::binary::{Slice, limits, unreadable};

/// Reads every slice.
pub(in crate::binary) fn read(bytes: &[u8]) -> Result<Vec<Slice>> {
    match FileKind::parse(bytes).map_err(|error| unreadable(&error))? {
        FileKind::MachOFat32 => read_as::<FatArch32>(bytes),
        _ => read_as::<FatArch64>(bytes),
    }
}

fn read_as<Fat: FatArch>(bytes: &[u8]) -> Result<Vec<Slice>> {
    let file = MachOFatFile::<Fat>::parse(bytes).map_err(|error| unreadable(&error))?;
    let arches = file.arches();
    if arches.is_empty() || arches.len() > limits::PARTS {
        return Err(unreadable(&format_args!("a fat file of {} slices", arches.len())));
    }
    refuse_overlaps(arches)?;
    let mut slices = Vec::new();
    for arch in arches {
        let bytes = arch.data(bytes).map_err(|error| unreadable(&error))?;
        let says = super::arch(arch.cputype(), arch.cpusubtype());
        let slice = super::read(bytes)?;
        if slice.arch != says {
            return Err(unreadable(&format_args!("a slice for {} where the fat header says {says}", slice.arch)));
        }
        slices.push(slice);
    }
    Ok(slices)
}

/// Two slices that share bytes, or have the same architecture: no tool creates them, and readers disagree on them.
fn refuse_overlaps<Fat: FatArch>(arches: &[Fat]) -> Result<()> {
    let mut ranges: Vec<(u64, u64)> = arches.iter().map(FatArch::file_range).collect();
    ranges.sort_unstable();
    // The header and its table come first.
    let table = size_of::<macho::FatHeader>() + size_of_val(arches);
    let mut end = table as u64;
    for (offset, size) in ranges {
        if offset < end {
            return Err(unreadable(&"slices of a fat file that overlap"));
        }
        end = offset.saturating_add(size);
    }
    let mut kinds: Vec<_> = arches.iter().map(|arch| (arch.cputype(), arch.cpusubtype())).collect();
    kinds.sort_unstable();
    if kinds.windows(2).any(|pair| pair.first() == pair.last()) {
        return Err(unreadable(&"two slices of one architecture"));
    }
    Ok(())
}
