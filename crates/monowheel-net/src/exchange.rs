//! Small JSON documents, requested from and sent to a server, as for a token exchange.
//!
//! Both directions may contain secrets. Nothing of them is in an error, a log or a `Debug` form.

use std::io::Read as _;
use std::sync::Arc;

use monowheel_error::{Error, ErrorKind, Result};
use serde_json::Value;

use crate::address::Address;
use crate::answer::{Answer, Ask};
use crate::client::Client;
use crate::options::IndexOptions;

/// Maximum size of a response, in bytes.
const MOST: u64 = 1 << 20;

/// A client for one server, with the same limits and certificates as for an index.
#[derive(Clone)]
pub struct Exchange {
    client: Arc<Client>,
}

/// A response.
#[derive(Clone)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The document; null if the body is not JSON.
    pub document: Value,
}

impl Exchange {
    /// A client.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when a certificate file named in the environment cannot be used.
    pub fn new(options: &IndexOptions) -> Result<Self> {
        Ok(Self { client: Client::new(options)? })
    }

    /// Requests a document.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when the server cannot be reached; any status is not an error.
    pub fn get(&self, address: &Address) -> Result<Reply> {
        self.read(self.client.get(address, &Ask { accept: Some("application/json"), ..Ask::default() })?)
    }

    /// Sends a document, once: it may be valid for only one use.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub fn post(&self, address: &Address, document: &Value) -> Result<Reply> {
        self.read(self.client.post(address, document.to_string())?)
    }

    fn read(&self, mut answer: Answer) -> Result<Reply> {
        let mut bytes = Vec::new();
        if let Err(error) = (&mut answer.body).take(MOST).read_to_end(&mut bytes) {
            self.client.stop.check()?;
            return Err(Error::new(ErrorKind::Io, format!("the response was interrupted: {error}")).at(&answer.address));
        }
        Ok(Reply { status: answer.status, document: serde_json::from_slice(&bytes).unwrap_or(Value::Null) })
    }
}

impl std::fmt::Debug for Exchange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Exchange")
    }
}

impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Reply({})", self.status)
    }
}
