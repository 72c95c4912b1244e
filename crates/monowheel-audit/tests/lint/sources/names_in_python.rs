use pyo3::prelude::*;

#[pyclass(eq, eq_int, hash, frozen)]
#[derive(Hash, PartialEq)]
enum Family {
    None, //~ python-keyword-name
    Full,
    #[pyo3(name = "NOT")]
    Not,
}

#[pyclass]
struct Edge {
    #[pyo3(get)]
    from: u32, //~ python-keyword-name
    #[pyo3(get, name = "to_")]
    to: u32,
    #[pyo3(get)]
    size: u32,
}

#[pymethods]
impl Edge {
    #[new]
    fn new(from: u32, to: u32) -> Self { //~ python-keyword-name
        Self { from, to, size: 1 }
    }

    #[getter]
    fn get_size(&self) -> u32 { //~ name-defined-twice
        self.size
    }

    #[getter]
    fn length(&self) -> u32 {
        self.size
    }

    fn update(&mut self, other: &Self) { //~ exclusive-self-and-other
        self.size = other.size;
    }

    fn is_longer(&self, other: &Self) -> bool {
        self.size > other.size
    }

    fn __repr__(&self) -> String {
        String::new()
    }
}

#[pymodule]
fn _demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Family>()?;
    m.add_class::<Edge>()
}
