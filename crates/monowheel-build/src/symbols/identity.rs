//! What a debugger compares to find the line tables of a library: the build-id of ELF, the UUID of Mach-O, GUID and age
//! of PE.

use memchr::memmem;
use object::read::macho::{FatArch as _, MachOFatFile32, MachOFatFile64};
use object::{File, FileKind, Object as _};

/// The parts of a file with an ID of their own: the slices of a fat Mach-O file, else the file itself.
#[must_use]
pub fn slices(bytes: &[u8]) -> Vec<&[u8]> {
    let slices: Option<Vec<&[u8]>> = match FileKind::parse(bytes) {
        Ok(FileKind::MachOFat32) => MachOFatFile32::parse(bytes)
            .ok()
            .map(|fat| fat.arches().iter().filter_map(|arch| arch.data(bytes).ok()).collect()),
        Ok(FileKind::MachOFat64) => MachOFatFile64::parse(bytes)
            .ok()
            .map(|fat| fat.arches().iter().filter_map(|arch| arch.data(bytes).ok()).collect()),
        _ => Some(vec![bytes]),
    };
    slices.unwrap_or_default()
}

/// The ID of a thin file; `None` if it has none.
#[must_use]
pub fn of(bytes: &[u8]) -> Option<Vec<u8>> {
    let file = File::parse(bytes).ok()?;
    if let Ok(Some(uuid)) = file.mach_uuid() {
        return Some(uuid.to_vec());
    }
    if let Ok(Some(info)) = file.pdb_info() {
        return Some([&info.guid()[..], &info.age().to_le_bytes()].concat());
    }
    file.build_id().ok().flatten().filter(|id| !id.is_empty()).map(<[u8]>::to_vec)
}

/// An ID as text: hexadecimal, without dashes. Of PE only the GUID counts: the age is always 1 here.
#[must_use]
pub fn text(id: &[u8]) -> String {
    let significant = if id.len() == 20 && id[16..] == 1_u32.to_le_bytes() { &id[..16] } else { id };
    monowheel_system::hash::hex(significant)
}

/// Gives a thin file another ID of the same length; `None` if that is not possible.
pub(crate) fn replace(bytes: &mut [u8], id: &[u8]) -> Option<()> {
    let old = of(bytes).filter(|old| old.len() == id.len())?;
    let mut places = memmem::find_iter(bytes, &old);
    let (at, other) = (places.next()?, places.next());
    // In two places, one of them is something else.
    if other.is_some() {
        return None;
    }
    bytes.get_mut(at..at + id.len())?.copy_from_slice(id);
    Some(())
}
