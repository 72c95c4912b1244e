//! From a set in dist/ to an index that serves exactly that set.
//!
//! ```text
//! Distributions ── Checked (complete, audited, tested) ─┐
//! what the index has ──────────────────────────────────┴─ plan ── upload, there already, conflict: nothing is sent on any conflict
//!   credentials ── oidc ── a token for minutes, or what the environment holds; never one for the other
//!   attempts ───── a copy of what was checked → attestations → twine, again and again until nothing is missing
//!   served ─────── what the index serves now, fetched and compared with the release
//! rehearse         all of it against an index on this machine, and an installation from it
//! ```
//!
//! The index is asked before every attempt, so that a run which broke off, a token that ran out and a busy server
//! need no record of their own: what is not there yet is sent.

mod attempts;
mod authorization;
mod credentials;
mod distributions;
mod oidc;
mod outcome;
mod place;
mod plan;
mod publisher;
pub mod rehearse;
mod served;
mod server;
mod upload;

use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind};

pub use credentials::{Ambient, Credentials};
pub use distributions::{Checked, Distributions};
pub use outcome::{Outcome, Report};
pub use place::Place;
pub use plan::{State, Step};
pub use publisher::publish;

/// Where to publish, and how.
#[derive(Clone, Debug)]
pub struct Request {
    /// The index.
    pub place: Place,
    /// Who says that this may be.
    pub credentials: Credentials,
    /// Who signs what is uploaded.
    pub attest: Attest,
    /// Show the plan and send nothing.
    pub dry_run: bool,
    /// The interpreter that has twine, `id` and `pypi-attestations`.
    pub python: PathBuf,
}

/// Who makes the attestations of PEP 740.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attest {
    /// Nobody.
    No,
    /// Sigstore, through `pypi-attestations`, with the identity of the CI run.
    Sigstore,
    /// A key that is thrown away: good for a rehearsal alone.
    Rehearsal,
}

/// What happens while a set is published.
#[derive(Clone, Debug)]
pub enum Event {
    /// What is going to be done, before it is.
    Planned(Report),
    /// A token was had, good for so many seconds.
    Token(u64),
    /// Files are being signed.
    Signing(usize),
    /// A file is on its way: its name, its number from one, and how many there are in this attempt.
    Uploading(String, usize, usize),
    /// It did not work, why, and that it is tried again.
    Again(String),
    /// What the index serves is being fetched and compared.
    Looking(usize),
}

/// A tool of the extra `release` that this Python lacks.
fn not_here(what: &str, python: &Path) -> Error {
    Error::new(ErrorKind::Toolchain, format!("{what} is not here"))
        .at(python.display())
        .next("pip install 'monowheel[release]'")
}
