//! The members of a wheel, by what they are.

use std::collections::BTreeMap;

use monowheel_audit::facts::Role;
use monowheel_audit::gather::role_of_member;
use monowheel_wheel::archive::Member;
use serde::Serialize;

/// What a member is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MemberKind {
    /// An extension module.
    Extension,
    /// A shared library that the wheel brings along.
    Library,
    /// A program.
    Program,
    /// Python: sources, stubs, bytecode.
    Python,
    /// A bill of materials.
    Sbom,
    /// The text of a license.
    License,
    /// The rest of `.dist-info`.
    Metadata,
    /// Data, and whatever else.
    Other,
}

impl MemberKind {
    /// That of a path.
    #[must_use]
    pub fn of(path: &str) -> Self {
        let (top, rest) = path.split_once('/').unwrap_or(("", path));
        if top.ends_with(".dist-info") {
            return match rest.split_once('/') {
                Some(("sboms", _)) => Self::Sbom,
                Some(("licenses" | "license_files", _)) => Self::License,
                _ if is_license(rest) => Self::License,
                _ => Self::Metadata,
            };
        }
        match role_of_member(path) {
            Some(Role::Extension { .. }) => return Self::Extension,
            Some(Role::Library) => return Self::Library,
            Some(Role::Program) => return Self::Program,
            None => {}
        }
        let lower = path.to_ascii_lowercase();
        let is_python = [".py", ".pyi", ".pyc"].iter().any(|ending| lower.ends_with(ending));
        if is_python { Self::Python } else { Self::Other }
    }

    /// The kind in words, for several members.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Extension => "extension modules",
            Self::Library => "vendored libraries",
            Self::Program => "programs",
            Self::Python => "Python files",
            Self::Sbom => "SBOMs",
            Self::License => "licenses",
            Self::Metadata => "metadata",
            Self::Other => "other files",
        }
    }

    /// Whether a member of this kind is executable code.
    #[must_use]
    pub const fn is_binary(self) -> bool {
        matches!(self, Self::Extension | Self::Library | Self::Program)
    }
}

fn is_license(file: &str) -> bool {
    let upper = file.to_ascii_uppercase();
    ["LICENSE", "LICENCE", "COPYING", "NOTICE", "AUTHORS"].iter().any(|start| upper.starts_with(start))
}

/// A member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MemberSize {
    /// Its path.
    pub path: String,
    /// What it is.
    pub kind: MemberKind,
    /// Bytes when inflated, as the archive's directory says.
    pub bytes: u64,
    /// Bytes in the archive, as its directory says.
    pub compressed: u64,
}

impl MemberSize {
    pub(super) fn of(member: &Member) -> Self {
        Self {
            kind: MemberKind::of(&member.path),
            path: member.path.clone(),
            bytes: member.size,
            compressed: member.compressed,
        }
    }
}

/// All members of a kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KindSize {
    /// The kind.
    pub kind: MemberKind,
    /// How many there are.
    pub members: usize,
    /// Bytes when inflated.
    pub bytes: u64,
    /// Bytes in the archive.
    pub compressed: u64,
}

/// The kinds of these members, the largest in the archive first.
pub(super) fn kinds(members: &[MemberSize]) -> Vec<KindSize> {
    let mut kinds: BTreeMap<MemberKind, KindSize> = BTreeMap::new();
    for member in members {
        let empty = KindSize { kind: member.kind, members: 0, bytes: 0, compressed: 0 };
        let kind = kinds.entry(member.kind).or_insert(empty);
        kind.members += 1;
        kind.bytes = kind.bytes.saturating_add(member.bytes);
        kind.compressed = kind.compressed.saturating_add(member.compressed);
    }
    let mut kinds: Vec<KindSize> = kinds.into_values().collect();
    kinds.sort_by_key(|kind| std::cmp::Reverse((kind.compressed, kind.bytes)));
    kinds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_has_a_kind() {
        for (path, kind) in [
            ("demo/_demo.abi3.so", MemberKind::Extension),
            ("demo/_demo.pyd", MemberKind::Extension),
            ("demo.libs/libz-1a2b3c4d.so.1", MemberKind::Library),
            ("demo/.dylibs/libz.dylib", MemberKind::Library),
            ("demo-1.0.data/scripts/demo", MemberKind::Program),
            ("demo/__init__.py", MemberKind::Python),
            ("demo/__init__.pyi", MemberKind::Python),
            ("demo-1.0.dist-info/sboms/demo.cyclonedx.json", MemberKind::Sbom),
            ("demo-1.0.dist-info/licenses/LICENSE", MemberKind::License),
            ("demo-1.0.dist-info/LICENSE", MemberKind::License),
            ("demo-1.0.dist-info/METADATA", MemberKind::Metadata),
            ("demo/py.typed", MemberKind::Other),
            ("", MemberKind::Other),
        ] {
            assert_eq!(MemberKind::of(path), kind, "{path}");
        }
    }
}
