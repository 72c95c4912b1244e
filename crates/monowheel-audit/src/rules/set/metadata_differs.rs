use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Finding, Place, Severity, some_of};
use crate::rule::{Found, rule};
use crate::set::{Outline, SdistOutline, Set, Stated};

rule! {
    /// The wheels of one version, or its sdist, have different metadata.
    ///
    /// # What it does
    /// Compares `Requires-Dist`, `Requires-Python`, `Provides-Extra` and the entry points of all wheels of a version.
    /// If there is an sdist, its PKG-INFO is compared too, from metadata 2.2 on, without the fields that it lists as
    /// `Dynamic`.
    ///
    /// # Why it matters
    /// uv, poetry and pylock files read the metadata of one file of a release and apply it to all (a resolver cannot
    /// know on which platform a lock file is used). An extra or a requirement that only some wheels have is then
    /// missing, or installed for everybody.
    ///
    /// # Example
    /// `Provides-Extra: cuda` in the Linux wheel but not in the macOS one (astral-sh/uv#15876, nmslib/nmslib#558).
    ///
    /// # Fix
    /// State the same metadata everywhere, and use markers for requirements that hold on some platforms: `cupy;
    /// sys_platform == "linux"`.
    pub(super) static RULE: "metadata-differs", Set, Warning, Set(check);
}

type Part = fn(&Stated) -> &BTreeSet<String>;
const PARTS: [(&str, Part); 4] = [
    ("Requires-Dist", |stated| &stated.requires_dist),
    ("Requires-Python", |stated| &stated.requires_python),
    ("Provides-Extra", |stated| &stated.provides_extra),
    ("entry points", |stated| &stated.entry_points),
];

fn check(set: &Set, found: &mut Found<'_>) {
    let mut versions: BTreeMap<&str, Vec<(&str, &Stated)>> = BTreeMap::new();
    for wheel in &set.wheels {
        let Outline { version: Some(version), stated: Some(stated), file, .. } = wheel else { continue };
        versions.entry(version).or_default().push((file, stated));
    }
    for sdist in &set.sdists_read {
        if let Some(why) = &sdist.unread {
            let message = format!("the metadata of {} could not be read: {why}", sdist.file);
            found.add(Finding::new(Severity::Note, Place::file(), message).fix("rebuild the sdist"));
        }
    }
    for (version, wheels) in versions {
        let sdist = set.sdists_read.iter().find(|sdist| sdist.version == version && sdist.unread.is_none());
        for (field, part) in PARTS {
            compare(field, part, &wheels, sdist, found);
        }
    }
}

fn compare(field: &str, part: Part, wheels: &[(&str, &Stated)], sdist: Option<&SdistOutline>, found: &mut Found<'_>) {
    let mut files = wheels.to_vec();
    // The entry points are not in PKG-INFO.
    let is_stated =
        |sdist: &&SdistOutline| field != "entry points" && !sdist.dynamic.contains(&field.to_ascii_lowercase());
    files.extend(sdist.filter(is_stated).map(|sdist| (sdist.file.as_str(), &sdist.stated)));
    let mut values: BTreeMap<&BTreeSet<String>, Vec<&str>> = BTreeMap::new();
    for (file, stated) in &files {
        values.entry(part(stated)).or_default().push(file);
    }
    if values.len() < 2 {
        return;
    }
    // Values that only some files have, each with the smaller group of files.
    let all: BTreeSet<&String> = values.keys().flat_map(|value| value.iter()).collect();
    let mut details = Vec::new();
    for one in all {
        let holders = |has: bool| -> Vec<&str> {
            files.iter().filter(|(_, stated)| part(stated).contains(one) == has).map(|(file, _)| *file).collect()
        };
        let (with, without) = (holders(true), holders(false));
        if without.is_empty() {
            continue;
        }
        details.push(match with.len() <= without.len() {
            true => format!("{one}: only in {}", some_of(&with)),
            false => format!("{one}: not in {}", some_of(&without)),
        });
    }
    let message = format!("{field} differs between the files of the release: {}", some_of(&details));
    found.add(
        Finding::new(Severity::Warning, Place::file(), message)
            .details(details)
            .fix("state the same in all of them, with markers for requirements of some platforms only"),
    );
}
