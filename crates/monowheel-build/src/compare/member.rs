//! Members of a zip archive: their bytes, and the members that differ only in their compression.

use std::collections::BTreeMap;
use std::ops::Range;

use monowheel_error::Result;
use monowheel_error::text;
use monowheel_wheel::archive::{Archive, Member};
use monowheel_wheel::source::ReadAt;

use crate::compare::found::All;
use crate::compare::{Difference, Kind, Place, bytes};

/// Problems of members found at opening: an unsupported method, bytes that two members share.
pub(super) struct Told<'a> {
    members: BTreeMap<&'a str, &'a str>,
    whole: Option<&'a str>,
}

impl<'a> Told<'a> {
    pub(super) fn of(archive: &'a Archive<'_>) -> Self {
        let members =
            archive.oddities.iter().filter_map(|oddity| Some((oddity.member.as_deref()?, oddity.detail.as_str())));
        let whole = archive.oddities.iter().find(|oddity| oddity.member.is_none());
        Self { members: members.collect(), whole: whole.map(|oddity| oddity.detail.as_str()) }
    }

    fn why(&self, path: &str) -> Option<&'a str> {
        self.members.get(path).copied().or(self.whole)
    }
}

/// Inflates a member; `Some(why)` when its bytes do not match the directory.
pub(super) fn read(
    archive: &Archive<'_>,
    told: &Told<'_>,
    member: &Member,
    sink: &mut dyn FnMut(&[u8]),
) -> Result<Option<String>> {
    let mut oddities = Vec::new();
    if archive.read(member, &mut oddities, sink)? {
        return Ok(None);
    }
    let why = oddities.last().map(|oddity| oddity.detail.as_str()).or_else(|| told.why(&member.path));
    Ok(Some(why.unwrap_or("its bytes do not match the directory").to_owned()))
}

/// A part of a source.
pub(super) struct Part<'a> {
    pub(super) source: &'a dyn ReadAt,
    pub(super) range: Range<u64>,
}

impl ReadAt for Part<'_> {
    fn size(&self) -> u64 {
        self.range.end - self.range.start
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        self.source.read_at(self.range.start.saturating_add(offset), buffer)
    }
}

/// Members that have the same content compressed differently: path, methods, compressed sizes.
#[derive(Default)]
pub(super) struct Packed {
    pub(super) members: Vec<(String, u16, u16, u64, u64)>,
}

impl Packed {
    /// One difference for all of them: the compressor or its level is one cause.
    pub(super) fn finish(self, all: &mut All) {
        let Some((first, method_a, method_b, ..)) = self.members.first() else { return };
        let sum = |size: fn(&(String, u16, u16, u64, u64)) -> u64| -> String {
            let sum: u64 = self.members.iter().map(size).fold(0, u64::saturating_add);
            bytes(usize::try_from(sum).unwrap_or(usize::MAX))
        };
        let (in_a, in_b) = (sum(|member| member.3), sum(|member| member.4));
        let how = if method_a == method_b {
            format!("{in_a} in A and {in_b} in B")
        } else {
            format!("{} in A ({in_a}) and {} in B ({in_b})", method(*method_a), method(*method_b))
        };
        let (member, who) = match self.members.len() {
            1 => (Some(first.clone()), first.clone()),
            number => (None, format!("{first} and {}", text::count(number - 1, "other member"))),
        };
        let place = Place { member, ..Place::default() };
        let cause = format!("compressed differently, same content: {who}, {how}");
        all.put(Difference { kind: Kind::Compression, place, cause, follows: false });
    }
}

fn method(method: u16) -> String {
    match method {
        0 => "stored".to_owned(),
        8 => "deflated".to_owned(),
        other => format!("by method {other}"),
    }
}
