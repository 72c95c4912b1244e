//! A rehearsal: the complete publication against a local index, repeated after an injected fault, and an installation
//! from it on every interpreter.

use std::path::Path;
use std::str::FromStr;

use monowheel_audit::test_report::Proof;
use monowheel_build::manifest::File;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_net::{Address, Exchange, Index, IndexOptions};
use monowheel_system::exec::CancelToken;
use monowheel_test::trials;
use monowheel_test::trials::Settings;
use monowheel_wheel::folder::wheels_in;
use serde::Serialize;
use serde_json::Value;

use crate::publish::credentials::{Ambient, Credentials};
use crate::publish::distributions::{Checked, Distributions};
use crate::publish::outcome::{Outcome, Report};
use crate::publish::place::Place;
use crate::publish::publisher::publish;
use crate::publish::server::Server;
use crate::publish::{Attest, Event, Request};

/// The version of the JSON form.
pub(crate) const SCHEMA: &str = "monowheel.rehearsal/1";
/// The faults of the index: its own, and the error codes of the token exchange.
const FAULTS: [&str; 9] = [
    "token-expired",
    "503",
    "wrong-bytes",
    "not-enabled",
    "invalid-payload",
    "invalid-token",
    "invalid-pending-publisher",
    "invalid-publisher",
    "invalid-reuse-token",
];

/// The fault of the first attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The uploader is killed after this many files.
    KillAfter(usize),
    /// The index fails in the way of this name.
    OfIndex(String),
}

/// A rehearsal.
#[derive(Clone, Debug, Serialize)]
pub struct Rehearsal {
    /// [`SCHEMA`].
    pub(crate) schema: &'static str,
    /// The effect of the fault, if there was one.
    pub fault: Option<Hit>,
    /// The publication; after a fault, the second one.
    pub publication: Report,
    /// The test report of installing from the index.
    pub installation: Option<Proof>,
}

/// A fault and its effect.
#[derive(Clone, Debug, Serialize)]
pub struct Hit {
    /// Its name, as requested.
    pub fault: String,
    /// The message that a user would have seen.
    pub said: String,
    /// How many files the index had then.
    pub there: usize,
}

impl FromStr for Fault {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let number = text.strip_prefix("kill-after=").and_then(|number| number.parse().ok());
        match number {
            Some(number) => Ok(Self::KillAfter(number)),
            None if FAULTS.contains(&text) => Ok(Self::OfIndex(text.to_owned())),
            None => Err(Error::new(ErrorKind::Usage, format!("no such fault: {text}"))
                .at("--fault")
                .next(format!("choose from kill-after=N, {}", FAULTS.join(", ")))),
        }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::KillAfter(number) => write!(f, "kill-after={number}"),
            Self::OfIndex(name) => f.write_str(name),
        }
    }
}

/// Progress of a rehearsal.
#[derive(Debug)]
pub enum Scene<'a> {
    /// The index is running at this URL.
    Index(&'a str),
    /// An event of a publication.
    Publishing(&'a Event),
    /// The effect of the fault; the publication is repeated now.
    Hit(&'a Hit),
    /// An event of an installation; from several threads.
    Installing(&'a trials::Event<'a>),
}

/// Publishes the distributions to a temporary index, then installs them from there with `pythons`. If `elsewhere` is
/// set, the request's own index and credentials are used instead.
///
/// # Errors
/// As [`Distributions::check`] and [`publish`]; [`ErrorKind::Usage`] without an interpreter; when the index fails.
pub fn rehearse(
    distributions: &Distributions,
    request: &Request,
    elsewhere: bool,
    fault: Option<&Fault>,
    pythons: &[&trials::Python],
    stop: &CancelToken,
    told: &(dyn Fn(&Scene<'_>) + Sync),
) -> Result<Rehearsal> {
    if !pythons.iter().any(|python| python.about.unfit().is_none()) {
        return Err(Error::new(ErrorKind::Usage, "no interpreter on this machine can install the wheels").next(
            "run monowheel pythons to list the installed interpreters, monowheel lab list for those you can install",
        ));
    }
    // Before the index is started, and once for both stages. The wheels need no test report: the rehearsal runs them.
    let release = distributions.check(false, stop)?;
    let folder = tempfile::Builder::new().prefix("monowheel-rehearsal-").tempdir()?;
    let stage = if elsewhere {
        Stage { request: request.clone(), server: None }
    } else {
        Stage::with_index(request, fault, folder.path(), stop, told)?
    };
    let hit = fault.map(|fault| strike(&release, &stage, fault, stop, told)).transpose()?;
    if let Some(hit) = &hit {
        told(&Scene::Hit(hit));
    }
    let publication = publish(&release, &stage.request, stop, &mut |event| told(&Scene::Publishing(event)))?;
    let installation = match publication.outcome {
        Outcome::Published => Some(install(&release, &stage.request, pythons, stop, told)?),
        _ => None,
    };
    Ok(Rehearsal { schema: SCHEMA, fault: hit, publication, installation })
}

/// The index and the request of both stages.
struct Stage {
    request: Request,
    /// The temporary index of this rehearsal, which stops with the value.
    server: Option<Server>,
}

impl Stage {
    /// Starts an index with its own CI identity service, and directs the request to it.
    fn with_index(
        request: &Request,
        fault: Option<&Fault>,
        folder: &Path,
        stop: &CancelToken,
        told: &(dyn Fn(&Scene<'_>) + Sync),
    ) -> Result<Self> {
        let of_index = match fault {
            Some(Fault::OfIndex(name)) => Some(name.as_str()),
            _ => None,
        };
        let server = Server::start(&request.python, folder, of_index, stop)?;
        let url = &server.url;
        told(&Scene::Index(url));
        let mut request = request.clone();
        request.place = Place::parse(&format!("{url}/legacy/"), Some(&format!("{url}/simple/")))?;
        "the rehearsal's index".clone_into(&mut request.place.name);
        request.credentials = Credentials::Trusted(Ambient::of([
            ("GITHUB_ACTIONS", "true".to_owned()),
            ("ACTIONS_ID_TOKEN_REQUEST_URL", format!("{url}/ci/identity")),
            ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", server.identity.clone()),
        ]));
        request.attest = if request.attest == Attest::No { Attest::No } else { Attest::Rehearsal };
        Ok(Self { request, server: Some(server) })
    }
}

/// The first stage: a publication with the fault, which is lifted afterwards.
fn strike(
    release: &Checked<'_>,
    stage: &Stage,
    fault: &Fault,
    stop: &CancelToken,
    told: &(dyn Fn(&Scene<'_>) + Sync),
) -> Result<Hit> {
    let killed = stop.below();
    let ended = publish(release, &stage.request, &killed, &mut |event| {
        if let (Fault::KillAfter(most), Event::Uploading(_, number, _)) = (fault, event) {
            // This file is being uploaded; those before it are complete.
            if number > most {
                killed.set();
            }
        }
        told(&Scene::Publishing(event));
    });
    stop.check()?;
    let said = match ended {
        Ok(report) if report.outcome == Outcome::Published => "nothing: the publication recovered from it".to_owned(),
        Ok(report) => {
            let differ =
                report.files.iter().filter_map(|step| Some(format!("{}: {}", step.file.file, step.said.as_ref()?)));
            differ.collect::<Vec<_>>().join("\n")
        }
        Err(error) => error.to_string(),
    };
    let options = IndexOptions { stop: stop.clone(), ..IndexOptions::default() };
    if let (Some(server), Fault::OfIndex(_)) = (&stage.server, fault) {
        let lift = Address::parse(&format!("{}/rehearsal/lift", server.url))?;
        Exchange::new(&options)?.post(&lift, &Value::Null)?;
    }
    let served = Index::at(&stage.request.place.simple, &options)?.files(release.name())?.unwrap_or_default();
    let is_there =
        |file: &File| served.iter().any(|one| one.name == file.file && one.sha256.as_ref() == Some(&file.sha256));
    let there = release.files().iter().filter(|file| is_there(file)).count();
    Ok(Hit { fault: fault.to_string(), said, there })
}

/// Installs with pip from only the index, in a clean environment for each interpreter.
fn install(
    release: &Checked<'_>,
    request: &Request,
    pythons: &[&trials::Python],
    stop: &CancelToken,
    told: &(dyn Fn(&Scene<'_>) + Sync),
) -> Result<Proof> {
    let releases = trials::releases(&wheels_in(release.folder())?)?;
    let options =
        trials::Options { index: Some(request.place.simple.clone()), stop: stop.clone(), ..trials::Options::default() };
    trials::prove(&releases, pythons, &Settings::default(), &options, &|event| told(&Scene::Installing(&event)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_read_and_written_alike() {
        for text in ["kill-after=3", "503", "invalid-publisher"] {
            assert_eq!(text.parse::<Fault>().unwrap().to_string(), text);
        }
        let error = "kill-after=x".parse::<Fault>().err().unwrap();
        assert!(error.to_string().contains("token-expired"));
    }
}
