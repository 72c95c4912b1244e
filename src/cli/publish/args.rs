//! The words of `publish`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// What to publish, and where.
#[derive(Args, Debug)]
pub(crate) struct PublishArgs {
    /// The folder of the set
    #[arg(long, value_name = "DIR", default_value = "dist")]
    pub(crate) dist: PathBuf,
    /// The project's directory, whose targets and audit settings apply; the current one by default, if the set is its
    #[arg(long, value_name = "DIR")]
    pub(crate) project: Option<PathBuf>,
    /// pypi, testpypi, or the URL of an upload API
    #[arg(long, value_name = "NAME|URL", help_heading = "Index")]
    pub(crate) index: Option<String>,
    /// The simple API of that index, where it tells what it has
    #[arg(long, value_name = "URL", help_heading = "Index", requires = "index")]
    pub(crate) index_url: Option<String>,
    /// Who says that this may be; there is no way from one to the other by itself
    #[arg(long, value_enum, value_name = "WHOSE", default_value_t = WhoseName::Trusted, help_heading = "Index")]
    pub(crate) credentials: WhoseName,
    /// Upload attestations (PEP 740) also where nobody asked for them: PyPI and TestPyPI get them by trusted publishing
    #[arg(long, conflicts_with = "no_attestations", help_heading = "Index")]
    pub(crate) attestations: bool,
    /// Upload no attestations
    #[arg(long, help_heading = "Index")]
    pub(crate) no_attestations: bool,
    /// Show what would be sent, and send nothing
    #[arg(long, conflicts_with = "rehearse")]
    pub(crate) dry_run: bool,
    /// Publish to an index that is started on this machine, install from it, and leave nothing behind; with --index to that
    /// one, where it stays (never PyPI)
    #[arg(long, help_heading = "Rehearsal")]
    pub(crate) rehearse: bool,
    /// First let this go wrong: kill-after=N, token-expired, 503, wrong-bytes, or a code with which the index gives no token,
    /// such as invalid-publisher
    #[arg(long, value_name = "FAULT", requires = "rehearse", help_heading = "Rehearsal")]
    pub(crate) fault: Option<String>,
    /// Install on this interpreter only (3.13, 3.15t, a path); repeat it for more; all native ones by default
    #[arg(long = "python", value_name = "VERSION|PATH", requires = "rehearse", help_heading = "Rehearsal")]
    pub(crate) pythons: Vec<String>,
}

/// Whose word lets an upload in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum WhoseName {
    /// The CI run's identity (trusted publishing)
    #[default]
    Trusted,
    /// The environment's TWINE_USERNAME and TWINE_PASSWORD
    Environment,
}
