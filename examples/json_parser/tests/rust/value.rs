//! Parsed values, and which of them are copied.

use std::borrow::Cow;

use json_parser::{parse, Value};

#[test]
fn values_are_read() {
    for (text, value) in [
        ("null", Value::Null),
        (" true ", Value::Bool(true)),
        ("-0", Value::Integer(0)),
        ("9223372036854775807", Value::Integer(i64::MAX)),
        ("9223372036854775808", Value::Large("9223372036854775808")),
        ("0.1", Value::Float(0.1)),
        ("-1E+2", Value::Float(-100.0)),
        ("1e-999", Value::Float(0.0)),
        ("[]", Value::Array(vec![])),
        ("{}", Value::Object(vec![])),
        ("[1, [2]]", Value::Array(vec![Value::Integer(1), Value::Array(vec![Value::Integer(2)])])),
    ] {
        assert_eq!(parse(text), Ok(value), "{text}");
    }
    assert!(matches!(parse("-0.0"), Ok(Value::Float(zero)) if zero.is_sign_negative()));
}

#[test]
fn a_string_is_a_slice_of_the_text() {
    let text = r#""größe""#.to_owned();
    let Ok(Value::String(Cow::Borrowed(found))) = parse(&text) else { panic!("copied") };
    assert_eq!(found, "größe");
    assert!(text.as_bytes().as_ptr_range().contains(&found.as_ptr()), "the same memory");
}

#[test]
fn a_string_ends_where_it_ends() {
    // Eight bytes are checked at a time: test every length, and every character that is nearly special.
    for length in 0..40 {
        for near in ["a", "!", "#", "[", "]", " ", "\u{7f}", "ä", "\u{a2}", "\u{dc}"] {
            let text = format!("\"{}\\n{}\"", near.repeat(length), near.repeat(length));
            let expected = format!("{}\n{}", near.repeat(length), near.repeat(length));
            assert_eq!(parse(&text), Ok(Value::String(expected.into())), "{text}");
        }
    }
}

#[test]
fn an_escape_is_read() {
    let text = r#""\"\\\/\b\f\n\r\t\u0041\u00e9\ud83e\udd80 end""#;
    let Ok(Value::String(Cow::Owned(found))) = parse(text) else { panic!("not copied") };
    assert_eq!(found, "\"\\/\u{8}\u{c}\n\r\tAé🦀 end");
}
