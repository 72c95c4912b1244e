//! The summary of a job of GitHub Actions: `build`, `test` and `publish` add their report to the page of the run.

use std::io::Write as _;
use std::path::PathBuf;

use monowheel_error::Result;

/// GitHub takes 1 MiB a step; what is left out is in the log.
const MOST: usize = 900 << 10;

/// The file that the runner named, on a runner.
pub(super) fn file() -> Option<PathBuf> {
    std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()).map(PathBuf::from)
}

/// Adds Markdown to the summary, where there is one.
///
/// # Errors
/// When the file cannot be written.
pub(super) fn add(markdown: &str) -> Result<()> {
    let Some(path) = file() else { return Ok(()) };
    let mut file = fs_err::OpenOptions::new().append(true).create(true).open(path)?;
    Ok(file.write_all(markdown.as_bytes())?)
}

/// What a command printed, as a block that no line of it can end.
pub(super) fn block(command: &str, report: &str) -> String {
    let end = (0..=report.len().min(MOST)).rev().find(|at| report.is_char_boundary(*at)).unwrap_or_default();
    let (shown, left_out) = report.split_at(end);
    let longest = shown.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    let note = if left_out.is_empty() { "" } else { "\nThe rest is in the log.\n" };
    format!("### monowheel {command}\n\n{fence}text\n{}\n{fence}\n{note}\n", shown.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_ends_the_block() {
        let block = block("build", "a\n```\n<script>\n````\n");
        assert!(block.starts_with("### monowheel build\n\n`````text\na\n"), "{block}");
        assert!(block.ends_with("\n`````\n\n"), "{block}");
    }

    #[test]
    fn a_long_report_is_cut_between_characters() {
        let block = block("test", &"é".repeat(MOST));
        assert!(block.len() < MOST + 200 && block.ends_with("in the log.\n\n"));
    }
}
