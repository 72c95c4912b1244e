use pyo3::exceptions::PyException;
use pyo3::prelude::*;

pyo3::create_exception!(cql, DriverError, PyException, "Why a call failed.");

#[pymodule]
mod cql {
    use pyo3::prelude::*;

    #[pymodule_export]
    use super::DriverError;

    #[pymodule_export]
    const DEFAULT_PORT: u16 = cql_core::DEFAULT_PORT;

    /// A frame of the protocol.
    #[pyfunction]
    fn encode_frame(body: &[u8]) -> Vec<u8> {
        cql_core::encode_frame(body)
    }

    #[pyfunction]
    fn decode_frame(frame: &[u8]) -> PyResult<Vec<u8>> {
        Ok(frame.to_vec())
    }

    /// A connection to a cluster.
    #[pyclass(frozen)]
    struct Session {}

    #[pymethods]
    impl Session {
        #[new]
        #[pyo3(signature = (node, *, keyspace = None))]
        fn new(node: &str, keyspace: Option<String>) -> PyResult<Self> {
            let _ = (node, keyspace);
            Ok(Self {})
        }
        /// Executes a statement, and returns its rows.
        fn execute(&self, statement: &str) -> PyResult<Vec<Row>> {
            let _ = statement;
            Ok(Vec::new())
        }
        /// Executes statements together.
        fn batch(&self, statements: Vec<String>) -> PyResult<()> {
            let _ = statements;
            Ok(())
        }
        /// The keyspace in use.
        #[getter]
        fn keyspace(&self) -> Option<String> {
            None
        }
        #[setter]
        fn set_keyspace(&self, keyspace: String) {
            let _ = keyspace;
        }
        fn is_closed(&self) -> bool {
            false
        }
        /// Closes the connection.
        fn close(&self) {}
    }

    /// A row of a result.
    #[pyclass]
    struct Row {
        /// The names of its columns.
        #[pyo3(get)]
        columns: Vec<String>,
    }

    #[pymethods]
    impl Row {
        fn __getitem__(&self, column: &str) -> PyResult<i64> {
            let _ = column;
            Ok(0)
        }
        fn __len__(&self) -> usize {
            self.columns.len()
        }
    }

    /// A statement.
    #[pyclass(name = "Statement")]
    struct PyStatement {
        /// Its text.
        #[pyo3(get)]
        text: String,
        #[pyo3(get, set)]
        paging: Option<u32>,
    }

    /// How many replicas have to answer.
    #[pyclass(eq, rename_all = "SCREAMING_SNAKE_CASE")]
    #[derive(PartialEq)]
    enum Consistency {
        Any,
        One,
        Quorum,
        /// A majority in this datacenter.
        LocalQuorum,
    }

    /// Decides what happens after an error.
    #[pyclass(subclass)]
    struct RetryPolicy {}
}
