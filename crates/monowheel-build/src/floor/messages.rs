//! What rustc and cargo say about a crate that does not compile for a floor.

use serde::Deserialize;

use crate::floor::Error;
use crate::floor::condition::first_floor;

/// One line of `cargo check --message-format=json` (cargo 1.83 to 1.96).
#[derive(Deserialize)]
struct Line {
    reason: String,
    target: Option<Target>,
    message: Option<Message>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

/// A diagnostic of rustc.
#[derive(Deserialize)]
struct Message {
    message: String,
    level: String,
    code: Option<Code>,
    #[serde(default)]
    spans: Vec<Span>,
    #[serde(default)]
    children: Vec<Self>,
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

#[derive(Deserialize)]
struct Span {
    file_name: String,
    line_start: usize,
    is_primary: bool,
    label: Option<String>,
    #[serde(default)]
    text: Vec<Text>,
}

#[derive(Deserialize)]
struct Text {
    text: String,
}

/// The words of rustc at the condition under which an item that it did not find would be there.
const GATED: &str = "gated here";

/// The error on a line of cargo's output, if it is one; rustc's count of errors at the end is none. The crate was
/// compiled for the floor 3.`minor`.
pub(crate) fn error(line: &str, minor: u8) -> Option<Error> {
    let line: Line = serde_json::from_str(line).ok().filter(|line: &Line| line.reason == "compiler-message")?;
    let message = line.message.filter(|message| message.level.starts_with("error"))?;
    let place = message.spans.iter().find(|span| span.is_primary).or(message.spans.first())?;
    Some(Error {
        krate: line.target.map(|target| target.name).unwrap_or_default(),
        file: place.file_name.clone(),
        line: place.line_start,
        code: message.code.as_ref().map(|code| code.code.clone()),
        item: message.message.split('`').nth(1).map(str::to_owned),
        needs: gates(&message).iter().find_map(|gate| first_floor(gate, minor)),
        message: message.message,
    })
}

fn gates(message: &Message) -> Vec<String> {
    let spans = message.children.iter().flat_map(|child| &child.spans);
    let gates = spans.filter(|span| span.label.as_deref().is_some_and(|label| label.contains(GATED)));
    gates.map(|span| span.text.iter().map(|text| text.text.as_str()).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As rustc 1.95 prints it, shortened.
    const IMPORT: &str = r##"{
      "reason": "compiler-message",
      "target": {"name": "tiny", "kind": ["cdylib"]},
      "message": {
        "message": "unresolved import `pyo3::buffer`",
        "level": "error",
        "code": {"code": "E0432"},
        "spans": [{
          "file_name": "src/lib.rs", "line_start": 2, "is_primary": true, "label": "could not find `buffer` in `pyo3`",
          "text": [{"text": "use pyo3::buffer::PyBuffer;"}]
        }],
        "children": [{
          "message": "found an item that was configured out", "level": "note", "code": null, "children": [],
          "spans": [
            {"file_name": "lib.rs", "line_start": 1, "is_primary": true, "label": "the item is gated here",
             "text": [{"text": "#[cfg(any(Py_3_11, not(Py_LIMITED_API)))]"}]},
            {"file_name": "lib.rs", "line_start": 2, "is_primary": true, "label": null,
             "text": [{"text": "pub mod buffer;"}]}
          ]
        }]
      }
    }"##;

    #[test]
    fn the_condition_names_the_version() {
        let found = error(IMPORT, 8).unwrap();
        assert_eq!((found.krate.as_str(), found.file.as_str(), found.line), ("tiny", "src/lib.rs", 2));
        assert_eq!((found.item.as_deref(), found.needs), (Some("pyo3::buffer"), Some(11)));
        let never = error(&IMPORT.replace("any(Py_3_11, not(Py_LIMITED_API))", "not(Py_LIMITED_API)"), 8).unwrap();
        assert_eq!(never.needs, None);
    }

    #[test]
    fn other_lines_are_no_errors() {
        let warning = IMPORT.replace("\"level\": \"error\"", "\"level\": \"warning\"");
        let count = r#"{"reason":"compiler-message",
            "message":{"message":"aborting due to 1 previous error","level":"error","spans":[],"children":[]}}"#;
        for line in
            [&warning, count, "", "{", "   Compiling pyo3 v0.29.3", r#"{"reason":"build-finished","success":false}"#]
        {
            assert!(error(line, 8).is_none(), "{line}");
        }
    }
}
