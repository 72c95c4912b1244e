//! Severities: what hardly matters is a note.

use monowheel_audit::finding::Severity;
use monowheel_audit::lint::{self, Options};

use crate::project::Project;

/// The findings that are worse than a note, in short; a source here need not be a complete module.
fn severe_in(project: &Project) -> Vec<String> {
    let report = lint::lint(&[project.root()], &Options::default()).unwrap();
    let findings = report.projects.iter().flat_map(|project| &project.findings);
    let severe = findings.filter(|finding| finding.severity > Severity::Note && finding.rule != "module-missing");
    let of = |message: &str| message.split('`').nth(1).unwrap_or_default().to_owned();
    severe.map(|finding| format!("{:?} {} {}", finding.severity, finding.rule, of(&finding.message))).collect()
}

fn severe(text: &str) -> Vec<String> {
    severe_in(&Project::with(text))
}

#[test]
fn what_hardly_matters_is_a_note() {
    let mut severe = severe(include_str!("sources/precision.rs"));
    severe.sort();
    assert_eq!(
        severe,
        [
            "Error lock-held-across-python Shared.names",
            "Error lock-held-across-python Shared.sample",
            "Warning loop-without-signals Feed.none",
            "Warning missing-traverse Button",
            "Warning rayon-while-attached sum_attached",
            "Warning rayon-while-attached sum_in_blocks",
        ]
    );
}

#[test]
fn one_option_is_what_the_call_is_about() {
    let text =
        "#[pyfunction]\nfn order_by(key: Option<u32>) {}\n#[pyfunction]\nfn open(path: u32, mode: Option<u32>) {}\n";
    let project = Project::with(text);
    // The private module is behind the package, which may always pass everything.
    assert_eq!(severe_in(&project), Vec::<String>::new());
    project.write("python/demo/__init__.py", "from demo._demo import open, order_by\n");
    assert_eq!(severe_in(&project), ["Warning option-without-signature open"]);
}

#[test]
fn a_class_that_nothing_pickles_may_name_any_module() {
    let class = "#[pyclass(module = \"elsewhere\")]\nstruct One { a: u32 }\n";
    let with_new = format!("{class}#[pymethods]\nimpl One {{ #[new] fn new() -> Self {{ Self {{ a: 1 }} }} }}\n");
    assert_eq!(severe(class), Vec::<String>::new());
    assert_eq!(severe(&with_new), ["Warning module-not-importable One"]);
}

#[test]
fn a_crate_that_sets_the_module_of_its_exceptions_may_name_any() {
    let text = "create_exception!(store, StoreError, PyException);\n";
    let setting = "mod api;\ncreate_exception!(store, StoreError, PyException);\n";
    assert_eq!(severe(text), ["Warning module-not-importable StoreError"]);
    let project = Project::with(setting);
    project.write(
        "src/api.rs",
        "fn add(m: &Bound<'_, PyModule>) { m.getattr(\"StoreError\")?.setattr(intern!(py, \"__module__\"), \"demo\") }\n",
    );
    assert_eq!(severe_in(&project), Vec::<String>::new());
}

#[test]
fn what_the_own_python_code_passes_is_no_surprise() {
    let text = "#[pyfunction]\nfn new_counter(name: u32, unit: Option<u32>) {}\n";
    let project = Project::with(text);
    project.change("pyproject.toml", "demo._demo", "demo.bridge");
    assert_eq!(severe_in(&project), ["Warning option-without-signature new_counter"]);
    project.write(
        "python/demo/metric.py",
        "from demo import bridge\n\n\ndef counter(name, unit=None):\n    return bridge.new_counter(name, unit)\n",
    );
    assert_eq!(severe_in(&project), Vec::<String>::new());
    // One call that does not pass it, and users of the package are surprised too.
    project.write("python/demo/other.py", "from demo import bridge\n\nbridge.new_counter(1)\n");
    assert_eq!(severe_in(&project), ["Warning option-without-signature new_counter"]);
}

#[test]
fn a_cycle_needs_an_object_that_leads_back() {
    let class = |new: &str, more: &str| {
        format!(
            "#[pyclass(str, frozen)]\nstruct Node {{ held: Mutex<Py<PyAny>> }}\n#[pymethods]\nimpl Node {{\n#[new]\nfn new({new}) -> Self {{ todo() }}\n{more}\n}}\n"
        )
    };
    let of = |new: &str, more: &str| severe(&class(new, more));
    let warned = ["Warning missing-traverse Node"];
    assert_eq!(of("held: Py<PyAny>", ""), Vec::<String>::new());
    assert_eq!(of("size: usize", ""), Vec::<String>::new());
    // A callback; an object that is stored later, directly and through a variable.
    assert_eq!(
        of("held: Py<PyAny>", "fn fire(&self, py: Python<'_>) { let held = self.held.get_cloned(); held.call0(py); }"),
        warned
    );
    assert_eq!(
        of("size: usize", "fn put(&self, held: Py<PyAny>) { *self.held.lock_py_attached(py).ok() = held; }"),
        warned
    );
    let by_variable = "fn put(&self, one: &Bound<'_, PyAny>) { let one = one.clone().unbind(); let mut held = self.held.lock().ok(); *held = one; }";
    assert_eq!(of("size: usize", by_variable), warned);
    // What is derived from an object is not it.
    let length =
        "fn put(&self, one: &Bound<'_, PyAny>) { let mut held = self.held.lock().ok(); *held = one.length(); }";
    assert_eq!(of("size: usize", length), Vec::<String>::new());
}

#[test]
fn a_crate_without_tests_links() {
    let of = |text: &str| {
        let project = Project::with(text);
        project.change("Cargo.toml", "\"abi3-py38\"", "\"abi3-py38\", \"extension-module\"");
        severe_in(&project)
    };
    assert_eq!(of(""), Vec::<String>::new());
    let has_test = of("#[cfg(test)]\nmod tests {}\n");
    assert_eq!(has_test, ["Warning extension-module-by-default extension-module"]);
    assert_eq!(of("#[tokio::test]\nasync fn it_works() {}\n"), has_test);
    assert_eq!(of("//! `#[test]`\n"), Vec::<String>::new());
}

#[test]
fn iterators_and_files_have_one_user_at_a_time() {
    let of = |methods: &str| {
        severe(&format!(
            "#[pyclass(str)]\nstruct Rows {{ at: u64 }}\n#[pymethods]\nimpl Rows {{\nfn all(&mut self, py: Python<'_>) {{ py.detach(|| self.at += 1) }}\n{methods}\n}}\n"
        ))
    };
    let warned = ["Warning exclusive-self-across-detach Rows.all"];
    assert_eq!(of("fn len(&self) -> u64 { self.at }"), warned);
    assert_eq!(of("fn read(&self) -> u64 { self.at }"), warned);
    assert_eq!(of("fn __next__(&mut self) -> u64 { self.at }"), Vec::<String>::new());
    assert_eq!(
        of("fn read(&self) -> u64 { self.at }\nfn seek(&mut self, at: u64) { self.at = at; }"),
        Vec::<String>::new()
    );
}

#[test]
fn what_is_taken_out_for_good_has_no_later_user() {
    let of = |body: &str| {
        severe(&format!(
            "#[pyclass(str)]\nstruct Scout {{ inner: Option<u64> }}\n#[pymethods]\nimpl Scout {{\nfn stop(&mut self, py: Python<'_>) {{ {body} }}\n}}\n"
        ))
    };
    let warned = ["Warning exclusive-self-across-detach Scout.stop"];
    assert_eq!(of("py.detach(|| drop(self.inner.take()));"), Vec::<String>::new());
    assert_eq!(of("let inner = self.take(); py.detach(|| inner.stop());"), Vec::<String>::new());
    assert_eq!(
        of("let inner = self.inner.take(); let inner = py.detach(|| inner.next()); self.inner = Some(inner);"),
        warned
    );
}

#[test]
fn a_copy_in_a_result_is_a_note() {
    let of = |new: &str| {
        severe(&format!(
            "#[pyclass(str, get_all, set_all)]\n#[derive(Clone)]\nstruct Inner {{ a: u32 }}\n#[pyclass(str, get_all)]\nstruct Outer {{ inner: Inner }}\nfn outer() -> Outer {{ work() }}\n#[pymethods]\nimpl Outer {{\n{new}\n}}\n"
        ))
    };
    let warned = ["Warning getter-clones-class Outer.inner"];
    assert_eq!(of("fn size(&self) -> u32 { 1 }"), Vec::<String>::new());
    assert_eq!(of("#[new]\nfn new(inner: Inner) -> Self { Self { inner } }"), warned);
    assert_eq!(of("}\nwith_new! { Outer }\nimpl Outer {"), warned);
}

#[test]
fn a_panic_that_only_a_bug_reaches_is_a_note() {
    let of = |message: &str| severe(&format!("#[pyfunction]\nfn one(a: u32) {{ if a > 1 {{ panic!({message}) }} }}\n"));
    assert_eq!(of("\"a is {a}\""), ["Warning panic-in-binding one"]);
    assert_eq!(of("\"Internal error: a is {}\", a"), Vec::<String>::new());
}

#[test]
fn a_parallel_sort_ends_soon() {
    let of = |body: &str| severe(&format!("#[pyfunction]\nfn sort(a: Vec<u32>) {{ let mut a = a; {body} }}\n"));
    assert_eq!(of("a.par_sort();"), Vec::<String>::new());
    assert_eq!(of("a.par_sort(); a.par_iter().sum()"), ["Warning rayon-while-attached sort"]);
    assert_eq!(of("a.par_sort_by(|a, b| Python::attach(|py| a.cmp(b)));"), ["Error rayon-while-attached sort"]);
}

#[test]
fn what_the_stubs_require_is_meant_to_be_required() {
    let text = "#[pyclass(str)]\nstruct Doc { a: Option<u32> }\n#[pymethods]\nimpl Doc {\n#[new]\nfn new(size: u32, a: Option<u32>) -> Self { Self { a } }\n#[pyo3(name = \"extend\")]\nfn py_extend(&mut self, one: u32, a: Option<u32>) { self.a = a; }\n}\n";
    let project = Project::with(text);
    project.change("pyproject.toml", "demo._demo", "demo.bridge");
    let both = ["Warning option-without-signature Doc.new", "Warning option-without-signature Doc.py_extend"];
    assert_eq!(severe_in(&project), both);
    let stub = |new: &str, extend: &str| {
        project.write(
            "python/demo/bridge.pyi",
            format!("class Doc:\n    a: int\n{new}    def extend(self, one: int, {extend}) -> None: ...\n"),
        );
    };
    stub("    def __init__(self, size: int, a: int | None = None): ...\n", "a: int | None = None");
    assert_eq!(severe_in(&project), both);
    stub("", "a: int | None");
    assert_eq!(severe_in(&project), Vec::<String>::new());
}

#[test]
fn a_static_that_only_the_import_uses_has_no_race() {
    let of = |other: &str| {
        severe(&format!(
            "static mut IS_SET: bool = false;\n#[pymodule(gil_used = false)]\nfn _demo(m: &Bound<'_, PyModule>) {{ unsafe {{ IS_SET = true }} }}\n{other}"
        ))
    };
    assert_eq!(of(""), Vec::<String>::new());
    let warned = ["Warning mutable-static-without-gil IS_SET"];
    assert_eq!(of("fn is_set() -> bool { unsafe { IS_SET } }\n"), warned);
    assert_eq!(of("fn show() { println!(\"{}\", unsafe { IS_SET }) }\n"), warned);
}

#[test]
fn objects_that_cannot_lead_back() {
    let of = |field: &str, methods: &str| {
        severe(&format!(
            "fn make() -> Node {{ node() }}\n#[pyclass(str)]\nstruct Node {{ {field} }}\n#[pymethods]\nimpl Node {{\n{methods}\n}}\n"
        ))
    };
    let warned = ["Warning missing-traverse Node"];
    // Python can set a dictionary, or something that is no object.
    assert_eq!(of("#[pyo3(set)] held: Py<PyAny>", ""), warned);
    assert_eq!(of("#[pyo3(set)] held: Py<PyDict>", ""), Vec::<String>::new());
    assert_eq!(of("held: Py<PyAny>, #[pyo3(set)] size: u32", ""), Vec::<String>::new());
    // Only text is accepted, here or by a function that checks it.
    let setter =
        |body: &str| format!("#[setter]\nfn set_held(&mut self, held: Py<PyAny>) {{ {body} self.held = held; }}");
    assert_eq!(of("held: Py<PyAny>", &setter("")), warned);
    assert_eq!(of("held: Py<PyAny>", &setter("held.bind(py).cast::<PyString>()?;")), Vec::<String>::new());
    assert_eq!(
        of("held: Py<PyAny>", &setter("if let Ok(text) = held.bind(py).cast::<PyString>() { return; }")),
        warned
    );
    let checked = format!(
        "{}\n}}\nfn check(held: &Py<PyAny>) -> bool {{ held.cast_bound::<PyBytes>(py).is_err() ",
        setter("check(&held);")
    );
    assert_eq!(of("held: Py<PyAny>", &checked), Vec::<String>::new());
    // A number that is made of an object; an object that is only lent to another method.
    let number = "fn reset(&mut self, one: &Bound<'_, PyAny>) { self.size = size(one); }";
    assert_eq!(of("held: Vec<Py<PyAny>>, size: usize", number), warned);
    assert_eq!(of("held: Py<PyAny>, size: usize", number), Vec::<String>::new());
    // A callback that another function calls.
    let passed = "#[new]\nfn new(held: Py<PyAny>) -> Self { Self { held } }\nfn run(&self) { fire(py, Some(&self.held)) }\n}\nfn fire(py: Python<'_>, callback: Option<&Py<PyAny>>) { callback.call0(py)";
    assert_eq!(of("held: Py<PyAny>", passed), warned);
    assert_eq!(of("held: Py<PyAny>", &passed.replace("Some(&self.held)", "&self.held")), warned);
    assert_eq!(of("held: Py<PyAny>", &passed.replace("call0", "clone_ref")), Vec::<String>::new());
}

#[test]
fn a_last_option_could_be_left_out_before_pyo3_0_24() {
    let project = Project::with("#[pyfunction]\nfn open(path: u32, mode: Option<u32>) {}\n");
    project.write("python/demo/__init__.py", "from demo._demo import open\n");
    project.change("Cargo.toml", "\"0.29\"", "\"0.23\"");
    assert_eq!(severe_in(&project), [""; 0]);
    project.change("Cargo.toml", "\"0.23\"", "\"0.24\"");
    assert_eq!(severe_in(&project), ["Warning option-without-signature open"]);
}

#[test]
fn what_waits_with_a_shared_reference_is_no_condvar() {
    let of = |argument: &str| {
        let body = format!("let ready = self.stream.lock();\n        self.stream.wait({argument});");
        let text = format!(
            "use pyo3::prelude::*;\n#[pyclass(frozen)]\nstruct Copier {{ stream: Stream }}\n#[pymethods]\nimpl Copier {{\n    \
             fn copy(&self) {{\n        {body}\n    }}\n}}\n"
        );
        severe_in(&Project::with(&text))
    };
    assert_eq!(of("&ready"), [""; 0]);
    assert_eq!(of("&mut ready"), ["Warning blocking-call-while-attached Copier.copy"]);
}

#[test]
fn a_finding_on_a_method_is_in_the_file_of_the_method() {
    let project = Project::with(
        "use pyo3::prelude::*;\nmod methods;\n\n#[pyclass]\npub struct Node {\n    #[pyo3(get)]\n    size: u32,\n    callback: \
         Py<PyAny>,\n    next: Py<PyAny>,\n}\n",
    );
    project.write(
        "src/methods.rs",
        "use pyo3::prelude::*;\n#[pymethods]\nimpl Node {\n    #[new]\n    fn new(next: Py<PyAny>) -> Self { todo }\n    \
         #[getter]\n    fn size(&self) -> u32 { 1 }\n    fn __setstate__(&mut self, state: u32) {}\n    \
         fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> { visit.call(&self.next) }\n}\n",
    );
    let report = lint::lint(&[project.root()], &Options::default()).unwrap();
    let findings = report.projects.iter().flat_map(|project| &project.findings);
    let mut places: Vec<String> = findings
        .filter(|one| ["name-defined-twice", "pickle-without-arguments", "traverse-incomplete"].contains(&&*one.rule))
        .map(|one| one.place.to_string())
        .collect();
    places.sort();
    assert_eq!(places, ["src/methods.rs:7:8", "src/methods.rs:8:8", "src/methods.rs:9:8"]);
}
