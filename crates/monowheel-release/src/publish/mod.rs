//! Publishing: from the distributions in dist/ to an index that serves exactly these files.
//!
//! ```text
//! Distributions ── Checked (complete, audited, tested) ─┐
//! what the index has ──────────────────────────────────┴─ plan ── upload, already there, conflict: no upload if any
//!   credentials ── oidc ── a short-lived token, or a password from the environment; no fallback
//!   attempts ───── a copy of the checked files → attestations → twine, until nothing is missing
//!   served ─────── the files that the index serves now, downloaded and compared with the release
//! rehearse         all of it against a local index, and an installation from it
//! ```
//!
//! The index is queried before every attempt, so an interrupted run, an expired token and a busy server need no saved
//! state: the missing files are uploaded.

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
    /// How to authenticate.
    pub credentials: Credentials,
    /// Who signs the files.
    pub attest: Attest,
    /// Show the plan without uploading.
    pub dry_run: bool,
    /// The interpreter that has twine, `id` and `pypi-attestations`.
    pub python: PathBuf,
}

/// Who signs the attestations (PEP 740).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attest {
    /// Nobody.
    No,
    /// Sigstore, through `pypi-attestations`, with the identity of the CI run.
    Sigstore,
    /// A throwaway key, only for a rehearsal.
    Rehearsal,
}

/// Progress of a publication.
#[derive(Clone, Debug)]
pub enum Event {
    /// The plan, before it is carried out.
    Planned(Report),
    /// A token was obtained, valid for so many seconds.
    Token(u64),
    /// Files are being signed.
    Signing(usize),
    /// A file is being uploaded: its name, its number from one, and the number of files in this attempt.
    Uploading(String, usize, usize),
    /// An attempt failed, with the reason, and will be repeated.
    Again(String),
    /// The served files are being downloaded and compared.
    Looking(usize),
}

/// A tool of the extra `release` that this Python does not have.
fn not_here(what: &str, python: &Path) -> Error {
    Error::new(ErrorKind::Toolchain, format!("{what} is not installed"))
        .at(python.display())
        .next("pip install 'monowheel[release]'")
}
