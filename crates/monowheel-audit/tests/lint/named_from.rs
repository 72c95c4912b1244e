//! The same answer for the same project: from wherever it is named, and whatever leads to its files.

use std::collections::BTreeSet;
use std::path::Path;

use monowheel_audit::lint::{self, LintReport, Options};

use crate::project::{MODULE, Project};

const NAP: &str = "use pyo3::prelude::*;\n#[pyfunction]\npub fn nap() { std::thread::sleep(LONG); }\n";

fn report(path: &Path) -> LintReport {
    lint::lint(&[path.to_path_buf()], &Options { complete: true, ..Options::default() }).unwrap()
}

/// `rule file:line` of each finding, without what leads to the file.
fn said(path: &Path) -> BTreeSet<String> {
    let report = report(path);
    let findings = report.projects.iter().flat_map(|project| &project.findings);
    let named = |finding: &monowheel_audit::finding::Finding| {
        let place = finding.place.member.as_deref().unwrap_or_default();
        let tail: Vec<&str> = place.rsplit('/').take(2).collect();
        format!(
            "{} {}:{}",
            finding.rule,
            tail.into_iter().rev().collect::<Vec<_>>().join("/"),
            finding.place.line.unwrap_or(0)
        )
    };
    findings.map(named).filter(|line| line.contains("nap") || line.contains("sleep") || line.contains(".rs:")).collect()
}

/// A path from the current directory on.
#[cfg(unix)]
fn relative(path: &Path) -> std::path::PathBuf {
    let here = std::env::current_dir().unwrap();
    let up = here.components().count() - 1;
    std::iter::repeat_n("..", up).collect::<std::path::PathBuf>().join(path.strip_prefix("/").unwrap())
}

/// A workspace whose package is above its crate, with a dependency by a path that the workspace names.
fn workspace() -> Project {
    let project = Project::with("");
    project.write(
        "Cargo.toml",
        "[workspace]\nmembers = [\"crates/demo\"]\nexclude = [\"crates/inner\"]\n\n[workspace.dependencies]\n\
         pyo3 = { version = \"0.29\", features = [\"abi3-py38\"] }\ninner = { path = \"crates/inner\" }\n",
    );
    project.change("pyproject.toml", "[tool.maturin]", "[tool.maturin]\nmanifest-path = \"crates/demo/Cargo.toml\"");
    project.write(
        "crates/demo/Cargo.toml",
        "[package]\nname = \"demo\"\nversion = \"1.0.0\"\nedition = \"2021\"\n\n[lib]\nname = \"_demo\"\ncrate-type = [\"cdylib\"]\n\n\
         [dependencies]\npyo3 = { workspace = true }\ninner = { workspace = true }\n",
    );
    project.write(
        "crates/demo/src/lib.rs",
        "use pyo3::prelude::*;\n#[pymodule]\nfn _demo(m: &Bound<'_, PyModule>) -> PyResult<()> {\n\
         m.add_function(wrap_pyfunction!(inner::nap, m)?)\n}\n",
    );
    project.write(
        "crates/inner/Cargo.toml",
        "[package]\nname = \"inner\"\nversion = \"1.0.0\"\nedition = \"2021\"\n\n[dependencies]\npyo3 = \"0.29\"\n",
    );
    project.write("crates/inner/src/lib.rs", NAP);
    project
}

#[test]
fn a_dependency_that_the_workspace_names_is_read_wherever_it_is_named_from() {
    let project = workspace();
    let expected: BTreeSet<String> = ["blocking-call-while-attached src/lib.rs:3".to_owned()].into();
    for path in ["", "Cargo.toml", "pyproject.toml", "crates/demo", "crates/demo/Cargo.toml"] {
        let path = project.root().join(path);
        assert_eq!(said(&path), expected, "{}", path.display());
        #[cfg(unix)]
        assert_eq!(said(&relative(&path)), expected, "relative {}", path.display());
    }
}

#[test]
fn what_setuptools_rust_builds_is_read_as_what_maturin_builds() {
    let built = "[[tool.setuptools-rust.ext-modules]]\ntarget = \"demo._demo\"\npath = \"crates/demo/Cargo.toml\"\n";
    let setup = "setup(rust_extensions=[RustExtension('demo._demo', path='crates/demo/Cargo.toml')])\n";
    for (pyproject, setup) in [(built, ""), ("", setup)] {
        let project = workspace();
        project.write("setup.py", setup);
        project.write(
            "pyproject.toml",
            format!(
                "[build-system]\nrequires = [\"setuptools-rust\"]\nbuild-backend = \"setuptools.build_meta\"\n\n\
                 [project]\nname = \"demo\"\nversion = \"1.0\"\n\n{pyproject}"
            ),
        );
        let expected: BTreeSet<String> = ["blocking-call-while-attached src/lib.rs:3".to_owned()].into();
        for path in ["", "crates/demo"] {
            assert_eq!(said(&project.root().join(path)), expected, "{path} {setup}");
        }
    }
}

/// The findings are in the crate that was named, and the others of its workspace are read for what they say of it.
#[test]
fn a_member_is_judged_as_in_its_workspace() {
    let project = workspace();
    project.write("crates/inner/src/lib.rs", format!("{NAP}#[pyfunction]\npub fn lost() {{}}\n"));
    project.change("Cargo.toml", "exclude = [\"crates/inner\"]", "");
    project.change("Cargo.toml", "\"crates/demo\"", "\"crates/demo\", \"crates/inner\"");
    let expected: BTreeSet<String> =
        ["blocking-call-while-attached src/lib.rs:3".to_owned(), "never-registered src/lib.rs:5".to_owned()].into();
    for path in ["", "crates/demo", "crates/inner"] {
        assert_eq!(said(&project.root().join(path)), expected, "{path}");
    }
    // What is wrong in another member is not the matter of this one.
    project.change("crates/demo/src/lib.rs", "use pyo3::prelude::*;", NAP);
    assert_eq!(said(&project.root().join("crates/inner")), expected);
}

#[test]
fn dependencies_of_a_target_are_followed() {
    let project = workspace();
    project.change("crates/demo/Cargo.toml", "inner = { workspace = true }", "");
    let target = "[target.'cfg(unix)'.dependencies]\ninner = { path = \"../inner\" }\n\n[dependencies]";
    project.change("crates/demo/Cargo.toml", "[dependencies]", target);
    assert_eq!(said(&project.root()).len(), 1);
}

#[test]
fn a_file_that_is_included_is_read_and_one_that_is_not_there_is_said() {
    let project =
        Project::with(&format!("{MODULE}include!(\"more.rs\");\nmod inner {{ include!(\"inner_items.rs\"); }}\n"));
    project.write("src/more.rs", NAP);
    project.write("src/inner_items.rs", NAP);
    assert_eq!(said(&project.root()).iter().filter(|line| line.contains("blocking")).count(), 2);
    assert_eq!(report(&project.root()).failures.len(), 0);
    for gone in ["\"gone.rs\"", "concat!(env!(\"OUT_DIR\"), \"/made.rs\")"] {
        project.write("src/lib.rs", format!("{MODULE}include!({gone});\n"));
        let failures = report(&project.root()).failures;
        assert!(failures.len() == 1 && failures[0].why.contains("include!"), "{failures:?}");
    }
}

#[test]
fn bindings_outside_of_the_project_are_said() {
    let outside = workspace();
    let project = Project::with(MODULE);
    let inner = outside.root().join("crates/inner");
    project.change("Cargo.toml", "[dependencies]", &format!("[dependencies]\ninner = {{ path = {inner:?} }}"));
    let failures = report(&project.root()).failures;
    assert!(failures.len() == 1 && failures[0].why.contains("outside this project"), "{failures:?}");
}

/// 280 methods of twelve lines of documentation were refused as nested too deeply.
#[test]
fn a_long_documented_impl_is_read() {
    let method = |number: usize| format!("{}    fn m{number}(&self) {{}}\n", "    /// A line.\n".repeat(12));
    let methods: String = (0..1_000).map(method).collect();
    let project = Project::with(&format!("{NAP}struct X;\nimpl X {{\n{methods}}}\n"));
    assert_eq!(report(&project.root()).failures.len(), 0);
    assert_eq!(said(&project.root()).iter().filter(|line| line.contains("blocking")).count(), 1);
}

#[test]
fn rules_are_selected() {
    let project = Project::with(&format!("{NAP}fn old(o: PyObject) {{}}\n"));
    let of = |select: &[&str]| {
        let select = select.iter().map(|id| (*id).to_owned()).collect();
        lint::lint(&[project.root()], &Options { select, ..Options::default() })
    };
    let rules =
        |report: LintReport| report.projects[0].findings.iter().map(|found| found.rule.to_string()).collect::<Vec<_>>();
    assert_eq!(rules(of(&["old-name"]).unwrap()), ["old-name"]);
    assert!(rules(of(&[]).unwrap()).len() > 2);
    assert!(of(&["no-such-rule"]).unwrap_err().to_string().contains("no-such-rule"));
}

/// ormsgpack 1.12.0: `mod impl_` is another file for each kind of interpreter.
#[test]
fn a_module_with_a_path_for_each_condition_is_read_from_all_of_them() {
    let project = Project::with(&format!(
        "#[cfg_attr(PyPy, path = \"base/mod.rs\")]\n#[cfg_attr(not(PyPy), path = \"own/mod.rs\")]\nmod impl_;\n{MODULE}"
    ));
    project.write("src/base/mod.rs", NAP);
    project.write("src/own/mod.rs", NAP);
    let said = said(&project.root());
    for place in ["base/mod.rs:3", "own/mod.rs:3"] {
        assert!(said.iter().any(|line| line == &format!("blocking-call-while-attached {place}")), "{said:?}");
    }
}
