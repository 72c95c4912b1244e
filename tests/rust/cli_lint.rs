//! `monowheel lint` from the view of a user or a script.

use std::ffi::OsString;

use serde_json::Value;

use crate::lint_project::{MODULE, Project};
use crate::said::{Ended, ran};

const OLD: &str = "use pyo3::prelude::*;\n\n#[pymodule]\nmod _demo {}\n\nfn old(o: &PyObject) {\n    // é\n    Python::with_gil(|py| { py.allow_threads(|| ()); o.bind(py).downcast::<Own>(); });\n}\n";

fn lint(project: &Project, args: &[&str]) -> Ended {
    let mut argv: Vec<OsString> = std::iter::once("lint").chain(args.iter().copied()).map(OsString::from).collect();
    argv.push(project.root().into_os_string());
    ran(&argv)
}

fn json(ended: &Ended) -> Value {
    serde_json::from_str(&ended.out).unwrap_or_else(|error| panic!("{error}: {}\n{}", ended.out, ended.err))
}

#[test]
fn exit_codes() {
    let project = Project::with(MODULE);
    let clean = lint(&project, &[]);
    assert_eq!(clean.code, 0, "{}", clean.err);
    assert!(clean.out.contains("no findings in 1 project"), "{}", clean.out);
    project.change("src/lib.rs", "_demo", "demo");
    assert_eq!(lint(&project, &[]).code, 1);
    assert_eq!(lint(&project, &["--ignore", "module-name-mismatch=set by a script"]).code, 0);
    project.write("src/lib.rs", OLD);
    assert_eq!(lint(&project, &[]).code, 0);
    assert_eq!(lint(&project, &["--fail-on", "note"]).code, 1);
    assert_eq!(lint(&project, &["--ignore", "old-name"]).code, 2);
    assert_eq!(lint(&project, &["gone"]).code, 2);
    project.write("src/lib.rs", "fn half( {");
    assert_eq!(lint(&project, &[]).code, 0);
    assert_eq!(lint(&project, &["--complete"]).code, 3);
}

#[test]
fn the_configuration_ignores_and_decides() {
    let project = Project::with(OLD);
    let table = "\n[tool.monowheel.lint]\nfail-on = \"note\"\n";
    project.change("pyproject.toml", "[tool.maturin]", &format!("{table}\n[tool.maturin]"));
    assert_eq!(lint(&project, &[]).code, 1);
    let ignore = "ignore = [{ rule = \"old-name\", path = \"src/*\", reason = \"until 1.0\" }]\n";
    project.change("pyproject.toml", table, &format!("{table}{ignore}"));
    let ended = lint(&project, &["--json"]);
    assert_eq!(ended.code, 0, "{}", ended.out);
    assert_eq!(json(&ended)["counts"]["ignored"], 4);
    // Any command that reads the complete table will do.
    project.change("pyproject.toml", "until 1.0", " ");
    let refused = lint(&project, &[]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("gives no reason"), "{}", refused.err);
}

#[test]
fn forms_have_lines_and_columns() {
    let project = Project::with(OLD);
    let found = json(&lint(&project, &["--json"]));
    assert_eq!((&found["schema"], &found["files"][0]["name"]), (&"monowheel.lint/1".into(), &"demo".into()));
    let first = &found["files"][0]["findings"][0];
    assert_eq!((&first["member"], &first["line"], &first["column"]), (&"src/lib.rs".into(), &6.into(), &12.into()));
    let text = lint(&project, &[]).out;
    assert!(text.contains("note old-name in src/lib.rs:6:12"), "{text}");
    let annotations = lint(&project, &["--format", "github"]).out;
    assert!(annotations.contains("/src/lib.rs,line=6,col=12,title=old-name"), "{annotations}");
    let sarif = json(&lint(&project, &["--format", "sarif"]));
    let place = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert!(place["artifactLocation"]["uri"].as_str().unwrap().ends_with("/src/lib.rs"), "{place}");
    assert_eq!(place["region"]["startLine"], 6);
    assert_eq!((&place["region"]["endLine"], &place["region"]["endColumn"]), (&6.into(), &20.into()));
    let replacement = &sarif["runs"][0]["results"][0]["fixes"][0]["artifactChanges"][0]["replacements"][0];
    assert_eq!(replacement["insertedContent"]["text"], "Py<PyAny>");
    assert_eq!(replacement["deletedRegion"]["byteLength"], 8);
    let page = lint(&project, &["--format", "html"]).out;
    assert!(page.contains("<h1>PyO3 source lint</h1>"));
    // One file, by its own name.
    let alone =
        ran(&["lint".into(), project.root().join("src/lib.rs").into_os_string(), "--format".into(), "github".into()]);
    assert!(alone.out.contains("/src/lib.rs,line=6"), "{}", alone.out);
}

#[test]
fn fix_changes_what_is_safe_and_nothing_else() {
    let project = Project::with(OLD);
    let read = || fs_err::read_to_string(project.root().join("src/lib.rs")).unwrap();
    let shown = lint(&project, &["--diff"]);
    assert!(
        shown.err.contains("-fn old(o: &PyObject)") && shown.err.contains("+fn old(o: &Py<PyAny>)"),
        "{}",
        shown.err
    );
    assert_eq!(read(), OLD, "--diff writes nothing");
    let fixed = lint(&project, &["--fix", "--json"]);
    assert!(fixed.err.contains("3 findings in 1 file"), "{}", fixed.err);
    assert_eq!(
        read(),
        OLD.replace("PyObject", "Py<PyAny>").replace("with_gil", "attach").replace("allow_threads", "detach")
    );
    let left = json(&fixed);
    assert_eq!(left["counts"]["notes"], 1);
    assert!(left["files"][0]["findings"][0]["message"].as_str().unwrap().contains("`downcast`"));
    let again = lint(&project, &["--fix"]);
    assert!(again.err.contains("0 findings in 0 files"), "{}", again.err);
}

/// The positions of edits are byte offsets of the original file, whatever precedes them.
#[test]
fn fix_finds_its_place_behind_any_beginning() {
    for before in ["\u{feff}", "#!/usr/bin/env rust\r\n", "// größe 🦀\r\n"] {
        let text =
            format!("{before}use pyo3::prelude::*;\r\nfn old(o: PyObject) {{}}\r\n#[pymodule]\r\nmod _demo {{}}\r\n");
        let project = Project::with(&text);
        assert_eq!(lint(&project, &["--fix"]).code, 0);
        let after = fs_err::read_to_string(project.root().join("src/lib.rs")).unwrap();
        assert_eq!(after, text.replace("PyObject", "Py<PyAny>"));
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_written_stays_as_it_is() {
    let project = Project::with(OLD);
    let folder = project.root().join("src");
    let target = project.root().join("elsewhere.rs");
    fs_err::rename(folder.join("lib.rs"), &target).unwrap();
    std::os::unix::fs::symlink(&target, folder.join("lib.rs")).unwrap();
    assert_eq!(lint(&project, &["--fix"]).code, 0);
    assert!(fs_err::symlink_metadata(folder.join("lib.rs")).unwrap().is_symlink());
    assert!(fs_err::read_to_string(&target).unwrap().contains("Python::attach"));
}
