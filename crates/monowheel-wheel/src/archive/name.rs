//! Oddities of one member's name.

use crate::archive::OddityKind;
use crate::archive::records::flag;
use crate::bytes::u32_at;

/// A member's path as text, and its oddities.
pub(super) fn judge(name: &[u8], flags: u16, mut odd: impl FnMut(OddityKind, String)) -> String {
    let Ok(text) = std::str::from_utf8(name) else {
        odd(OddityKind::BadName, "its name is not UTF-8".to_owned());
        return String::from_utf8_lossy(name).into_owned();
    };
    if text.is_empty() {
        odd(OddityKind::BadName, "its name is empty".to_owned());
    }
    if !text.is_ascii() && flags & flag::UTF8 == 0 {
        // zipfile decodes it as code page 437, uv rejects it, the index does not find it.
        odd(OddityKind::BadName, "its name is not ASCII and not marked as UTF-8".to_owned());
    }
    if let Some(bad) = text.chars().find(|c| is_unacceptable(*c)) {
        odd(OddityKind::BadName, format!("its name has the character U+{:04X}", u32::from(bad)));
    }
    if text.contains('\\') {
        odd(OddityKind::Backslash, "its name has a backslash".to_owned());
    }
    judge_path(text, odd);
    text.to_owned()
}

/// The location of the path. A backslash also separates directories, as on Windows.
fn judge_path(path: &str, mut odd: impl FnMut(OddityKind, String)) {
    if path.starts_with(['/', '\\']) {
        odd(OddityKind::Traversal, "its path is absolute".to_owned());
        return;
    }
    if let [letter, b':', ..] = path.as_bytes() {
        if letter.is_ascii_alphabetic() {
            odd(OddityKind::Traversal, "its path begins with a drive".to_owned());
            return;
        }
    }
    let mut depth = 0_usize;
    let mut odd_part = None;
    let folder = path.strip_suffix(['/', '\\']).unwrap_or(path);
    for part in folder.split(['/', '\\']) {
        match part {
            ".." => match depth.checked_sub(1) {
                Some(up) => {
                    depth = up;
                    odd_part = Some("a part `..`");
                }
                None => {
                    odd(OddityKind::Traversal, "its path leaves the installation directory".to_owned());
                    return;
                }
            },
            "." => odd_part = Some("a part `.`"),
            "" if !path.is_empty() => odd_part = Some("an empty part"),
            _ => depth += 1,
        }
    }
    if let Some(part) = odd_part {
        odd(OddityKind::OddPath, format!("its path has {part}"));
    }
}

/// The characters that uv rejects in a name (`\p{C}`: control, format, private use), as far as they are stable;
/// the index rejects the ASCII control characters.
fn is_unacceptable(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}' | '\u{8e2}'
            | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e000}'..='\u{f8ff}' | '\u{e0001}' | '\u{e0020}'..='\u{e007f}'
            | '\u{f0000}'..='\u{10ffff}')
}

/// Oddities of Info-ZIP's second name, which uv and newer zipfiles use instead of the first
/// if it contains the first one's CRC.
pub(super) fn judge_second(field: &[u8], name: &[u8]) -> Option<String> {
    // The index uses the name regardless of the version and the CRC.
    let second = field.get(5..).unwrap_or_default();
    let Ok(text) = std::str::from_utf8(second) else {
        return Some("its Unicode path is not UTF-8".to_owned());
    };
    if text.chars().any(|c| c.is_ascii_control()) {
        return Some("its Unicode path has control characters".to_owned());
    }
    if field.len() < 5 {
        return Some("its Unicode path is truncated".to_owned());
    }
    let counts = field.first() == Some(&1) && u32_at(field, 1) == Some(crc32fast::hash(name));
    (counts && second != name).then(|| format!("its Unicode path is a different name, {text:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(name: &[u8], flags: u16) -> Vec<OddityKind> {
        let mut kinds = Vec::new();
        judge(name, flags, |kind, _| kinds.push(kind));
        kinds
    }

    #[test]
    fn names() {
        use OddityKind::{Backslash, BadName, OddPath, Traversal};
        let cases: [(&str, &[OddityKind]); 19] = [
            ("demo/__init__.py", &[]),
            ("demo/", &[]),
            ("demo/a..b", &[]),
            ("demo/it's fine (1).txt", &[]),
            ("", &[BadName]),
            ("demo/a\nb", &[BadName]),
            ("demo/a\u{7f}", &[BadName]),
            ("../x", &[Traversal]),
            ("demo/../../x", &[Traversal]),
            ("demo/../x", &[OddPath]),
            ("demo/./x", &[OddPath]),
            ("demo//x", &[OddPath]),
            ("demo//", &[OddPath]),
            ("/etc/x", &[Traversal]),
            ("c:x", &[Traversal]),
            ("C:/x", &[Traversal]),
            ("demo\\x", &[Backslash]),
            ("..\\x", &[Backslash, Traversal]),
            ("\\\\host\\x", &[Backslash, Traversal]),
        ];
        for (name, expected) in cases {
            assert_eq!(kinds(name.as_bytes(), 0), expected, "{name:?}");
        }
        assert_eq!(kinds("é🌈.py".as_bytes(), flag::UTF8), []);
        assert_eq!(kinds("é.py".as_bytes(), 0), [BadName]);
        assert_eq!(kinds(b"\xe9.py", flag::UTF8), [BadName]);
        assert_eq!(kinds("a\u{202e}yp.b".as_bytes(), flag::UTF8), [BadName]);
    }

    #[test]
    fn second_names() {
        let field = |version: u8, crc: u32, name: &[u8]| [&[version][..], &crc.to_le_bytes(), name].concat();
        let crc = crc32fast::hash(b"a.py");
        assert_eq!(judge_second(&field(1, crc, b"a.py"), b"a.py"), None);
        assert_eq!(judge_second(&field(1, 0, b"b.py"), b"a.py"), None, "no reader uses it");
        for bad in [field(1, crc, b"b.py"), field(1, 0, b"\xff"), field(1, 0, b"\n"), vec![1, 0]] {
            assert!(judge_second(&bad, b"a.py").is_some(), "{bad:?}");
        }
    }
}
