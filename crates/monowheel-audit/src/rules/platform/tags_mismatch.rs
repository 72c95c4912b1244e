use std::collections::BTreeSet;

use monowheel_wheel::filename::{MOST_TAGS, expand};
use monowheel_wheel::metadata::WheelFile;

use crate::facts::{Facts, WheelFacts};
use crate::finding::{Finding, Severity, some_of};
use crate::rule::{Found, rule};

rule! {
    /// The tags in the file name do not match those in `WHEEL`.
    ///
    /// # What it does
    /// Expands the compressed tag set of the file name and compares it, as a set, with the `Tag` lines of
    /// `WHEEL`. Each line has to name a single tag; a compressed set there is a note.
    ///
    /// # Why it matters
    /// Installers select by the file name and keep `WHEEL`. Tools that check an environment later (`pip check`, caches,
    /// `wheel tags`) read `WHEEL` and see a wheel that does not belong there; some do not understand a compressed set there
    /// (astral-sh/uv#2149). The specification requires the tags to be the same, expanded (binary distribution format,
    /// "File contents").
    ///
    /// # Example
    /// `demo-1.0-cp38-abi3-manylinux_2_17_x86_64.whl` with `Tag: cp38-abi3-linux_x86_64`: a wheel that was renamed.
    ///
    /// # Fix
    /// Change tags with `wheel tags` or with the build tool; do not rename the file.
    pub(super) static RULE: "tags-mismatch", Platform, Warning, One(check);
}

/// Reports compressed tag sets in WHEEL, whose lines name one tag each.
fn check_expanded(wheel: &WheelFacts, stated: &WheelFile, found: &mut Found<'_>) {
    let sets: Vec<&str> = stated.headers.all("Tag").map(str::trim).filter(|tag| tag.contains('.')).collect();
    if sets.is_empty() {
        return;
    }
    let message = format!("WHEEL has compressed tags, where each line has to name one tag: {}", some_of(&sets));
    found.add(
        // Installers read both forms; maturin wrote compressed sets for years.
        Finding::new(Severity::Note, wheel.info("WHEEL"), message)
            .details(sets)
            .fix("write one `Tag` line for each combination, as `wheel tags` does"),
    );
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let Some(stated) = &wheel.wheel_file else { return };
    check_expanded(wheel, stated, found);
    let named: BTreeSet<String> = facts.tags().iter().map(|tag| tag.to_string().to_ascii_lowercase()).collect();
    if named.is_empty() {
        return;
    }
    // The lines are single tags; some old tools wrote the compressed set.
    let stated: BTreeSet<String> =
        stated.headers.all("Tag").flat_map(|tag| expand(&tag.trim().to_ascii_lowercase())).take(MOST_TAGS).collect();
    if named == stated {
        return;
    }
    let only =
        |these: &BTreeSet<String>, those: &BTreeSet<String>| these.difference(those).cloned().collect::<Vec<_>>();
    let (only_named, only_stated) = (only(&named, &stated), only(&stated, &named));
    let mut parts = Vec::new();
    if !only_named.is_empty() {
        parts.push(format!("WHEEL does not have {}", some_of(&only_named)));
    }
    if !only_stated.is_empty() {
        parts.push(format!("the file name does not have {}", some_of(&only_stated)));
    }
    let details = only_named.iter().map(|tag| format!("file name: {tag}"));
    let details = details.chain(only_stated.iter().map(|tag| format!("WHEEL: {tag}")));
    found.add(
        Finding::new(Severity::Warning, wheel.info("WHEEL"), format!("the tags differ: {}", parts.join("; ")))
            .details(details)
            .fix("change tags with `wheel tags` or the build tool, which write both"),
    );
}
