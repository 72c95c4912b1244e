//! The rule `zip-times-vary`.

use std::collections::BTreeSet;

use monowheel_wheel::time::dos_text;

use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity, some_of};
use crate::rule::{Found, rule};

/// Default dates that tools write, at midnight: 1980-01-01 (maturin, uv), 2016-01-01 (flit, poetry-core), 2020-02-02
/// (hatchling), and no date at all.
const CONSTANTS: [u16; 4] = [0x0021, 0x4821, 0x5042, 0];

rule! {
    /// The members of the archive have different times.
    ///
    /// # What it does
    /// Checks the modification time of every member. One time for all is as good as 1980-01-01: it may be
    /// `SOURCE_DATE_EPOCH`. The constants of flit, poetry-core, hatchling and maturin may occur together.
    ///
    /// # Why it matters
    /// Different times are those of the files in the build directory, or of the clock. They change with every checkout,
    /// and so does the wheel's hash.
    ///
    /// # Example
    /// `demo/__init__.py` with 10:02:14 and `demo/_demo.abi3.so` with 10:05:38.
    ///
    /// # Fix
    /// Set `SOURCE_DATE_EPOCH` for the build (`git log -1 --format=%ct`), and for auditwheel, delocate and delvewheel
    /// too.
    pub(super) static RULE: "zip-times-vary", Reproducible, Note, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let times: BTreeSet<(u16, u16)> = wheel.members.iter().map(|member| member.modified).collect();
    let is_constant = |(date, time): &(u16, u16)| *time == 0 && CONSTANTS.contains(date);
    if times.len() < 2 || times.iter().all(is_constant) {
        return;
    }
    let shown: Vec<String> = times.iter().map(|time| dos_text(*time)).collect();
    found.add(
        Finding::new(
            Severity::Note,
            Place::file(),
            format!("the members have {} different times: {}", shown.len(), some_of(&shown)),
        )
        .fix("set SOURCE_DATE_EPOCH for the build and for every tool that repairs the wheel"),
    );
}
