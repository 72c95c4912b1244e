//! The files of a project that the wheel gets in addition to its package: `data` and `include` of `[tool.maturin]`.
//!
//! Wheels are built from the sdist, and maturin puts neither kind into it by itself.

use std::path::{Path, PathBuf};

use glob::{MatchOptions, Pattern, glob_with};

use crate::inside::plain_relative;
use crate::pyproject::{Include, MaturinTable};

/// More files are not examined.
const MOST_FILES: usize = 20_000;
/// With maturin's matching options.
const MATCH: MatchOptions =
    MatchOptions { case_sensitive: true, require_literal_separator: false, require_literal_leading_dot: false };

/// The files of the project in `root` that `data` and `include` add to the wheel, relative to `root`, in order.
#[must_use]
pub fn of_wheel(root: &Path, maturin: &MaturinTable) -> Vec<PathBuf> {
    let mut files = Vec::new();
    if let Some(data) = maturin.data.as_deref().filter(|data| plain_relative(data)) {
        walk(&root.join(data), &mut files);
    }
    for include in maturin.include.iter().filter(|include| include.in_wheel && plain_relative(Path::new(&include.path)))
    {
        let escaped = format!("{}/{}", Pattern::escape(&root.display().to_string()), include.path);
        let found = glob_with(&escaped, MATCH).into_iter().flatten().flatten().take(MOST_FILES);
        files.extend(found.filter(|path| path.is_file()));
    }
    let mut files: Vec<PathBuf> =
        files.iter().filter_map(|path| path.strip_prefix(root).ok()).map(Path::to_path_buf).collect();
    files.retain(|path| !matches(&maturin.exclude, path, |pattern| pattern.in_wheel));
    files.sort();
    files.dedup();
    files
}

/// Whether `include` puts a file, relative to the project, into the sdist.
#[must_use]
pub fn is_included_in_sdist(maturin: &MaturinTable, path: &Path) -> bool {
    matches(&maturin.include, path, |pattern| pattern.in_sdist)
}

fn matches(patterns: &[Include], path: &Path, is_wanted: impl Fn(&Include) -> bool) -> bool {
    patterns.iter().filter(|pattern| is_wanted(pattern)).any(|include| {
        Pattern::new(&include.path).is_ok_and(|pattern| pattern.matches_path_with(path, MATCH))
            || Path::new(&include.path) == path
    })
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut waiting = vec![folder.to_path_buf()];
    while let Some(folder) = waiting.pop() {
        for entry in fs_err::read_dir(&folder).into_iter().flatten().flatten() {
            if files.len() >= MOST_FILES {
                return;
            }
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => waiting.push(entry.path()),
                Ok(_) => files.push(entry.path()),
                Err(_) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_and_wheel_includes_are_what_a_wheel_gets() -> std::io::Result<()> {
        let dir = tempfile::tempdir()?;
        for path in ["x.data/scripts/run", "x.data/data/a.pyc", "gen/a.json", "gen/deep/b.json", "other"] {
            let path = dir.path().join(path);
            fs_err::create_dir_all(path.parent().unwrap_or(&path))?;
            fs_err::write(path, "")?;
        }
        let table: MaturinTable = toml::from_str(
            "data = \"x.data\"\ninclude = [{ path = \"gen/**/*.json\", format = \"wheel\" }, { path = \"other\", format = \"sdist\" }, \"../up\"]\n\
             exclude = [\"**/*.pyc\"]",
        )
        .unwrap_or_default();
        let found = of_wheel(dir.path(), &table);
        assert_eq!(found, ["gen/a.json", "gen/deep/b.json", "x.data/scripts/run"].map(PathBuf::from));
        assert!(is_included_in_sdist(&table, Path::new("other")));
        assert!(!is_included_in_sdist(&table, Path::new("gen/a.json")));
        Ok(())
    }
}
