//! A TOML file and the positions of a version in it: the rest stays byte for byte.

use std::ops::Range;
use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_manifest::inside::quotable;
use monowheel_system::regular_file;
use serde::de::DeserializeOwned;

/// A file, and the positions of the version in it.
#[derive(Clone, Debug)]
pub(super) struct Written {
    pub(super) path: PathBuf,
    pub(super) text: String,
    pub(super) values: Vec<Value>,
}

/// A TOML string that is a version, or ends with one.
#[derive(Clone, Debug)]
pub(super) struct Value {
    /// With its quotes.
    span: Range<usize>,
    /// The text before the version: a name in a lock file's list, or nothing.
    before: String,
    /// The version.
    pub(super) version: String,
}

impl Written {
    /// The text with another version in every place.
    pub(super) fn with(&self, version: &str) -> String {
        let mut text = self.text.clone();
        let mut values: Vec<&Value> = self.values.iter().collect();
        values.sort_by_key(|value| std::cmp::Reverse(value.span.start));
        for value in values {
            let quote = if text[value.span.clone()].starts_with('\'') { '\'' } else { '"' };
            text.replace_range(value.span.clone(), &format!("{quote}{}{version}{quote}", value.before));
        }
        text
    }
}

impl Value {
    pub(super) fn new(span: Range<usize>, version: &str) -> Self {
        Self::behind(String::new(), span, version)
    }

    /// A version in a string with text before it.
    pub(super) fn behind(before: String, span: Range<usize>, version: &str) -> Self {
        Self { span, before, version: version.to_owned() }
    }
}

/// A TOML file, and its parsed contents.
pub(super) fn parsed<T: DeserializeOwned>(path: &Path) -> Result<(String, T)> {
    let text = match regular_file::read_text(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(Error::new(ErrorKind::Project, "no such file")
                .at(path.display())
                .next("name the directory of a PyO3 project, or set [tool.maturin] manifest-path"));
        }
        Err(error) => return Err(error.into()),
    };
    let value = toml::from_str(&text).map_err(|error| {
        Error::new(ErrorKind::Project, format!("not as expected: {}", quotable(path, &error)))
            .at(path.display())
            .next("fix that line")
    })?;
    Ok((text, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_moves_nothing() {
        #[derive(serde::Deserialize)]
        struct Package {
            version: toml::Spanned<String>,
        }
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("Cargo.toml");
        let text = "\u{feff}# größe\r\nversion = \"1.0.0\"\r\n";
        fs_err::write(&path, text).unwrap();
        let (read, package) = parsed::<Package>(&path).unwrap();
        let values = vec![Value::new(package.version.span(), package.version.get_ref())];
        let written = Written { path, text: read, values };
        assert_eq!(written.with("1.1.0"), text.replace("1.0.0", "1.1.0"));
    }
}
