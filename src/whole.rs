//! Files that appear whole or not at all: records that another run reads.

use std::path::Path;

use crate::error::Result;

/// Writes `text` to a file beside `path` and renames that.
///
/// # Errors
/// When the folder cannot be written; nothing of it stays then.
pub(crate) fn write(path: &Path, text: impl AsRef<[u8]>) -> Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let draft = path.with_file_name(format!(".{name}-{}", std::process::id()));
    let written = fs_err::write(&draft, text).and_then(|()| fs_err::rename(&draft, path));
    if written.is_err() {
        let _ = fs_err::remove_file(&draft);
    }
    Ok(written?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_there_is_replaced_and_nothing_else_stays() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let path = dir.path().join("it");
        for text in ["one", "two"] {
            write(&path, text)?;
            assert_eq!(fs_err::read_to_string(&path)?, text);
        }
        // A folder of that name cannot be replaced by a file.
        fs_err::create_dir_all(dir.path().join("taken/inside"))?;
        assert!(write(&dir.path().join("taken"), "text").is_err());
        assert_eq!(fs_err::read_dir(dir.path())?.count(), 2);
        Ok(())
    }
}
