//! The words that say which index has a release.

use clap::Args;
use monowheel_net::IndexOptions;
use monowheel_system::exec::CancelToken;

/// Where releases are looked up.
#[derive(Args, Debug)]
pub(crate) struct IndexArgs {
    /// The index of releases; pip's and uv's settings, then PyPI, by default
    #[arg(long, value_name = "URL", help_heading = "From an index")]
    index_url: Option<String>,
    /// A further index; repeat it for more
    #[arg(long, value_name = "URL", help_heading = "From an index")]
    extra_index_url: Vec<String>,
}

impl IndexArgs {
    /// How the index is asked.
    pub(crate) fn options(&self, stop: &CancelToken) -> IndexOptions {
        IndexOptions {
            index_url: self.index_url.clone(),
            extra_index_urls: self.extra_index_url.clone(),
            stop: stop.clone(),
            ..IndexOptions::default()
        }
    }
}
