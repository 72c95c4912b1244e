//! Paths as `file:` URIs (RFC 8089) and back.

use std::path::{Path, PathBuf};

use gen_lsp_types::Uri;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What is encoded in a path: everything except RFC 3986's unreserved characters, and the slash.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The file that a URI names; `None` for one that is not on this machine, such as an unsaved buffer.
pub(super) fn path(uri: &Uri) -> Option<PathBuf> {
    let encoded = uri.as_ref().strip_prefix("file://")?;
    // `file://localhost/…` is this machine too.
    let encoded = encoded.strip_prefix("localhost").unwrap_or(encoded);
    let decoded = percent_decode_str(encoded).decode_utf8().ok()?;
    // `/C:/…`
    let text = if cfg!(windows) { decoded.strip_prefix('/')? } else { decoded.as_ref() };
    Some(PathBuf::from(text)).filter(|path| path.is_absolute())
}

/// The URI of an absolute path; `None` where the path is not Unicode.
pub(super) fn of(path: &Path) -> Option<Uri> {
    let text = path.to_str()?.replace('\\', if cfg!(windows) { "/" } else { "\\" });
    let root = if cfg!(windows) { "/" } else { "" };
    Some(Uri(format!("file://{root}{}", utf8_percent_encode(&text, ENCODED))))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn paths_come_back_as_they_were() {
        for name in ["/a/b.rs", "/a folder/é#1?.rs", "/100%/x", "/a\\b"] {
            let uri = of(Path::new(name));
            assert_eq!(uri.as_ref().and_then(path).as_deref(), Some(Path::new(name)), "{uri:?}");
        }
        assert_eq!(of(Path::new("/a b")), Some(Uri("file:///a%20b".to_owned())));
    }

    #[test]
    fn editors_encode_differently() {
        assert_eq!(path(&Uri("file:///a:b%3Ac".to_owned())), Some(PathBuf::from("/a:b:c")));
        assert_eq!(path(&Uri("file://localhost/a".to_owned())), Some(PathBuf::from("/a")));
        for other in ["untitled:1", "file://server/share", "https://example.org/a", "file:///%ff"] {
            assert_eq!(path(&Uri(other.to_owned())), None, "{other}");
        }
    }
}
