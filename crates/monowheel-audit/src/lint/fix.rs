//! Applies the edits of findings: to all files or to none.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::text_changes::{self, Change};
use monowheel_system::{regular_file, threads};
use rayon::ThreadPoolBuilder;

use crate::finding::Edit;
use crate::lint::ProjectReport;
use crate::source;

/// A file that was changed, or would be.
#[derive(Clone, Debug)]
pub struct FixedFile {
    /// The file.
    pub(crate) path: PathBuf,
    /// How many findings it fixes.
    pub findings: usize,
    /// The old text.
    pub(crate) before: String,
    /// The new text.
    pub(crate) after: String,
}

/// The files of one project with the edits of its findings applied; nothing is written. A file that would not parse
/// afterwards is left unchanged.
///
/// # Errors
/// If a file cannot be read, or has changed since it was linted.
pub fn fixes(report: &ProjectReport) -> Result<Vec<FixedFile>> {
    let pool = threads::build(ThreadPoolBuilder::new().num_threads(1).stack_size(source::depth::STACK))?;
    pool.install(|| applied(report))
}

fn applied(report: &ProjectReport) -> Result<Vec<FixedFile>> {
    let named = Path::new(&report.place);
    let folder = if named.is_file() { named.parent().unwrap_or(Path::new("")) } else { named };
    let mut by_file: BTreeMap<&str, (usize, Vec<&Edit>)> = BTreeMap::new();
    for finding in &report.findings {
        if let (Some(member), false) = (finding.place.member.as_deref(), finding.edits.is_empty()) {
            let (findings, edits) = by_file.entry(member).or_default();
            *findings += 1;
            edits.extend(&finding.edits);
        }
    }
    let files = by_file.into_iter().map(|(member, (findings, edits))| {
        let path = folder.join(member);
        let before = regular_file::read_text(&path)?;
        let after = changed(&before, edits).ok_or_else(|| {
            Error::new(ErrorKind::Io, "the file changed while it was being linted")
                .at(path.display())
                .next("run it again; nothing was written")
        })?;
        Ok(FixedFile { path, findings, before, after })
    });
    files.filter(|file| file.as_ref().map_or(true, FixedFile::is_sound)).collect()
}

impl FixedFile {
    /// Whether the result parses, if it is Rust.
    fn is_sound(&self) -> bool {
        let is_rust = self.path.extension().is_some_and(|end| end == "rs");
        !is_rust || source::is_rust(&self.after)
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn change(&self, before: &str, after: &str) -> Change {
        Change { path: self.path.clone(), before: Some(before.to_owned()), after: after.to_owned() }
    }

    /// The changes as a unified diff.
    #[must_use]
    pub fn diff(&self) -> String {
        text_changes::diff(&self.path.display().to_string(), Some(&self.before), &self.after)
    }
}

/// Writes the new texts: all of them or none.
///
/// # Errors
/// If one cannot be written, or has changed since it was linted.
pub fn write(files: &[FixedFile]) -> Result<()> {
    text_changes::write_all(&files.iter().map(|file| file.change(&file.before, &file.after)).collect::<Vec<_>>())
}

/// Writes the old texts again: all of them or none.
///
/// # Errors
/// If one cannot be written, or has changed since [`write`].
pub fn undo(files: &[FixedFile]) -> Result<()> {
    text_changes::write_all(&files.iter().map(|file| file.change(&file.after, &file.before)).collect::<Vec<_>>())
}

/// The text with the edits applied; if two overlap, the first wins. None if an edit is outside the text.
fn changed(text: &str, mut edits: Vec<&Edit>) -> Option<String> {
    edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
    edits.dedup();
    let mut after = String::with_capacity(text.len() + 16);
    let mut done = 0;
    for edit in edits {
        if edit.range.start < done {
            continue;
        }
        after.push_str(text.get(done..edit.range.start)?);
        text.get(edit.range.clone())?;
        after.push_str(&edit.text);
        done = edit.range.end;
    }
    after.push_str(text.get(done..)?);
    Some(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(range: std::ops::Range<usize>, text: &str) -> Edit {
        Edit { range, text: text.to_owned() }
    }

    #[test]
    fn edits_are_made_in_any_order_and_once() {
        let edits = [edit(4..5, "dé"), edit(0..1, "A"), edit(4..5, "dé"), edit(0..3, "never")];
        assert_eq!(changed("a b c", edits.iter().collect()).as_deref(), Some("A b dé"));
        assert_eq!(changed("a", vec![&edit(5..6, "x")]), None);
        assert_eq!(changed("é", vec![&edit(1..2, "x")]), None);
    }
}
