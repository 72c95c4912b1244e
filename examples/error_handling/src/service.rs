//! A service, as described by its settings. A failure here can have several causes, from two libraries and a callback:
//! anyhow keeps all of them, each with its context.

use std::path::Path;

use anyhow::Context as _;

use crate::settings::Settings;

/// The address and port of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// The address of its host.
    pub address: String,
    /// Its port.
    pub port: u16,
}

impl Service {
    /// The service that the file at `path` describes; `resolve` finds the address of a host.
    pub fn load(path: &Path, resolve: impl FnOnce(&str) -> anyhow::Result<String>) -> anyhow::Result<Self> {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        Self::describe(path, resolve).with_context(|| format!("the service `{name}` cannot start"))
    }

    fn describe(path: &Path, resolve: impl FnOnce(&str) -> anyhow::Result<String>) -> anyhow::Result<Self> {
        let settings = Settings::read(path)?;
        let port = settings.number("port").context("it has no port to listen on")?;
        let host = settings.text("host").context("it has no host to listen on")?;
        let address = resolve(host).with_context(|| format!("the host `{host}` has no address"))?;
        anyhow::ensure!(!address.is_empty(), "the address of `{host}` is empty");
        Ok(Self { address, port })
    }
}
