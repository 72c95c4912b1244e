//! Reads the directory and checks each of its records.

use std::collections::BTreeMap;

use monowheel_error::{Error, ErrorKind, Result};

use crate::archive::end::End;
use crate::archive::layout::Layout;
use crate::archive::records::{Central, Extra, flag, take_wide};
use crate::archive::{Allowance, Archive, BOMB_FROM, Limits, MOST_RATIO, Member, Oddity, OddityKind};
use crate::archive::{clash, name, tar};
use crate::source::ReadAt;

/// The oddities, but no more than this of each kind: the first thousand bad names describe an archive of
/// 200,000 well enough.
const MOST_OF_A_KIND: usize = 1000;

/// The highest format version that zipfile and uv support.
const NEWEST: u16 = 63;

/// The systems whose records contain a Unix mode: Unix and macOS.
const UNIX: [u16; 2] = [3, 19];

#[derive(Default)]
struct Oddities {
    list: Vec<Oddity>,
    counts: BTreeMap<OddityKind, usize>,
}

impl Oddities {
    fn add(&mut self, oddity: Oddity) {
        let count = self.counts.entry(oddity.kind).or_default();
        *count += 1;
        if *count <= MOST_OF_A_KIND {
            self.list.push(oddity);
        }
    }
}

/// See [`Archive::open`].
pub(super) fn open<'a>(source: &'a dyn ReadAt, limits: &Limits) -> Result<Archive<'a>> {
    let mut end = End::find(source)?;
    if end.entries > limits.members {
        return Err(beyond(&format_args!("{} members", end.entries)));
    }
    if end.size > limits.directory {
        return Err(beyond(&format_args!("a directory of {} bytes", end.size)));
    }
    let mut oddities = Oddities::default();
    std::mem::take(&mut end.oddities).into_iter().for_each(|oddity| oddities.add(oddity));
    let directory = read_directory(source, &mut end)?;
    let (members, records) = parse(&directory, &end, limits, &mut oddities)?;
    if members.len() as u64 != end.entries {
        let detail = format!("the end record counts {} members, the directory has {}", end.entries, members.len());
        oddities.add(Oddity::of_file(OddityKind::EndRecord, detail));
    }
    clash::find(&members, |oddity| oddities.add(oddity));
    let layout = Layout::of(&members, &records, end.start, |oddity| oddities.add(oddity));
    // If the first member is at the start of the file, its header is checked when it is read.
    if layout.first() != Some(0) && source.size() >= tar::BLOCK as u64 {
        let mut block = [0; tar::BLOCK];
        source.read_at(0, &mut block)?;
        if tar::is_header(&block) {
            oddities.add(Oddity::of_file(OddityKind::Polyglot, "it is also a tar archive"));
        }
    }
    let total = members.iter().fold(0_u64, |sum, member| sum.saturating_add(member.size));
    let (allowance, bomb) = allow(total, source.size(), limits);
    bomb.into_iter().for_each(|oddity| oddities.add(oddity));
    let start = end.start;
    Ok(Archive { source, members, oddities: oddities.list, directory, start, layout, allowance })
}

fn beyond(what: &dyn std::fmt::Display) -> Error {
    Error::new(ErrorKind::Format, format!("not read: {what} are more than any wheel has"))
}

/// The directory's bytes: usually part of the tail that was already read.
fn read_directory(source: &dyn ReadAt, end: &mut End) -> Result<Vec<u8>> {
    let in_tail = end.start.checked_sub(source.size() - end.tail.len() as u64);
    let size = usize::try_from(end.size).unwrap_or(usize::MAX);
    if let Some(from) = in_tail.and_then(|from| usize::try_from(from).ok()) {
        let mut tail = std::mem::take(&mut end.tail);
        tail.drain(..from.min(tail.len()));
        tail.truncate(size);
        return Ok(tail);
    }
    // No more than the limit, and no more than the file has: `End::find` checked it.
    let mut directory = vec![0; size];
    source.read_at(end.start, &mut directory)?;
    Ok(directory)
}

/// Every member, with the position of its record and the length of its name.
type Parsed = (Vec<Member>, Vec<(usize, usize)>);

fn parse(directory: &[u8], end: &End, limits: &Limits, oddities: &mut Oddities) -> Result<Parsed> {
    let most = (directory.len() / Central::LENGTH).min(usize::try_from(end.entries).unwrap_or(usize::MAX));
    let (mut members, mut records) = (Vec::with_capacity(most), Vec::with_capacity(most));
    let mut at = 0;
    while let Some(rest) = directory.get(at..).filter(|rest| !rest.is_empty()) {
        let Some(central) = Central::parse(rest) else {
            let what = format!("not a readable zip archive: no record of a member at byte {at} of the directory");
            return Err(Error::new(ErrorKind::Format, what));
        };
        if members.len() as u64 >= limits.members {
            return Err(beyond(&format_args!("over {} members", limits.members)));
        }
        members.push(judge(&central, end.shift, oddities));
        records.push((at, central.record.name.len()));
        at += central.length();
    }
    Ok((members, records))
}

/// A member, from its record in the directory.
fn judge(central: &Central<'_>, shift: u64, oddities: &mut Oddities) -> Member {
    let record = &central.record;
    let mut found = Vec::new();
    let mut odd = |kind, detail: String| found.push((kind, detail));
    let path = name::judge(record.name, record.flags, &mut odd);
    if record.flags & (flag::ENCRYPTED | flag::STRONG | flag::MASKED) != 0 {
        odd(OddityKind::Method, "it is encrypted".to_owned());
    } else if record.flags & flag::PATCH != 0 {
        odd(OddityKind::Method, "it is a patch".to_owned());
    } else if !matches!(record.method, 0 | 8) {
        odd(OddityKind::Method, format!("its compression method is {}", method_name(record.method)));
    } else if record.needed & 0xff > NEWEST {
        let version = record.needed & 0xff;
        odd(OddityKind::Method, format!("it requires version {}.{} of the format", version / 10, version % 10));
    }
    if record.flags & flag::DESCRIPTOR != 0 {
        odd(OddityKind::DataDescriptor, "its sizes are written after its data".to_owned());
    }
    if !central.comment.is_empty() {
        odd(OddityKind::Comment, format!("it has a comment of {} bytes", central.comment.len()));
    }
    let (size, compressed, offset) = wide(central, &mut odd);
    let made_on_unix = UNIX.contains(&(central.made_by >> 8));
    let mode = Some(central.external >> 16).filter(|mode| made_on_unix && *mode != 0);
    let is_folder = path.ends_with('/');
    if let Some(kind) = mode.and_then(|mode| special(mode, is_folder)) {
        odd(OddityKind::SpecialFile, format!("it is {kind}"));
    }
    if is_folder && (size != 0 || record.crc32 != 0) {
        odd(OddityKind::BadData, "it is a directory with data".to_owned());
    }
    for (kind, detail) in found {
        oddities.add(Oddity::of(kind, &path, detail));
    }
    Member {
        path,
        is_folder,
        size,
        compressed,
        crc32: record.crc32,
        method: record.method,
        modified: (record.date, record.time),
        mode,
        offset: offset.wrapping_add(shift),
        sha256: None,
        unix_sha256: None,
    }
}

/// Size, compressed size and offset, 64-bit values from the extra field.
fn wide(central: &Central<'_>, odd: &mut impl FnMut(OddityKind, String)) -> (u64, u64, u64) {
    let record = &central.record;
    let extra = Extra::parse(record.extra, false);
    if let Some(fault) = extra.fault {
        odd(OddityKind::BadExtra, fault);
    }
    if let Some(fault) = extra.unicode_path.and_then(|field| name::judge_second(field, record.name)) {
        odd(OddityKind::BadExtra, fault);
    }
    let narrow = (record.size.into(), record.compressed.into(), central.offset.into());
    let Some(mut field) = extra.zip64 else { return narrow };
    let numbers = (|| {
        let size = take_wide(record.size, &mut field)?;
        let compressed = take_wide(record.compressed, &mut field)?;
        let offset = take_wide(central.offset, &mut field)?;
        if central.disk == u16::MAX {
            field = field.get(4..)?;
        }
        Some((size, compressed, offset))
    })();
    match numbers {
        None => odd(OddityKind::BadExtra, "its ZIP64 field is missing a number".to_owned()),
        // uv rejects unused values.
        Some(_) if !field.is_empty() => odd(OddityKind::BadExtra, "its ZIP64 field has too many numbers".to_owned()),
        Some(_) => {}
    }
    numbers.unwrap_or(narrow)
}

/// The file type of a Unix mode, if it is neither a file nor a directory.
fn special(mode: u32, is_folder: bool) -> Option<&'static str> {
    match mode >> 12 {
        0 | 0o10 => None,
        0o04 if is_folder => None,
        0o04 => Some("a directory by its mode and a file by its name"),
        0o12 => Some("a symbolic link"),
        0o01 => Some("a named pipe"),
        0o02 | 0o06 => Some("a device"),
        0o14 => Some("a socket"),
        _ => Some("of an unknown type"),
    }
}

/// The name of a compression method (APPNOTE 4.4.5).
fn method_name(method: u16) -> String {
    let name = match method {
        9 => "Deflate64",
        12 => "bzip2",
        14 => "LZMA",
        93 => "Zstandard",
        95 => "XZ",
        98 => "PPMd",
        99 => "AES",
        _ => return method.to_string(),
    };
    format!("{method} ({name})")
}

/// Which members may be inflated, if all are `total` bytes together, in a file of `size` bytes.
fn allow(total: u64, size: u64, limits: &Limits) -> (Allowance, Option<Oddity>) {
    let detail = || format!("its members inflate to {total} bytes, the file has {size}");
    if total > limits.total {
        (Allowance::Nothing, Some(Oddity::of_file(OddityKind::Bomb, detail())))
    } else if total > BOMB_FROM && total > size.saturating_mul(MOST_RATIO) {
        (Allowance::Modest(limits.member), Some(Oddity::of_file(OddityKind::Bomb, detail())))
    } else {
        (Allowance::Up(limits.member), None)
    }
}
