//! The upload stage: runs twine until the index has every file.

use std::time::Duration;

use monowheel_error::{Error, ErrorKind, Result};

use crate::publish::authorization::Pass;
use crate::publish::credentials::Credentials;
use crate::publish::plan::State;
use crate::publish::publisher::{AGAIN, Plan, Publication, Uploads};
use crate::publish::upload::{Failure, Sender, Sent, Staging};
use crate::publish::{Attest, Event, Request};

/// Number of attempts in a row without any upload before giving up.
const ATTEMPTS: u32 = 6;

/// The result of the uploads.
pub(super) enum Ended {
    /// Every missing file was uploaded.
    Complete(Uploads),
    /// A different file was uploaded under one of the names meanwhile.
    Conflict(Plan, Uploads),
}

impl Publication<'_> {
    /// Uploads missing files until the index has all of them.
    ///
    /// # Errors
    /// When a file is rejected and retrying would not help; after Ctrl-C.
    pub(super) fn upload(&self, mut plan: Plan, pass: &mut Pass<'_>, told: &mut dyn FnMut(&Event)) -> Result<Ended> {
        let mut uploads = Uploads::default();
        let mut staging: Option<Staging> = None;
        let mut in_vain = 0;
        loop {
            if plan.has(State::Conflict) {
                return Ok(Ended::Conflict(plan, uploads));
            }
            let missing = plan.missing(&uploads);
            if missing.is_empty() {
                return Ok(Ended::Complete(uploads));
            }
            let sent = self.attempt(&missing, &mut staging, pass, told)?;
            let got_through = sent.done.len();
            uploads.attested += if self.request.attest == Attest::No { 0 } else { got_through };
            uploads.files.extend(sent.done);
            let Some(failure) = sent.failure else { return Ok(Ended::Complete(uploads)) };
            in_vain = if got_through > 0 { 0 } else { in_vain + 1 };
            plan = self.look()?;
            match failure {
                // Two runs at once: the other one was faster.
                Failure::Refused(_) if plan.missing(&uploads).len() + got_through < missing.len() => {}
                Failure::Busy(why) if in_vain < ATTEMPTS => {
                    told(&Event::Again(why));
                    self.stop.wait(Duration::from_secs(1 << in_vain.min(5)))?;
                }
                Failure::Denied(why) if in_vain < 2 && pass.renew(got_through > 0) => told(&Event::Again(why)),
                failure => return Err(self.gave_up(failure, &uploads)),
            }
        }
    }

    /// Runs twine once for these files, with everything it needs first.
    fn attempt(
        &self,
        files: &[String],
        staging: &mut Option<Staging>,
        pass: &mut Pass<'_>,
        told: &mut dyn FnMut(&Event),
    ) -> Result<Sent> {
        // Before anything is copied or signed: without it that would be useless.
        let (user, password) = pass.now(told)?;
        let staging = match staging {
            Some(staging) => staging,
            none => none.insert(Staging::of(self.release.held())?),
        };
        let Request { place, python, attest, .. } = self.request;
        staging.sign(files, *attest, pass.ambient(), python, self.stop, told)?;
        let sender = Sender { place, python, user: &user, password: &password, attested: *attest != Attest::No };
        staging.send(files, sender, self.stop, told)
    }

    fn gave_up(&self, failure: Failure, uploads: &Uploads) -> Error {
        let place = &self.request.place;
        let done = format!("{} of {} files were uploaded in this run", uploads.files.len(), self.files.len());
        let (kind, what, next) = match failure {
            Failure::Denied(why) => {
                let next = match &self.request.credentials {
                    Credentials::Trusted(_) => {
                        "check that the publisher is configured for this project in its publishing settings on the index"
                    }
                    Credentials::Password { .. } => {
                        "check that TWINE_USERNAME and TWINE_PASSWORD are valid for this project; the user of an API token is __token__"
                    }
                };
                (ErrorKind::Io, format!("the index refused the credentials of this run: {why}"), next)
            }
            Failure::Busy(why) => (ErrorKind::Io, format!("the index is unreachable or busy: {why}"), AGAIN),
            Failure::Refused(why) => (
                ErrorKind::Tool,
                format!("the index rejected a file: {why}"),
                "fix the problem and build again; if some files are published already, release the next version",
            ),
        };
        Error::new(kind, format!("{what}\n{done}")).at(&place.upload).next(next)
    }
}

impl Plan {
    /// The files that are neither on the index nor uploaded by this run: an index may be slow to show new files.
    fn missing(&self, uploads: &Uploads) -> Vec<String> {
        let upload = self.steps.iter().filter(|step| step.state == State::Upload);
        let names = upload.map(|step| &step.file.file);
        names.filter(|file| !uploads.files.contains(*file)).cloned().collect()
    }
}
