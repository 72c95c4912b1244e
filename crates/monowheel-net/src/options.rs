//! How indexes are asked: the settings of the command line, and access to those of the environment.

use std::sync::Arc;

use monowheel_system::exec::CancelToken;

use crate::attestation::TrustedRoot;
use crate::limits::Limits;
use crate::strategy::IndexStrategy;

/// Which index is asked, and how. An index's URL may hold a user name and a password, or a token; they are sent to
/// its host only, and shown nowhere.
#[derive(Clone, Debug)]
pub struct IndexOptions {
    /// The default index that the command line names. A requirements file's comes next, then the environment's
    /// (`PIP_INDEX_URL`, `UV_DEFAULT_INDEX`, `UV_INDEX_URL`), then `PyPI`. It is asked last.
    pub index_url: Option<String>,
    /// Indexes that are asked before it, those of requirements files and of the environment
    /// (`UV_INDEX`, `UV_EXTRA_INDEX_URL`, `PIP_EXTRA_INDEX_URL`) after these.
    pub extra_index_urls: Vec<String>,
    /// Ask no other index than `index_url`, whatever requirements files and the environment name.
    pub only: bool,
    /// Which indexes count; `UV_INDEX_STRATEGY`, else the first index that has the project, when absent.
    pub strategy: Option<IndexStrategy>,
    /// Hosts, or `HOST:PORT`, that may be asked without TLS, beside those of the environment (`UV_INSECURE_HOST`,
    /// `PIP_TRUSTED_HOST`).
    pub insecure_hosts: Vec<String>,
    /// Fetch each wheel completely and compare it to the index's hash.
    pub whole: bool,
    /// The keys that attestations are checked against; those of Sigstore's public instance when absent.
    pub sigstore: Option<Arc<TrustedRoot>>,
    /// The bounds of every request.
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
    /// A variable of the environment that says something.
    pub(crate) fn variable(&self, name: &str) -> Option<String> {
        (self.environment)(name).filter(|value| !value.trim().is_empty())
    }
}
