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

/// Calls of functions that wait count where they are called.
fn waits_for(future: Future) -> u32 {
    RUNTIME.block_on(future)
}

fn through_another(future: Future) -> u32 {
    waits_for(future)
}

fn naps_inside() {
    sleep(Duration::from_secs(1));
}

fn naps_elsewhere() {
    thread::spawn(|| sleep(Duration::from_secs(1)));
}

#[pyfunction]
fn calls_what_waits(py: Python<'_>) -> u32 {
    naps_inside(); //~ blocking-call-while-attached
    naps_elsewhere();
    py.detach(naps_inside);
    py.detach(|| naps_inside());
    other::naps_inside();
    through_another(newest()) //~ block-on-while-attached
}

/// What an extension of the token does is not known, and what takes one and a closure may detach.
#[pyfunction]
fn in_an_extension(py: Python<'_>, pool: Pool) {
    py.enter(|| pool.install(|| work()));
    without_gil(py, || sleep(Duration::from_secs(1)));
}

#[pyfunction]
fn receives(mut receiver: Receiver) -> Option<u64> {
    receiver.blocking_recv() //~ blocking-call-while-attached
}

#[pyfunction]
fn runs_a_program() {
    let out = std::process::Command::new("true").arg("x").output(); //~ blocking-call-while-attached
    let other = model.output();
}

#[pyfunction]
fn drops_a_runtime(py: Python<'_>) -> PyResult<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    let other = Other::new();
    drop(other);
    drop(runtime); //~ blocking-call-while-attached
    Ok(())
}

#[pyfunction]
fn drops_it_detached(py: Python<'_>) -> PyResult<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    py.detach(|| drop(runtime));
    Ok(())
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
    sleep(Duration::from_secs(1)); //~ async-without-runtime
}

#[pyfunction]
async fn has_no_runtime() {
    tokio::time::sleep(Duration::from_secs(1)).await; //~ async-without-runtime
}

#[pyfunction]
async fn has_its_runtime() {
    let _ = RUNTIME.spawn(async { tokio::time::sleep(Duration::from_secs(1)).await }).await;
}

#[pymethods]
impl Reader {
    async fn read(&mut self) { //~ exclusive-self-across-detach
        self.file.read().await;
    }

    async fn close(&mut self) {
        self.file.take();
    }

    async fn peek(&self) {
        self.file.peek().await;
    }
}

#[pyfunction]
fn asks(client: Client) {
    let answer = reqwest::blocking::Client::new().get("http://localhost").send(); //~ blocking-call-while-attached
    let other = client.send();
}

#[pyfunction]
fn installs(pool: Pool) {
    pool.install(|| work()); //~ rayon-while-attached
    package.install("name");
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
fn collatz(py: Python<'_>, mut value: u64) -> u64 {
    py.detach(|| {
        while value != 1 { //~ loop-without-signals
            value = if value % 2 == 0 { value / 2 } else { 3 * value + 1 };
        }
        value
    })
}

#[pyfunction]
fn collatz_that_ends(py: Python<'_>, mut value: u64) -> PyResult<u64> {
    while value != 1 {
        value = if value % 2 == 0 { value / 2 } else { 3 * value + 1 };
        py.check_signals()?;
    }
    Ok(value)
}

#[pyfunction]
fn counts(mut value: u64) -> u64 {
    while value < 100 {
        value += 1;
    }
    value
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
