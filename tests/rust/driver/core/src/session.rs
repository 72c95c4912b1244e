use crate::errors::DriverError;
use crate::statement::{Batch, PreparedStatement, Row, Statement};

/// Connects to nodes.
#[derive(Default)]
pub struct SessionBuilder {
    nodes: Vec<String>,
}

impl SessionBuilder {
    pub fn new() -> Self {
        Self::default()
    }
    pub fn known_node(mut self, node: &str) -> Self {
        self.nodes.push(node.to_owned());
        self
    }
    pub fn build(self) -> Result<Session, DriverError> {
        Ok(Session { keyspace: None })
    }
}

/// A connection to a cluster.
pub struct Session {
    keyspace: Option<String>,
}

impl Session {
    pub fn new(node: &str) -> Result<Self, DriverError> {
        SessionBuilder::new().known_node(node).build()
    }
    pub fn execute(&self, _statement: &Statement) -> Result<Vec<Row>, DriverError> {
        Ok(Vec::new())
    }
    pub fn execute_batch(&self, _batch: &Batch) -> Result<(), DriverError> {
        Ok(())
    }
    pub fn prepare(&self, _text: &str) -> Result<PreparedStatement, DriverError> {
        Err(DriverError::Timeout)
    }
    pub fn get_keyspace(&self) -> Option<&str> {
        self.keyspace.as_deref()
    }
    pub fn set_keyspace(&mut self, keyspace: &str) {
        self.keyspace = crate::checked(keyspace).then(|| keyspace.to_owned());
    }
    pub fn metrics(&self) -> u64 {
        0
    }
    pub fn is_closed(&self) -> bool {
        false
    }
    pub fn close(self) {}
    fn reconnect(&self) {}
}

impl Drop for Session {
    fn drop(&mut self) {
        self.reconnect();
    }
}
