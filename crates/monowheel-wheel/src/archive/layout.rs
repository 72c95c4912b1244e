//! The layout of the members in the file: one after the other, without gaps and overlaps.

use crate::archive::records::Record;
use crate::archive::{Member, Oddity, OddityKind};

/// The slot of a member in the file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    /// The start of its local header.
    pub(super) offset: u64,
    /// The start of the next member or of the directory.
    pub(super) end: u64,
    /// The position of its record in the directory's bytes.
    pub(super) record: usize,
    /// Whether everything that the directory claims fits in between.
    pub(super) fits: bool,
}

/// The slots of all members, in the order of the file.
#[derive(Debug, Default)]
pub(super) struct Layout {
    slots: Vec<Slot>,
}

impl Layout {
    /// Lays out the members; `records` has the position of each one's record and the length of its name,
    /// `directory` is the start of the directory.
    pub(super) fn of(
        members: &[Member],
        records: &[(usize, usize)],
        directory: u64,
        mut odd: impl FnMut(Oddity),
    ) -> Self {
        let mut order: Vec<usize> = (0..members.len()).collect();
        let offset = |index: &usize| members.get(*index).map_or(0, |member| member.offset);
        order.sort_by_key(offset);
        let mut slots = Vec::with_capacity(members.len());
        for (place, index) in order.iter().enumerate() {
            let (Some(member), Some((record, name))) = (members.get(*index), records.get(*index)) else { continue };
            let next = order.get(place + 1);
            let end = next.map_or(directory, offset).min(directory);
            let needed = (Record::LOCAL_LENGTH + name) as u64;
            let needed = member.offset.checked_add(needed).and_then(|length| length.checked_add(member.compressed));
            // If two begin at the same offset, neither is read.
            let shared = place
                .checked_sub(1)
                .and_then(|before| order.get(before))
                .is_some_and(|before| offset(before) == member.offset);
            let fits = !shared && needed.is_some_and(|needed| needed <= end);
            if !fits {
                let other = next.or_else(|| order.get(place.checked_sub(1)?)).and_then(|index| members.get(*index));
                let detail = match other {
                    Some(other) if member.offset < directory => format!("it shares bytes with {}", other.path),
                    _ => "its bytes are not before the directory".to_owned(),
                };
                odd(Oddity::of(OddityKind::Overlap, &member.path, detail));
            }
            slots.push(Slot { offset: member.offset, end, record: *record, fits });
        }
        let first = slots.first().map_or(directory, |slot| slot.offset);
        if first > 0 && first <= directory {
            let detail = format!("{first} bytes before the first member");
            odd(Oddity::of_file(OddityKind::StrayBytes, detail));
        }
        Self { slots }
    }

    /// The slot of a member that may be read.
    pub(super) fn slot(&self, offset: u64) -> Option<Slot> {
        let place = self.slots.partition_point(|slot| slot.offset < offset);
        self.slots.get(place).copied().filter(|slot| slot.offset == offset && slot.fits)
    }

    /// The start of the first member; `None` if there is none.
    pub(super) fn first(&self) -> Option<u64> {
        self.slots.first().map(|slot| slot.offset)
    }
}
