//! Hostile sources, which must end with a message.

use monowheel_audit::lint::{self, LintReport, Options};
use monowheel_error::ErrorKind;

use crate::project::{MODULE, Project};

fn report(project: &Project, complete: bool) -> LintReport {
    lint::lint(&[project.root()], &Options { complete, ..Options::default() }).unwrap()
}

#[test]
fn what_cannot_be_read_is_told_with_its_place_and_the_rest_is_looked_at() {
    let project = Project::with("mod broken;\nmod other;\nmod absent;\n");
    project.write("src/broken.rs", "fn fine() {}\nfn half( {\n");
    project.write("src/other.rs", b"// \xff\n#[pyfunction]\nfn nap() {}\n");
    project.write(
        "src/lib.rs",
        "mod broken;\nmod other;\nmod absent;\n#[pyfunction]\nfn nap() { std::thread::sleep(LONG) }\n",
    );
    let said: Vec<String> = report(&project, false)
        .projects
        .iter()
        .flat_map(|file| &file.findings)
        .map(|found| format!("{} {}: {}", found.rule, found.place, found.message))
        .collect();
    assert_eq!(said.len(), 4, "{said:#?}");
    assert!(said.iter().any(|one| one.starts_with("blocking-call-while-attached src/lib.rs:5:")), "{said:#?}");
    assert!(said.iter().any(|one| one.starts_with("unreadable-source src/broken.rs:2:")), "{said:#?}");
    assert!(
        said.iter().any(|one| one.contains("src/other.rs:1: the file was not checked: it is not UTF-8")),
        "{said:#?}"
    );
    assert!(said.iter().any(|one| one.contains("the file of its module absent does not exist")), "{said:#?}");

    let complete = report(&project, true);
    assert_eq!(complete.failures.len(), 3, "{:#?}", complete.failures);
    assert_eq!(complete.projects[0].findings.len(), 1);
}

/// The parser and the visitors recurse for each level: none of these may abort the process.
#[test]
fn depth_is_refused_instead_of_a_stack_overflow() {
    for deep in [
        format!("fn f() {{ {}x; }}", "!".repeat(100_000)),
        format!("fn f() {{ x{}; }}", ".a()".repeat(100_000)),
        format!("fn f() {{ {}x{}; }}", "(".repeat(100_000), ")".repeat(100_000)),
        format!("fn f() {{ {}1; }}", "1 + ".repeat(100_000)),
        format!("fn f() {{ {} {{}} }}", "if x {} else ".repeat(100_000)),
        format!("type T = {}u8{};", "Option<".repeat(100_000), ">".repeat(100_000)),
        format!("fn f() {{ m!({}x{}); }}", "[".repeat(100_000), "]".repeat(100_000)),
        format!("{}{}", "mod a {".repeat(100_000), "}".repeat(100_000)),
    ] {
        let project = Project::with(&deep);
        let report = report(&project, true);
        assert!(report.failures.iter().any(|failure| failure.why.contains("deeper")), "{:?}", report.failures);
    }
}

/// Just below the limit, in the debug build, which has the largest frames.
#[test]
fn depth_that_is_not_refused_is_walked() {
    for deep in [
        format!("fn f() {{ {}x; }}", "!".repeat(7_000)),
        format!("fn f() {{ x{}; }}", ".a()".repeat(2_000)),
        format!("fn f() {{ {}x{}; }}", "(".repeat(7_000), ")".repeat(7_000)),
        format!("fn f() {{ {}1; }}", "1 + ".repeat(3_500)),
    ] {
        let project = Project::with(&deep);
        assert!(report(&project, true).failures.is_empty());
    }
}

#[cfg(unix)]
#[test]
fn links_that_lead_back_are_followed_once() {
    let project = Project::with("mod a;\n#[pymodule]\nmod _demo { #[pymodule_export] use super::a::nap; }\n");
    project.write(
        "src/a/mod.rs",
        "#[path = \"../lib.rs\"]\nmod again;\n#[pyfunction]\nfn nap() { std::thread::sleep(LONG) }\n",
    );
    std::os::unix::fs::symlink(project.root(), project.root().join("python/demo/back")).unwrap();
    assert_eq!(report(&project, true).projects[0].findings.len(), 1);
    // A directory of files without a manifest is walked.
    project.remove("Cargo.toml");
    project.remove("pyproject.toml");
    assert_eq!(report(&project, true).projects[0].findings.len(), 1);
}

#[test]
fn comments_that_ignore() {
    let nap = "#[pyfunction]\nfn nap() {\n    // monowheel: ignore";
    let of = |comment: &str| Project::with(&format!("{nap}{comment}\n    std::thread::sleep(LONG);\n}}\n"));
    let ignored = report(&of("[blocking-call-while-attached] it takes no time"), false);
    assert_eq!((ignored.counts.warnings, ignored.counts.ignored), (0, 1));
    assert_eq!(ignored.projects[0].ignored[0].reason, "it takes no time");
    let unused = report(&of("[never-registered] another"), false);
    assert_eq!((unused.counts.warnings, unused.unused_ignores.len()), (1, 1));
    assert_eq!(unused.unused_ignores[0].path.as_deref(), Some("src/lib.rs:3"));
    for wrong in ["[blocking-call-while-attached]", "[no-such-rule] why"] {
        let error = lint::lint(&[of(wrong).root()], &Options::default()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Usage);
        assert_eq!(error.place(), Some("src/lib.rs:3"));
    }
}

#[test]
fn what_is_no_project_is_told() {
    let project = Project::with(MODULE);
    let said = |path: &str| lint::lint(&[project.root().join(path)], &Options::default()).unwrap_err().to_string();
    assert!(said("gone").contains("no such file or directory"));
    assert!(said("python/demo").contains("no Cargo.toml and no Rust file"));
    assert!(said("python/demo/py.typed").contains("not a directory, a manifest or a Rust file"));
    project.write("Cargo.toml", "[package]\nname = \"plain\"\nversion = \"1.0.0\"\n");
    assert!(said("").contains("no crate here depends on pyo3"));
    project.write("Cargo.toml", b"[package\xff");
    assert!(said("").contains("Cargo.toml is not valid"));
}
