//! The search for the lowest floor, with as few checks as possible.

use monowheel_error::Result;

/// The result of one check.
pub(super) trait Outcome {
    /// Whether the floor is possible.
    fn is_possible(&self) -> bool;
}

/// Checks `floors`, which are in ascending order, until the lowest possible one is certain; every one if `all`.
///
/// PyO3 only adds interfaces with the floor, so a crate that compiles for one floor compiles for the higher ones. The
/// lowest is checked first, because most crates compile for it, and then the highest, which says whether any does.
/// Returns the outcomes of the checks that were made, in the order of `floors`.
///
/// # Errors
/// The first of `check`.
pub(super) fn search<T: Outcome>(
    floors: &[u8],
    all: bool,
    mut check: impl FnMut(u8) -> Result<T>,
) -> Result<Vec<(u8, T)>> {
    let mut outcomes: Vec<(u8, T)> = Vec::new();
    if all {
        for &floor in floors {
            outcomes.push((floor, check(floor)?));
        }
        return Ok(outcomes);
    }
    let mut is_possible = |index: usize| -> Result<bool> {
        let outcome = check(floors[index])?;
        let answer = outcome.is_possible();
        outcomes.push((floors[index], outcome));
        Ok(answer)
    };
    if let Some(last) = floors.len().checked_sub(1) {
        if !is_possible(0)? && last > 0 && is_possible(last)? {
            let (mut impossible, mut possible) = (0, last);
            while possible - impossible > 1 {
                let middle = usize::midpoint(impossible, possible);
                if is_possible(middle)? { possible = middle } else { impossible = middle }
            }
        }
    }
    outcomes.sort_by_key(|(floor, _)| *floor);
    Ok(outcomes)
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Outcome for bool {
        fn is_possible(&self) -> bool {
            *self
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
}
