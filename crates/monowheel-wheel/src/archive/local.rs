//! Compares a local header with the directory, and checks the bytes after the data.

use crate::archive::name;
use crate::archive::records::{Central, ELSEWHERE, Extra, LOCAL, Record, flag, take_wide};
use crate::archive::{Member, Oddity, OddityKind};
use crate::bytes::{u16_at, u32_at, u64_at};

/// Flags that affect a reader.
const MEANT: u16 = flag::ENCRYPTED | flag::DESCRIPTOR | flag::PATCH | flag::STRONG | flag::MASKED;

/// Reports the differences between a local header and the directory.
pub(super) fn compare(local: &Record<'_>, central: &Central<'_>, member: &Member, oddities: &mut Vec<Oddity>) {
    let mut odd = |kind, detail: String| oddities.push(Oddity::of(kind, &member.path, detail));
    let mut differences = Vec::new();
    let mut differs = |what: &str, local: &dyn std::fmt::Display, central: &dyn std::fmt::Display| {
        differences.push(format!("{what} {local} instead of {central}"));
    };
    let directory = &central.record;
    if local.name != directory.name {
        differs("name", &String::from_utf8_lossy(local.name), &member.path);
    }
    let streamed = local.flags & flag::DESCRIPTOR != 0;
    if streamed && directory.flags & flag::DESCRIPTOR == 0 {
        // Oddities of the directory itself were reported at opening.
        odd(OddityKind::DataDescriptor, "its sizes are written after its data".to_owned());
    }
    let meant = if directory.name.is_ascii() { MEANT } else { MEANT | flag::UTF8 };
    if (local.flags ^ directory.flags) & meant != 0 {
        differs("flags", &format_args!("{:#06x}", local.flags), &format_args!("{:#06x}", directory.flags));
    }
    if local.method != directory.method {
        differs("compression method", &local.method, &directory.method);
    }
    if local.crc32 != directory.crc32 && !(streamed && local.crc32 == 0) {
        differs("CRC", &format_args!("{:08x}", local.crc32), &format_args!("{:08x}", directory.crc32));
    }
    let extra = Extra::parse(local.extra, true);
    let sizes = sizes(local, extra.zip64);
    if let Some(fault) = extra.fault.or(sizes.fault.map(str::to_owned)) {
        odd(OddityKind::BadExtra, fault);
    }
    if let Some(fault) = extra.unicode_path.and_then(|field| name::judge_second(field, local.name)) {
        odd(OddityKind::BadExtra, fault);
    }
    let unsaid = |size: u64| streamed && size == 0;
    if sizes.size != member.size && !unsaid(sizes.size) {
        differs("size", &sizes.size, &member.size);
    }
    if sizes.compressed != member.compressed && !unsaid(sizes.compressed) {
        differs("compressed size", &sizes.compressed, &member.compressed);
    }
    if !differences.is_empty() {
        let detail = format!("its local header says {}", differences.join(", "));
        odd(OddityKind::LocalMismatch, detail);
    }
}

/// The sizes of a local header, and the defect of its ZIP64 field.
struct Sizes {
    size: u64,
    compressed: u64,
    fault: Option<&'static str>,
}

fn sizes(local: &Record<'_>, wide: Option<&[u8]>) -> Sizes {
    let narrow = Sizes { size: local.size.into(), compressed: local.compressed.into(), fault: None };
    let Some(field) = wide else { return narrow };
    let mut rest = field;
    let numbers = take_wide(local.size, &mut rest).zip(take_wide(local.compressed, &mut rest));
    let Some((size, compressed)) = numbers else {
        return Sizes { fault: Some("its ZIP64 field is missing a number"), ..narrow };
    };
    // The index's interpretation: the second number is the compressed size even if the header has one.
    let index = match field.len() {
        0 => Some(compressed),
        8 if local.method == 0 => u64_at(field, 0),
        16 | 24 | 28 => u64_at(field, 8),
        _ => None,
    };
    // Both sizes again, in an archive that does not need them: harmless, and found in real wheels.
    let narrow_says = local.size != ELSEWHERE && local.compressed != ELSEWHERE;
    let repeated = narrow_says && field.len() == 16 && u64_at(field, 0) == Some(size);
    let fault = if index != Some(compressed) {
        Some("its ZIP64 field has different numbers from its local header")
    } else if rest.is_empty() || repeated {
        None
    } else {
        Some("its ZIP64 field has too many numbers")
    };
    Sizes { size, compressed, fault }
}

/// How many bytes after the data are examined.
pub(super) const BEHIND: usize = 512;

/// Reports the bytes between a member's data and the next record: `length` bytes that begin with
/// `bytes` (at most [`BEHIND`] of them).
pub(super) fn judge_behind(length: u64, bytes: &[u8], local: &Record<'_>, member: &Member, oddities: &mut Vec<Oddity>) {
    let mut odd = |kind, detail: String| oddities.push(Oddity::of(kind, &member.path, detail));
    let mut bytes = bytes;
    let mut length = length;
    if local.flags & flag::DESCRIPTOR != 0 {
        match descriptor(bytes, member) {
            Some(descriptor) => {
                length = length.saturating_sub(descriptor as u64);
                bytes = bytes.get(descriptor..).unwrap_or_default();
            }
            None => {
                let detail = "the sizes and CRC after its data are not those of the directory";
                odd(OddityKind::LocalMismatch, detail.to_owned());
                return;
            }
        }
    }
    if length == 0 {
        return;
    }
    if bytes.starts_with(&LOCAL) {
        let name = u16_at(bytes, 26).and_then(|name| bytes.get(Record::LOCAL_LENGTH..)?.get(..name.into()));
        let name = name.map_or_else(|| "another member".into(), String::from_utf8_lossy);
        odd(OddityKind::UnknownRecord, format!("it is followed by {name}, which the directory does not list"));
    } else {
        odd(OddityKind::StrayBytes, format!("{length} bytes between its data and the next record"));
    }
}

/// The length of the data descriptor at the start of `bytes` that matches `member`.
fn descriptor(bytes: &[u8], member: &Member) -> Option<usize> {
    let signature = usize::from(bytes.starts_with(b"PK\x07\x08")) * 4;
    // A CRC may look like the signature.
    [signature, 0].into_iter().find_map(|from| {
        let rest = bytes.get(from..).filter(|rest| u32_at(rest, 0) == Some(member.crc32))?;
        let narrow = (u32_at(rest, 4).map(u64::from), u32_at(rest, 8).map(u64::from));
        let wide = (u64_at(rest, 4), u64_at(rest, 12));
        let truth = (Some(member.compressed), Some(member.size));
        if wide == truth && (narrow != truth || rest.get(12..20).is_some_and(|next| next == [0; 8])) {
            Some(from + 20)
        } else {
            (narrow == truth).then_some(from + 12)
        }
    })
}
