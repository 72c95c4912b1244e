//! `[tool.monowheel.api]`: one table, one verdict in every command that reads it.

use std::ffi::OsString;
use std::path::PathBuf;

use monowheel_audit::test_report::Verdict;
use monowheel_forge::wheel::Wheel;
use serde_json::Value;

use crate::release::project::{Project, SDIST, WHEEL};
use crate::said::{Ended, ran_with};
use crate::server::{Reply, Server};

const MODULE: &str =
    "use pyo3::prelude::*;\n#[pymodule]\nmod demo {\n    #[pyfunction]\n    fn add(a: i64) -> i64 { a }\n}\n";

/// A wheel without files of Python, which only an interpreter reads.
fn wheel() -> Wheel {
    Wheel::abi3("manylinux_2_17_x86_64.manylinux2014_x86_64").without("demo/__init__.py")
}

/// A project with this table, whose release before had an extra that it has no more.
fn project(table: &str) -> Project {
    let project = Project::new();
    let text = project.read("pyproject.toml");
    project.write("pyproject.toml", format!("{text}[tool.monowheel.api]\n{table}"));
    let with_extra = |text: String| text.replace("Requires-Python", "Provides-Extra: fast\nRequires-Python");
    let before = wheel().info("METADATA", with_extra);
    fs_err::create_dir(project.path("before")).unwrap();
    project.write(&format!("before/{WHEEL}"), before.bytes());
    project.write("src/lib.rs", MODULE);
    project.commit();
    fs_err::create_dir(project.path("dist")).unwrap();
    project.write(&format!("dist/{WHEEL}"), wheel().bytes());
    project.write(&format!("dist/{SDIST}"), "an sdist");
    project.record(&project.head());
    project.prove(Verdict::Ran);
    project
}

fn run(project: &Project, words: &[&str]) -> Ended {
    let word = |word: &&str| word.strip_prefix('@').map_or_else(|| word.into(), |name| project.path(name).into());
    let words: Vec<OsString> = words.iter().map(word).collect();
    ran_with(&words, Some(PathBuf::from("no-python-here")))
}

/// The state of the check and what it says; none if it was not run.
fn checked(project: &Project) -> Option<(String, String)> {
    checked_with(project, &[])
}

fn checked_with(project: &Project, words: &[&str]) -> Option<(String, String)> {
    let ended = run(project, &[&["release", "check", "@", "--json"], words].concat());
    let report: Value = serde_json::from_str(&ended.out).unwrap_or_else(|_| panic!("{}", ended.err));
    let found = report["checks"].as_array().unwrap().iter().find(|check| check["check"] == "api")?.clone();
    let text = |key: &str| found[key].as_str().unwrap_or_default().to_owned();
    Some((text("state"), format!("{} {}", text("said"), text("next"))))
}

#[test]
fn a_version_that_is_too_small_for_what_breaks_is_refused_unless_it_is_allowed() {
    let allow = |name: &str| {
        format!(
            "baseline = \"before\"\nallow = [{{ lint = \"extra-removed\", name = \"{name}\", reason = \"unused\" }}]\n"
        )
    };
    for (table, is_good) in
        [("baseline = \"before\"\n".to_owned(), false), (allow("[slow]"), false), (allow("[fast]"), true)]
    {
        let project = project(&table);
        let (state, said) = checked(&project).unwrap();
        assert_eq!(state, if is_good { "warning" } else { "wrong" }, "{said}");
        if !is_good {
            assert!(said.contains("[extra-removed]") && said.contains("release it as 2.0.0"), "{said}");
        }
        let ended = run(&project, &["api", "diff", "@before", "@dist", "--config", "@pyproject.toml"]);
        assert_eq!(ended.code, u8::from(!is_good), "{}{}", ended.out, ended.err);
        assert_eq!(ended.out.contains("unused"), is_good, "{}", ended.out);
        let ended = run(&project, &["release", "tag", "@", "--json"]);
        let tagged: Value = serde_json::from_str(&ended.out).unwrap();
        assert_eq!(tagged["made"], is_good, "{}", ended.out);
    }
}

#[test]
fn the_last_release_on_the_index_is_the_baseline_and_an_index_that_does_not_answer_is_none() {
    let project = project("baseline = \"index\"\n");
    let old = WHEEL.replace("demo-1.0-", "demo-0.9-");
    let with_extra = |text: String| {
        text.replace("Version: 1.0", "Version: 0.9").replace("Requires-Python", "Provides-Extra: fast\nRequires-Python")
    };
    let bytes = wheel().info("METADATA", with_extra).bytes();
    let page = format!("<a href=\"/files/{old}\">{old}</a><a href=\"/files/{WHEEL}\">{WHEEL}</a>");
    let served = Server::start(move |request| match request.path.as_str() {
        "/simple/demo/" => Reply::new(200, page.clone()).header("Content-Type", "text/html"),
        path if path.ends_with(&old) => Reply::file(request, &bytes, "\"a\""),
        _ => Reply::new(404, ""),
    });
    let unknown = Server::start(|_| Reply::new(404, ""));
    let refused = Server::start(|_| Reply::new(403, ""));
    for (url, state, wanted) in [
        // 1.0 may break what 0.9 had.
        (served.url("/simple/"), "warning", "1 breaking change, 0 other changes since demo==0.9"),
        (unknown.url("/simple/"), "ok", "no release of demo before 1.0.0"),
        (refused.url("/simple/"), "unknown", "403"),
        ("http://index.invalid/simple/".to_owned(), "wrong", "without encryption"),
    ] {
        let (found, said) = checked_with(&project, &["--index-url", &url]).unwrap();
        assert!(found == state && said.contains(wanted), "{url}: {found}: {said}");
    }
}

#[test]
fn without_a_baseline_nothing_is_compared_and_one_that_is_gone_is_an_error() {
    assert_eq!(checked(&project("")), None);
    let (state, said) = checked(&project("baseline = \"elsewhere\"\n")).unwrap();
    assert!(state == "wrong" && said.contains("no such file or directory"), "{state} {said}");
    let project = project("baseline = \"before\"\n");
    fs_err::remove_dir_all(project.path("dist")).unwrap();
    assert_eq!(checked(&project).unwrap().0, "skipped");
}

#[test]
fn a_build_checks_or_writes_the_stubs() {
    let stub = |project: &Project| project.path("demo.pyi").is_file();
    let project = project("stubs = \"check\"\n");
    let ended = run(&project, &["build", "@", "--dry-run"]);
    assert!(ended.code == 2 && ended.err.contains("type stubs do not match the source"), "{}", ended.err);
    assert_eq!(run(&project, &["api", "stubs", "@", "--check"]).code, 1);
    assert!(!stub(&project));
    assert_eq!(run(&project, &["api", "stubs", "@"]).code, 0);
    // It goes on to the machine, which has no Python here.
    let ended = run(&project, &["build", "@", "--dry-run"]);
    assert!(!ended.err.contains("type stubs"), "{}", ended.err);
    project.change("pyproject.toml", "stubs = \"check\"", "stubs = \"write\"");
    project.change("src/lib.rs", "a: i64", "b: i64");
    run(&project, &["build", "@", "--dry-run"]);
    assert!(project.read("demo.pyi").contains("def add(a: int)"));
    run(&project, &["build", "@"]);
    assert!(project.read("demo.pyi").contains("def add(b: int)"));
}
