/// How many replicas have to answer.
pub enum Consistency {
    Any,
    One,
    Quorum,
    LocalQuorum,
    All,
}

impl Consistency {
    pub fn is_local(&self) -> bool {
        matches!(self, Self::LocalQuorum)
    }
}

/// A value of a column.
pub enum CqlValue {
    Int(i64),
    Text(String),
    Blob(Vec<u8>),
    Null,
}

pub mod limits {
    /// The longest name of a table.
    pub const MAX_NAME: usize = 48;
}
