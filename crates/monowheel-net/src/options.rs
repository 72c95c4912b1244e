//! Options for indexes: the settings of the command line, and access to those of the environment.

use std::sync::Arc;

use monowheel_system::exec::CancelToken;

use crate::attestation::TrustedRoot;
use crate::limits::Limits;
use crate::strategy::IndexStrategy;

/// The index to query, and how. An index's URL may contain a user name and a password, or a token; they are sent only
/// to its host, and never displayed.
#[derive(Clone, Debug)]
pub struct IndexOptions {
    /// The default index of the command line. A requirements file's comes next, then the environment's
    /// (`PIP_INDEX_URL`, `UV_DEFAULT_INDEX`, `UV_INDEX_URL`), then `PyPI`. It is queried last.
    pub index_url: Option<String>,
    /// Indexes that are queried before it, those of requirements files and of the environment
    /// (`UV_INDEX`, `UV_EXTRA_INDEX_URL`, `PIP_EXTRA_INDEX_URL`) after these.
    pub extra_index_urls: Vec<String>,
    /// Query only `index_url`, whatever requirements files and the environment name.
    pub only: bool,
    /// Which indexes to use; if absent, `UV_INDEX_STRATEGY`, else the first index that has the project.
    pub strategy: Option<IndexStrategy>,
    /// Hosts, or `HOST:PORT`, that may be accessed without TLS, beside those of the environment (`UV_INSECURE_HOST`,
    /// `PIP_TRUSTED_HOST`).
    pub insecure_hosts: Vec<String>,
    /// Download each wheel completely and compare it to the index's hash.
    pub whole: bool,
    /// The keys to verify attestations with; if absent, those of Sigstore's public instance.
    pub sigstore: Option<Arc<TrustedRoot>>,
    /// The limits of every request.
    pub limits: Limits,
    /// Ends the work early.
    pub stop: CancelToken,
    /// Looks an environment variable up.
    pub environment: fn(&str) -> Option<String>,
}

impl Default for IndexOptions {
    fn default() -> Self {
        Self {
            index_url: None,
            extra_index_urls: Vec::new(),
            only: false,
            strategy: None,
            insecure_hosts: Vec::new(),
            whole: false,
            sigstore: None,
            limits: Limits::default(),
            stop: CancelToken::default(),
            environment: |name| std::env::var(name).ok(),
        }
    }
}

impl IndexOptions {
    /// An environment variable that is not empty.
    pub(crate) fn variable(&self, name: &str) -> Option<String> {
        (self.environment)(name).filter(|value| !value.trim().is_empty())
    }
}
