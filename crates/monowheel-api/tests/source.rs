//! The surface of crates from their sources, as stubs.
#![allow(clippy::unwrap_used, reason = "a fixture that cannot be made is a failed test")]

use std::path::Path;

use monowheel_api::read::source;
use monowheel_api::stubs;

/// The stubs of a crate with this library, by path, and what is not known.
fn read(library: &str) -> (Vec<(String, String)>, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let manifest = "[package]\nname = \"demo\"\nversion = \"1.2.3\"\nedition = \"2021\"\n[lib]\ncrate-type = [\"cdylib\"]\n[dependencies]\npyo3 = \"0.29\"\n";
    fs_err::write(folder.path().join("Cargo.toml"), manifest).unwrap();
    fs_err::create_dir(folder.path().join("src")).unwrap();
    fs_err::write(folder.path().join("src/lib.rs"), format!("use pyo3::prelude::*;\n{library}")).unwrap();
    let project = source::read(folder.path()).unwrap();
    let stubs = stubs::stubs(&project.surface);
    let path = |path: &Path| path.display().to_string().replace('\\', "/");
    let stubs = stubs.into_iter().map(|stub| (path(&stub.path), stub.text)).collect();
    (stubs, project.surface.notes.into_iter().map(|note| note.what).collect())
}

/// Asserts that the only stub has these lines.
fn has(library: &str, lines: &[&str]) {
    let (stubs, _) = read(library);
    let text = &stubs[0].1;
    for line in lines {
        assert!(text.lines().any(|one| one.trim_start() == *line), "{line}\n{text}");
    }
}

const MODULE: &str = "#[pymodule]\nmod demo {\n    #[pymodule_export]\n    use super::*;\n}\n";

#[test]
fn a_module_of_function_style_with_helpers_submodules_and_pyfn() {
    let (stubs, notes) = read(
        r#"
        /// Adds.
        #[pyfunction]
        #[pyo3(signature = (a, /, b = None, *rest, c = true, **more))]
        fn add(py: Python<'_>, a: i64, b: Option<f64>, rest: &Bound<'_, PyTuple>, c: bool,
               more: Option<&Bound<'_, PyDict>>) -> PyResult<i64> { todo!() }
        #[pyfunction]
        fn late(values: Vec<u8>) -> Vec<u8> { values }
        #[pyclass(subclass)]
        struct Counter { #[pyo3(get, set)] count: u32 }
        #[pymethods]
        impl Counter {
            #[new]
            fn new(count: u32) -> Self { todo!() }
            fn __next__(&mut self) -> PyResult<Option<u32>> { todo!() }
            fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> { slf }
            #[classmethod]
            fn zero(_cls: &Bound<'_, PyType>) -> Self { todo!() }
        }
        create_exception!(demo, Broken, pyo3::exceptions::PyValueError, "It is broken.");
        fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
            m.add_function(wrap_pyfunction!(late, m)?)
        }
        #[pymodule]
        fn demo(py: Python<'_>, m: &Bound<'_, PyModule>) -> PyResult<()> {
            m.add_function(wrap_pyfunction!(add, m)?)?;
            register(m)?;
            m.add_class::<Counter>()?;
            m.add("Broken", py.get_type::<Broken>())?;
            m.add("__version__", env!("CARGO_PKG_VERSION"))?;
            let child = PyModule::new(py, "child")?;
            child.add_function(wrap_pyfunction!(late, &child)?)?;
            m.add_submodule(&child)?;
            #[pyfn(m)]
            fn inner(path: std::path::PathBuf) -> std::path::PathBuf { path }
            Ok(())
        }
        "#,
    );
    let names: Vec<&str> = stubs.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(names, ["demo/__init__.pyi", "demo/child.pyi"]);
    for line in [
        "def add(a: int, /, b: float | None = None, *rest: Any, c: bool = True, **more: Any) -> int:",
        "\"\"\"Adds.\"\"\"",
        "def late(values: Sequence[int]) -> bytes: ...",
        "def inner(path: str | PathLike[str]) -> Path: ...",
        "class Broken(ValueError):",
        "def __new__(cls, count: int) -> Self: ...",
        "def __next__(self) -> int: ...",
        "def __iter__(self) -> Counter: ...",
        "@count.setter",
        "def zero(cls) -> Counter: ...",
        "__version__: Final[str]",
    ] {
        assert!(stubs[0].1.lines().any(|one| one.trim_start() == line), "{line}\n{}", stubs[0].1);
    }
    assert!(stubs[1].1.contains("def late("), "{}", stubs[1].1);
    assert_eq!(notes, Vec::<String>::new());
}

#[test]
fn types_by_the_table_and_by_the_derives_of_the_crate() {
    let exports = "#[pymodule]\nmod demo {\n    #[pymodule_export]\n    use super::{a, b, c, d, e};\n}\n";
    let code = r#"
        type Row = std::collections::HashMap<String, Vec<i64>>;
        #[derive(FromPyObject)]
        enum Either { Number(i64), Text(String) }
        #[derive(IntoPyObject)]
        struct Both { x: i64, y: i64 }
        #[pyfunction] fn a(row: Row) -> Row { row }
        #[pyfunction] fn b(value: Either) -> Both { todo!() }
        #[pyfunction] fn c(t: std::time::Duration, d: Option<chrono::NaiveDate>) -> (u8, String) { todo!() }
        #[pyfunction] async fn d(data: &[u8]) -> PyResult<String> { todo!() }
        #[pyfunction] fn e<'py>(v: numpy::PyReadonlyArray1<'py, f32>) -> Bound<'py, PyArray2<i64>> { todo!() }
    "#;
    has(
        &format!("{code}{exports}"),
        &[
            "def a(row: dict[str, Sequence[int]]) -> dict[str, list[int]]: ...",
            "def b(value: int | str) -> dict[str, int]: ...",
            "def c(t: datetime.timedelta, d: datetime.date | None) -> tuple[int, str]: ...",
            "def d(data: bytes) -> Coroutine[Any, Any, str]: ...",
            "def e(v: NDArray[np.float32]) -> NDArray[np.int64]: ...",
        ],
    );
}

#[test]
fn enums_comparisons_and_flags() {
    let code = r#"
        #[pyclass(frozen, eq, ord)] #[derive(PartialEq, PartialOrd)]
        #[pyo3(rename_all = "SCREAMING_SNAKE_CASE")]
        enum Color { LightRed, Blue }
        #[pyclass]
        enum Shape { Circle { radius: f64 }, Empty() }
    "#;
    has(
        &format!("{code}#[pymodule]\nmod demo {{\n    #[pymodule_export]\n    use super::{{Color, Shape}};\n}}\n"),
        &[
            "LIGHT_RED: ClassVar[Color]",
            "def __lt__(self, other: Color, /) -> bool: ...",
            "__hash__: ClassVar[None]  # type: ignore[assignment]",
            "class Circle(Shape):",
            "def __new__(cls, radius: float) -> Shape.Circle: ...",
            "__match_args__: ClassVar[tuple[Literal[\"radius\"]]]",
        ],
    );
}

#[test]
fn what_the_source_does_not_show_is_said_and_not_guessed() {
    let code = r#"
        macro_rules! make { ($name:ident) => { #[pyfunction] fn $name() {} } }
        make!(hidden, #[pyfunction]);
        struct Own;
        impl<'a, 'py> FromPyObject<'a, 'py> for Own { }
        #[pyfunction] fn f(own: Own) {}
        #[pymodule]
        fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
            m.add_function(wrap_pyfunction!(f, m)?)?;
            m.add_function(wrap_pyfunction!(hidden, m)?)?;
            for name in NAMES { m.add(name, 1)?; }
            add_all!(m, a, b);
            Ok(())
        }
    "#;
    let (stubs, notes) = read(code);
    let text = &stubs[0].1;
    assert!(
        text.contains("def f(own: Any) -> None: ...") && text.contains("def __getattr__(name: str) -> Any: ..."),
        "{text}"
    );
    assert!(!text.contains("__all__"), "{text}");
    for said in ["macro make!", "conversion is known for Own", "hidden is exported", "not written out", "add_all!"] {
        assert!(notes.iter().any(|note| note.contains(said)), "{said}: {notes:#?}");
    }
}

#[test]
fn names_that_python_cannot_write_and_types_that_name_themselves() {
    let code = r#"
        type Loop = Vec<Loop>;
        #[pyfunction] fn f(r#in: u8, r#lambda: Loop) {}
        #[pyfunction] #[pyo3(name = "not a name")] fn g() {}
        #[pyfunction] #[pyo3(name = "class")] fn h() {}
        /// Ends with a quote: "x"
        /// \ and """
        #[pyfunction] fn i() {}
    "#;
    let (stubs, _) =
        read(&format!("{code}#[pymodule]\nmod demo {{\n    #[pymodule_export]\n    use super::{{f, g, h, i}};\n}}\n"));
    let text = &stubs[0].1;
    assert!(text.contains("def f(_in: int, _lambda:"), "{text}");
    assert!(!text.contains("not a name") && !text.contains("def class"), "{text}");
    assert!(text.contains("\\\\ and \\\"\\\"\\\""), "{text}");
}

#[test]
fn a_glob_is_not_followed() {
    let (_, notes) = read(&format!("#[pyfunction] fn f() {{}}\n{MODULE}"));
    assert!(notes.iter().any(|note| note.contains("everything in")), "{notes:?}");
}

#[test]
fn a_crate_without_a_module_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let manifest =
        "[package]\nname = \"demo\"\nversion = \"1.0.0\"\nedition = \"2021\"\n[dependencies]\npyo3 = \"0.29\"\n";
    fs_err::write(folder.path().join("Cargo.toml"), manifest).unwrap();
    fs_err::create_dir(folder.path().join("src")).unwrap();
    fs_err::write(folder.path().join("src/lib.rs"), "fn f() {}\n").unwrap();
    assert!(source::read(folder.path()).is_err_and(|error| error.to_string().contains("#[pymodule]")));
}
