//! Uses the directory of an unpacked sdist as a project again.
//!
//! maturin writes `PKG-INFO` into every sdist, and cargo lists the one in the directory: maturin refuses to write it
//! twice. So the sdist is built from a copy without the files that only an sdist has.

use std::path::{Path, PathBuf};

use monowheel_error::Result;
use monowheel_system::own_files;

use super::origin::FILE as ORIGIN;

/// The files that mark an unpacked sdist.
pub(crate) const METADATA: &str = "PKG-INFO";

/// A copy of the project in `root`, without the files that only an sdist has and without build output (`out` and Cargo
/// target directories, also the one around `into`), in the empty directory `into`. Symbolic links are left out: an
/// sdist has none.
///
/// # Errors
/// When something cannot be read or written.
pub(crate) fn copy(root: &Path, out: &Path, into: &Path) -> Result<PathBuf> {
    let out = fs_err::canonicalize(out).unwrap_or_else(|_| out.to_path_buf());
    fs_err::create_dir_all(into)?;
    let work = fs_err::canonicalize(into)?;
    let mut waiting = vec![PathBuf::new()];
    while let Some(folder) = waiting.pop() {
        fs_err::create_dir_all(into.join(&folder))?;
        for entry in fs_err::read_dir(root.join(&folder))? {
            let entry = entry?;
            let (path, inner) = (entry.path(), folder.join(entry.file_name()));
            let kind = entry.file_type()?;
            let is_only_of_sdist =
                folder.as_os_str().is_empty() && [METADATA, ORIGIN].iter().any(|name| entry.file_name() == *name);
            let is_around = |folder: &Path| fs_err::canonicalize(&path).is_ok_and(|path| folder.starts_with(path));
            let is_made = kind.is_dir() && (path.join(own_files::TAG).is_file() || is_around(&out) || is_around(&work));
            match kind {
                _ if is_only_of_sdist || is_made => {}
                kind if kind.is_dir() => waiting.push(inner),
                kind if kind.is_file() => drop(fs_err::copy(&path, into.join(inner))?),
                _ => {}
            }
        }
    }
    Ok(into.to_path_buf())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_has_the_sources_and_nothing_that_a_build_or_an_sdist_made() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let root = dir.path().join("demo-1");
        for path in [
            "PKG-INFO",
            ORIGIN,
            "Cargo.toml",
            "src/lib.rs",
            "python/demo/PKG-INFO",
            "dist/demo.whl",
            "target/CACHEDIR.TAG",
            "target/x",
        ] {
            fs_err::create_dir_all(root.join(path).parent().unwrap_or(&root))?;
            fs_err::write(root.join(path), path)?;
        }
        let copied = copy(&root, &root.join("dist"), &root.join("work/monowheel/copy"))?;
        let has = |path: &str| copied.join(path).is_file();
        assert!(has("Cargo.toml") && has("src/lib.rs") && has("python/demo/PKG-INFO"));
        assert!(!has("PKG-INFO") && !has(ORIGIN) && !has("dist/demo.whl") && !has("target/x"));
        Ok(())
    }
}
