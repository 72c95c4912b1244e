//# rule: loop-without-signals note
//# report: kete#8, powerfit#135, lance#1436, qcs-sdk-rust#283, paritea#38
//# bad: steps of a simulation
use pyo3::prelude::*;
#[pyclass]
struct Propagation { state: Vec<f64> }
impl Propagation {
    fn step(&mut self) -> bool { self.state.iter_mut().for_each(|x| *x *= 0.5); self.state[0] > 1e-9 }
}
#[pymethods]
impl Propagation {
    fn run(&mut self) { while self.step() {} }
}
#[pymodule]
mod demo { #[pymodule_export] use super::Propagation; }
//# bad: waits for a server in a loop
use pyo3::prelude::*;
use std::time::Duration;
#[pyclass(frozen)]
struct Client { answers: std::sync::mpsc::Receiver<String> }
#[pymethods]
impl Client {
    fn wait(&self, py: Python<'_>) -> Option<String> {
        py.detach(|| loop {
            match self.answers.recv_timeout(Duration::from_millis(100)) {
                Ok(answer) => return Some(answer),
                Err(_) => continue,
            }
        })
    }
}
#[pymodule]
mod demo { #[pymodule_export] use super::Client; }
//# good: it checks
use pyo3::prelude::*;
#[pyclass]
struct Propagation { state: Vec<f64> }
impl Propagation {
    fn step(&mut self) -> bool { self.state.iter_mut().for_each(|x| *x *= 0.5); self.state[0] > 1e-9 }
}
#[pymethods]
impl Propagation {
    fn run(&mut self, py: Python<'_>) -> PyResult<()> { while self.step() { py.check_signals()?; } Ok(()) }
}
#[pymodule]
mod demo { #[pymodule_export] use super::Propagation; }
