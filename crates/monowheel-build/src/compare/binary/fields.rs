//! Fields that a linker writes differently each time, by name.

use std::ops::Range;

use monowheel_system::hash;
use monowheel_wheel::binary::{Signature, Slice, limits};
use monowheel_wheel::time::date_time;
use object::pe;
use object::read::macho::{LoadCommandIterator, MachHeader};
use object::read::pe::{ImageNtHeaders, PeFile};
use object::{Endianness, LittleEndian as LE, macho};

use crate::compare::Kind;
use crate::compare::binary::image::Image;
use crate::compare::found::Found;

/// A value at a position in the file.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) range: Range<usize>,
    pub(super) name: String,
    pub(super) sort: Sort,
}

/// The kind of a field's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    /// Seconds since 1970, or a hash instead.
    Time,
    /// A UUID or GUID.
    Id,
    /// A checksum of the file: differs with it.
    Checksum,
    /// A code signature.
    Signature,
}

/// Finds the fields of a binary; none in a damaged header.
pub(super) fn find(file: &object::File<'_>, image: &mut Image<'_>) {
    match file {
        object::File::Pe32(file) => of_pe(file, image),
        object::File::Pe64(file) => of_pe(file, image),
        object::File::MachO32(file) => of_macho(file.macho_header(), file.endian(), image),
        object::File::MachO64(file) => of_macho(file.macho_header(), file.endian(), image),
        _ => {}
    }
}

fn of_pe<Pe: ImageNtHeaders>(file: &PeFile<'_, Pe>, image: &mut Image<'_>) {
    let headers = file.dos_header().nt_headers_offset() as usize;
    let mut add = |from: Option<usize>, length: usize, name: &str, sort: Sort| {
        let range = from.and_then(|from| Some(from..from.checked_add(length)?));
        if let Some(range) = range.filter(|range| image.bytes.get(range.clone()).is_some()) {
            image.fields.push(Field { range, name: name.to_owned(), sort });
        }
    };
    add(headers.checked_add(8), 4, "PE TimeDateStamp", Sort::Time);
    // At the same offset in PE32 and PE32+.
    add(headers.checked_add(24 + 64), 4, "PE CheckSum", Sort::Checksum);
    let table = file.section_table();
    let directory = |id: usize| {
        let directory = file.data_directory(id)?;
        let (from, room) = table.pe_file_range_at(directory.virtual_address.get(LE))?;
        Some((from as usize, room.min(directory.size.get(LE)) as usize))
    };
    if let Some((from, _)) = directory(pe::IMAGE_DIRECTORY_ENTRY_EXPORT) {
        add(from.checked_add(4), 4, "PE TimeDateStamp of the export directory", Sort::Time);
    }
    if let Some((from, _)) = directory(pe::IMAGE_DIRECTORY_ENTRY_RESOURCE) {
        add(from.checked_add(4), 4, "PE TimeDateStamp of the resource directory", Sort::Time);
    }
    if let Some((from, size)) = directory(pe::IMAGE_DIRECTORY_ENTRY_DEBUG) {
        /// Bytes of an entry.
        const ENTRY: usize = 28;
        for index in 0..(size / ENTRY).min(limits::PARTS) {
            let Some(entry) = from.checked_add(index * ENTRY) else { break };
            add(entry.checked_add(4), 4, "PE TimeDateStamp of the debug directory", Sort::Time);
            let word = |at: usize| Some(u32::from_le_bytes(*file.data().get(entry.checked_add(at)?..)?.first_chunk()?));
            let record = word(24).map(|at| at as usize);
            let magic = record.and_then(|at| file.data().get(at..)?.get(..4));
            if word(12) == Some(pe::IMAGE_DEBUG_TYPE_CODEVIEW.0) && magic == Some(b"RSDS") {
                add(record.and_then(|at| at.checked_add(4)), 16, "PE debug GUID (of the PDB)", Sort::Id);
            }
            if word(12) == Some(pe::IMAGE_DEBUG_TYPE_REPRO.0) {
                add(record, word(16).unwrap_or_default() as usize, "PE repro hash", Sort::Id);
            }
        }
    }
    if let Some(directory) = file.data_directory(pe::IMAGE_DIRECTORY_ENTRY_SECURITY) {
        let (from, size) = (directory.virtual_address.get(LE) as usize, directory.size.get(LE) as usize);
        add(Some(from).filter(|from| *from > 0), size, "PE signature", Sort::Signature);
    }
}

fn of_macho<Mach: MachHeader<Endian = Endianness>>(header: &Mach, endian: Endianness, image: &mut Image<'_>) {
    let Ok(commands) = header.load_commands(endian, image.bytes, 0) else { return };
    let size = size_of::<Mach>();
    image.headers.push(("the Mach header".to_owned(), 0..size));
    take_commands(commands, endian, size, image);
}

fn take_commands(
    commands: LoadCommandIterator<'_, Endianness>,
    endian: Endianness,
    header: usize,
    image: &mut Image<'_>,
) {
    let mut at = header;
    for command in commands.flatten().take(limits::PARTS) {
        let size = command.cmdsize() as usize;
        let range = at..at.saturating_add(size);
        at = range.end;
        let kind = command.cmd();
        image.headers.push((format!("the load command {}", command_name(kind)), range.clone()));
        let field = |range: Range<usize>, name: &str, sort| Field { range, name: name.to_owned(), sort };
        if let Ok(Some(_)) = command.uuid() {
            image.fields.push(field(range.start + 8..range.start + 24, "Mach-O LC_UUID", Sort::Id));
        }
        if kind == macho::LC_CODE_SIGNATURE {
            if let Ok(data) = command.data::<macho::LinkeditDataCommand<Endianness>>() {
                let from = data.dataoff.get(endian) as usize;
                let range = from..from.saturating_add(data.datasize.get(endian) as usize);
                if image.bytes.get(range.clone()).is_some() {
                    image.fields.push(field(range, "Mach-O signature", Sort::Signature));
                }
            }
        }
    }
}

/// The name of a load command, for those that occur.
fn command_name(kind: macho::LoadCommandType) -> String {
    let name = match kind {
        macho::LC_SEGMENT | macho::LC_SEGMENT_64 => "LC_SEGMENT",
        macho::LC_SYMTAB => "LC_SYMTAB",
        macho::LC_DYSYMTAB => "LC_DYSYMTAB",
        macho::LC_ID_DYLIB => "LC_ID_DYLIB",
        macho::LC_LOAD_DYLIB => "LC_LOAD_DYLIB",
        macho::LC_RPATH => "LC_RPATH",
        macho::LC_UUID => "LC_UUID",
        macho::LC_BUILD_VERSION => "LC_BUILD_VERSION",
        macho::LC_VERSION_MIN_MACOSX => "LC_VERSION_MIN_MACOSX",
        macho::LC_SOURCE_VERSION => "LC_SOURCE_VERSION",
        macho::LC_CODE_SIGNATURE => "LC_CODE_SIGNATURE",
        macho::LC_FUNCTION_STARTS => "LC_FUNCTION_STARTS",
        macho::LC_DATA_IN_CODE => "LC_DATA_IN_CODE",
        macho::LC_DYLD_INFO | macho::LC_DYLD_INFO_ONLY => "LC_DYLD_INFO",
        macho::LC_DYLD_CHAINED_FIXUPS => "LC_DYLD_CHAINED_FIXUPS",
        macho::LC_DYLD_EXPORTS_TRIE => "LC_DYLD_EXPORTS_TRIE",
        other => return format!("{:#x}", other.0),
    };
    name.to_owned()
}

/// Reports the fields that differ; `follows` if the files' behavior differs.
pub(super) fn compare(a: &Image<'_>, b: &Image<'_>, follows: bool, found: &mut Found) {
    let plain = |image: &Image<'_>| -> Vec<Field> {
        image.fields.iter().filter(|field| field.sort != Sort::Signature).cloned().collect()
    };
    let (left, right) = (plain(a), plain(b));
    let mut names: Vec<&String> = left.iter().chain(&right).map(|field| &field.name).collect();
    names.sort_unstable();
    names.dedup();
    let mut others = follows;
    // A checksum of the file comes last: it follows from any of the others.
    for checksum in [false, true] {
        for name in &names {
            let of = |image: &Image<'_>, fields: &[Field]| -> Vec<(Sort, Vec<u8>)> {
                let fields = fields.iter().filter(|field| &field.name == *name);
                fields
                    .map(|field| (field.sort, image.bytes.get(field.range.clone()).unwrap_or_default().to_vec()))
                    .collect()
            };
            let (left, right) = (of(a, &left), of(b, &right));
            let is_sum = left.iter().chain(&right).any(|(sort, _)| *sort == Sort::Checksum);
            if left == right || is_sum != checksum {
                continue;
            }
            let said = |values: &[(Sort, Vec<u8>)]| {
                let values: Vec<String> = values.iter().map(|(sort, bytes)| sort.shown(bytes)).collect();
                if values.is_empty() { "absent".to_owned() } else { values.join(", ") }
            };
            let cause = format!("{name} is {} in A and {} in B", said(&left), said(&right));
            found.add_following(
                Kind::Identity,
                name,
                if is_sum { others || found.has(&[Kind::Identity]) } else { follows },
                cause,
            );
            others = true;
        }
    }
}

impl Sort {
    fn shown(self, bytes: &[u8]) -> String {
        match (self, bytes.first_chunk::<4>()) {
            (Self::Time, Some(bytes)) => {
                let stamp = u32::from_le_bytes(*bytes);
                format!("{stamp:#010x} ({} UTC, or a hash)", date_time(u64::from(stamp)))
            }
            (Self::Checksum, Some(bytes)) => format!("{:#x}", u32::from_le_bytes(*bytes)),
            _ => hash::hex(bytes),
        }
    }
}

/// Reports whether the signatures differ; `others` if anything else does, from which that follows.
pub(super) fn signatures(
    a: &Image<'_>,
    b: &Image<'_>,
    facts: &(Option<Slice>, Option<Slice>),
    others: bool,
    found: &mut Found,
) {
    let of = |image: &Image<'_>| -> Option<Vec<u8>> {
        let field = image.fields.iter().find(|field| field.sort == Sort::Signature)?;
        image.bytes.get(field.range.clone()).map(<[u8]>::to_vec)
    };
    let (left, right) = (of(a), of(b));
    if left == right {
        return;
    }
    let format = if a.format == object::BinaryFormat::Pe { "PE" } else { "Mach-O" };
    let (left, right) = (words(left.is_some(), facts.0.as_ref()), words(right.is_some(), facts.1.as_ref()));
    let said = if left == right { format!("{left} in both") } else { format!("{left} in A and {right} in B") };
    let content = found.number(&super::CONTENT) > 0;
    let cause = if content {
        format!("{format} signature differs, because the bytes that it covers do: {said}")
    } else if others {
        format!("{format} signature differs (the code is the same): {said}")
    } else {
        format!("{format} signature only (the code is the same): {said}")
    };
    found.add_following(Kind::Signature, "signature", others, cause);
}

fn words(is_there: bool, facts: Option<&Slice>) -> String {
    match facts.map(|slice| &slice.signature) {
        _ if !is_there => "none".to_owned(),
        Some(Signature::Valid { ad_hoc, identifier, team }) => {
            let by = match team {
                _ if *ad_hoc => "ad hoc".to_owned(),
                Some(team) => format!("by team {team}"),
                None => "by a certificate".to_owned(),
            };
            format!("valid, {by}, for `{identifier}`")
        }
        Some(Signature::Invalid { why }) => format!("invalid ({why})"),
        _ => "there".to_owned(),
    }
}
