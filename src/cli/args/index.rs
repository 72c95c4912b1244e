//! Options that select the package index.

use clap::Args;
use clap::builder::TypedValueParser;
use monowheel_net::{IndexOptions, IndexStrategy};
use monowheel_system::exec::CancelToken;
use serde::ser::{Serialize, SerializeStruct as _, Serializer};

use crate::cli::args::one_of;

/// The indexes to query.
#[derive(Args, Debug)]
pub(crate) struct IndexArgs {
    /// Package index to use [default: the one in pip's or uv's environment variables, then PyPI]
    #[arg(long, value_name = "URL", help_heading = "From an index")]
    index_url: Option<String>,
    /// Additional index, queried before --index-url; may be given more than once
    #[arg(long, value_name = "URL", help_heading = "From an index")]
    extra_index_url: Vec<String>,
    /// Which indexes to use for a project that is on several of them
    #[arg(long, value_name = "STRATEGY", value_parser = strategy(), help_heading = "From an index")]
    index_strategy: Option<IndexStrategy>,
    /// Allow plain http for this host: others on the network can read and change it; may be given more than once
    #[arg(long, value_name = "HOST", help_heading = "From an index")]
    allow_insecure_host: Vec<String>,
}

impl IndexArgs {
    /// How to query the index.
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

impl Serialize for IndexArgs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut form = serializer.serialize_struct("IndexArgs", 4)?;
        form.serialize_field("index_url", &self.index_url)?;
        form.serialize_field("extra_index_urls", &self.extra_index_url)?;
        form.serialize_field("strategy", &self.index_strategy.map(IndexStrategy::name))?;
        form.serialize_field("insecure_hosts", &self.allow_insecure_host)?;
        form.end()
    }
}

fn strategy() -> impl TypedValueParser<Value = IndexStrategy> {
    one_of(&IndexStrategy::ALL, IndexStrategy::name)
}
