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
                self.add("tag", name, State::Unknown, "not here, but this clone is shallow and may lack it");
                if let Some(check) = self.checks.last_mut() {
                    check.next = Some("--remote asks where it was cloned from; or git fetch --tags".to_owned());
                }
            } else {
                self.add("tag", name, State::Ok, "not there yet");
            }
            return Ok(None);
        };
        let anew = format!(
            "if nobody has it yet: git tag -d {name} && monowheel release tag; else monowheel release prepare --bump patch"
        );
        if tag.commit != head {
            let said = format!("it is there, at {}, and checked out is {}", short(&tag.commit), short(head));
            self.wrong(
                "tag",
                name,
                said,
                "a version that has its tag stays as it is: monowheel release prepare --bump patch",
            );
        } else if tag.message.is_none() {
            self.wrong("tag", name, "it is there at this commit, without a message: no SHA256SUMS", anew);
        } else if message.is_some_and(|message| !tag.message.as_deref().unwrap_or_default().starts_with(message)) {
            self.wrong(
                "tag",
                name,
                "it is there at this commit, and its message has not the SHA256SUMS of this set",
                anew,
            );
        } else {
            self.add("tag", name, State::Ok, "there already, at this commit");
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
            (None, _) => self.add("remote", &remote, State::Ok, format!("{name} is not there yet")),
            (Some(there), _) if there.commit != head => {
                let said = format!("{name} is there, at {}, and checked out is {}", short(&there.commit), short(head));
                self.wrong(
                    "remote",
                    &remote,
                    said,
                    "a version that has its tag stays as it is: monowheel release prepare --bump patch",
                );
            }
            (Some(there), Some(here)) if there.object == here.object => {
                self.add("remote", &remote, State::Ok, format!("{name} is there already, the same"));
            }
            (Some(_), Some(_)) => {
                self.wrong(
                    "remote",
                    &remote,
                    format!("{name} is there at this commit, and is another tag than the one here"),
                    format!("git tag -d {name} && git fetch {remote} tag {name}"),
                );
            }
            (Some(_), None) => {
                self.wrong(
                    "remote",
                    &remote,
                    format!("{name} is there at this commit, and not here"),
                    format!("git fetch {remote} tag {name}"),
                );
            }
        }
        Ok(())
    }
}
