//! Assigns targets to lanes.
//!
//! A lane is one Cargo target directory in which builds run one after another; lanes run at the same time.
//! cargo locks a target directory for the entire build, and maturin stages its artifact there, so
//! two builds cannot share one (cargo 1.96, maturin 1.16). Lanes instead of a directory per target keep
//! the host units (build scripts, procedural macros) to one copy per lane.

use std::collections::BTreeSet;

/// The groups of one build, by their indices.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Dealt {
    /// The groups that each lane builds because it has their artifacts, in the order of the groups.
    pub(crate) own: Vec<Vec<usize>>,
    /// The groups that no lane has: any free lane takes the next. The first group comes first, then the heaviest, so
    /// that the last one to end is short.
    pub(crate) shared: Vec<usize>,
}

/// Distributes `groups` of (name, weight) to `count` lanes.
///
/// A group belongs to the lane that already has its artifacts (`held`: names per lane), unless that lane has more than
/// its share.
#[must_use]
pub(crate) fn deal(groups: &[(String, usize)], held: &[BTreeSet<String>], count: usize) -> Dealt {
    let mut dealt = Dealt { own: vec![Vec::new(); count], shared: Vec::new() };
    let mut load = vec![0; count];
    let mut order: Vec<usize> = (0..groups.len()).collect();
    order.sort_by_key(|index| (*index != 0, std::cmp::Reverse(groups[*index].1)));
    let total: usize = groups.iter().map(|(_, weight)| weight).sum();
    let heaviest = groups.iter().map(|(_, weight)| *weight).max().unwrap_or(0);
    let share = total.div_ceil(count.max(1)) + heaviest;
    for index in order {
        let (name, weight) = &groups[index];
        let home =
            held.iter().take(count).position(|names| names.contains(name)).filter(|lane| load[*lane] + weight <= share);
        match home {
            Some(lane) => {
                dealt.own[lane].push(index);
                load[lane] += weight;
            }
            None => dealt.shared.push(index),
        }
    }
    for lane in &mut dealt.own {
        lane.sort_unstable();
    }
    dealt
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn groups(weights: &[usize]) -> Vec<(String, usize)> {
        weights.iter().enumerate().map(|(index, weight)| (format!("t{index}"), *weight)).collect()
    }

    #[test]
    fn the_first_is_built_first_and_then_the_heaviest() {
        let dealt = deal(&groups(&[1, 1, 1, 1, 2, 1, 1]), &[], 2);
        assert_eq!(dealt.shared, [0, 4, 1, 2, 3, 5, 6]);
        assert_eq!(dealt.own, [Vec::<usize>::new(), Vec::new()]);
    }

    #[test]
    fn artifacts_stay_where_they_are() {
        let held = [BTreeSet::from(["t3".to_owned()]), BTreeSet::from(["t0".to_owned(), "t1".to_owned()])];
        let dealt = deal(&groups(&[1, 1, 1, 1]), &held, 2);
        assert_eq!(dealt, Dealt { own: vec![vec![3], vec![0, 1]], shared: vec![2] });
    }

    #[test]
    fn a_lane_that_holds_everything_does_not_get_everything() {
        let all: BTreeSet<String> = (0..8).map(|index| format!("t{index}")).collect();
        let dealt = deal(&groups(&[1; 8]), &[all, BTreeSet::new()], 2);
        assert_eq!((dealt.own[0].len(), dealt.shared.len()), (5, 3), "{dealt:?}");
    }

    proptest! {
        #[test]
        fn every_group_is_dealt_once(
            weights in prop::collection::vec(1_usize..5, 0..30),
            count in 1_usize..6,
            held in 0_usize..30,
        ) {
            let held = [(0..held).map(|index| format!("t{index}")).collect()];
            let dealt = deal(&groups(&weights), &held, count);
            let mut all: Vec<usize> = dealt.own.into_iter().flatten().chain(dealt.shared).collect();
            all.sort_unstable();
            prop_assert_eq!(all, (0..weights.len()).collect::<Vec<_>>());
        }
    }
}
