use std::thread::{self, sleep};
use std::time::Duration;

use pyo3::prelude::*;
use rayon::prelude::*;

#[pyfunction]
fn naps() {
    sleep(Duration::from_secs(1)); //~ blocking-call-while-attached
    thread::sleep(Duration::from_secs(1)); //~ blocking-call-while-attached
}

#[pyfunction]
fn connects() {
    let peer = std::net::TcpStream::connect("127.0.0.1:1"); //~ blocking-call-while-attached
}

#[pyfunction]
fn joins(py: Python<'_>) -> bool {
    let worker = thread::spawn(|| sleep(Duration::from_secs(1)));
    let name = ["a", "b"].join(",");
    worker.join().is_ok() //~ blocking-call-while-attached
}

#[pyfunction]
fn lets_go(py: Python<'_>) {
    py.detach(|| sleep(Duration::from_secs(1)));
    py.allow_threads(|| RUNTIME.block_on(work())); //~ old-name
    py.detach(|| data.par_iter().map(|one| one + 1).sum::<u32>());
}

/// Not called by Python, and who is attached is not seen.
fn plain() {
    sleep(Duration::from_secs(1));
    RUNTIME.block_on(work());
}

fn with_a_token(py: Python<'_>) -> String {
    std::fs::read_to_string("data").unwrap_or_default() //~ blocking-call-while-attached
}

#[pyfunction]
fn waits_for_a_future() -> u32 {
    RUNTIME.block_on(async { sleep(PAUSE) }) //~ block-on-while-attached
}

#[pyfunction]
async fn is_polled() {
    sleep(Duration::from_secs(1));
}

#[pyfunction]
fn spreads(values: Vec<u32>) -> u32 {
    values.par_iter().map(|one| one + 1).sum() //~ rayon-while-attached
}

#[pyfunction]
fn spreads_and_attaches(py: Python<'_>, values: Vec<Py<PyString>>) {
    values.into_par_iter().for_each(|one| { //~ rayon-while-attached
        Python::attach(|py| show(py, &one));
    });
}

#[pyfunction]
fn polls(py: Python<'_>, source: &Source) {
    loop { //~ loop-without-signals
        if source.is_ready() {
            break;
        }
        py.detach(|| sleep(PAUSE));
    }
}

#[pyfunction]
fn polls_and_looks(py: Python<'_>, source: &Source) -> PyResult<()> {
    while !source.is_ready() {
        py.check_signals()?;
        py.detach(|| sleep(PAUSE));
    }
    for _ in 0..3 {
        py.detach(|| sleep(PAUSE));
    }
    Ok(())
}

#[pyfunction]
fn polls_until(py: Python<'_>, end: std::time::Instant) {
    while std::time::Instant::now() < end {
        py.detach(|| sleep(PAUSE));
    }
}

#[pyfunction]
fn computes(values: Vec<f64>) -> f64 {
    let mut sum = 0.0;
    for a in &values {
        for b in &values { //~ long-loop-while-attached
            sum += a * b;
        }
    }
    sum
}

#[pyfunction]
fn computes_detached(py: Python<'_>, values: Vec<f64>) -> f64 {
    py.detach(|| {
        for a in &values {
            for b in &values {}
        }
    })
}

#[cfg(test)]
mod tests {
    #[pyfunction]
    fn naps() {
        std::thread::sleep(LONG);
    }
}
