//! The checks of the tag, here and in another repository.

use monowheel_error::Result;

use crate::release::check::State;
use crate::release::check::looking::{Looking, short};
use crate::release::history::{History, Tag};

impl Looking<'_> {
    /// The tag in this repository.
    pub(super) fn tag(
        &mut self,
        history: &History,
        name: &str,
        head: &str,
        message: Option<&str>,
        is_asked: bool,
    ) -> Result<Option<Tag>> {
        let Some(found) = self.told("tag", name, history.tag(name))? else { return Ok(None) };
        let Some(tag) = found else {
            if !is_asked && history.is_shallow()? {
                self.add("tag", name, State::Unknown, "not here, but this clone is shallow and may not have it");
                if let Some(check) = self.checks.last_mut() {
                    check.next = Some("use --remote to check the remote, or run git fetch --tags".to_owned());
                }
            } else {
                self.add("tag", name, State::Ok, "does not exist yet");
            }
            return Ok(None);
        };
        let anew = format!(
            "if nobody has it yet: git tag -d {name} && monowheel release tag; otherwise monowheel release prepare --bump patch"
        );
        if tag.commit != head {
            let said = format!("the tag exists at {}, but {} is checked out", short(&tag.commit), short(head));
            self.wrong(
                "tag",
                name,
                said,
                "release a new version, since a tagged one must not change: monowheel release prepare --bump patch",
            );
        } else if tag.message.is_none() {
            self.wrong("tag", name, "the tag exists at this commit, but has no message with SHA256SUMS", anew);
        } else if message.is_some_and(|message| !tag.message.as_deref().unwrap_or_default().starts_with(message)) {
            self.wrong(
                "tag",
                name,
                "the tag exists at this commit, but its message does not have the SHA256SUMS of dist/",
                anew,
            );
        } else {
            self.add("tag", name, State::Ok, "exists already, at this commit");
        }
        Ok(Some(tag))
    }

    /// The tag in another repository.
    pub(super) fn remote(
        &mut self,
        history: &History,
        remote: &str,
        name: &str,
        head: &str,
        here: Option<&Tag>,
    ) -> Result<()> {
        let place = if remote.is_empty() { "--remote" } else { remote };
        let Some(remote) = self.told("remote", place, history.remote(remote))? else { return Ok(()) };
        let Some(there) = self.told("remote", &remote, history.tag_at(&remote, name))? else { return Ok(()) };
        match (there, here) {
            (None, _) => self.add("remote", &remote, State::Ok, format!("{name} does not exist there yet")),
            (Some(there), _) if there.commit != head => {
                let said =
                    format!("{name} exists there at {}, but {} is checked out", short(&there.commit), short(head));
                self.wrong(
                    "remote",
                    &remote,
                    said,
                    "release a new version, since a tagged one must not change: monowheel release prepare --bump patch",
                );
            }
            (Some(there), Some(here)) if there.object == here.object => {
                self.add("remote", &remote, State::Ok, format!("{name} exists there already and is the same"));
            }
            (Some(_), Some(_)) => {
                self.wrong(
                    "remote",
                    &remote,
                    format!("{name} exists there at this commit, but is not the same tag as here"),
                    format!("git tag -d {name} && git fetch {remote} tag {name}"),
                );
            }
            (Some(_), None) => {
                self.wrong(
                    "remote",
                    &remote,
                    format!("{name} exists there at this commit, but not here"),
                    format!("git fetch {remote} tag {name}"),
                );
            }
        }
        Ok(())
    }
}
