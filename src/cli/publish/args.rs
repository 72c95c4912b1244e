//! Arguments of `publish`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// What to publish, and where.
#[derive(Args, Debug)]
pub(crate) struct PublishArgs {
    /// Directory of the distributions
    #[arg(long, value_name = "DIR", default_value = "dist")]
    pub(crate) dist: PathBuf,
    /// Project directory whose targets and audit settings apply [default: the current directory if it is that project]
    #[arg(long, value_name = "DIR")]
    pub(crate) project: Option<PathBuf>,
    /// pypi, testpypi, or the URL of an upload API
    #[arg(long, value_name = "NAME|URL", help_heading = "Index")]
    pub(crate) index: Option<String>,
    /// URL of that index's simple API, to read what it already has
    #[arg(long, value_name = "URL", help_heading = "Index", requires = "index")]
    pub(crate) index_url: Option<String>,
    /// How to authenticate; monowheel never falls back from one method to the other
    #[arg(long, value_enum, value_name = "METHOD", default_value_t = WhoseName::Trusted, help_heading = "Index")]
    pub(crate) credentials: WhoseName,
    /// Upload attestations (PEP 740) to any index [default: only to PyPI and TestPyPI, by trusted publishing]
    #[arg(long, conflicts_with = "no_attestations", help_heading = "Index")]
    pub(crate) attestations: bool,
    /// Do not upload attestations
    #[arg(long, help_heading = "Index")]
    pub(crate) no_attestations: bool,
    /// Show what would be uploaded without uploading anything
    #[arg(long, conflicts_with = "rehearse")]
    pub(crate) dry_run: bool,
    /// Publish to a temporary index on this machine, and install from it
    ///
    /// Nothing is left behind. With --index, publish to that index instead (never PyPI), where the files stay.
    #[arg(long, help_heading = "Rehearsal")]
    pub(crate) rehearse: bool,
    /// Inject a failure first: kill-after=N, token-expired, 503, wrong-bytes, or a token error (invalid-publisher)
    #[arg(long, value_name = "FAULT", requires = "rehearse", help_heading = "Rehearsal")]
    pub(crate) fault: Option<String>,
    /// Install on this interpreter only (3.13, 3.15t, a path); may be given more than once [default: all native ones]
    #[arg(long = "python", value_name = "VERSION|PATH", requires = "rehearse", help_heading = "Rehearsal")]
    pub(crate) pythons: Vec<String>,
}

/// How to authenticate an upload.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum WhoseName {
    /// The CI run's identity (trusted publishing)
    #[default]
    Trusted,
    /// The environment's TWINE_USERNAME and TWINE_PASSWORD
    Environment,
}
