//! The fields of the core metadata (specification 2.6, as packaging 26.3 has them).

/// A field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// The specification's spelling; names are compared case-insensitively.
    pub name: &'static str,
    /// The first version of the metadata that has it.
    pub since: (u32, u32),
    /// Whether it may occur several times.
    pub multiple: bool,
}

const fn one(name: &'static str, since: (u32, u32)) -> Field {
    Field { name, since, multiple: false }
}

const fn many(name: &'static str, since: (u32, u32)) -> Field {
    Field { name, since, multiple: true }
}

/// All of them.
pub(crate) const FIELDS: &[Field] = &[
    one("Metadata-Version", (1, 0)),
    one("Name", (1, 0)),
    one("Version", (1, 0)),
    many("Dynamic", (2, 2)),
    many("Platform", (1, 0)),
    many("Supported-Platform", (1, 1)),
    one("Summary", (1, 0)),
    one("Description", (1, 0)),
    one("Description-Content-Type", (2, 1)),
    one("Keywords", (1, 0)),
    one("Author", (1, 0)),
    one("Author-email", (1, 0)),
    one("Maintainer", (1, 2)),
    one("Maintainer-email", (1, 2)),
    one("License", (1, 0)),
    one("License-Expression", (2, 4)),
    many("License-File", (2, 4)),
    many("Classifier", (1, 1)),
    many("Requires-Dist", (1, 2)),
    one("Requires-Python", (1, 2)),
    many("Requires-External", (1, 2)),
    many("Project-URL", (1, 2)),
    many("Provides-Extra", (2, 1)),
    many("Import-Name", (2, 5)),
    many("Import-Namespace", (2, 5)),
    many("Provides-Dist", (1, 2)),
    many("Obsoletes-Dist", (1, 2)),
    one("Home-page", (1, 0)),
    one("Download-URL", (1, 1)),
    many("Requires", (1, 1)),
    many("Provides", (1, 1)),
    many("Obsoletes", (1, 1)),
];

/// The metadata versions that the index accepts (warehouse 2026-08).
pub const INDEX_VERSIONS: [&str; 8] = ["1.0", "1.1", "1.2", "2.1", "2.2", "2.3", "2.4", "2.5"];

/// The newest version that is specified.
pub const NEWEST_VERSION: &str = "2.6";

impl Field {
    /// The field of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        FIELDS.iter().find(|field| field.name.eq_ignore_ascii_case(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_without_case() {
        assert_eq!(Field::named("requires-PYTHON").map(|field| field.since), Some((1, 2)));
        assert_eq!(Field::named("Require-Python"), None);
        for (index, field) in FIELDS.iter().enumerate() {
            assert_eq!(Field::named(field.name), FIELDS.get(index), "each once");
        }
    }
}
