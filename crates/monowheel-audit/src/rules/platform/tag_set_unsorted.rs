use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};

rule! {
    /// A compressed tag set in the file name is not sorted.
    ///
    /// # What it does
    /// Checks each of the three parts of the file name's tag: the names between the dots have to be sorted, without
    /// duplicates.
    ///
    /// # Why it matters
    /// PEP 425 asks for sorted sets, so that a wheel has only one name. `packaging` (26.1 and later,
    /// `parse_wheel_filename(validate_order=True)`) refuses others; installers accept them.
    ///
    /// # Example
    /// `cp38-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64`: `manylinux2014` comes first.
    ///
    /// # Fix
    /// Sort the names; recent build tools do.
    pub(super) static RULE: "tag-set-unsorted", Platform, Note, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(name) = facts.wheel.as_ref().and_then(|wheel| wheel.name.as_ref()) else { return };
    for set in name.tag.splitn(3, '-') {
        let mut sorted: Vec<&str> = set.split('.').collect();
        sorted.sort_unstable();
        sorted.dedup();
        let sorted = sorted.join(".");
        if sorted != set {
            found.add(
                Finding::new(Severity::Note, Place::file(), format!("the tag set {set} is not sorted"))
                    .fix(format!("name it {sorted}")),
            );
        }
    }
}
