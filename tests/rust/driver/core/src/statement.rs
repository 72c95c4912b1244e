/// A statement.
pub struct Statement {
    pub text: String,
    pub paging: Option<u32>,
    pub(crate) is_idempotent: bool,
}

impl Statement {
    pub fn new(text: &str) -> Self {
        Self { text: text.to_owned(), paging: None, is_idempotent: false }
    }
    pub fn set_idempotent(&mut self, is_idempotent: bool) {
        self.is_idempotent = is_idempotent;
    }
}

/// A statement that a server has parsed.
pub struct PreparedStatement {
    id: Vec<u8>,
}

impl PreparedStatement {
    pub fn id(&self) -> &[u8] {
        &self.id
    }
    pub fn bind(&self, _values: &[crate::types::CqlValue]) -> Statement {
        Statement::new("")
    }
}

/// Statements that are executed together.
#[derive(Default)]
pub struct Batch {
    statements: Vec<Statement>,
}

impl Batch {
    pub const MAX: usize = 65_535;
    pub fn new() -> Self {
        Self::default()
    }
    pub fn push(&mut self, statement: Statement) {
        self.statements.push(statement);
    }
    pub fn len(&self) -> usize {
        self.statements.len()
    }
    pub fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }
}

/// A row of a result.
pub struct Row {
    pub columns: Vec<String>,
}

impl Row {
    pub fn get(&self, _column: &str) -> Option<crate::types::CqlValue> {
        None
    }
    pub fn len(&self) -> usize {
        self.columns.len()
    }
    pub fn iter(&self) -> std::slice::Iter<'_, String> {
        self.columns.iter()
    }
}
