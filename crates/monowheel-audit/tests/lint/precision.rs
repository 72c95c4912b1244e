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
