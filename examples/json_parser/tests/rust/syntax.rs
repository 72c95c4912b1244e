//! Valid JSON, and the positions of syntax errors.

use json_parser::{check, parse, Error, Reason, Value, MAX_DEPTH};

fn wrong(text: &str) -> (Reason, usize, usize, usize) {
    let Error { reason, position, line, column } = parse(text).unwrap_err();
    assert_eq!(check(text).unwrap_err().position, position, "both walks stop at the same position: {text}");
    (reason, position, line, column)
}

#[test]
fn what_is_wrong_has_its_place() {
    for (text, reason, place) in [
        ("", Reason::Ended, (0, 1, 1)),
        (" \n", Reason::Ended, (2, 2, 1)),
        ("[1, 2", Reason::Ended, (5, 1, 6)),
        ("[1 2]", Reason::Expected("`,` or `]`"), (3, 1, 4)),
        ("[1,]", Reason::Expected("a value"), (3, 1, 4)),
        ("{\"a\" 1}", Reason::Expected("`:`"), (5, 1, 6)),
        ("{a: 1}", Reason::Expected("a key in quotes"), (1, 1, 2)),
        ("{\"a\": 1,}", Reason::Expected("a key in quotes"), (8, 1, 9)),
        ("1 2", Reason::Expected("the end"), (2, 1, 3)),
        ("nul", Reason::Ended, (3, 1, 4)),
        ("nulL", Reason::Expected("null"), (3, 1, 4)),
        ("NaN", Reason::Expected("a value"), (0, 1, 1)),
        ("01", Reason::Expected("the end"), (1, 1, 2)),
        ("-", Reason::Ended, (1, 1, 2)),
        ("+1", Reason::Expected("a value"), (0, 1, 1)),
        ("1.", Reason::Ended, (2, 1, 3)),
        ("1.e5", Reason::Expected("a digit"), (2, 1, 3)),
        (".5", Reason::Expected("a value"), (0, 1, 1)),
        ("[1e999]", Reason::TooLarge, (1, 1, 2)),
        ("'a'", Reason::Expected("a value"), (0, 1, 1)),
        ("\"a", Reason::Ended, (2, 1, 3)),
        ("\"a\n\"", Reason::Control, (2, 1, 3)),
        ("\"\\x\"", Reason::Escape, (1, 1, 2)),
        ("\"\\u12g4\"", Reason::Expected("four hexadecimal digits"), (5, 1, 6)),
        ("\"\\ud800\"", Reason::Surrogate, (1, 1, 2)),
        ("\"\\udc00\\ud800\"", Reason::Surrogate, (1, 1, 2)),
        ("\"\\ud800\\u0041\"", Reason::Surrogate, (1, 1, 2)),
        ("\u{feff}1", Reason::Expected("a value"), (0, 1, 1)),
        // In characters, and the column too.
        ("[\n \"größe\", 1 1]", Reason::Expected("`,` or `]`"), (14, 2, 13)),
    ] {
        assert_eq!(wrong(text), (reason, place.0, place.1, place.2), "{text:?}");
    }
}

#[test]
fn depth_has_an_end() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(parse(&nested(MAX_DEPTH)).is_ok());
    assert_eq!(wrong(&nested(MAX_DEPTH + 1)).0, Reason::TooDeep);
    assert_eq!(wrong(&"{\"a\":".repeat(1_000_000)).0, Reason::TooDeep);
}

#[test]
fn every_cut_of_a_text_is_an_error() {
    let text = r#"{"a": [1, -2.5e3, true, null, "x\u00e9\ud83e\udd80"], "b": {}}"#;
    assert!(matches!(parse(text), Ok(Value::Object(members)) if members.len() == 2));
    for end in 0..text.len() {
        // Between the halves of a pair the first one is alone.
        let cut = &text[..end];
        let half = cut.trim_end_matches('\\').ends_with("\\ud83e");
        assert_eq!(wrong(cut).0, if half { Reason::Surrogate } else { Reason::Ended }, "{cut}");
    }
}
