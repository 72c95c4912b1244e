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

/// What came of tagging.
#[derive(Clone, Debug, Serialize)]
pub struct Tagged {
    /// [`SCHEMA`].
    pub(crate) schema: &'static str,
    /// Whether the tag was made now.
    pub made: bool,
    /// Whether it is there, at this commit and with these sums.
    pub is_there: bool,
    /// What to do next, when it is there.
    pub next: Option<String>,
    /// The checks that came before.
    pub check: Report,
}

/// Runs every check, and makes the tag when all of them are well. Nothing is pushed.
///
/// # Errors
/// As [`check`](crate::release::check::check), and when git cannot make the tag.
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
        // A file: the message is never an argument, and begins with whatever it begins with.
        let mut file = tempfile::NamedTempFile::new()?;
        file.write_all(message.as_bytes())?;
        file.flush()?;
        history.make_tag(name, commit, file.path(), is_signed)?;
        let made = history.tag(name)?.and_then(|tag| tag.message);
        if !made.is_some_and(|made| made.starts_with(message.as_str())) {
            return Err(Error::new(ErrorKind::Tool, "git made the tag, and it does not say what it was given")
                .at(name)
                .next(format!("git cat-file -p {name} shows it, git tag -d {name} removes it")));
        }
        tagged.made = true;
    }
    // Where it is not clear which, the user knows.
    let remote = history.remote(request.remote.as_deref().unwrap_or_default());
    tagged.next = Some(format!("git push {} {}", quoted(remote.unwrap_or_else(|_| "REMOTE".to_owned())), quoted(name)));
    tagged.is_there = true;
    Ok(tagged)
}

/// What a tag says: name and version, then `SHA256SUMS` of the set, which `sha256sum --check` reads out of it.
#[must_use]
pub(crate) fn message(name: &str, version: &Version, sums: &str) -> String {
    format!("{name} {version}\n\n{SUMS}:\n\n{sums}")
}
