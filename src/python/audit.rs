//! `monowheel.audit`.

use std::path::PathBuf;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use monowheel_audit::audit::{self as core, Named, Open, Subject};
use monowheel_audit::gather::Depth;
use monowheel_audit::report::Ignore;
use monowheel_error::{Error, ErrorKind};
use monowheel_project::audit_policy::AuditPolicy;
use monowheel_project::config::Configuration;
use monowheel_system::exec::CancelToken;
use monowheel_system::{crash, threads};
use monowheel_wheel::source::ReadAt;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyAny, PyBytes, PyTuple};

use crate::python::errors::Raised;
use crate::python::types::Report;

/// How often a long audit checks for Ctrl-C.
const LOOK: Duration = Duration::from_millis(50);

/// A Python bytes object, borrowed without a copy.
struct Bytes(PyBackedBytes);

impl ReadAt for Bytes {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> monowheel_error::Result<()> {
        (*self.0).read_at(offset, buffer)
    }
}

/// An argument: a path, or a file name with its bytes.
fn subjects(sources: &Bound<'_, PyTuple>) -> Result<Named, Raised> {
    let mut named = Named::default();
    for source in sources {
        if let Ok((file, bytes)) = source.extract::<(String, PyBackedBytes)>() {
            let open: Open = Box::new(move || Ok(Box::new(Bytes(Python::attach(|py| bytes.clone_ref(py))))));
            named.subjects.push(Subject { place: file, depth: Depth::Everything, floor: None, open });
        } else if source.is_instance_of::<PyBytes>() {
            return Err(Error::new(ErrorKind::Usage, "bytes without a file name: a wheel's tags are in its name")
                .next("pass a pair: audit((\"name-1.0-cp38-abi3-win_amd64.whl\", data))")
                .into());
        } else {
            let path: PathBuf = source.extract().map_err(|_| wrong_kind(&source))?;
            named.add(&path)?;
        }
    }
    Ok(named)
}

fn wrong_kind(source: &Bound<'_, PyAny>) -> PyErr {
    let kind = source.get_type().name().map_or_else(|_| String::new(), |name| name.to_string());
    pyo3::exceptions::PyTypeError::new_err(format!("a path, or a pair of file name and bytes, not {kind}"))
}

/// Audits wheels, directories of wheels and shared libraries.
///
/// Each source is a path, or a pair of file name and bytes. `jobs` is the number of threads, `floor`
/// the oldest Python (`"3.8"`) for libraries outside a wheel, `ignore` maps rules to the reason why
/// their findings are ignored, `config` is the pyproject.toml to read settings from (none by default).
/// Other Python threads keep running, and Ctrl-C interrupts the audit.
#[pyfunction]
#[pyo3(signature = (*sources, jobs=None, floor=None, ignore=None, config=None))]
pub(super) fn audit(
    py: Python<'_>,
    sources: &Bound<'_, PyTuple>,
    jobs: Option<usize>,
    floor: Option<&str>,
    ignore: Option<std::collections::BTreeMap<String, String>>,
    config: Option<PathBuf>,
) -> Result<Report, Raised> {
    let named = subjects(sources)?;
    let (subjects, sdists) = (&named.subjects, named.sdists());
    // A library does not read the current directory: only a file that was named counts.
    let project = config.map(|path| Configuration::find(Some(&path), None)).transpose()?.flatten();
    let stop = CancelToken::default();
    let ignores: Vec<Ignore> =
        ignore.into_iter().flatten().map(|(rule, reason)| Ignore { rule, path: None, reason }).collect();
    let policy = AuditPolicy::for_project(project.as_ref()).with(&ignores, None)?;
    let floor = floor.map(core::floor_of).transpose()?;
    let sdist_folders = named.folders();
    let options = core::Options { jobs, floor, sdist_folders, ..policy.options(sdists, &stop) };
    let core = py.detach(|| watched(&stop, || core::audit(subjects, &options, &|_| ())))?;
    Ok(Report { core: std::sync::Arc::new(core), fail_on: policy.fail_on })
}

/// Runs `work` on another thread while checking Python's signals, which set `stop`.
pub(super) fn watched<T: Send>(
    stop: &CancelToken,
    work: impl FnOnce() -> monowheel_error::Result<T> + Send,
) -> Result<T, Raised> {
    let (done, result) = channel();
    let mut interrupt = None;
    let ended = std::thread::scope(|scope| -> monowheel_error::Result<T> {
        threads::scoped(scope, move || {
            // Somebody waits for it until it comes.
            let _ = done.send(crash::guarded(&[], work).and_then(|ended| ended));
        })?;
        loop {
            match result.recv_timeout(LOOK) {
                Ok(ended) => return ended,
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(Error::new(ErrorKind::Defect, "the audit ended without a report"));
                }
                Err(RecvTimeoutError::Timeout) if interrupt.is_some() => {}
                Err(RecvTimeoutError::Timeout) => {
                    if let Err(error) = Python::attach(|py| py.check_signals()) {
                        interrupt = Some(error);
                        stop.set();
                    }
                }
            }
        }
    });
    match interrupt {
        Some(error) => Err(error.into()),
        None => Ok(ended?),
    }
}
