//! A place as a URI reference (RFC 3986).

use std::borrow::Cow;

/// The user's input as a URI reference: a relative path stays relative, an absolute one becomes `file://`, and a URL is
/// unchanged except for characters that are not allowed in URLs.
pub(super) fn of_place(place: &str) -> String {
    if ["https://", "http://", "file://"].iter().any(|scheme| place.starts_with(scheme)) {
        return encoded(place, |byte| byte == b'%' || b":/?#[]@!$&'()*+,;=".contains(&byte));
    }
    let place = if cfg!(windows) { Cow::Owned(place.replace('\\', "/")) } else { Cow::Borrowed(place) };
    let path = encoded(&place, |byte| b"/:@!$&'()*+,;=".contains(&byte));
    let is_drive = cfg!(windows) && matches!(place.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
    if is_drive {
        format!("file:///{path}")
    } else if path.starts_with("//") {
        format!("file:{path}")
    } else if path.starts_with('/') {
        format!("file://{path}")
    } else if path.split('/').next().is_some_and(|first| first.contains(':')) {
        // Otherwise the first segment would be read as a scheme.
        format!("./{path}")
    } else {
        path
    }
}

fn encoded(text: &str, also: impl Fn(u8) -> bool) -> String {
    use std::fmt::Write as _;
    let mut uri = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || also(byte) {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places() {
        let cases = [
            ("dist/a-1-py3-none-any.whl", "dist/a-1-py3-none-any.whl"),
            ("dist/a b%20#?.whl", "dist/a%20b%2520%23%3F.whl"),
            ("dist/ä\u{202e}\n<>.whl", "dist/%C3%A4%E2%80%AE%0A%3C%3E.whl"),
            ("/srv/a.whl", "file:///srv/a.whl"),
            ("a:b/c.whl", "./a:b/c.whl"),
            ("https://files.example/a%2Bb.whl#sha256=0 ", "https://files.example/a%2Bb.whl#sha256=0%20"),
        ];
        for (place, uri) in cases {
            assert_eq!(of_place(place), uri);
        }
    }
}
