//! `METADATA` and `WHEEL`.

use serde::{Deserialize, Serialize};

use crate::headers::Headers;

/// `*.dist-info/METADATA`, core metadata up to 2.6.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Metadata {
    /// Every field as written, and the invalid lines.
    pub headers: Headers,
}

/// `*.dist-info/WHEEL`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct WheelFile {
    /// Every field as written, and the invalid lines.
    pub headers: Headers,
}

impl Metadata {
    /// Parses the file; problems are in the headers' `broken`.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Self {
        Self { headers: Headers::parse(bytes) }
    }

    /// `Metadata-Version`.
    #[must_use]
    pub fn metadata_version(&self) -> Option<&str> {
        self.value("Metadata-Version")
    }

    /// `Name`.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.value("Name")
    }

    /// `Version`, as written.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.value("Version")
    }

    /// `Requires-Python`.
    #[must_use]
    pub fn requires_python(&self) -> Option<&str> {
        self.value("Requires-Python")
    }

    /// The description: the text after the fields, or the field's value.
    #[must_use]
    pub fn description(&self) -> Option<&str> {
        let after = Some(self.headers.body.as_str()).filter(|text| !text.trim().is_empty());
        after.or_else(|| self.value("Description"))
    }

    /// `License-Expression` (PEP 639, 2.4).
    #[must_use]
    pub fn license_expression(&self) -> Option<&str> {
        self.value("License-Expression")
    }

    /// `License`, the free text that `License-Expression` replaces.
    #[must_use]
    pub fn license(&self) -> Option<&str> {
        self.value("License")
    }

    /// Every `License-File`. Their directory is `licenses/` of the dist-info from metadata 2.4 on; setuptools wrote the
    /// field before the specification had it, and meant the dist-info itself.
    pub fn license_files(&self) -> impl Iterator<Item = &str> {
        self.headers.all("License-File")
    }

    /// Every `Classifier`.
    pub fn classifiers(&self) -> impl Iterator<Item = &str> {
        self.headers.all("Classifier")
    }

    /// `Metadata-Version` as numbers.
    #[must_use]
    pub fn stated_version(&self) -> Option<(u32, u32)> {
        let (major, minor) = self.metadata_version()?.split_once('.')?;
        Some((major.parse().ok()?, minor.parse().ok()?))
    }

    /// Whether the metadata follows version 2.4 or later, for which PEP 639 applies: license files are in `licenses/`.
    #[must_use]
    pub fn has_license_files_folder(&self) -> bool {
        self.stated_version().is_some_and(|version| version >= (2, 4))
    }

    /// A field's first value, trimmed; `None` if it is absent or empty.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        self.headers.first(name).map(str::trim).filter(|value| !value.is_empty())
    }
}

impl WheelFile {
    /// Parses the file; problems are in the headers' `broken`.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Self {
        Self { headers: Headers::parse(bytes) }
    }

    /// `Wheel-Version`, as written.
    #[must_use]
    pub fn wheel_version(&self) -> Option<&str> {
        self.headers.first("Wheel-Version").map(str::trim)
    }

    /// `Root-Is-Purelib`; `None` if it is neither `true` nor `false` (pip then assumes `false`).
    #[must_use]
    pub fn root_is_purelib(&self) -> Option<bool> {
        let word = self.headers.first("Root-Is-Purelib")?.trim();
        [true, false].into_iter().find(|value| word.eq_ignore_ascii_case(if *value { "true" } else { "false" }))
    }

    /// Every `Tag`: single tags, although some tools write compressed sets.
    pub fn tags(&self) -> impl Iterator<Item = &str> {
        self.headers.all("Tag").map(str::trim)
    }

    /// `Build`.
    #[must_use]
    pub fn build(&self) -> Option<&str> {
        self.headers.first("Build").map(str::trim)
    }

    /// `Generator`: the tool that wrote the wheel.
    #[must_use]
    pub fn generator(&self) -> Option<&str> {
        self.headers.first("Generator").map(str::trim)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_has_its_fields() {
        let text = b"Metadata-Version: 2.4\nName: Demo\nVersion: 1.0\nLicense-File: A\nLicense-File: b/C\nSummary:  \n";
        let metadata = Metadata::parse(text);
        assert_eq!(metadata.name(), Some("Demo"));
        assert_eq!(metadata.version(), Some("1.0"));
        assert_eq!(metadata.license_files().collect::<Vec<_>>(), ["A", "b/C"]);
        assert_eq!(metadata.value("Summary"), None);
        assert!(metadata.has_license_files_folder());
        for old in ["2.3", "1.2", "", "x", "2"] {
            let metadata = Metadata::parse(format!("Metadata-Version: {old}\n").as_bytes());
            assert!(!metadata.has_license_files_folder(), "{old}");
        }
    }

    #[test]
    fn wheel_has_its_fields() {
        let text = b"Wheel-Version: 1.0\nGenerator: demo 1\nRoot-Is-Purelib: False\nTag: cp38-abi3-win32\nBuild: 1\n";
        let file = WheelFile::parse(text);
        assert_eq!((file.wheel_version(), file.generator(), file.build()), (Some("1.0"), Some("demo 1"), Some("1")));
        assert_eq!(file.root_is_purelib(), Some(false));
        assert_eq!(file.tags().collect::<Vec<_>>(), ["cp38-abi3-win32"]);
        assert_eq!(WheelFile::parse(b"Root-Is-Purelib: yes\n").root_is_purelib(), None);
    }
}
