//! Lookups of one value, by RFC 6901.

use json_parser::{find, Reason};

const TEXT: &str =
    r#" {"a": [10, {"b": "x"}], "": 1, "a/b": 2, "m~n": 3, "~1": 4, "twice": 5, "twice": 6, "\u0061b": 7} "#;

#[test]
fn a_pointer_finds_its_part() {
    for (pointer, part) in [
        ("/a", Some(r#"[10, {"b": "x"}]"#)),
        ("/a/0", Some("10")),
        ("/a/1/b", Some(r#""x""#)),
        ("/", Some("1")),
        ("/a~1b", Some("2")),
        ("/m~0n", Some("3")),
        ("/~01", Some("4")),
        ("/twice", Some("6")),
        ("/ab", Some("7")),
        ("/a/2", None),
        ("/a/-", None),
        ("/a/00", None),
        ("/a/+0", None),
        ("/a/0/b", None),
        ("/none", None),
        ("a", None),
    ] {
        assert_eq!(find(TEXT, pointer), Ok(part), "{pointer}");
    }
    assert_eq!(find(TEXT, ""), Ok(Some(TEXT.trim())));
    assert_eq!((find("[]", "/0"), find("{}", "/a"), find("1", "/a")), (Ok(None), Ok(None), Ok(None)));
}

#[test]
fn what_is_found_is_not_copied() {
    let found = find(TEXT, "/a/1").unwrap().unwrap();
    assert!(TEXT.as_bytes().as_ptr_range().contains(&found.as_ptr()));
}

#[test]
fn what_is_walked_over_has_to_be_right() {
    let error = find(r#"{"a": nul, "b": 1}"#, "/b").unwrap_err();
    assert_eq!((error.reason, error.position), (Reason::Expected("null"), 9));
}
