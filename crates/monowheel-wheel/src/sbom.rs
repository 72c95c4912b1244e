//! Software bills of materials in `*.dist-info/sboms/` (PEP 770).
//!
//! The PEP leaves the format open. `CycloneDX` and SPDX in JSON are read as a stream without building a
//! document; `CycloneDX` in XML and SPDX in tag-value form are only recognized, by their first lines.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};

/// One SBOM.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Sbom {
    /// Its path in the wheel.
    pub path: String,
    /// `CycloneDX 1.5`, `SPDX-2.3`; `None` when it is neither.
    pub format: Option<String>,
    /// Why it cannot be read.
    pub unreadable: Option<String>,
    /// A serial number or namespace that looks random.
    pub serial: Option<String>,
    /// Its recorded creation time.
    pub timestamp: Option<String>,
    /// Absolute paths in it, the first few.
    pub paths: Vec<String>,
    /// How many components (`CycloneDX`) or packages (SPDX) it lists.
    pub(crate) components: usize,
}

/// The maximum number of absolute paths that are kept.
const PATHS: usize = 5;

impl Sbom {
    /// Parses an SBOM; a failure is in [`unreadable`](Self::unreadable).
    #[must_use]
    pub fn parse(path: &str, bytes: &[u8]) -> Self {
        let mut sbom = Self { path: path.to_owned(), ..Self::default() };
        let Ok(text) = std::str::from_utf8(bytes) else {
            sbom.unreadable = Some("not UTF-8".to_owned());
            return sbom;
        };
        let text = text.trim_start_matches('\u{feff}').trim_start();
        if text.starts_with('<') {
            sbom.xml(text);
        } else if let Some(version) = text.lines().find_map(|line| line.strip_prefix("SPDXVersion:")) {
            sbom.format = Some(version.trim().to_owned());
            sbom.serial = text.lines().find_map(|line| random(line.strip_prefix("DocumentNamespace:")?.trim()));
            sbom.timestamp =
                text.lines().find_map(|line| line.strip_prefix("Created:")).map(|value| value.trim().to_owned());
        } else if text.starts_with(['{', '[']) {
            sbom.json(text);
        } else {
            sbom.unreadable = Some("neither JSON nor XML nor SPDX".to_owned());
        }
        sbom
    }

    fn json(&mut self, text: &str) {
        let mut found = Found::default();
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let read = Value { found: &mut found, place: Place::Top }
            .deserialize(&mut deserializer)
            .and_then(|()| deserializer.end());
        if let Err(error) = read {
            self.unreadable = Some(error.to_string());
            return;
        }
        self.format = match (found.bom_format, found.spec_version, found.spdx_version) {
            (Some(format), Some(version), _) => Some(format!("{format} {version}")),
            (Some(format), None, _) => Some(format),
            (None, _, Some(version)) => Some(version),
            (None, _, None) => None,
        };
        self.serial = found.serial.as_deref().and_then(random);
        self.timestamp = found.timestamp;
        self.paths = found.paths;
        self.components = found.components;
    }

    /// `<bom xmlns="http://cyclonedx.org/schema/bom/1.5" serialNumber="urn:uuid:…">`.
    fn xml(&mut self, text: &str) {
        let attribute = |name: &str| {
            let (_, rest) = text.split_once(name)?;
            Some(rest.split_once('"')?.0.to_owned())
        };
        self.format = attribute("http://cyclonedx.org/schema/bom/").map(|version| format!("CycloneDX {version}"));
        if self.format.is_some() && !text.trim_end().ends_with("bom>") {
            self.unreadable = Some("the XML ends before </bom>".to_owned());
        }
        self.serial = attribute("serialNumber=\"").as_deref().and_then(random);
        let timestamp = text.split_once("<timestamp>").and_then(|(_, rest)| rest.split_once('<'));
        self.timestamp = timestamp.map(|(value, _)| value.trim().to_owned());
        let mut rest = text;
        while let Some((_, after)) = rest.split_once("file:///").filter(|_| self.paths.len() < PATHS) {
            let end = after.find(['<', '"']).unwrap_or(after.len());
            let path = format!("file:///{}", after.get(..end).unwrap_or_default());
            if !self.paths.contains(&path) {
                self.paths.push(path);
            }
            rest = after;
        }
    }
}

/// The text if it contains a random UUID (RFC 9562, version 4).
pub fn random(text: &str) -> Option<String> {
    let is_uuid4 = |word: &[u8]| {
        word.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            14 => *byte == b'4',
            19 => b"89abAB".contains(byte),
            _ => byte.is_ascii_hexdigit(),
        })
    };
    text.as_bytes().windows(36).any(is_uuid4).then(|| text.to_owned())
}

/// The searched values in a JSON document.
#[derive(Default)]
struct Found {
    bom_format: Option<String>,
    spec_version: Option<String>,
    spdx_version: Option<String>,
    serial: Option<String>,
    timestamp: Option<String>,
    paths: Vec<String>,
    components: usize,
}

/// The position of a value in the document; only the upper levels matter.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Top,
    BomFormat,
    SpecVersion,
    SpdxVersion,
    Serial,
    /// `metadata` of `CycloneDX`, `creationInfo` of SPDX.
    About,
    Timestamp,
    Components,
    Elsewhere,
}

impl Place {
    fn of(self, key: &str) -> Self {
        match (self, key) {
            (Self::Top, "bomFormat") => Self::BomFormat,
            (Self::Top, "specVersion") => Self::SpecVersion,
            // SPDX 3 is JSON-LD: its version is in the context's URL.
            (Self::Top, "spdxVersion" | "@context") => Self::SpdxVersion,
            (Self::Top, "serialNumber" | "documentNamespace") => Self::Serial,
            (Self::Top, "metadata" | "creationInfo") => Self::About,
            (Self::About, "timestamp" | "created") => Self::Timestamp,
            (Self::Top, "components" | "packages") => Self::Components,
            _ => Self::Elsewhere,
        }
    }
}

/// Parses any JSON value and keeps the searched values. `serde_json` limits the depth.
struct Value<'a> {
    found: &'a mut Found,
    place: Place,
}

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        let slot = match self.place {
            Place::BomFormat => &mut self.found.bom_format,
            Place::SpecVersion => &mut self.found.spec_version,
            Place::SpdxVersion => {
                self.found.spdx_version = match text.strip_prefix("https://spdx.org/rdf/") {
                    Some(rest) => Some(format!("SPDX-{}", rest.split('/').next().unwrap_or_default())),
                    None => text.starts_with("SPDX-").then(|| text.to_owned()),
                };
                return Ok(());
            }
            Place::Serial => &mut self.found.serial,
            Place::Timestamp => &mut self.found.timestamp,
            Place::Top | Place::About | Place::Components | Place::Elsewhere => {
                let paths = &mut self.found.paths;
                let is_new = |path: &&str| paths.len() < PATHS && !paths.iter().any(|known| known == path);
                if let Some(path) = absolute(text).filter(is_new) {
                    paths.push(path.to_owned());
                }
                return Ok(());
            }
        };
        *slot = Some(text.to_owned());
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<std::borrow::Cow<'_, str>>()? {
            let place = self.place.of(&key);
            map.next_value_seed(Value { found: &mut *self.found, place })?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let mut count = 0;
        while seq.next_element_seed(Value { found: &mut *self.found, place: Place::Elsewhere })?.is_some() {
            count += 1;
        }
        if self.place == Place::Components {
            self.found.components = count;
        }
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<(), E> {
        if number.is_finite() { Ok(()) } else { Err(E::custom("a number that is not finite")) }
    }
}

/// The path on the build machine, if the text contains one: `path+file:///home/a/x#0.1` gives
/// `file:///home/a/x`; `/home/…` and `C:\…` are taken completely.
pub fn absolute(text: &str) -> Option<&str> {
    // A lone `/word` is more often a route or a name than a build directory.
    const ROOTS: [&str; 9] =
        ["/home/", "/root/", "/Users/", "/tmp/", "/build/", "/builds/", "/github/", "/workspace/", "/io/"];
    let is_drive = matches!(text.as_bytes(), [drive, b':', b'\\', ..] if drive.is_ascii_alphabetic());
    match text.find("file:///").and_then(|at| text.get(at..)) {
        Some(address) => address.split(['#', '?', '&', ' ']).next(),
        None => (is_drive || ROOTS.iter().any(|root| text.starts_with(root))).then_some(text),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn cyclonedx_json() {
        let text = br#"{"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
            "serialNumber": "urn:uuid:f81d4fae-7dec-41d0-a765-00a0c91e6bf6",
            "metadata": {"timestamp": "2026-01-01T00:00:00Z", "component": {"bom-ref": "path+file:///home/a/x#0.1"}},
            "components": [{"name": "x", "purl": "pkg:cargo/x@0.1?download_url=file:///home/a/x"}, {"name": "/dev/null", "ok": [1, -1, 1.5, true, null]}],
            "dependencies": [{"ref": "path+file:///home/a/x#0.1"}]}"#;
        let sbom = Sbom::parse("x.cyclonedx.json", text);
        assert_eq!(sbom.unreadable, None);
        assert_eq!(sbom.format.as_deref(), Some("CycloneDX 1.5"));
        assert_eq!(sbom.serial.as_deref(), Some("urn:uuid:f81d4fae-7dec-41d0-a765-00a0c91e6bf6"));
        assert_eq!(sbom.timestamp.as_deref(), Some("2026-01-01T00:00:00Z"));
        assert_eq!(sbom.paths, ["file:///home/a/x"], "once");
        assert_eq!(sbom.components, 2);
    }

    #[test]
    fn a_serial_from_a_name_is_not_random() {
        // Version 5: a hash of a name.
        let text = br#"{"bomFormat": "CycloneDX", "serialNumber": "urn:uuid:f81d4fae-7dec-51d0-a765-00a0c91e6bf6"}"#;
        let sbom = Sbom::parse("x", text);
        assert_eq!((sbom.format.as_deref(), sbom.serial), (Some("CycloneDX"), None));
    }

    #[test]
    fn spdx_in_three_forms() {
        let json = br#"{"spdxVersion": "SPDX-2.3", "creationInfo": {"created": "2026"}, "packages": [{}],
            "documentNamespace": "https://example.org/x-f81d4fae-7dec-41d0-a765-00a0c91e6bf6"}"#;
        let sbom = Sbom::parse("x.spdx.json", json);
        assert_eq!((sbom.format.as_deref(), sbom.timestamp.as_deref()), (Some("SPDX-2.3"), Some("2026")));
        assert!(sbom.serial.is_some());
        assert_eq!(sbom.components, 1);

        let three = br#"{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": []}"#;
        assert_eq!(Sbom::parse("x", three).format.as_deref(), Some("SPDX-3.0.1"));

        let tags = b"SPDXVersion: SPDX-2.2\nCreated: 2026-01-01T00:00:00Z\n";
        let sbom = Sbom::parse("x.spdx", tags);
        assert_eq!(sbom.format.as_deref(), Some("SPDX-2.2"));
        assert_eq!(sbom.timestamp.as_deref(), Some("2026-01-01T00:00:00Z"));
    }

    #[test]
    fn cyclonedx_xml() {
        let text = b"<?xml version=\"1.0\"?>\n<bom serialNumber=\"urn:uuid:f81d4fae-7dec-41d0-a765-00a0c91e6bf6\" xmlns=\"http://cyclonedx.org/schema/bom/1.4\"><metadata><timestamp>2026</timestamp></metadata><x ref=\"path+file:///a\"/></bom>\n";
        let sbom = Sbom::parse("x.xml", text);
        assert_eq!(sbom.format.as_deref(), Some("CycloneDX 1.4"));
        assert_eq!((sbom.timestamp.as_deref(), sbom.serial.is_some()), (Some("2026"), true));
        assert_eq!(sbom.paths, ["file:///a"]);
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        let deep = "[".repeat(10_000);
        for text in [
            "",
            "{",
            "{}{}",
            "hello",
            "{\"a\": 1e999}",
            deep.as_str(),
            "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.4\">",
        ] {
            assert!(Sbom::parse("x", text.as_bytes()).unreadable.is_some(), "{text:.20}");
        }
        assert!(Sbom::parse("x", b"{\"a\": \"\xff\"}").unreadable.is_some());
        assert_eq!(Sbom::parse("x", b"{}").format, None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Sbom::parse("x", &bytes);
        }
    }
}
