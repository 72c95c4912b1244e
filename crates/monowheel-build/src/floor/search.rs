//! The search for the lowest floor, with as few checks as possible.

use monowheel_error::Result;

/// The result of one check.
pub(super) trait Outcome {
    /// Whether the floor is possible.
    fn is_possible(&self) -> bool;
    /// Whether two floors are impossible for a common reason.
    fn fails_like(&self, other: &Self) -> bool;
}

/// Checks `floors`, which are in ascending order, until the lowest possible one is certain; every one if `all`.
///
/// A crate that compiles for one floor compiles for the higher ones, unless it uses something that a later CPython
/// removed. The lowest is checked first, because most crates compile for it, and then the highest, which says whether
/// any does: if both fail for different reasons, the others are checked too. Returns the outcomes of the checks that
/// were made, in the order of `floors`.
///
/// # Errors
/// The first of `check`.
pub(super) fn search<T: Outcome>(
    floors: &[u8],
    all: bool,
    mut check: impl FnMut(u8) -> Result<T>,
) -> Result<Vec<(u8, T)>> {
    let mut outcomes: Vec<(u8, T)> = Vec::new();
    let mut rest: &[u8] = floors;
    if let (false, [first, between @ .., last]) = (all, floors) {
        outcomes.push((*first, check(*first)?));
        rest = &[];
        if !outcomes[0].1.is_possible() {
            outcomes.push((*last, check(*last)?));
            let highest = &outcomes[1].1;
            if highest.is_possible() {
                bisect(between, &mut outcomes, &mut check)?;
            } else if !highest.fails_like(&outcomes[0].1) {
                rest = between;
            }
        }
    }
    for floor in rest {
        outcomes.push((*floor, check(*floor)?));
    }
    outcomes.sort_by_key(|(floor, _)| *floor);
    Ok(outcomes)
}

/// Checks the floors between an impossible one and a possible one by halves.
fn bisect<T>(mut between: &[u8], outcomes: &mut Vec<(u8, T)>, check: &mut impl FnMut(u8) -> Result<T>) -> Result<()>
where
    T: Outcome,
{
    while let Some(floor) = between.get(between.len() / 2) {
        let outcome = check(*floor)?;
        let (lower, higher) = between.split_at(between.len() / 2);
        between = if outcome.is_possible() { lower } else { &higher[1..] };
        outcomes.push((*floor, outcome));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Outcome for bool {
        fn is_possible(&self) -> bool {
            *self
        }

        fn fails_like(&self, other: &Self) -> bool {
            !self && !other
        }
    }

    fn checked(lowest: u8, all: bool) -> Result<Vec<(u8, bool)>> {
        search(&[8, 9, 10, 11, 12, 13, 14, 15], all, |floor| Ok(floor >= lowest))
    }

    #[test]
    fn one_check_is_enough_for_most_crates() -> Result<()> {
        assert_eq!(checked(8, false)?, [(8, true)]);
        Ok(())
    }

    #[test]
    fn both_neighbors_of_the_limit_are_checked() -> Result<()> {
        for lowest in 9..=15 {
            let found = checked(lowest, false)?;
            assert!(found.contains(&(lowest, true)) && found.contains(&(lowest - 1, false)), "{lowest}: {found:?}");
            assert!(found.len() <= 5, "{lowest}: {found:?}");
        }
        Ok(())
    }

    #[test]
    fn two_checks_say_that_none_is_possible() -> Result<()> {
        assert_eq!(checked(16, false)?, [(8, false), (15, false)]);
        assert_eq!(search(&[15], false, |_| Ok(false))?, [(15, false)]);
        assert_eq!(search(&[], false, |_| Ok(true))?, []);
        assert_eq!(checked(10, true)?.len(), 8);
        Ok(())
    }

    /// What a later CPython removed prevents the highest floors.
    impl Outcome for Option<&str> {
        fn is_possible(&self) -> bool {
            self.is_none()
        }

        fn fails_like(&self, other: &Self) -> bool {
            self == other
        }
    }

    #[test]
    fn floors_that_fail_for_different_reasons_leave_the_others_open() -> Result<()> {
        let found = search(&[8, 9, 10, 11, 12], false, |floor| {
            Ok(match floor {
                8 | 9 => Some("new"),
                12 => Some("removed"),
                _ => None,
            })
        })?;
        assert_eq!(found.len(), 5);
        assert_eq!(found[2], (10, None));
        Ok(())
    }
}
