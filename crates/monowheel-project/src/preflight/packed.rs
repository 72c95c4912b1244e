//! Files that the wheel should contain, but that are not in the sdist from which it is built.

use std::path::{Path, PathBuf};

use monowheel_manifest::packed::{is_included_in_sdist, of_wheel};
use monowheel_system::git::slashed;

use crate::preflight::Problem;
use crate::project::Project;

pub(super) fn problems(project: &Project) -> Vec<Problem> {
    let (root, maturin) = (&project.root, project.pyproject.maturin());
    let mut found = Vec::new();
    if let Some(data) = maturin.data.as_deref().filter(|data| !root.join(data).is_dir()) {
        found.push(Problem::fatal(
            format!("[tool.maturin] data is {:?}, but there is no such directory", data.display().to_string()),
            "name the directory that holds scripts/, data/ or headers/, relative to pyproject.toml",
        ));
    }
    let sources = maturin.python_source.as_deref();
    if let Some(sources) = sources.filter(|sources| !root.join(sources).is_dir()) {
        found.push(Problem::fatal(
            format!(
                "[tool.maturin] python-source is {:?}, but there is no such directory",
                sources.display().to_string()
            ),
            "name the directory that holds the package, relative to pyproject.toml",
        ));
    }
    let folder = root.join(sources.unwrap_or(Path::new("")));
    for package in maturin.python_packages.iter().filter(|package| !folder.join(package).is_dir()) {
        found.push(Problem::fatal(
            format!("[tool.maturin] python-packages names {package:?}, which does not exist in {}", folder.display()),
            "name directories in python-source",
        ));
    }
    found.extend(left_out(project));
    found
}

/// cargo lists the files of the crate's own directory, and maturin adds python-source: others get into the sdist only
/// by `include`.
fn left_out(project: &Project) -> Option<Problem> {
    let (root, maturin) = (&project.root, project.pyproject.maturin());
    let crate_folder = project.bindings.manifest.parent()?;
    let sources = maturin.python_source.as_deref().map(|sources| root.join(sources));
    let missing: Vec<PathBuf> = of_wheel(root, maturin)
        .into_iter()
        .filter(|path| {
            let whole = root.join(path);
            let is_listed =
                whole.starts_with(crate_folder) || sources.as_ref().is_some_and(|sources| whole.starts_with(sources));
            !is_listed && !is_included_in_sdist(maturin, path)
        })
        .collect();
    not_in_sdist(project, &missing)
}

/// The problem of files that the sdist does not have.
pub(crate) fn not_in_sdist(project: &Project, missing: &[PathBuf]) -> Option<Problem> {
    let first = missing.first()?;
    let data = project.pyproject.maturin().data.as_deref();
    let of_data = data.filter(|data| missing.iter().all(|path| path.starts_with(data)));
    let others = if missing.len() > 1 { format!(" and {} more", missing.len() - 1) } else { String::new() };
    let by = if of_data.is_some() { "data" } else { "include" };
    let pattern = of_data.map_or_else(|| slashed(first), |data| format!("{}/**/*", slashed(data)));
    Some(Problem::fatal(
        format!(
            "{}{others} would be in the wheel by [tool.maturin] {by}, but is not in the sdist that wheels are built from",
            slashed(first)
        ),
        format!("add it to the sdist: [tool.maturin] include = [{{ path = \"{pattern}\", format = \"sdist\" }}]"),
    ))
}
