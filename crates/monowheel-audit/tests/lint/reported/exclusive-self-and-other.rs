//# rule: exclusive-self-and-other note
//# report: pyo3#749, pyo3#795
//# bad: two objects of a class
use pyo3::prelude::*;
#[pyclass]
struct Names { all: Vec<String> }
#[pymethods]
impl Names {
    fn merge(&mut self, other: &Self) { self.all.extend(other.all.iter().cloned()); }
}
#[pymodule]
mod demo { #[pymodule_export] use super::Names; }
//# bad: a function
use pyo3::prelude::*;
#[pyclass]
struct Names { all: Vec<String> }
#[pyfunction]
fn merge(into: &mut Names, from_: PyRef<'_, Names>) { into.all.extend(from_.all.iter().cloned()); }
#[pymodule]
mod demo { #[pymodule_export] use super::{merge, Names}; }
//# good: a check before
use pyo3::prelude::*;
#[pyclass]
#[derive(Clone)]
struct Names { all: Vec<String> }
#[pymethods]
impl Names {
    fn merge(slf: &Bound<'_, Self>, other: &Bound<'_, Self>) {
        let more = other.borrow().all.clone();
        slf.borrow_mut().all.extend(more);
    }
    fn same(&self, other: &Self) -> bool { self.all == other.all }
    fn add(&mut self, name: &str) { self.all.push(name.to_owned()); }
    fn replace(&mut self, other: Self) { self.all = other.all; }
}
#[pymodule]
mod demo { #[pymodule_export] use super::Names; }
