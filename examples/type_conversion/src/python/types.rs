//! Custom types: classes, an enum, what is taken in several shapes, and what goes out as a dict.

use pyo3::prelude::*;

use crate::reading::{self, Reading, Temperature, Unit};
use crate::Error;

/// The scale that a temperature is told in.
// `from_py_object`: taken by value as an argument, which needs Clone. Say it: the default is going to change.
#[pyclass(name = "Unit", module = "type_conversion", frozen, eq, hash, from_py_object)]
#[pyo3(rename_all = "SCREAMING_SNAKE_CASE")]
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum PyUnit {
    Celsius,
    Kelvin,
}

impl From<PyUnit> for Unit {
    fn from(unit: PyUnit) -> Self {
        match unit {
            PyUnit::Celsius => Self::Celsius,
            PyUnit::Kelvin => Self::Kelvin,
        }
    }
}

/// What a sensor said.
#[pyclass(name = "Reading", module = "type_conversion", frozen, eq, skip_from_py_object)]
#[derive(Clone, PartialEq)]
pub(super) struct PyReading(Reading);

#[pymethods]
impl PyReading {
    // Without a signature an Option is a required argument that may be None, and `*` is how keywords are asked for.
    #[new]
    #[pyo3(signature = (sensor, value, *, unit = None, note = None))]
    fn new(sensor: String, value: f64, unit: Option<PyUnit>, note: Option<String>) -> Result<Self, Error> {
        let unit = unit.map_or_else(Unit::default, Unit::from);
        Ok(Self(Reading::new(sensor, Temperature::new(value, unit)?, note)?))
    }

    /// The sensor's name.
    #[getter]
    fn sensor(&self) -> &str {
        self.0.sensor()
    }

    /// What a person added, or None.
    // Option<&str>: Python copies the text once. A getter that clones first would copy twice.
    #[getter]
    fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// The temperature in `unit`, by default in degrees Celsius.
    #[pyo3(signature = (unit = None))]
    fn value(&self, unit: Option<PyUnit>) -> f64 {
        self.0.temperature.to(unit.map_or_else(Unit::default, Unit::from))
    }

    fn __repr__(&self) -> String {
        format!("<Reading of {} at {} °C>", self.0.sensor(), self.value(None))
    }
}

/// What is taken for a reading: one, a pair, or a mapping with its fields. They are tried in this order.
// By type alone. A value that is wrong (f64 here, not Celsius) is told later: an error in a variant would only mean
// that the next is tried, and all of them would end as one TypeError.
#[derive(FromPyObject)]
pub(super) enum Given<'py> {
    // Py<T> or Bound<T>, not T by value: nothing is copied, and a frozen class lends what it holds without a lock.
    Reading(Bound<'py, PyReading>),
    Pair(String, f64),
    Fields {
        #[pyo3(item)]
        sensor: String,
        #[pyo3(item)]
        value: f64,
        #[pyo3(item, default)]
        note: Option<String>,
    },
}

impl Given<'_> {
    fn reading(self) -> Result<Reading, Error> {
        match self {
            Self::Reading(reading) => Ok(reading.get().0.clone()),
            Self::Pair(sensor, value) => Reading::new(sensor, Temperature::new(value, Unit::Celsius)?, None),
            Self::Fields { sensor, value, note } => Reading::new(sensor, Temperature::new(value, Unit::Celsius)?, note),
        }
    }
}

/// A number of degrees, checked where it comes in.
pub(super) struct Celsius(Temperature);

impl FromPyObject<'_, '_> for Celsius {
    type Error = PyErr;

    fn extract(value: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        Ok(Self(Temperature::new(value.extract()?, Unit::Celsius)?))
    }
}

impl<'py> IntoPyObject<'py> for Celsius {
    type Target = pyo3::types::PyFloat;
    type Output = Bound<'py, Self::Target>;
    type Error = std::convert::Infallible;

    fn into_pyobject(self, py: Python<'py>) -> Result<Self::Output, Self::Error> {
        self.0.to(Unit::Celsius).into_pyobject(py)
    }
}

/// Goes out as a dict with these keys.
#[derive(IntoPyObject)]
pub(super) struct Summary {
    count: usize,
    mean: Option<f64>,
    notes: Vec<String>,
}

/// Readings in a few numbers: count, mean in degrees Celsius (None of none), and notes.
#[pyfunction]
pub(super) fn summary(readings: Vec<Given<'_>>) -> Result<Summary, Error> {
    let readings = readings.into_iter().map(Given::reading).collect::<Result<Vec<_>, _>>()?;
    let reading::Summary { count, mean, notes } = reading::summary(&readings);
    Ok(Summary { count, mean, notes })
}

/// Anything with `x` and `y`: duck typing, by attributes.
#[derive(FromPyObject)]
pub(super) struct Place {
    x: f64,
    y: f64,
    #[pyo3(default)]
    name: Option<String>,
}

/// Where the warmer of two places is: `(x, y, name)` of it, with its temperature.
#[pyfunction]
pub(super) fn warmer(one: (Place, Celsius), other: (Place, Celsius)) -> (f64, f64, Option<String>, Celsius) {
    let (place, value) = if other.1 .0 > one.1 .0 { other } else { one };
    (place.x, place.y, place.name, value)
}
