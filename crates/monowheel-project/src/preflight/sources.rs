//! Files without which cargo reads no manifest at all: the library's source, and the crates of path dependencies.

use std::path::Path;

use cargo_toml::Manifest;

use crate::preflight::Problem;
use crate::project::Project;

pub(super) fn problems(project: &Project, manifest: &Manifest) -> Vec<Problem> {
    let folder = project.bindings.manifest.parent().unwrap_or(&project.root);
    library(manifest, folder).into_iter().chain(path_dependencies(project, manifest, folder)).collect()
}

fn library(manifest: &Manifest, folder: &Path) -> Option<Problem> {
    let path = manifest.lib.as_ref()?.path.as_deref().unwrap_or("src/lib.rs");
    (!folder.join(path).is_file()).then(|| {
        Problem::fatal(
            format!("the source of the library, {path}, does not exist"),
            "create it, or name the file in Cargo.toml: [lib] path = \"src/lib.rs\"",
        )
    })
}

/// cargo needs the manifests of all of them, whatever is built. One that is inherited is relative to the workspace.
fn path_dependencies(project: &Project, manifest: &Manifest, folder: &Path) -> Vec<Problem> {
    let of_targets = manifest.target.values().flat_map(|target| &target.dependencies);
    let all = manifest.dependencies.iter().chain(&manifest.build_dependencies).chain(of_targets);
    let named = all.filter_map(|(name, dependency)| Some((name, dependency.detail()?)));
    let own = named.filter(|(_, detail)| !detail.inherited);
    own.filter_map(|(name, detail)| {
        let path = detail.path.as_deref()?;
        let whole = folder.join(path);
        (project.scope.contains(&whole) && !whole.join("Cargo.toml").is_file()).then(|| {
            Problem::fatal(
                format!("Cargo.toml names the path {path:?} for the dependency {name}, but no crate is there"),
                format!("fix the path, or depend on a release: cargo add {name}"),
            )
        })
    })
    .collect()
}
