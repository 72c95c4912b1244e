//! Differences of texts, metadata and bills of materials.

use monowheel_build::compare::{self, Kind, PER_MEMBER};

use crate::forge::wheel::Wheel;
use crate::{has, said, wheels};

fn with(path: &str, a: &str, b: &str) -> Vec<compare::Difference> {
    let wheel = |text: &str| Wheel::pure().with(path, text).bytes();
    wheels(&wheel(a), &wheel(b))
}

#[test]
fn a_line_of_metadata() {
    let b = Wheel::pure().info("METADATA", |text| text.replace("Summary: A demonstration", "Summary: Another"));
    let found = wheels(&Wheel::pure().bytes(), &b.bytes());
    let line = has(&found, Kind::Metadata, &["METADATA line 4: Summary is `A demonstration` in A and `Another` in B"]);
    assert_eq!(line.place.part.as_deref(), Some("line 4"));
    assert_eq!(line.place.to_string(), "demo-1.0.dist-info/METADATA, line 4");
}

#[test]
fn a_line_of_python() {
    let found = with("demo/x.py", "a = 1\nb = 2\n", "a = 1\nb = 3\n");
    has(&found, Kind::Text, &["line 2 is `b = 2` in A and `b = 3` in B"]);
}

#[test]
fn lines_that_one_alone_has() {
    let found = with("demo/x.py", "a\nb\nc\n", "a\nc\n");
    has(&found, Kind::Text, &["1 line only in A from line 2 on: `b`"]);
    let found = with("demo/x.py", "a\nc\n", "a\nb\nb\nc\n");
    has(&found, Kind::Text, &["2 lines only in B from line 2 on: `b`"]);
    let found = with("demo/x.py", "a\nb\nc\n", "a\nx\ny\nc\n");
    has(&found, Kind::Text, &["from line 2 on, 1 line in A and 2 in B: `b` and `x`"]);
}

#[test]
fn line_ends() {
    let found = with("demo/x.py", "a\nb\n", "a\r\nb\r\n");
    has(&found, Kind::Text, &["only its line endings differ: LF in A and CR LF in B"]);
}

#[test]
fn bytes_that_are_no_text() {
    let found = with("demo/x.bin", "\0abc", "\0abd");
    has(&found, Kind::Data, &["1 byte of 4 differ, the first at 0x3"]);
    let found = with("demo/x.bin", "\0abc", "\0ab");
    has(&found, Kind::Data, &["it has 4 bytes in A and 3 in B; they first differ at 0x3"]);
}

fn sbom(serial: &str, time: &str, folder: &str) -> Vec<u8> {
    let reference = format!("path+file://{folder}#demo@1.0");
    let document = serde_json::json!({
        "bomFormat": "CycloneDX", "specVersion": "1.5", "serialNumber": serial,
        "metadata": {"timestamp": time, "component": {"bom-ref": reference}},
        "components": [{"name": "x"}, {"name": "y"}],
        "dependencies": [{"ref": reference}],
    });
    Wheel::pure().with("demo-1.0.dist-info/sboms/x.cyclonedx.json", document.to_string()).bytes()
}

const SERIAL: &str = "urn:uuid:f81d4fae-7dec-41d0-a765-00a0c91e6bf6";
const OTHER_SERIAL: &str = "urn:uuid:081d4fae-7dec-41d0-a765-00a0c91e6bf6";

#[test]
fn sbom_serial_number() {
    let found = wheels(&sbom(SERIAL, "1", "/x"), &sbom(OTHER_SERIAL, "1", "/x"));
    has(&found, Kind::Sbom, &["SBOM serialNumber is urn:uuid:f81d4fae", "in B: it is random in every build"]);
}

#[test]
fn sbom_time() {
    let found = wheels(&sbom(SERIAL, "2026-01-01T00:00:00Z", "/x"), &sbom(SERIAL, "2026-01-02T00:00:00Z", "/x"));
    has(&found, Kind::Sbom, &["SBOM metadata.timestamp is 2026-01-01T00:00:00Z in A", "the time of the build"]);
}

#[test]
fn sbom_path_reference() {
    let found = wheels(&sbom(SERIAL, "1", "/home/a/x"), &sbom(SERIAL, "1", "/home/b/x"));
    let words = "SBOM path+file:// reference names /home/a/x and /home/b/x: the build directory (2 such values)";
    has(&found, Kind::Sbom, &[words]);
    assert_eq!(found.iter().filter(|difference| difference.kind == Kind::Sbom).count(), 1, "{:#?}", said(&found));
}

#[test]
fn sbom_values_order_and_spaces() {
    let path = "demo-1.0.dist-info/sboms/y.cyclonedx.json";
    has(&with(path, r#"{"a": {"b": 1}}"#, r#"{"a": {"b": 2}}"#), Kind::Sbom, &["SBOM a.b is 1 in A and 2 in B"]);
    has(&with(path, r#"{"a": [1]}"#, r#"{"a": [1, 2]}"#), Kind::Sbom, &["SBOM a[1] is only in B: 2"]);
    has(
        &with(path, r#"{"a": [1, 2]}"#, r#"{"a": [2, 1]}"#),
        Kind::Sbom,
        &["SBOM a: the same values are in a different order"],
    );
    has(&with(path, r#"{"a": 1}"#, r#"{ "a": 1 }"#), Kind::Sbom, &["SBOM has the same values, written differently"]);
    has(&with(path, "{", "{\"a\""), Kind::Text, &["line 1 is `{` in A"]);
}

#[test]
fn only_so_many_are_told() {
    let lines = |word: &str| (0..50).map(|number| format!("{word}{number}\n")).collect::<String>();
    let found = with("demo/x.py", &lines("a"), &lines("b"));
    let texts = found.iter().filter(|difference| difference.kind == Kind::Text).count();
    assert_eq!(texts, PER_MEMBER);
    has(&found, Kind::More, &["and 40 more: 40 of text"]);
}
