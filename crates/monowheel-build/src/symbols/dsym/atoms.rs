//! Where the code of an object is in the library.

/// A part of an object that the linker keeps or drops as one, and moves as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Atom {
    /// Its address in the object.
    pub(super) start: u64,
    pub(super) size: u64,
    /// Its address in the library.
    pub(super) target: u64,
}

/// The atoms of one object that are in the library, by their addresses in the object. They do not overlap.
#[derive(Debug, Default)]
pub(super) struct AtomMap(Vec<Atom>);

impl AtomMap {
    pub(super) fn new(mut atoms: Vec<Atom>) -> Self {
        atoms.retain(|atom| atom.size > 0);
        atoms.sort_by_key(|atom| atom.start);
        Self(atoms)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The address in the library of one in the object.
    pub(super) fn address(&self, address: u64) -> Option<u64> {
        let end = address.checked_add(1)?;
        self.parts(address, end).next().map(|(start, _)| start)
    }

    /// The ranges in the library of a range in the object, in the object's order. Code that was dropped has none.
    pub(super) fn parts(&self, start: u64, end: u64) -> impl Iterator<Item = (u64, u64)> + '_ {
        let first = self.0.partition_point(|atom| atom.start + atom.size <= start);
        self.0.get(first..).unwrap_or_default().iter().take_while(move |atom| atom.start < end).filter_map(
            move |atom| {
                let low = start.max(atom.start) - atom.start;
                let high = end.min(atom.start + atom.size) - atom.start;
                (low < high).then(|| (atom.target + low, atom.target + high))
            },
        )
    }
}

/// Sorts ranges and joins those that touch.
pub(super) fn joined(mut ranges: Vec<(u64, u64)>) -> Vec<(u64, u64)> {
    ranges.sort_unstable();
    let mut joined: Vec<(u64, u64)> = Vec::new();
    for (start, end) in ranges {
        match joined.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => joined.push((start, end)),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_that_was_dropped_has_no_address() {
        let atom = |start, size, target| Atom { start, size, target };
        let map = AtomMap::new(vec![atom(32, 16, 1000), atom(0, 16, 2000), atom(48, 0, 3000)]);
        assert_eq!(map.address(15), Some(2015));
        assert_eq!(map.address(16), None);
        assert_eq!(map.address(47), Some(1015));
        assert_eq!(map.address(u64::MAX), None);
        assert_eq!(map.parts(8, 40).collect::<Vec<_>>(), [(2008, 2016), (1000, 1008)]);
        assert_eq!(map.parts(40, 8).count(), 0);
    }

    #[test]
    fn ranges_that_touch_are_one() {
        assert_eq!(joined(vec![(8, 9), (0, 4), (4, 6), (1, 2)]), [(0, 6), (8, 9)]);
    }
}
