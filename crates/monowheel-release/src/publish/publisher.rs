//! The flow of a publication: query the index, plan, upload until nothing is missing, verify the served files.

use std::collections::BTreeSet;

use monowheel_build::manifest::File;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_net::{Index, IndexOptions, RemoteFile, is_of};
use monowheel_system::exec::CancelToken;
use monowheel_wheel::time;

use crate::publish::attempts::Ended;
use crate::publish::authorization::Pass;
use crate::publish::distributions::Checked;
use crate::publish::outcome::{Outcome, Report, SCHEMA};
use crate::publish::plan::{DAYS, Rules, State, Step, plan};
use crate::publish::{Event, Request};

/// The next step after an interrupted run.
pub(super) const AGAIN: &str = "run the same command again: it keeps the files that are there and uploads the rest";

/// Publishes the distributions on the index.
///
/// # Errors
/// When the index cannot be queried, or refuses the credentials; when a file is rejected; after Ctrl-C. Files uploaded
/// by then stay there, and the same request continues from there.
pub fn publish(
    release: &Checked<'_>,
    request: &Request,
    stop: &CancelToken,
    told: &mut dyn FnMut(&Event),
) -> Result<Report> {
    let options = IndexOptions { stop: stop.clone(), ..IndexOptions::default() };
    let run = Publication::open(release, request, stop, &options)?;
    let plan = run.look()?;
    let outcome = if plan.has(State::Conflict) { Outcome::Conflict } else { Outcome::Planned };
    let report = run.report(outcome, &Uploads::default(), plan.clone());
    told(&Event::Planned(report.clone()));
    if request.dry_run || outcome == Outcome::Conflict {
        return Ok(report);
    }
    let mut uploads = Uploads::default();
    if plan.has(State::Upload) {
        let mut pass = Pass::of(&request.credentials, &request.place, &request.python, stop, &options)?;
        let ended = run.upload(plan, &mut pass, told).map_err(broke_off);
        pass.burn();
        match ended? {
            Ended::Complete(sent) => uploads = sent,
            Ended::Conflict(plan, sent) => {
                return Ok(run.report(Outcome::Conflict, &sent, Plan { notes: Vec::new(), ..plan }));
            }
        }
    }
    told(&Event::Looking(run.files.len()));
    run.verify(&uploads).map_err(broke_off)
}

/// After Ctrl-C, nothing needs fixing.
fn broke_off(error: Error) -> Error {
    if error.kind() == ErrorKind::Interrupted { error.next(AGAIN) } else { error }
}

/// The steps to take, and notes for the user.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) steps: Vec<Step>,
    pub(super) notes: Vec<String>,
}

impl Plan {
    pub(super) fn has(&self, state: State) -> bool {
        self.steps.iter().any(|step| step.state == state)
    }
}

/// The files that this run uploaded.
#[derive(Debug, Default)]
pub(super) struct Uploads {
    pub(super) files: BTreeSet<String>,
    /// How many of them with an attestation.
    pub(super) attested: usize,
}

/// A publication in progress.
pub(super) struct Publication<'a> {
    pub(super) release: &'a Checked<'a>,
    pub(super) files: Vec<File>,
    pub(super) index: Index,
    pub(super) request: &'a Request,
    pub(super) stop: &'a CancelToken,
}

impl<'a> Publication<'a> {
    fn open(
        release: &'a Checked<'a>,
        request: &'a Request,
        stop: &'a CancelToken,
        options: &IndexOptions,
    ) -> Result<Self> {
        let index = Index::at(&request.place.simple, options)?;
        Ok(Self { release, files: release.files(), index, request, stop })
    }

    pub(super) fn report(&self, outcome: Outcome, uploads: &Uploads, plan: Plan) -> Report {
        Report {
            schema: SCHEMA,
            monowheel: monowheel_error::VERSION,
            name: self.release.name().to_owned(),
            version: self.release.version().to_owned(),
            index: self.request.place.name.clone(),
            outcome,
            uploaded: uploads.files.len(),
            attested: uploads.attested,
            files: plan.steps,
            notes: plan.notes,
        }
    }

    /// Queries what the index has now, and plans from that.
    pub(super) fn look(&self) -> Result<Plan> {
        Ok(self.plan(self.index.files(self.release.name())?))
    }

    /// The plan for an index that serves these files; `None` if it has no such project.
    pub(super) fn plan(&self, served: Option<Vec<RemoteFile>>) -> Plan {
        let (name, place) = (self.release.name(), &self.request.place);
        let mut notes = Vec::new();
        if served.is_none() && place.is_warehouse {
            notes.push(format!(
                "{} has no project {name}: the first upload creates it; trusted publishing needs a pending publisher for that",
                place.name
            ));
        }
        let served: Vec<RemoteFile> = served.unwrap_or_default();
        let ours: Vec<&RemoteFile> =
            served.iter().filter(|file| is_of(&file.name, name, self.release.version())).collect();
        for file in ours.iter().filter(|file| !self.files.iter().any(|known| known.file == file.name)) {
            notes.push(format!("the release also has {} there, which is not in dist/", file.name));
        }
        let now = time::now().unwrap_or(0);
        let rules =
            Rules { is_warehouse: place.is_warehouse, closed_before: now.saturating_sub(u64::from(DAYS) * 86_400) };
        Plan { steps: plan(&self.files, &served, &ours, &rules), notes }
    }
}
