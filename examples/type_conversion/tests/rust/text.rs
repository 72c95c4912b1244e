//! UTF-8, and words.

use type_conversion::text::*;
use type_conversion::Error;

#[test]
fn what_is_no_utf8_is_told_with_its_place() {
    assert_eq!(decode("Grüße".as_bytes()), Ok("Grüße"));
    let Err(Error::NotUtf8(data, error)) = decode(b"ab\xffcd") else { panic!("decoded") };
    assert_eq!((data.as_slice(), error.valid_up_to(), error.error_len()), (&b"ab\xffcd"[..], 2, Some(1)));
}

#[test]
fn words_are_counted() {
    assert_eq!(words("  one two\u{a0}three\n"), 3);
    assert_eq!(tally(["b", "a", "b"]).into_iter().collect::<Vec<_>>(), [("a", 1), ("b", 2)]);
}
