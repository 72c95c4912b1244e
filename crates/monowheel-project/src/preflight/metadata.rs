//! `[build-system]` and `[project]`: values that maturin or an index refuses, or with which pip cannot build the sdist.

use monowheel_wheel::names::is_name;
use pep440_rs::Version;

use crate::family::{LATEST, allows};
use crate::preflight::Problem;
use crate::project::Project;

/// The next step for a project without the table.
const BUILD_SYSTEM: &str = "add [build-system] with requires = [\"maturin>=1.16,<2\"] and build-backend = \"maturin\"";

pub(super) fn problems(project: &Project) -> Vec<Problem> {
    build_system(project).into_iter().chain(names(project)).chain(files(project)).collect()
}

fn build_system(project: &Project) -> Option<Problem> {
    let Some(system) = &project.pyproject.build_system else {
        return Some(Problem::fatal("pyproject.toml has no [build-system], which maturin and pip need", BUILD_SYSTEM));
    };
    if system.build_backend.is_none() {
        return Some(Problem::note(
            "[build-system] has no build-backend, so pip would build the sdist with setuptools",
            "add build-backend = \"maturin\"",
        ));
    }
    let texts = system.requires.iter().filter_map(toml::Value::as_str);
    let is_maturin = |text: &str| text.trim_start().to_ascii_lowercase().starts_with("maturin");
    (!texts.into_iter().any(is_maturin)).then(|| {
        Problem::note(
            "[build-system] requires does not name maturin, so pip cannot build the sdist",
            "add \"maturin>=1.16,<2\" to requires",
        )
    })
}

fn names(project: &Project) -> Vec<Problem> {
    let mut found = Vec::new();
    if !is_name(&project.name) {
        found.push(Problem::fatal(
            format!("the name {:?} is not valid for a Python package", project.name),
            "use letters, digits, and - _ . between them: [project] name = \"my-package\"",
        ));
    }
    if let Some(table) = &project.pyproject.project {
        match &table.version {
            Some(version) if version.parse::<Version>().is_err() => found.push(Problem::fatal(
                format!("the version {version:?} of [project] is not valid for a Python package"),
                "write it like \"1.2.3\", \"1.2.0rc1\" or \"1.2.0.dev1\" (PEP 440)",
            )),
            None if !table.dynamic.iter().any(|key| key == "version") => found.push(Problem::note(
                "[project] has no version, and does not list it as dynamic: other tools refuse that",
                "add dynamic = [\"version\"], which takes it from Cargo.toml",
            )),
            _ => {}
        }
    }
    let python = project.requires_python.as_ref();
    if let (Some(python), false) = (python, (0..=LATEST).any(|minor| allows(python, minor))) {
        found.push(Problem::fatal(
            format!("requires-python {python} admits no Python 3, so that pip would install no wheel"),
            "write it like \">=3.9\"",
        ));
    }
    found
}

/// Files that `[project]` names.
fn files(project: &Project) -> Vec<Problem> {
    let Some(table) = &project.pyproject.project else { return Vec::new() };
    let is_missing = |file: &str| {
        let path = project.root.join(file);
        project.scope.contains(&path) && !path.is_file()
    };
    let named = table.named_files().into_iter().filter(|(_, file)| is_missing(file)).map(|(key, file)| {
        Problem::fatal(
            format!("[project] {key} names {file}, which does not exist"),
            format!("create the file, or change `{key}`"),
        )
    });
    let licenses = table.license_files.iter().flatten();
    let plain = licenses.filter(|pattern| !pattern.contains(['*', '?', '[']) && is_missing(pattern));
    let licenses = plain.map(|file| {
        Problem::fatal(
            format!("[project] license-files names {file}, which does not exist"),
            "create the file, or change `license-files`",
        )
    });
    named.chain(licenses).collect()
}
