//! The sources of the crate: a file for each type and direction, so that an error of rustc shows what it is about.

use std::path::Path;

use monowheel_error::Result;

use super::crates::ProbeCrate;
use super::types::{Direction, Part, ProbeType};

/// The name of the crate and of its module.
pub(super) const NAME: &str = "boundary";
/// The directory of the files of types.
const TYPES: &str = "src/types";

/// The files, by their paths in the crate. `crates` are those of all types, also of those that are not among the parts any
/// more: the lock file has them.
pub(super) fn files(
    parts: &[Part],
    crates: &[&ProbeCrate],
    requirement: &str,
    feature: Option<&str>,
) -> Vec<(String, String)> {
    let mut files = vec![
        ("Cargo.toml".to_owned(), manifest(crates, requirement, feature)),
        ("src/prelude.rs".to_owned(), include_str!("prelude.rs").to_owned()),
        ("src/lib.rs".to_owned(), library(parts)),
    ];
    files.extend(parts.iter().map(|(one, direction)| {
        let text = match direction {
            Direction::Argument => of_argument(one),
            Direction::Result => of_result(one),
        };
        (format!("{TYPES}/{}.rs", module(one, *direction)), format!("use crate::prelude::*;\n{text}"))
    }));
    files
}

/// Writes the files, and removes those of other types.
///
/// # Errors
/// When the directory cannot be written.
pub(super) fn write(folder: &Path, files: &[(String, String)]) -> Result<()> {
    let types = folder.join(TYPES);
    if types.exists() {
        fs_err::remove_dir_all(&types)?;
    }
    fs_err::create_dir_all(&types)?;
    for (path, text) in files {
        fs_err::write(folder.join(path), text)?;
    }
    Ok(())
}

/// The part that a file of the crate is for.
pub(super) fn part(file: &str, parts: &[Part]) -> Option<Part> {
    let file = file.replace('\\', "/");
    let name = file.strip_prefix(TYPES)?.strip_prefix('/')?.strip_suffix(".rs")?;
    parts.iter().find(|(one, direction)| module(one, *direction) == name).copied()
}

/// The name of the module of a part.
fn module(one: &ProbeType, direction: Direction) -> String {
    format!("t{}_{}", one.number, direction.word())
}

fn manifest(crates: &[&ProbeCrate], requirement: &str, feature: Option<&str>) -> String {
    let features = feature.into_iter().chain(crates.iter().filter_map(|one| one.feature));
    let features: String = features.map(|feature| format!("\"{feature}\", ")).collect();
    let dependencies: String = crates.iter().map(|one| one.dependency()).collect();
    format!(
        r#"[package]
name = "{NAME}"
version = "0.0.0"
edition = "2021"
publish = false

[lib]
crate-type = ["cdylib"]

[dependencies]
pyo3 = {{ version = "{requirement}", features = [{features}"extension-module"] }}
{dependencies}
[workspace]
"#
    )
}

fn library(parts: &[Part]) -> String {
    let (mut modules, mut added) = (String::new(), String::new());
    for (one, direction) in parts {
        let module = module(one, *direction);
        modules += &format!("#[path = \"types/{module}.rs\"]\nmod {module};\n");
        for name in names(*direction) {
            let path = format!("{module}::{name}_{}", one.number);
            added += &format!("    module.add_function(wrap_pyfunction!({path}, module)?)?;\n");
        }
    }
    format!(
        r"#![allow(deprecated, unused)]

mod prelude;
{modules}
use prelude::*;

#[pymodule]
fn {NAME}(module: &Bound<'_, PyModule>) -> PyResult<()> {{
    module.add_class::<Class>()?;
    module.add_function(wrap_pyfunction!(nothing, module)?)?;
{added}    Ok(())
}}
"
    )
}

/// The functions of a direction, without the number of the type.
const fn names(direction: Direction) -> [&'static str; 2] {
    match direction {
        Direction::Argument => ["take", "through"],
        Direction::Result => ["make", "give"],
    }
}

/// `take` only converts, `through` shows what arrived.
fn of_argument(one: &ProbeType) -> String {
    let (number, argument) = (one.number, one.argument.unwrap_or_default());
    let (ty, expression) = one.back;
    format!(
        r"
#[pyfunction]
pub fn take_{number}<'py>(value: {argument}) {{
    black_box(&value);
}}

#[pyfunction]
pub fn through_{number}<'py>(py: Python<'py>, value: {argument}) -> {ty} {{
    {expression}
}}
"
    )
}

/// `give` returns a result, `make` does the same without its conversion.
fn of_result(one: &ProbeType) -> String {
    let number = one.number;
    let (made, returned) = one.result.unwrap_or_default();
    // What it borrows lives as long as the program.
    let ty = one.argument.unwrap_or(one.ty).replace("'_", "'static");
    let ty = ty.replace("&str", "&'static str").replace("&[", "&'static [");
    format!(
        r"
#[pyfunction]
pub fn make_{number}(n: usize) {{
    black_box({made});
}}

#[pyfunction]
pub fn give_{number}<'py>(py: Python<'py>, n: usize) -> {ty} {{
    let value = {made};
    {returned}
}}
"
    )
}

#[cfg(test)]
mod tests {
    use super::super::crates;
    use super::super::types::chosen;
    use super::*;

    fn parts(names: &[&str]) -> Vec<Part> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        chosen(&names, &[]).unwrap().into_iter().flat_map(ProbeType::parts).collect()
    }

    #[test]
    fn a_file_of_a_type_is_found_by_its_name() {
        let parts = parts(&["i8"]);
        let found = |file: &str| part(file, &parts).map(|(one, direction)| (one.ty, direction));
        assert_eq!(found("src/types/t1_argument.rs"), Some(("i8", Direction::Argument)));
        assert_eq!(found("src\\types\\t1_result.rs"), Some(("i8", Direction::Result)));
        for other in ["src/lib.rs", "src/types/t2_result.rs", "/registry/pyo3/src/types/t1_result.rs"] {
            assert_eq!(found(other), None, "{other}");
        }
    }

    #[test]
    fn every_function_that_is_added_is_there() {
        let parts = parts(&[]);
        let crates = ["chrono", "numpy"].map(|name| crates::named(name).unwrap());
        let files = files(&parts, &crates, "=0.29.3", Some("abi3-py310"));
        let library = &files.iter().find(|(path, _)| path == "src/lib.rs").unwrap().1;
        for (one, direction) in &parts {
            let module = module(one, *direction);
            let text = &files.iter().find(|(path, _)| *path == format!("{TYPES}/{module}.rs")).unwrap().1;
            for name in names(*direction) {
                let name = format!("{name}_{}", one.number);
                assert!(text.contains(&format!("pub fn {name}")), "{name}");
                assert!(library.contains(&format!("{module}::{name},")), "{name}");
            }
        }
        let manifest = &files[0].1;
        assert!(manifest.contains("features = [\"abi3-py310\", \"chrono\", \"extension-module\"]"), "{manifest}");
        assert!(
            manifest
                .contains("chrono = { version = \"0.4\", default-features = false }\nnumpy = { version = \"*\" }\n")
        );
    }
}
