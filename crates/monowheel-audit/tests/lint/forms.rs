//! The report on sources in each format, for a project with every part of it: `monowheel.lint/1` keeps its keys.

use monowheel_audit::lint::{self, Options};
use monowheel_audit::report::{Format, GroupBy, Ignore, Renderable, Text};

use crate::project::Project;

/// A wrong module name, a deprecated name ignored by a comment, an unused ignore comment, and a file that is not Rust.
const SOURCE: &str = "use pyo3::prelude::*;

mod half;

#[pymodule]
mod demo {}

fn old(x: &Bound<'_, PyAny>) -> PyResult<()> {
    // monowheel: ignore[old-name] until 1.0
    x.downcast::<PyAny>()?;
    // monowheel: ignore[missing-traverse] it moved away
    Ok(())
}
";

/// The report without the temporary directory and the version.
fn rendered(format: Format, text: Text) -> String {
    let project = Project::with(SOURCE);
    project.write("src/half.rs", "fn half( {");
    let ignores = vec![Ignore { rule: "missing-traverse".to_owned(), path: None, reason: "none here".to_owned() }];
    let options = Options { ignores, complete: true, ..Options::default() };
    let root = std::path::absolute(project.root()).unwrap();
    let report = lint::lint(std::slice::from_ref(&root), &options).unwrap();
    let (place, name) = (root.display().to_string(), root.file_name().unwrap().to_string_lossy().into_owned());
    let rendered = report.render(format, text).replace(&place, "PLACE").replace(&place.replace(' ', "%20"), "PLACE");
    rendered.replace(&name, "NAME").replace(env!("CARGO_PKG_VERSION"), "VERSION")
}

fn plain(format: Format) -> String {
    rendered(format, Text { colours: false, details: false, ..Text::default() })
}

#[test]
fn text() {
    insta::assert_snapshot!(plain(Format::Text));
}

#[test]
fn text_with_details() {
    insta::assert_snapshot!(rendered(Format::Text, Text { colours: false, details: true, ..Text::default() }));
}

#[test]
fn text_by_file() {
    let how = Text { group_by: Some(GroupBy::File), ..Text::default() };
    insta::assert_snapshot!(rendered(Format::Text, how));
}

#[test]
fn text_by_rule() {
    let how = Text { group_by: Some(GroupBy::Rule), details: true, ..Text::default() };
    insta::assert_snapshot!(rendered(Format::Text, how));
}

#[test]
fn github() {
    insta::assert_snapshot!(plain(Format::Github));
}

#[test]
fn json() {
    insta::assert_snapshot!(plain(Format::Json));
}

#[test]
fn sarif() -> Result<(), serde_json::Error> {
    let mut log: serde_json::Value = serde_json::from_str(&plain(Format::Sarif))?;
    let run = &mut log["runs"][0];
    run["tool"]["driver"]["rules"].take();
    for result in run["results"].as_array_mut().into_iter().flatten() {
        // It changes when a rule is added.
        result.as_object_mut().and_then(|result| result.remove("ruleIndex"));
    }
    insta::assert_json_snapshot!(log);
    Ok(())
}

#[test]
fn html() {
    let page = plain(Format::Html);
    let head = page.split("<style>").next().unwrap_or_default();
    let body = page.split("</style>").nth(1).unwrap_or_default();
    let (body, _) = body.split_once("<h2>Rule documentation</h2>").unwrap_or_default();
    let lines = ["<section", "<h2", "<h3", "<tr", "<article", "<p", "</section"];
    let page = format!("{head}\n{body}");
    insta::assert_snapshot!(lines.iter().fold(page, |text, tag| text.replace(tag, &format!("\n{tag}"))));
}

/// Modules and functions in `cfg_if!` are read as if each had a `#[cfg]`.
#[test]
fn the_branches_of_cfg_if_are_read() {
    let source = "use pyo3::prelude::*;\ncfg_if::cfg_if! {\n    if #[cfg(unix)] {\n        mod inner;\n    } else {\n        fn other() {}\n    }\n}\n";
    let project = Project::with(&format!("{source}#[pymodule]\nmod _demo {{}}\n"));
    project
        .write("src/inner.rs", "use pyo3::prelude::*;\n#[pyfunction]\nfn nth(a: Vec<u8>, at: usize) -> u8 { a[at] }\n");
    let report = lint::lint(&[project.root()], &Options::default()).unwrap();
    let mut found = report.projects.iter().flat_map(|project| &project.findings);
    assert!(
        found.any(
            |finding| finding.rule == "panic-in-binding" && finding.place.member.as_deref() == Some("src/inner.rs")
        )
    );
}
