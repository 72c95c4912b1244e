//! The whole of it: look, plan, send until nothing lacks, look again.

use std::collections::BTreeSet;
use std::time::Duration;

use monowheel_build::manifest::File;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_net::{Index, IndexOptions, RemoteFile, is_of};
use monowheel_project::audit_policy::AuditPolicy;
use monowheel_system::exec::{Stop, quoted};
use monowheel_wheel::time;
use rayon::prelude::*;

use crate::publish::authorization::Pass;
use crate::publish::credentials::Credentials;
use crate::publish::outcome::{Outcome, Report, SCHEMA};
use crate::publish::plan::{DAYS, Rules, State, Step, plan};
use crate::publish::upload::{Failure, Sender, Staging};
use crate::publish::{Attest, Event, Request};
use crate::release::set::Set;

/// How often it is tried in a row without any file getting through.
const ATTEMPTS: u32 = 6;
/// How long an index may take until it shows what it took: its pages are kept by a delivery network.
const PATIENCE: Duration = Duration::from_secs(120);
/// What to say where a run broke off.
const AGAIN: &str = "run the same command again: what is there stays, and the rest is sent";

/// Brings the set to the index.
///
/// # Errors
/// When the set is not whole, audited and proven; when the index cannot be asked, or takes no credentials; when a file is
/// not taken; after Ctrl-C. What was sent by then stays there, and the same request goes on from it.
pub fn publish(request: &Request, stop: &Stop, told: &mut dyn FnMut(&Event)) -> Result<Report> {
    let set = &request.set;
    fit(set, request, stop)?;
    let options = IndexOptions { stop: stop.clone(), ..IndexOptions::default() };
    let mut run = Run {
        files: set.files().cloned().collect(),
        index: Index::at(&request.place.simple, &options)?,
        request,
        stop,
        set,
        uploaded: BTreeSet::new(),
        attested: 0,
    };
    let (steps, notes) = run.look()?;
    let is_conflict = steps.iter().any(|step| step.state == State::Conflict);
    let outcome = if is_conflict { Outcome::Conflict } else { Outcome::Planned };
    let report = run.report(outcome, steps.clone(), notes);
    told(&Event::Planned(report.clone()));
    if request.dry_run || is_conflict {
        return Ok(report);
    }
    if steps.iter().any(|step| step.state == State::Upload) {
        let mut pass = Pass::of(&request.credentials, &request.place, &request.python, stop, &options)?;
        let sent = run.send(steps, &mut pass, told).map_err(broke_off);
        pass.burn();
        if let Some(steps) = sent? {
            return Ok(run.report(Outcome::Conflict, steps, Vec::new()));
        }
    }
    told(&Event::Looking(run.files.len()));
    run.compare().map_err(broke_off)
}

/// What Ctrl-C left behind needs no mending.
fn broke_off(error: Error) -> Error {
    if error.kind() == ErrorKind::Interrupted { error.next(AGAIN) } else { error }
}

/// That the set is one that may go out.
fn fit(set: &Set, request: &Request, stop: &Stop) -> Result<()> {
    let folder = &set.folder;
    let wrong = |what: String| Error::new(ErrorKind::Project, what).at(folder.display());
    let faults = set.faults()?;
    if !faults.is_empty() {
        return Err(wrong(format!("this is not the set that was built and audited: {}", faults.join("; ")))
            .next("take away what is of no use there, then: monowheel build"));
    }
    let lacks = request
        .project
        .as_ref()
        .map(|project| set.lacks(project))
        .transpose()?
        .map_or_else(Vec::new, |(_, lacks)| lacks);
    if !set.manifest.complete || !lacks.is_empty() {
        let which = if lacks.is_empty() { "a wheel that was asked for".to_owned() } else { lacks.join(", ") };
        return Err(wrong(format!("the set is not complete: there is no {which}")).next("monowheel build"));
    }
    let policy = AuditPolicy::for_project(request.project.as_ref().map(|project| &project.pyproject.configuration));
    let (said, is_clean) = set.audited(&policy, stop)?;
    if !is_clean {
        return Err(
            wrong(format!("the audit is not clean: {said}")).next(format!("monowheel audit {}", quoted(folder)))
        );
    }
    if request.wants_proof {
        set.proven()?;
    }
    Ok(())
}

/// One publication on its way.
struct Run<'a> {
    files: Vec<File>,
    index: Index,
    request: &'a Request,
    stop: &'a Stop,
    set: &'a Set,
    uploaded: BTreeSet<String>,
    attested: usize,
}

impl Run<'_> {
    fn report(&self, outcome: Outcome, files: Vec<Step>, notes: Vec<String>) -> Report {
        Report {
            schema: SCHEMA,
            monowheel: monowheel_error::VERSION,
            name: self.set.manifest.name.clone(),
            version: self.set.manifest.version.clone(),
            index: self.request.place.name.clone(),
            outcome,
            uploaded: self.uploaded.len(),
            attested: self.attested,
            files,
            notes,
        }
    }

    /// What the index has now, as steps; and what is to be known of it.
    fn look(&self) -> Result<(Vec<Step>, Vec<String>)> {
        Ok(self.steps(self.index.files(&self.set.manifest.name)?))
    }

    fn steps(&self, served: Option<Vec<RemoteFile>>) -> (Vec<Step>, Vec<String>) {
        let manifest = &self.set.manifest;
        let mut notes = Vec::new();
        if served.is_none() && self.request.place.is_warehouse {
            notes.push(format!(
                "{} has no project {}: the first upload makes it, and by trusted publishing it needs a pending publisher",
                self.request.place.name, manifest.name
            ));
        }
        let served: Vec<RemoteFile> = served.unwrap_or_default();
        let ours: Vec<&RemoteFile> =
            served.iter().filter(|file| is_of(&file.name, &manifest.name, &manifest.version)).collect();
        for file in ours.iter().filter(|file| !self.files.iter().any(|known| known.file == file.name)) {
            notes.push(format!("the release has {} there too, which is not of this set", file.name));
        }
        let now = time::now().unwrap_or(0);
        let rules = Rules {
            is_warehouse: self.request.place.is_warehouse,
            closed_before: now.saturating_sub(u64::from(DAYS) * 86_400),
        };
        (plan(&self.files, &served, &ours, &rules), notes)
    }

    /// Sends what is not there until nothing lacks; the steps, when somebody else's file has come between.
    fn send(
        &mut self,
        mut steps: Vec<Step>,
        pass: &mut Pass<'_>,
        told: &mut dyn FnMut(&Event),
    ) -> Result<Option<Vec<Step>>> {
        let mut staging: Option<Staging> = None;
        let mut in_vain = 0;
        loop {
            if steps.iter().any(|step| step.state == State::Conflict) {
                return Ok(Some(steps));
            }
            let lacking = self.lacking(&steps);
            if lacking.is_empty() {
                return Ok(None);
            }
            // Before anything is copied or signed: without it nothing of that is of use.
            let (user, password) = pass.now(told)?;
            let staging = match &mut staging {
                Some(staging) => staging,
                none => none.insert(Staging::of(&self.set.folder, &self.files)?),
            };
            let Request { place, python, attest, .. } = self.request;
            staging.sign(&lacking, *attest, pass.ambient(), python, self.stop, told)?;
            let attested = *attest != Attest::No;
            let sender = Sender { place, python, user: &user, password: &password, attested };
            let sent = staging.send(&lacking, sender, self.stop, told)?;
            let got_through = sent.done.len();
            self.attested += if attested { got_through } else { 0 };
            self.uploaded.extend(sent.done);
            let Some(failure) = sent.failure else { return Ok(None) };
            in_vain = if got_through > 0 { 0 } else { in_vain + 1 };
            steps = self.look()?.0;
            match failure {
                // Two runs at once: the other one was faster.
                Failure::Refused(_) if self.lacking(&steps).len() + got_through < lacking.len() => {}
                Failure::Busy(why) if in_vain < ATTEMPTS => {
                    told(&Event::Again(why));
                    self.stop.wait(Duration::from_secs(1 << in_vain.min(5)))?;
                }
                Failure::Denied(why) if in_vain < 2 && pass.renew(got_through > 0) => told(&Event::Again(why)),
                failure => return Err(self.gave_up(failure)),
            }
        }
    }

    /// What is neither there nor was sent by this run: an index may be slow to show what it took.
    fn lacking(&self, steps: &[Step]) -> Vec<String> {
        let lacks = |step: &&Step| step.state == State::Upload && !self.uploaded.contains(&step.file.file);
        steps.iter().filter(lacks).map(|step| step.file.file.clone()).collect()
    }

    fn gave_up(&self, failure: Failure) -> Error {
        let place = &self.request.place;
        let done = format!("{} of {} files were sent in this run", self.uploaded.len(), self.files.len());
        let (kind, what, next) = match failure {
            Failure::Denied(why) => {
                let next = match &self.request.credentials {
                    Credentials::Trusted(_) => {
                        "the publisher's project has to be this one: look at its publishing settings on the index"
                    }
                    Credentials::Password { .. } => {
                        "TWINE_USERNAME and TWINE_PASSWORD have to be good for this project; an API token's user is __token__"
                    }
                };
                (ErrorKind::Io, format!("the index does not let this run upload: {why}"), next)
            }
            Failure::Busy(why) => (ErrorKind::Io, format!("the index cannot be reached or is busy: {why}"), AGAIN),
            Failure::Refused(why) => (
                ErrorKind::Tool,
                format!("the index does not take a file: {why}"),
                "mend what it says, build the set again, and publish it as the next version if some of it is out",
            ),
        };
        Error::new(kind, format!("{what}\n{done}")).at(&place.upload).next(next)
    }

    /// Fetches what the index serves now and compares it with the set.
    fn compare(&self) -> Result<Report> {
        let began = std::time::Instant::now();
        let mut pause = Duration::from_millis(250);
        let served = loop {
            let served = self.index.files(&self.set.manifest.name)?.unwrap_or_default();
            let is_there = |file: &File| served.iter().any(|there| there.name == file.file);
            if self.files.iter().all(is_there) || began.elapsed() > PATIENCE {
                break served;
            }
            self.stop.wait(pause)?;
            pause = (pause * 2).min(Duration::from_secs(10));
        };
        let (planned, notes) = self.steps(Some(served.clone()));
        let steps: Result<Vec<Step>> = planned
            .into_par_iter()
            .map(|step| match served.iter().find(|there| there.name == step.file.file) {
                Some(there) => self.fetched(step, there),
                None => {
                    Ok(Step { state: State::Missing, said: Some("the index does not show it yet".to_owned()), ..step })
                }
            })
            .collect();
        let steps = steps?;
        let is_all = steps.iter().all(|step| step.state == State::Served);
        Ok(self.report(if is_all { Outcome::Published } else { Outcome::Different }, steps, notes))
    }

    /// A file that the index shows, fetched.
    fn fetched(&self, step: Step, there: &RemoteFile) -> Result<Step> {
        let Some(sha256) = self.index.sha256(there, step.file.size)? else {
            let said = Some(format!("what is served has not its {} bytes", step.file.size));
            return Ok(Step { state: State::Differs, said, ..step });
        };
        let differs = if sha256 != step.file.sha256 {
            format!("served is {sha256}, and not {}", step.file.sha256)
        } else if there.sha256.as_ref().is_some_and(|told| *told != sha256) {
            "the index tells another SHA-256 than that of what it serves".to_owned()
        } else {
            return Ok(Step { state: State::Served, ..step });
        };
        Ok(Step { state: State::Differs, said: Some(differs), ..step })
    }
}
