//! The time that reading the surface of a crate of 100,000 lines takes: `cargo bench -p monowheel-api`.
//!
//! The crate is synthesized: per file a class, a function and code that Python does not see, with the documentation, the
//! signatures and the bodies that binding crates have. Ends with 1 if the median is above a second.
#![allow(clippy::print_stdout, reason = "it prints its result")]

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use monowheel_api::read::source;

const LINES: usize = 100_000;
const ROUNDS: usize = 9;
const GOAL: Duration = Duration::from_secs(1);

const MANIFEST: &str = "[package]
name = \"large\"
version = \"1.0.0\"
edition = \"2021\"
[lib]
crate-type = [\"cdylib\"]
[dependencies]
pyo3 = \"0.29\"
";

const HEAD: &str = "//! A part of the driver.

use std::collections::HashMap;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyType};

/// How rows are found.
pub type Index@ = HashMap<String, Vec<u64>>;

/// A session, with the statements that it has prepared.
///
/// It is safe to use from several threads.
#[pyclass(frozen, subclass, eq, hash)]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Session@ {
    /// The name of the keyspace.
    #[pyo3(get)]
    keyspace: Option<String>,
    retries: u32,
    statements: Vec<String>,
}

#[pymethods]
impl Session@ {
    #[new]
    #[pyo3(signature = (keyspace = None, *, retries = 3))]
    fn new(keyspace: Option<String>, retries: u32) -> PyResult<Self> {
        if retries > 100 {
            return Err(PyValueError::new_err(format!(\"{retries} retries are too many\")));
        }
        Ok(Self { keyspace, retries, statements: Vec::new() })
    }
";

const METHOD: &str = "
    /// Executes a statement, and returns its rows.
    ///
    /// Each row is a dict of its columns; `paging` limits their number.
    #[pyo3(signature = (statement, parameters = None, /, *, paging = 5_000, timeout = 10.0))]
    fn execute_$<'py>(
        &self,
        py: Python<'py>,
        statement: &str,
        parameters: Option<HashMap<String, Vec<i64>>>,
        paging: usize,
        timeout: f64,
    ) -> PyResult<Vec<Bound<'py, PyDict>>> {
        let mut rows = Vec::with_capacity(paging);
        let parameters = parameters.unwrap_or_default();
        for (index, part) in statement.split(|c: char| c == '\\'' || c == '\"').enumerate() {
            let row = PyDict::new(py);
            match (index % 3, parameters.get(part)) {
                (0, Some(values)) if !values.is_empty() => {
                    row.set_item(\"values\", values.iter().map(|value| value * 2 + 1).collect::<Vec<_>>())?;
                }
                (1, None) => row.set_item(\"missing\", format!(\"{part}: {} { {timeout:?} }\", self.retries))?,
                _ => {
                    let text = r#\"a \"raw\" { text\"#;
                    row.set_item(text, (index as f64).mul_add(timeout, 0.5))?;
                }
            }
            rows.push(row);
        }
        // A comment with a brace: }
        Ok(rows)
    }
";

const REST: &str = "
    #[classmethod]
    fn connect(cls: &Bound<'_, PyType>, hosts: Vec<String>) -> PyResult<Self> {
        let name = cls.name()?.to_string();
        Self::new(hosts.first().map(|host| format!(\"{name}.{host}\")), 3)
    }
}

/// Encodes a frame.
#[pyfunction]
#[pyo3(signature = (frame, compress = false))]
pub fn encode_@<'py>(py: Python<'py>, frame: Vec<u8>, compress: bool) -> Bound<'py, PyBytes> {
    let packed = if compress { pack_@(&frame) } else { frame };
    PyBytes::new(py, &packed)
}

fn pack_@(frame: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(frame.len());
    let mut run = 0_usize;
    while let Some(byte) = frame.get(run) {
        let same = frame[run..].iter().take_while(|other| *other == byte).count().min(255);
        out.extend([u8::try_from(same).unwrap_or(u8::MAX), *byte]);
        run += same;
    }
    out
}
";

/// Writes the crate; returns its number of lines.
fn synthesize(folder: &Path) -> Result<usize, Box<dyn Error>> {
    fs_err::create_dir(folder.join("src"))?;
    fs_err::write(folder.join("Cargo.toml"), MANIFEST)?;
    let (mut modules, mut adds, mut lines) = (String::new(), String::new(), 0);
    let methods: String = (0..10).map(|method| METHOD.replace('$', &method.to_string())).collect();
    for file in 0.. {
        if lines >= LINES {
            break;
        }
        let text = format!("{HEAD}{methods}{REST}").replace('@', &file.to_string());
        lines += text.lines().count();
        fs_err::write(folder.join(format!("src/part_{file}.rs")), text)?;
        writeln!(modules, "mod part_{file};")?;
        writeln!(adds, "    #[pymodule_export]\n    use super::part_{file}::{{Session{file}, encode_{file}}};")?;
    }
    let root = format!("use pyo3::prelude::*;\n{modules}#[pymodule]\nmod large {{\n{adds}}}\n");
    lines += root.lines().count();
    fs_err::write(folder.join("src/lib.rs"), root)?;
    Ok(lines)
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let lines = synthesize(folder.path())?;
    let mut times = Vec::new();
    let mut names = 0;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let project = source::read(folder.path())?;
        times.push(start.elapsed());
        names = project.surface.names();
        assert!(project.lines == lines && project.surface.notes.is_empty(), "{:?}", project.surface.notes);
    }
    times.sort();
    let median = times[ROUNDS / 2];
    println!(
        "{lines} lines, {names} names, {ROUNDS} rounds: {median:.2?} (median), {:.2?} to {:.2?}",
        times[0],
        times[ROUNDS - 1]
    );
    Ok(if median > GOAL { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
