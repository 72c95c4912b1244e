//! The words that say which index has a release.

use clap::Args;
use clap::builder::TypedValueParser;
use monowheel_net::{IndexOptions, IndexStrategy};
use monowheel_system::exec::CancelToken;

use crate::cli::args::one_of;

/// Where releases are looked up.
#[derive(Args, Debug)]
pub(crate) struct IndexArgs {
    /// The index of releases; that of pip's and uv's variables, then PyPI, by default
    #[arg(long, value_name = "URL", help_heading = "From an index")]
    index_url: Option<String>,
    /// An index that is asked before it; repeat it for more
    #[arg(long, value_name = "URL", help_heading = "From an index")]
    extra_index_url: Vec<String>,
    /// Which indexes count for a project that several have
    #[arg(long, value_name = "STRATEGY", value_parser = strategy(), help_heading = "From an index")]
    index_strategy: Option<IndexStrategy>,
    /// A host that may be asked by plain http, which anybody on the way can read and change; repeat it for more
    #[arg(long, value_name = "HOST", help_heading = "From an index")]
    allow_insecure_host: Vec<String>,
}

impl IndexArgs {
    /// How the index is asked.
    pub(crate) fn options(&self, stop: &CancelToken) -> IndexOptions {
        IndexOptions {
            index_url: self.index_url.clone(),
            extra_index_urls: self.extra_index_url.clone(),
            strategy: self.index_strategy,
            insecure_hosts: self.allow_insecure_host.clone(),
            stop: stop.clone(),
            ..IndexOptions::default()
        }
    }
}

fn strategy() -> impl TypedValueParser<Value = IndexStrategy> {
    one_of(&IndexStrategy::ALL, IndexStrategy::name)
}
