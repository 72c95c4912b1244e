//! Mach-O files for several architectures.

use std::collections::BTreeMap;

use object::FileKind;
use object::read::macho::{FatArch, MachOFatFile32, MachOFatFile64};

/// The slices of a fat file by their processor; `None` if it is not a fat file, or damaged.
pub(crate) fn fat(bytes: &[u8]) -> Option<BTreeMap<String, &[u8]>> {
    fn of<'a, Fat: FatArch>(arches: &[Fat], bytes: &'a [u8]) -> Option<BTreeMap<String, &'a [u8]>> {
        let mut slices = BTreeMap::new();
        for arch in arches {
            let name = match arch.architecture() {
                object::Architecture::X86_64 => "x86_64".to_owned(),
                object::Architecture::Aarch64 => "arm64".to_owned(),
                _ => "slice".to_owned(),
            };
            let kind = (arch.cputype().0, arch.cpusubtype().0);
            // A second slice for a processor is named by its numbers.
            let name = if slices.contains_key(&name) || name == "slice" { format!("{name} {kind:x?}") } else { name };
            slices.insert(name, arch.data(bytes).ok()?);
        }
        // Slices that share bytes would be compared many times.
        let sum = slices.values().fold(0_usize, |sum, slice| sum.saturating_add(slice.len()));
        (sum <= bytes.len()).then_some(slices)
    }
    match FileKind::parse(bytes) {
        Ok(FileKind::MachOFat32) => of(MachOFatFile32::parse(bytes).ok()?.arches(), bytes),
        Ok(FileKind::MachOFat64) => of(MachOFatFile64::parse(bytes).ok()?.arches(), bytes),
        _ => None,
    }
}
