//! Small JSON documents, asked of a server and sent to it: how a token is exchanged for another.
//!
//! What goes and comes may be a secret. Nothing of it is in an error, a log or a `Debug` form.

use std::io::Read as _;
use std::sync::Arc;

use monowheel_error::{Error, ErrorKind, Result};
use serde_json::Value;

use crate::address::Address;
use crate::answer::{Answer, Ask};
use crate::client::Client;
use crate::options::IndexOptions;

/// The longest answer that is read, in bytes.
const MOST: u64 = 1 << 20;

/// Asks one server; a client of its own, with the same limits and certificates as an index's.
#[derive(Clone)]
pub struct Exchange {
    client: Arc<Client>,
}

/// What came back.
#[derive(Clone)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The document; null when it was none.
    pub document: Value,
}

impl Exchange {
    /// A client.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when a certificate file that the environment names is of no use.
    pub fn new(options: &IndexOptions) -> Result<Self> {
        Ok(Self { client: Client::new(options)? })
    }

    /// Asks for a document.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when the server cannot be asked; an answer of any status is none.
    pub fn get(&self, address: &Address) -> Result<Reply> {
        self.read(self.client.get(address, &Ask { accept: Some("application/json"), ..Ask::default() })?)
    }

    /// Sends a document, once: what is sent may be good for one use only.
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
            return Err(Error::new(ErrorKind::Io, format!("the answer broke off: {error}")).at(&answer.address));
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
