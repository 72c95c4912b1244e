//! The basket and its prices, in whole cents.

use std::fmt;

/// Why a price was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// A discount of more than 100 percent: this many.
    Percent(u32),
    /// A line without pieces.
    NoPieces,
    /// The sum does not fit 64 bits.
    Overflow,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Percent(percent) => write!(f, "a discount of {percent} percent is more than 100 percent"),
            Self::NoPieces => f.write_str("a line has at least one piece"),
            Self::Overflow => f.write_str("the sum does not fit 64 bits"),
        }
    }
}

impl std::error::Error for Error {}

/// Some pieces of one article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its name.
    pub article: String,
    /// The list price of one piece, in cents.
    pub cents: u64,
    /// How many.
    pub pieces: u32,
}

/// The articles to buy; immutable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basket {
    lines: Vec<Line>,
}

impl Basket {
    /// A basket of these lines, each of at least one piece.
    pub fn new(lines: Vec<Line>) -> Result<Self, Error> {
        if lines.iter().any(|line| line.pieces == 0) {
            return Err(Error::NoPieces);
        }
        Ok(Self { lines })
    }

    /// The lines, in their original order.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The sum in cents, with `price` giving the price of one piece. The first error ends it.
    pub fn total<E: From<Error>>(&self, mut price: impl FnMut(&Line) -> Result<u64, E>) -> Result<u64, E> {
        let mut sum: u64 = 0;
        for line in &self.lines {
            let piece = price(line)?;
            let cents = piece.checked_mul(u64::from(line.pieces)).ok_or(Error::Overflow)?;
            sum = sum.checked_add(cents).ok_or(Error::Overflow)?;
        }
        Ok(sum)
    }
}

/// `cents` less `percent`, rounded to whole cents in the buyer's favor.
pub fn discounted(cents: u64, percent: u32) -> Result<u64, Error> {
    let kept = 100_u32.checked_sub(percent).ok_or(Error::Percent(percent))?;
    // In 128 bits, which hold 100 times any price.
    let exact = u128::from(cents) * u128::from(kept);
    u64::try_from(exact / 100).map_err(|_| Error::Overflow)
}
