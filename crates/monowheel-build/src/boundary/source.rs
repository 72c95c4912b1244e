//! The sources of the crate: a file for each type, so that an error of rustc shows which type it is about.

use std::path::Path;

use monowheel_error::Result;

use super::types::ProbeType;

/// The name of the crate and of its module.
pub(super) const NAME: &str = "boundary";
/// The directory of the files of types.
const TYPES: &str = "src/types";

/// The files, by their paths in the crate.
pub(super) fn files(types: &[&ProbeType], requirement: &str, feature: Option<&str>) -> Vec<(String, String)> {
    let mut files = vec![
        ("Cargo.toml".to_owned(), manifest(requirement, feature)),
        ("src/prelude.rs".to_owned(), include_str!("prelude.rs").to_owned()),
        ("src/lib.rs".to_owned(), library(types)),
    ];
    files.extend(types.iter().map(|one| (file(one.number), functions(one))));
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

/// The number of the type that a file of the crate is for.
pub(super) fn number(file: &str) -> Option<usize> {
    let file = file.replace('\\', "/");
    file.strip_prefix(TYPES)?.strip_prefix("/t")?.strip_suffix(".rs")?.parse().ok()
}

fn file(number: usize) -> String {
    format!("{TYPES}/t{number}.rs")
}

fn manifest(requirement: &str, feature: Option<&str>) -> String {
    let features: String = feature.iter().map(|feature| format!("\"{feature}\", ")).collect();
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

[workspace]
"#
    )
}

fn library(types: &[&ProbeType]) -> String {
    let modules: String =
        types.iter().map(|one| format!("#[path = \"types/t{0}.rs\"]\nmod t{0};\n", one.number)).collect();
    let added = types.iter().flat_map(|one| names(one).map(move |name| format!("t{}::{name}", one.number)));
    let added: String =
        added.map(|path| format!("    module.add_function(wrap_pyfunction!({path}, module)?)?;\n")).collect();
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

/// The functions of a type.
fn names(one: &ProbeType) -> impl Iterator<Item = String> + use<> {
    let number = one.number;
    let of_argument = ["take", "through"].into_iter().filter(|_| one.argument.is_some());
    let of_result = ["make", "give"].into_iter().filter(|_| one.result.is_some());
    let names: Vec<&str> = of_argument.chain(of_result).collect();
    names.into_iter().map(move |name| format!("{name}_{number}"))
}

/// `take` only converts, `through` shows what arrived; `give` returns a result, `make` does the same without its
/// conversion.
fn functions(one: &ProbeType) -> String {
    let number = one.number;
    let mut text = "use crate::prelude::*;\n".to_owned();
    if let Some(argument) = one.argument {
        let (ty, expression) = one.back;
        text += &format!(
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
        );
    }
    if let Some((made, returned)) = one.result {
        let ty = one.argument.unwrap_or(one.ty);
        // What it borrows lives as long as the program.
        let ty = ty.replace("'_", "'static").replace("&str", "&'static str").replace("&[", "&'static [");
        text += &format!(
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
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::types::chosen;
    use super::*;

    #[test]
    fn a_file_of_a_type_is_found_by_its_name() {
        assert_eq!(number("src/types/t12.rs"), Some(12));
        assert_eq!(number("src\\types\\t3.rs"), Some(3));
        for other in ["src/lib.rs", "src/types/t.rs", "/registry/pyo3/src/types/t1.rs"] {
            assert_eq!(number(other), None, "{other}");
        }
    }

    #[test]
    fn every_function_that_is_added_is_there() {
        let types = chosen(&[]).unwrap();
        let files = files(&types, "=0.29.3", Some("abi3-py310"));
        let library = &files.iter().find(|(path, _)| path == "src/lib.rs").unwrap().1;
        for one in &types {
            let text = &files.iter().find(|(path, _)| *path == file(one.number)).unwrap().1;
            for name in names(one) {
                assert!(text.contains(&format!("pub fn {name}")), "{name}");
                assert!(library.contains(&format!("t{}::{name},", one.number)), "{name}");
            }
        }
        assert!(files[0].1.contains("features = [\"abi3-py310\", \"extension-module\"]"), "{}", files[0].1);
    }
}
