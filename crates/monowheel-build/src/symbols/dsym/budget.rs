//! Bounds the work on damaged input.

use super::Damage;

/// More than any compiler's output needs for each byte: a row of the line table takes at least one byte and costs
/// [`ITEM`], and strings cost their length.
const PER_BYTE: u64 = 64;
/// What a small input may cost.
const LEAST: u64 = 1 << 20;
/// The cost of an entry, a row, a range or a symbol.
pub(super) const ITEM: usize = 16;

/// The work that is left, in proportion to the bytes of the input. References in DWARF can make a reader visit the same
/// bytes as often as a file says; so every visit costs something.
#[derive(Debug)]
pub(super) struct Budget {
    left: u64,
}

impl Budget {
    pub(super) fn of(bytes: usize) -> Self {
        Self { left: (bytes as u64).saturating_mul(PER_BYTE).saturating_add(LEAST) }
    }

    pub(super) fn spend(&mut self, cost: usize) -> Result<(), Damage> {
        self.left = self
            .left
            .checked_sub(cost as u64)
            .ok_or_else(|| Damage("it refers to the same bytes too often, so it is damaged".to_owned()))?;
        Ok(())
    }
}
