//! Custom types: classes, an enum, arguments in several forms, and results as a dict.

use pyo3::prelude::*;

use crate::reading::{self, Reading, Temperature, Unit};
use crate::Error;

/// The unit of a temperature.
// `from_py_object`: taken by value as an argument, which needs Clone. State it explicitly: the default will change.
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

/// A reading of a sensor.
#[pyclass(name = "Reading", module = "type_conversion", frozen, eq, skip_from_py_object)]
#[derive(Clone, PartialEq)]
pub(super) struct PyReading(Reading);

#[pymethods]
impl PyReading {
    // Without a signature an Option is a required argument that may be None; `*` makes arguments keyword-only.
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

    /// A note, or None.
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

/// Accepted as a reading: a Reading, a pair, or a mapping with its fields. They are tried in this order.
// By type alone. An invalid value (f64 here, not Celsius) is reported later: an error in a variant would only mean
// that the next variant is tried, and all of them would end in one TypeError.
#[derive(FromPyObject)]
pub(super) enum Given<'py> {
    // Py<T> or Bound<T>, not T by value: nothing is copied, and a frozen class lends its content without a lock.
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

/// A number of degrees, checked at the boundary.
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

/// Returned as a dict with these keys.
#[derive(IntoPyObject)]
pub(super) struct Summary {
    count: usize,
    mean: Option<f64>,
    notes: Vec<String>,
}

/// A summary of readings: count, mean in degrees Celsius (None if there are none), and notes.
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

/// The warmer of two places: its `(x, y, name)`, with its temperature.
#[pyfunction]
pub(super) fn warmer(one: (Place, Celsius), other: (Place, Celsius)) -> (f64, f64, Option<String>, Celsius) {
    let (place, value) = if other.1 .0 > one.1 .0 { other } else { one };
    (place.x, place.y, place.name, value)
}
