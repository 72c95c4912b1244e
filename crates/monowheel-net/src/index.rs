//! One index, by its simple API: the files of a project, and the bytes that it really serves.

use std::sync::Arc;

use monowheel_error::{ErrorKind, Result};
use monowheel_system::hash::hex;
use monowheel_wheel::names::normalized_name;
use sha2::{Digest as _, Sha256};

use crate::address::Address;
use crate::client::Client;
use crate::download::{download, pieces};
use crate::indexes::without_name;
use crate::options::IndexOptions;
use crate::simple::{RemoteFile, files};

/// An index for repeated queries.
#[derive(Clone)]
pub struct Index {
    client: Arc<Client>,
    address: Address,
}

impl Index {
    /// The index at this address of its simple API.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when the URL is invalid, or a certificate file cannot be used.
    pub fn at(simple: &str, options: &IndexOptions) -> Result<Self> {
        let address = Address::parse(without_name(simple))?;
        Ok(Self { client: Client::new(options)?, address })
    }

    /// All files of a project; `None` when the index has no such project.
    ///
    /// # Errors
    /// When the index cannot be queried, or its response is not a page of the simple API.
    pub fn files(&self, project: &str) -> Result<Option<Vec<RemoteFile>>> {
        let found = files(&self.client, &self.address, &normalized_name(project))?;
        let here = |file| RemoteFile { index: Some(self.address.clone()), ..file };
        Ok(found.map(|files| files.into_iter().map(here).collect()))
    }

    /// The SHA-256 of the served file, regardless of the index's page; `None` if it does not have `size` bytes.
    /// No more than `size` bytes are read.
    ///
    /// # Errors
    /// When it cannot be downloaded completely.
    pub fn sha256(&self, file: &RemoteFile, size: u64) -> Result<Option<String>> {
        let expected = RemoteFile { sha256: None, size: Some(size), ..file.clone() };
        let bytes = match download(&self.client, &expected, None) {
            Err(error) if error.kind() == ErrorKind::Format => return Ok(None),
            downloaded => downloaded?,
        };
        let mut hash = Sha256::new();
        pieces(&*bytes, &mut |piece| {
            hash.update(piece);
            Ok(())
        })?;
        Ok(Some(hex(&hash.finalize())))
    }
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Index({})", self.address)
    }
}
