//! The files that monowheel writes: their names, and the marks by which it recognizes its own files.
//!
//! Without git, and before a file is committed, cargo packs every file of a project into the sdist. A report in it
//! would change the sdist, and with it every wheel, each time that a command ran. So every command that writes a file
//! for people uses [`write()`], in which each format has a mark, and the sdist is built without marked files.
//! Files that belong to the project's sources (`new`, `init`, `ci`, `release prepare`) are not output and have no mark.

use std::path::Path;

use monowheel_error::Result;

use crate::atomic_write::{self, UNFINISHED, UNFINISHED_END};

/// The record of a build, beside its wheels.
pub const MANIFEST: &str = "monowheel.json";
/// The hashes of a build, in the format of `sha256sum`.
pub const SUMS: &str = "SHA256SUMS";
/// The report of `monowheel test`, beside the wheels.
pub const TEST_REPORT: &str = "monowheel.proof.json";
/// The names of files that occur only in an output directory.
const RECORDS: [&str; 3] = [MANIFEST, SUMS, TEST_REPORT];
/// The suffixes of the distributions in it.
const DISTRIBUTIONS: [&str; 2] = [".whl", ".tar.gz"];
/// Marks a directory as monowheel's: a cache directory tag (<https://bford.info/cachedir/>), with a second line.
pub const TAG: &str = "CACHEDIR.TAG";
/// The second line of [`TAG`].
const TAGGED: &str = "# Created by monowheel.";
/// The program's home page; in SARIF it names the tool that wrote the report.
pub const HOME_PAGE: &str = "https://github.com/monowheel/monowheel";

/// The first line of a report without another place for a mark: text, and the comments above a pin.
#[must_use]
pub fn first_line(command: &str) -> String {
    format!("# Made by monowheel {}: `monowheel {command}`\n", monowheel_error::VERSION)
}

/// The generator of an HTML page.
#[must_use]
pub fn generator() -> String {
    format!("monowheel {}", monowheel_error::VERSION)
}

/// Writes a report of `command` for `--output`, atomically. A format without a mark of its own begins with
/// [`first_line`].
///
/// # Errors
/// Those of [`atomic_write::write`].
pub fn write(path: &Path, command: &str, report: &str) -> Result<()> {
    if is_marked(report.as_bytes()) {
        return atomic_write::write(path, report);
    }
    atomic_write::write(path, first_line(command) + report)
}

/// Marks a permanent work directory of monowheel: nothing in it is a source.
///
/// # Errors
/// When it cannot be written.
pub fn mark_directory(directory: &Path) -> Result<()> {
    // It should not be in a backup or in a commit either.
    atomic_write::write(&directory.join(".gitignore"), "*\n")?;
    atomic_write::write(&directory.join(TAG), format!("Signature: 8a477f597d28d172789f06886806bc55\n{TAGGED}\n"))
}

/// Whether the content of a [`TAG`] was written by [`mark_directory`].
#[must_use]
pub fn is_own_tag(content: &[u8]) -> bool {
    content.split(|byte| *byte == b'\n').any(|line| line == TAGGED.as_bytes())
}

/// Whether a directory is marked by [`mark_directory`].
#[must_use]
pub fn is_own_directory(directory: &Path) -> bool {
    crate::regular_file::read(&directory.join(TAG), 4096).is_ok_and(|content| is_own_tag(&content))
}

/// Whether a file of this name belongs to an output directory: the record of a build or a test, or a distribution.
#[must_use]
pub fn is_of_an_output_directory(name: &str) -> bool {
    RECORDS.contains(&name) || DISTRIBUTIONS.iter().any(|end| name.ends_with(end))
}

/// Whether a file of this name is temporary: left by a process that was killed while it wrote.
#[must_use]
pub fn is_unfinished(name: &str) -> bool {
    name.starts_with(UNFINISHED) && name.ends_with(UNFINISHED_END)
}

/// Whether the content is a report, a record or a pin that monowheel wrote.
#[must_use]
pub fn is_marked(content: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&content[..content.len().min(2048)]);
    if head.starts_with("# Made by monowheel ") {
        return true;
    }
    if head.trim_start().starts_with('<') {
        return head.contains("name=\"generator\" content=\"monowheel ");
    }
    let Some(object) = head.strip_prefix('{') else { return false };
    if let Some(schema) = object.trim_start().strip_prefix("\"schema\"") {
        let schema = schema.trim_start().trim_start_matches(':').trim_start();
        return is_report(schema);
    }
    head.contains("sarif-schema") && contains(content, HOME_PAGE.as_bytes())
}

/// Whether the schema is that of an output. `.monowheel-source.json`, which is part of an sdist, is not.
fn is_report(schema: &str) -> bool {
    let kind = schema.strip_prefix("\"monowheel.").and_then(|name| name.split_once('/'));
    kind.is_some_and(|(kind, _)| !["source", "lock"].contains(&kind))
}

/// Whether a wheel was built by monowheel: its `.dist-info` contains the build record. The names in a zip archive are
/// not compressed.
#[must_use]
pub fn is_own_wheel(content: &[u8]) -> bool {
    contains(content, format!(".dist-info/{MANIFEST}").as_bytes())
}

fn contains(content: &[u8], wanted: &[u8]) -> bool {
    memchr::memmem::find(content, wanted).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_are_recognized_in_every_form_and_sources_are_not() {
        for own in [
            "{\n  \"schema\": \"monowheel.manifest/1\",\n".to_owned(),
            "{\"schema\":\"monowheel.test/1\"}".to_owned(),
            format!("{{\n  \"$schema\": \"…/sarif-schema-2.1.0.json\", \"informationUri\": \"{HOME_PAGE}\""),
            format!("<!DOCTYPE html><html><meta name=\"generator\" content=\"{}\">", generator()),
            first_line("audit") + "clean\n",
        ] {
            assert!(is_marked(own.as_bytes()), "{own}");
        }
        for source in [
            "",
            "{}",
            "# monowheel\n",
            "{\n  \"schema\": \"monowheel.source/1\"",
            "{\"schema\": \"other.test/1\", \"by\": \"monowheel.test/1\"}",
            "<!DOCTYPE html><html><meta name=\"generator\" content=\"sphinx\">monowheel",
            "{\"$schema\": \"sarif-schema-2.1.0.json\", \"tool\": \"ruff\"}",
        ] {
            assert!(!is_marked(source.as_bytes()), "{source}");
        }
    }

    #[test]
    fn a_report_is_marked_once() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let path = dir.path().join("report.txt");
        write(&path, "audit", "clean\n")?;
        let text = fs_err::read_to_string(&path)?;
        assert!(text.starts_with("# Made by monowheel ") && text.ends_with("`monowheel audit`\nclean\n"), "{text}");
        write(&path, "audit", "{\"schema\": \"monowheel.audit/1\"}")?;
        assert_eq!(fs_err::read_to_string(&path)?, "{\"schema\": \"monowheel.audit/1\"}");
        Ok(())
    }

    #[test]
    fn temporary_files_are_no_others() {
        assert!(is_unfinished(".monowheel-x7Yz.part") && !is_unfinished(".monowheel-source.json"));
        assert!(!is_unfinished("monowheel.toml"));
    }
}
