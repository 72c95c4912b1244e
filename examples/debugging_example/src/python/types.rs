//! The class `Basket`.

use pyo3::prelude::*;

use crate::Line;

/// Lines of `(article, cents, pieces)`. Raises ValueError for a line without pieces.
#[pyclass(frozen, module = "debugging_example")]
pub(crate) struct Basket {
    inner: crate::Basket,
}

#[pymethods]
impl Basket {
    #[new]
    #[pyo3(signature = (lines))]
    fn new(lines: Vec<(String, u64, u32)>) -> PyResult<Self> {
        let lines = lines.into_iter().map(|(article, cents, pieces)| Line { article, cents, pieces }).collect();
        Ok(Self { inner: crate::Basket::new(lines)? })
    }

    /// The sum in cents. `price(article, cents)` returns the price of one piece; without it, the list price is used.
    #[pyo3(signature = (price=None))]
    fn total(&self, price: Option<&Bound<'_, PyAny>>) -> PyResult<u64> {
        match price {
            None => self.inner.total(|line| Ok(line.cents)),
            // Rust calls Python here, and Python may call `discounted`: the mixed stack of debug/.
            Some(price) => self.inner.total(|line| price.call1((line.article.as_str(), line.cents))?.extract()),
        }
    }

    fn __len__(&self) -> usize {
        self.inner.lines().len()
    }

    fn __repr__(&self) -> String {
        let lines = self.inner.lines();
        format!("<Basket of {} lines, {} pieces>", lines.len(), lines.iter().map(|l| u64::from(l.pieces)).sum::<u64>())
    }
}
