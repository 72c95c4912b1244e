//! What `monowheel.commands` calls: a command with `--json`, whose documents it reads.

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use pyo3::prelude::*;

use crate::cli::{Screen, run};

/// What a stream gets, kept.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Kept {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Stderr, whose lines are kept and go to a function of Python's.
struct Lines {
    kept: Kept,
    line: Vec<u8>,
    progress: Option<Py<PyAny>>,
    /// What the function raised first; it is not called again.
    raised: Arc<Mutex<Option<PyErr>>>,
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.line.extend_from_slice(bytes);
        while let Some(end) = self.line.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.line.drain(..=end).collect();
            self.kept.write_all(&line)?;
            self.tell(String::from_utf8_lossy(&line).trim_end());
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Lines {
    fn tell(&mut self, line: &str) {
        let Some(progress) = &self.progress else { return };
        if let Err(error) = Python::attach(|py| progress.call1(py, (line,)).map(drop)) {
            *self.raised.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            self.progress = None;
        }
    }
}

/// Runs the command line `argv` and returns its exit code, its stdout and its stderr; `progress` gets each line of
/// stderr.
///
/// What `progress` raises is raised when the command has ended.
#[pyfunction]
#[pyo3(signature = (argv, python, progress=None))]
pub(super) fn run_command(
    py: Python<'_>,
    argv: Vec<OsString>,
    python: PathBuf,
    progress: Option<Py<PyAny>>,
) -> PyResult<(u8, String, String)> {
    let (out, err, raised) = (Kept::default(), Kept::default(), Arc::default());
    let lines = Lines { kept: err.clone(), line: Vec::new(), progress, raised: Arc::clone(&raised) };
    let code = py.detach(|| {
        let mut screen = Screen::of(Box::new(out.clone()), Box::new(lines));
        run(&argv, Some(python), &mut screen) as u8
    });
    match raised.lock().unwrap_or_else(PoisonError::into_inner).take() {
        Some(error) => Err(error),
        None => Ok((code, out.text(), err.text())),
    }
}
