use pyo3::prelude::*;
use rayon::prelude::*;

use crate::interpreters::Python;

/// Of this file.
struct Borrowed(u32);

/// Of this crate, with names that PyO3 has, or had.
fn asks(found: &[Python], borrowed: &Borrowed) -> usize {
    found.par_iter().filter(|python| python.is_free_threaded()).count()
}

fn variables(all: &[Version]) -> usize {
    let (with_gil, without_gil): (Vec<&Version>, Vec<&Version>) = all.iter().partition(|version| version.has_gil());
    println!("{} {}", with_gil.len(), without_gil.len());
    with_gil.len()
}

fn pyo3s(bound: &Bound<'_, PyAny>, values: &[u32]) -> u32 {
    let with_gil = Python::with_gil;
    values.par_iter().sum() //~ rayon-while-attached
}
