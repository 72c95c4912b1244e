//! Which target is built in which lane.
//!
//! A lane is one Cargo target folder in which builds follow each other; lanes run at the same time.
//! cargo locks a target folder for the whole of a build, and maturin stages its artifact there, so
//! two builds cannot share one (cargo 1.96, maturin 1.16). Lanes instead of a folder per target keep
//! what is compiled for the host (build scripts, procedural macros) to one copy a lane.

use std::collections::BTreeSet;

/// Deals `groups` of (name, weight) to `count` lanes and returns the groups' indices per lane.
///
/// A group goes back to the lane that already holds its artifacts (`held`: names per lane), unless
/// that lane has more than its share; else to the lightest lane, the heaviest groups first. The order
/// within a lane is that of `groups`.
#[must_use]
pub(crate) fn deal(groups: &[(String, usize)], held: &[BTreeSet<String>], count: usize) -> Vec<Vec<usize>> {
    let mut lanes: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut load = vec![0; count];
    let mut order: Vec<usize> = (0..groups.len()).collect();
    order.sort_by_key(|index| std::cmp::Reverse(groups[*index].1));
    let total: usize = groups.iter().map(|(_, weight)| weight).sum();
    let heaviest = groups.iter().map(|(_, weight)| *weight).max().unwrap_or(0);
    let share = total.div_ceil(count.max(1)) + heaviest;
    for index in order {
        let (name, weight) = &groups[index];
        let home =
            held.iter().take(count).position(|names| names.contains(name)).filter(|lane| load[*lane] + weight <= share);
        let lane = home.or_else(|| (0..count).min_by_key(|lane| load[*lane])).unwrap_or(0);
        if let (Some(lane), Some(load)) = (lanes.get_mut(lane), load.get_mut(lane)) {
            lane.push(index);
            *load += weight;
        }
    }
    for lane in &mut lanes {
        lane.sort_unstable();
    }
    lanes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn groups(weights: &[usize]) -> Vec<(String, usize)> {
        weights.iter().enumerate().map(|(index, weight)| (format!("t{index}"), *weight)).collect()
    }

    #[test]
    fn the_heaviest_is_balanced_by_the_others() {
        assert_eq!(deal(&groups(&[1, 1, 1, 1, 2, 1, 1]), &[], 2), [vec![2, 4, 5], vec![0, 1, 3, 6]]);
    }

    #[test]
    fn artifacts_stay_where_they_are() {
        let held = [BTreeSet::from(["t3".to_owned()]), BTreeSet::from(["t0".to_owned(), "t1".to_owned()])];
        assert_eq!(deal(&groups(&[1, 1, 1, 1]), &held, 2), [vec![2, 3], vec![0, 1]]);
    }

    #[test]
    fn a_lane_that_holds_everything_does_not_get_everything() {
        let all: BTreeSet<String> = (0..8).map(|index| format!("t{index}")).collect();
        let dealt = deal(&groups(&[1; 8]), &[all, BTreeSet::new()], 2);
        assert!(dealt.iter().all(|lane| lane.len() >= 3), "{dealt:?}");
    }

    proptest! {
        #[test]
        fn every_group_is_dealt_once(weights in prop::collection::vec(1_usize..5, 0..30), count in 1_usize..6) {
            let mut dealt: Vec<usize> = deal(&groups(&weights), &[], count).into_iter().flatten().collect();
            dealt.sort_unstable();
            prop_assert_eq!(dealt, (0..weights.len()).collect::<Vec<_>>());
        }
    }
}
