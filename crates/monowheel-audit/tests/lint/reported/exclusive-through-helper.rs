//# rule: exclusive-self-across-detach note
//# report: meta-pytorch/monarch#3862
//# bad: through a helper that detaches
#[pyclass]
struct Shared { count: u64 }
impl Shared { fn slow(&mut self, py: Python<'_>) { py.detach(|| self.count += 1) } }
#[pymethods]
impl Shared {
    fn block(&mut self, py: Python<'_>) { self.slow(py) }
}
//# good: the helper takes &self, and so does its caller
#[pyclass]
struct Shared { count: AtomicU64 }
impl Shared { fn slow(&self, py: Python<'_>) { py.detach(|| self.count.fetch_add(1, Relaxed)) } }
#[pymethods]
impl Shared {
    fn block(&self, py: Python<'_>) { self.slow(py) }
}
