//# rule: missing-traverse warning
//# report: pydantic/pydantic#5136
//# dependency: pyo3 = { version = "0.28" }
//# bad: the class object is held deep in a boxed enum of serializers, seven types down
use pyo3::prelude::*;

struct Field {
    serializer: Box<Combined>,
}

struct Fields {
    all: Vec<Field>,
}

struct Model {
    class: Py<PyAny>,
    fields: Box<Fields>,
}

enum Combined {
    Text,
    Model(Box<Model>),
}

#[pyclass(frozen)]
struct SchemaSerializer {
    serializer: Combined,
}

#[pymethods]
impl SchemaSerializer {
    fn __repr__(&self) -> &'static str {
        "SchemaSerializer()"
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<SchemaSerializer>()?;
    Ok(())
}
//# good
use pyo3::prelude::*;

struct Field {
    serializer: Box<Combined>,
}

struct Fields {
    all: Vec<Field>,
}

struct Model {
    class: Py<PyAny>,
    fields: Box<Fields>,
}

enum Combined {
    Text,
    Model(Box<Model>),
}

#[pyclass(frozen)]
struct SchemaSerializer {
    serializer: Combined,
}

#[pymethods]
impl SchemaSerializer {
    fn __repr__(&self) -> &'static str {
        "SchemaSerializer()"
    }

    fn __traverse__(&self, visit: pyo3::PyVisit<'_>) -> Result<(), pyo3::PyTraverseError> {
        match &self.serializer {
            Combined::Text => Ok(()),
            Combined::Model(model) => visit.call(&model.class),
        }
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<SchemaSerializer>()?;
    Ok(())
}
