//! The tag of a release: a commit, and the SHA-256 of every file that was built from it.

use std::io::Write as _;

use monowheel_build::dist::SUMS;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::{CancelToken, quoted};
use serde::Serialize;

use crate::release::Version;
use crate::release::check::{Report, Request, look};

/// The version of the JSON form.
pub(crate) const SCHEMA: &str = "monowheel.release-tag/1";

/// The result of tagging.
#[derive(Clone, Debug, Serialize)]
pub struct Tagged {
    /// [`SCHEMA`].
    pub(crate) schema: &'static str,
    /// Whether the tag was created now.
    pub made: bool,
    /// Whether it exists, at this commit and with these checksums.
    pub is_there: bool,
    /// The next step, if it exists.
    pub next: Option<String>,
    /// The checks before it.
    pub check: Report,
}

/// Runs every check, and creates the tag if all pass. Nothing is pushed.
///
/// # Errors
/// As [`check`](crate::release::check::check), and when git cannot create the tag.
pub fn tag(request: &Request, is_signed: bool, stop: &CancelToken) -> Result<Tagged> {
    let (check, known) = look(request, stop)?;
    let mut tagged = Tagged { schema: SCHEMA, made: false, is_there: false, next: None, check };
    let (Some(history), Some(message), Some(commit)) = (&known.history, &known.message, &tagged.check.commit) else {
        return Ok(tagged);
    };
    if !tagged.check.ready {
        return Ok(tagged);
    }
    let name = &tagged.check.tag;
    if known.tag.is_none() {
        // A file: as an argument, the message could be taken for an option.
        let mut file = tempfile::NamedTempFile::new()?;
        file.write_all(message.as_bytes())?;
        file.flush()?;
        history.make_tag(name, commit, file.path(), is_signed)?;
        let made = history.tag(name)?.and_then(|tag| tag.message);
        if !made.is_some_and(|made| made.starts_with(message.as_str())) {
            return Err(Error::new(ErrorKind::Tool, "git created the tag with a different message")
                .at(name)
                .next(format!("inspect it with git cat-file -p {name}, and remove it with git tag -d {name}")));
        }
        tagged.made = true;
    }
    // If it is ambiguous, the user chooses.
    let remote = history.remote(request.remote.as_deref().unwrap_or_default());
    tagged.next = Some(format!("git push {} {}", quoted(remote.unwrap_or_else(|_| "REMOTE".to_owned())), quoted(name)));
    tagged.is_there = true;
    Ok(tagged)
}

/// The message of a tag: name and version, then `SHA256SUMS`, which `sha256sum --check` can read from it.
#[must_use]
pub(crate) fn message(name: &str, version: &Version, sums: &str) -> String {
    format!("{name} {version}\n\n{SUMS}:\n\n{sums}")
}
