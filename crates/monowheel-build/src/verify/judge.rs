//! The verdict on one wheel, and its basis.

use monowheel_error::Result;
use monowheel_project::project::Project;
use monowheel_wheel::archive::{Archive, Limits, Oddity};
use monowheel_wheel::filename::WheelName;
use monowheel_wheel::names::normalized_name;
use monowheel_wheel::source::ReadAt;

use crate::compare::{self, Comparison, Difference, Kind};
use crate::held::Held;
use crate::plan::ToolFacts;
use crate::provenance::Provenance;
use crate::verify::recipe::is_recipe;
use crate::verify::{Outcome, Verified};

/// Records that the source's sdist is not the one that the recipe names.
pub(super) fn sdist(one: &mut Verified, recipe: &Provenance) {
    let Some(source) = &one.source else { return };
    let Some(sha256) = source.sha256.as_ref().filter(|sha256| **sha256 != recipe.sdist.sha256) else { return };
    let here = match &source.commit {
        Some(commit) => format!("the one built from commit {commit} has"),
        None => format!("{} has", source.from),
    };
    let named = &recipe.sdist;
    one.causes.push(format!(
        "built from another sdist: the wheel says {} with SHA-256 {}, {here} {sha256}",
        named.file, named.sha256
    ));
}

/// Why a project cannot be the source of the wheel at all.
pub(super) fn stranger(file: &str, project: &Project) -> Option<String> {
    let Ok(name) = WheelName::parse(file) else { return Some("the file does not have the name of a wheel".to_owned()) };
    let version =
        |text: &str| text.parse::<pep440_rs::Version>().map_or_else(|_| text.to_owned(), |version| version.to_string());
    let same = normalized_name(&name.name) == normalized_name(&project.name)
        && version(&name.version) == version(&project.version);
    (!same).then(|| {
        format!("the source is {} {}, but the wheel is {} {}", project.name, project.version, name.name, name.version)
    })
}

/// Compares a wheel (A) with the one that was built for it (B).
pub(super) fn wheel(one: &mut Verified, wheel: &Held, made: &Held) -> Result<Outcome> {
    let name = made.name();
    if name != one.file {
        one.causes.push(format!("the wheel built from its source is named {name}"));
    }
    let rebuilt = made.sha256().to_owned();
    let comparison = compare::wheels(wheel.bytes(), made.bytes())?;
    if !comparison.is_identical() {
        one.causes.extend(oddity(wheel.bytes())?);
    }
    let is_clean = one.causes.is_empty();
    Ok(match comparison {
        Comparison::Identical if is_clean => Outcome::Identical,
        Comparison::Identical => Outcome::Different { rebuilt: Some(rebuilt), differences: Vec::new() },
        Comparison::Differences(differences) if is_clean && differences.iter().all(is_harmless) => {
            Outcome::IdenticalButFor { rebuilt, differences }
        }
        Comparison::Differences(differences) => Outcome::Different { rebuilt: Some(rebuilt), differences },
    })
}

/// The parts of the archive that installers may read differently: if there are any, equal members do not imply that
/// the installed files are equal. Our own wheel has none: its audit was clean.
fn oddity(wheel: &dyn ReadAt) -> Result<Option<String>> {
    let archive = Archive::open(wheel, &Limits::default())?;
    let mut oddities = archive.oddities.clone();
    for member in &archive.members {
        archive.check_local(member, &mut oddities)?;
    }
    let told = |oddity: &Oddity| {
        let member = oddity.member.as_ref().map(|member| format!("{member}: ")).unwrap_or_default();
        format!("installers read its archive in more than one way: {member}{}", oddity.detail)
    };
    Ok(oddities.first().map(told))
}

/// Differences that do not affect the installed and executed files: the packaging; the recipe, and its row in RECORD.
fn is_harmless(difference: &Difference) -> bool {
    difference.kind.is_packaging()
        || difference.place.member.as_deref().is_some_and(is_recipe) && difference.kind != Kind::NotCompared
        || difference.kind == Kind::Record && difference.follows
}

/// The basis of the verdict on a rebuilt wheel.
pub(super) fn trusted(one: &Verified, tools: &ToolFacts) -> Vec<String> {
    let mut trusted = Vec::new();
    if let Some(source) = &one.source {
        let whence = match (&source.commit, source.promised) {
            (Some(commit), _) => format!("commit {commit} of {}", source.from),
            (None, true) => format!("{}, whose SHA-256 matches the one on the index", source.from),
            (None, false) if source.from.contains("://") => {
                format!("{}, for which the index has no SHA-256", source.from)
            }
            (None, false) => format!("{}, as found on disk", source.from),
        };
        trusted.push(format!("the source, whose build scripts ran here: {whence}"));
    }
    let named = [
        tools.rustc.clone(),
        tools.maturin.as_ref().map(|version| format!("maturin {version}")),
        tools.zig.as_ref().map(|version| format!("zig {version}")),
    ];
    let named: Vec<String> = named.into_iter().flatten().collect();
    trusted.push(format!("the tools of this machine, by the versions that they report: {}", named.join(", ")));
    trusted.push("the crates that cargo fetched for the source's Cargo.lock".to_owned());
    trusted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::Place;

    fn difference(kind: Kind, member: &str, follows: bool) -> Difference {
        let place = Place { member: Some(member.to_owned()), ..Place::default() };
        Difference { kind, place, cause: String::new(), follows }
    }

    /// An archive of one member, whose local header calls it `local`.
    fn zip(local: &str, central: &str) -> Vec<u8> {
        let header = |name: &str, directory: bool| {
            let mut bytes = if directory { b"PK\x01\x02\x14\x03".to_vec() } else { b"PK\x03\x04".to_vec() };
            bytes.extend([20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
            bytes.extend([u8::try_from(name.len()).unwrap(), 0, 0, 0]);
            bytes.extend(if directory { vec![0; 14] } else { Vec::new() });
            bytes.extend(name.as_bytes());
            bytes
        };
        let (mut bytes, directory) = (header(local, false), header(central, true));
        let (at, size) = (u8::try_from(bytes.len()).unwrap(), u8::try_from(directory.len()).unwrap());
        bytes.extend(directory);
        bytes.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
        bytes.extend([size, 0, 0, 0, at, 0, 0, 0, 0, 0]);
        bytes
    }

    #[test]
    fn an_archive_that_says_two_things_is_never_the_same_but_for_packing() {
        assert_eq!(oddity(&zip("a.py", "a.py")).unwrap(), None);
        let said = oddity(&zip("evil.pth", "a.py")).unwrap().unwrap_or_default();
        assert!(said.contains("in more than one way") && said.contains("evil.pth"), "{said}");
    }

    #[test]
    fn only_packing_and_the_recipe_are_harmless() {
        const INFO: &str = "x-1.dist-info";
        let harmless = [
            difference(Kind::Time, "x/a.py", false),
            difference(Kind::Text, &format!("{INFO}/monowheel.json"), false),
            difference(Kind::Record, &format!("{INFO}/RECORD"), true),
        ];
        assert!(harmless.iter().all(is_harmless));
        let others = [
            difference(Kind::Text, "x/monowheel.json", false),
            difference(Kind::Record, &format!("{INFO}/RECORD"), false),
            difference(Kind::Metadata, &format!("{INFO}/METADATA"), false),
            difference(Kind::More, "", false),
            difference(Kind::NotCompared, &format!("{INFO}/monowheel.json"), false),
            difference(Kind::Code, "x/_x.abi3.so", true),
        ];
        assert!(!others.iter().any(is_harmless));
    }
}
