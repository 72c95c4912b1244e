//! `CycloneDX` in JSON: no timestamp, no path of the build machine, and the serial number from content.
//!
//! ```text
//! "serialNumber": "urn:uuid:<random>"                        → urn:uuid:<version 8, of the document without it>
//! "metadata": {"timestamp": "2026-…"}                        → removed
//! "bom-ref": "path+file:///home/jane/demo-1.0#demo@1.0"      → path+file://./demo-1.0#demo@1.0
//! ```
//!
//! `file://./` and not `file:///`: nothing is at the root of anybody's disk, and `file://.` is what cargo-cyclonedx
//! itself writes for the crate's own directory. Everything else, including the order of the keys, is kept.

mod json;
mod places;

use json::Json;
use places::Places;

use crate::normalize::Done;
use crate::normalize::code::{hash, left};

/// Normalizes an SBOM. Formats other than `CycloneDX` in JSON are left unchanged.
pub(crate) fn finish(bytes: &[u8], paths: &[(String, String)]) -> Done {
    let Ok(Json::Object(mut document)) = serde_json::from_slice::<Json>(bytes) else {
        return left("left as it is: not a JSON object");
    };
    if json::get(&document, "bomFormat").and_then(Json::text) != Some("CycloneDX") {
        return left("left as it is: not CycloneDX");
    }
    let mut said = Vec::new();
    if let Some(Json::Object(metadata)) = document.iter_mut().find(|(key, _)| key == "metadata").map(|(_, value)| value)
    {
        let count = metadata.len();
        metadata.retain(|(key, _)| key != "timestamp");
        if metadata.len() < count {
            said.push("timestamp removed".to_owned());
        }
    }
    let mut places = Places::new(paths);
    document.iter_mut().for_each(|(key, value)| places.rewrite(key, value));
    if places.count() > 0 {
        said.push(format!("paths of the build machine renamed: {}", places.count()));
    }
    let known = json::get(&document, "serialNumber").cloned();
    document.retain(|(key, _)| key != "serialNumber");
    let serial = Json::Text(serial(&document));
    if known.as_ref() != Some(&serial) {
        said.push("serial number from content".to_owned());
    }
    // At cargo-cyclonedx's position: the same whether there was one or not.
    let before = document
        .iter()
        .position(|(key, _)| !matches!(key.as_str(), "$schema" | "bomFormat" | "specVersion" | "version"));
    document.insert(before.unwrap_or(document.len()), ("serialNumber".to_owned(), serial));
    match serde_json::to_vec_pretty(&Json::Object(document)) {
        Ok(new) if new != bytes => {
            if said.is_empty() {
                said.push("rewritten".to_owned());
            }
            Done { bytes: Some(new), said }
        }
        _ => Done::default(),
    }
}

/// A UUID of version 8 (RFC 9562, 5.8): the SHA-256 of the document without a serial number.
fn serial(document: &[(String, Json)]) -> String {
    let text = serde_json::to_vec(&Json::Object(document.to_vec())).unwrap_or_default();
    let mut uuid = [0; 16];
    uuid.iter_mut().zip(hash(&[&text])).for_each(|(byte, from)| *byte = from);
    uuid[6] = uuid[6] & 0x0f | 0x80;
    uuid[8] = uuid[8] & 0x3f | 0x80;
    let digits = monowheel_system::hash::hex(&uuid);
    let part = |range: std::ops::Range<usize>| digits.get(range).unwrap_or_default();
    format!("urn:uuid:{}-{}-{}-{}-{}", part(0..8), part(8..12), part(12..16), part(16..20), part(20..32))
}

#[cfg(test)]
mod tests {
    use monowheel_wheel::sbom::Sbom;
    use proptest::prelude::*;

    use super::*;

    fn document(serial: &str, time: &str, folder: &str) -> String {
        format!(
            r#"{{"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, {serial} "metadata": {{{time}
            "component": {{"type": "library", "bom-ref": "path+file://{folder}/demo-1.0#demo@1.0",
            "purl": "pkg:cargo/demo@1.0?download_url=file://."}}}}, "components": [
            {{"name": "core", "bom-ref": "path+file://{folder}/demo-1.0/core#0.1",
            "purl": "pkg:cargo/core@0.1?download_url=file://{folder}/demo-1.0/core"}}],
            "dependencies": [{{"ref": "path+file://{folder}/demo-1.0#demo@1.0",
            "dependsOn": ["path+file://{folder}/demo-1.0/core#0.1"]}}], "z": 1, "a": 1.5}}"#
        )
    }

    fn finished(text: &str, paths: &[(&str, &str)]) -> String {
        let paths: Vec<(String, String)> = paths.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        String::from_utf8(finish(text.as_bytes(), &paths).bytes.unwrap()).unwrap()
    }

    #[test]
    fn two_builds_become_one() {
        let serial = r#""serialNumber": "urn:uuid:f81d4fae-7dec-41d0-a765-00a0c91e6bf6","#;
        let first = finished(
            &document(serial, r#""timestamp": "2026-01-01T00:00:00Z","#, "/home/a%20b"),
            &[("/home/a b/demo-1.0", "demo")],
        );
        let second = finished(&document("", "", "/C:/x"), &[("C:\\x\\demo-1.0", "demo")]);
        assert_eq!(first, second);
        for text in [
            r#""path+file://./demo#demo@1.0""#,
            r#""path+file://./demo/core#0.1""#,
            "core@0.1?download_url=file://./demo/core",
            "demo@1.0?download_url=file://.\"",
        ] {
            assert!(first.contains(text), "{text} is not in {first}");
        }
        assert!(first.find("\"z\"") < first.find("\"a\""), "the order stays");
        assert_eq!(finish(first.as_bytes(), &[]), Done::default(), "once is enough");
        let sbom = Sbom::parse("x", first.as_bytes());
        assert_eq!((sbom.serial, sbom.timestamp, sbom.paths.len()), (None, None, 0));
        assert!(first.contains("\"serialNumber\": \"urn:uuid:"));
    }

    #[test]
    fn other_formats_stay() {
        for text in ["", "{", "[]", "{}", r#"{"spdxVersion": "SPDX-2.3"}"#, "<bom/>"] {
            assert_eq!(finish(text.as_bytes(), &[]).bytes, None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn once_is_enough(text in r#"\{"bomFormat":"CycloneDX"(,"[a-c]":("/home/[a-c/]{0,5}"|"x file:///[a-c/#? ]{0,6}"|[0-9]{1,25}|1e[0-9]{1,2})){0,5}\}"#) {
            if let Some(new) = finish(text.as_bytes(), &[]).bytes {
                prop_assert_eq!(finish(&new, &[]), Done::default());
                prop_assert_eq!(Sbom::parse("x", &new).paths.len(), 0);
            }
        }
    }
}
