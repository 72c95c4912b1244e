//! How long the rest of a build takes: by the last build's time of each wheel, corrected by the wheels of this one.

use std::collections::BTreeMap;

/// How far this build may be from the last one: a warm build takes a small part of a cold one.
const FACTOR: (f64, f64) = (0.05, 20.0);

/// The times of the last build, and of the wheels that ended in this one. All times are in seconds.
#[derive(Debug, Default)]
pub(super) struct Estimate {
    last: BTreeMap<String, f64>,
    lanes: usize,
    waiting: Vec<String>,
    ended: Vec<(String, f64)>,
}

impl Estimate {
    /// With the times of an earlier build, by wheel.
    pub(super) fn new(last: BTreeMap<String, f64>, lanes: usize) -> Self {
        Self { last, lanes: lanes.max(1), ..Self::default() }
    }

    /// These wheels will be built.
    pub(super) fn waits(&mut self, ids: &[&str]) {
        self.waiting = ids.iter().map(|&id| id.to_owned()).collect();
    }

    /// A wheel begins.
    pub(super) fn began(&mut self, id: &str) {
        self.waiting.retain(|waiting| waiting != id);
    }

    /// A wheel has ended after this time.
    pub(super) fn ended(&mut self, id: &str, seconds: f64) {
        self.began(id);
        self.ended.push((id.to_owned(), seconds));
    }

    /// The time until all have ended, when these are being built and for how long; none if nothing is known.
    pub(super) fn left(&self, now: &[(&str, f64)]) -> Option<f64> {
        let factor = self.factor();
        let expected = |id: &str| self.last.get(id).map(|last| last * factor).or_else(|| self.usual());
        let waiting = self.waiting.iter().map(|id| expected(id));
        // A wheel that takes longer than expected is not done before it is done.
        let begun = now.iter().map(|(id, since)| expected(id).map(|all| (all - since).max(1.0)));
        let each: Vec<f64> = waiting.chain(begun).collect::<Option<_>>()?;
        let longest = each.iter().copied().fold(0.0, f64::max);
        #[expect(clippy::cast_precision_loss, reason = "a handful of lanes")]
        let shared = each.iter().sum::<f64>() / self.lanes.max(1) as f64;
        (!each.is_empty()).then_some(longest.max(shared))
    }

    /// This build's speed against the last one's.
    fn factor(&self) -> f64 {
        let known = self.ended.iter().filter_map(|(id, seconds)| Some((*seconds, *self.last.get(id)?)));
        let (now, last) = known.fold((0.0, 0.0), |(now, last), (one, before)| (now + one, last + before));
        if last > 0.0 && now > 0.0 { (now / last).clamp(FACTOR.0, FACTOR.1) } else { 1.0 }
    }

    /// The mean time of a wheel of this build, for one that the last build did not have.
    fn usual(&self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "a handful of wheels")]
        let number = self.ended.len() as f64;
        (!self.ended.is_empty()).then(|| self.ended.iter().map(|(_, seconds)| seconds).sum::<f64>() / number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estimate(lanes: usize) -> Estimate {
        let last = [("a", 10.0), ("b", 20.0), ("c", 30.0)].map(|(id, seconds)| (id.to_owned(), seconds));
        let mut estimate = Estimate::new(last.into(), lanes);
        estimate.waits(&["a", "b", "c"]);
        estimate
    }

    #[test]
    fn the_last_times_are_shared_by_the_lanes() {
        assert_eq!(estimate(1).left(&[]), Some(60.0));
        assert_eq!(estimate(2).left(&[]), Some(30.0));
        // Not sooner than the longest.
        assert_eq!(estimate(8).left(&[]), Some(30.0));
    }

    #[test]
    fn what_is_being_built_has_its_rest_and_a_second_at_least() {
        let mut estimate = estimate(1);
        estimate.began("a");
        estimate.began("b");
        assert_eq!(estimate.left(&[("a", 4.0), ("b", 25.0)]), Some(30.0 + 6.0 + 1.0));
    }

    #[test]
    fn a_faster_build_is_expected_to_stay_faster() {
        let mut estimate = estimate(1);
        estimate.ended("a", 1.0);
        assert_eq!(estimate.left(&[]), Some(2.0 + 3.0));
        estimate.ended("b", 2.0);
        estimate.ended("c", 3.0);
        assert_eq!(estimate.left(&[]), None);
    }

    #[test]
    fn a_first_build_is_estimated_by_its_own_wheels() {
        let mut estimate = Estimate::new(BTreeMap::new(), 1);
        estimate.waits(&["a", "b", "c"]);
        assert_eq!(estimate.left(&[]), None);
        estimate.ended("a", 8.0);
        assert_eq!(estimate.left(&[]), Some(16.0));
    }
}
