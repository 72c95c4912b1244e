//! What an extension needs beside its build: type stubs with their marker, and the command of its tests.

use std::path::{Path, PathBuf};

use monowheel_error::Result;
use toml_edit::{Array, DocumentMut, Item, Table, TableLike, Value};

use crate::scaffold::file::File;
use crate::scaffold::init::wanted::appended;
use crate::scaffold::init::{Found, slashed};

/// Where tests of the wheel usually are, the most specific first.
const TESTS: [&str; 4] = ["tests/python", "tests", "python/tests", "test"];
/// The maximum number of directories searched for stubs.
const MOST: usize = 1000;

/// Where the extension module of a project is, by its pyproject.toml.
struct Layout {
    /// The package with the module, relative to the project; none for a module that is a single file.
    package: Option<PathBuf>,
    /// The stubs of the module, relative to the project.
    stub: PathBuf,
    /// The module's name for `import`.
    module: String,
}

impl Layout {
    /// As maturin finds it: `module-name` below `python-source`, else the library's name.
    fn of(root: &Path, pyproject: &DocumentMut, library: &str) -> Self {
        let maturin = pyproject.get("tool").and_then(|tools| tools.get("maturin"));
        let text = |key: &str| maturin.and_then(|table| table.get(key)).and_then(Item::as_str);
        let sources = text("python-source").map(PathBuf::from);
        let sources = sources.map_or_else(|| vec![PathBuf::new(), PathBuf::from("src")], |named| vec![named]);
        let module = text("module-name").unwrap_or(library);
        let parts: Vec<&str> = module.split('.').collect();
        let top = parts.first().copied().unwrap_or(library);
        let package = sources.iter().map(|source| source.join(top)).find(|package| root.join(package).is_dir());
        let Some(package) = package else {
            return Self { package: None, stub: PathBuf::from(format!("{module}.pyi")), module: module.to_owned() };
        };
        // Without `module-name`, the module has the name of its package.
        let (folders, name) = match parts.as_slice() {
            [_, folders @ .., name] => (folders, *name),
            _ => (&[][..], top),
        };
        let folder = folders.iter().fold(package.clone(), |folder, part| folder.join(part));
        let module = if parts.len() > 1 { module.to_owned() } else { format!("{top}.{top}") };
        Self { package: Some(package), stub: folder.join(format!("{name}.pyi")), module }
    }
}

/// Adds stubs to a project that has none, and the marker without which type checkers ignore those of a package
/// (PEP 561).
///
/// # Errors
/// When a directory of the package cannot be read.
pub(super) fn add_types(root: &Path, pyproject: &DocumentMut, library: &str, found: &mut Found) -> Result<()> {
    let layout = Layout::of(root, pyproject, library);
    let Some(package) = &layout.package else {
        // maturin puts the marker beside the stubs of a single file.
        if !root.join(&layout.stub).exists() {
            found.add(File::new(&slashed(&layout.stub), stub(&layout.module)));
        }
        return Ok(());
    };
    if !has_stubs(&root.join(package))? {
        found.add(File::new(&slashed(&layout.stub), stub(&layout.module)));
    }
    let marker = package.join("py.typed");
    if !root.join(&marker).exists() {
        found.add(File::new(&slashed(&marker), ""));
    }
    Ok(())
}

/// Stubs that accept every name, until somebody declares them (PEP 484, incomplete stubs).
fn stub(module: &str) -> String {
    format!(
        "# Types of {module} for editors and type checkers: declare its functions and classes here, then delete\n\
         # __getattr__, which accepts every other name.\n\
         from typing import Any\n\n\
         def __getattr__(name: str) -> Any: ...\n"
    )
}

fn has_stubs(package: &Path) -> Result<bool> {
    let mut waiting = vec![package.to_path_buf()];
    let mut left = MOST;
    while let Some(folder) = waiting.pop().filter(|_| left > 0) {
        left -= 1;
        for entry in fs_err::read_dir(&folder)? {
            let entry = entry?;
            // A link to a directory is not followed: it may lead back.
            if entry.file_type()?.is_dir() {
                waiting.push(entry.path());
            } else if entry.path().extension().is_some_and(|end| end == "pyi") {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// The pyproject.toml with `[tool.monowheel.test]` at its end, if it has none and the project has tests for pytest.
///
/// # Errors
/// When the result is not TOML.
pub(super) fn with_tests(root: &Path, pyproject: &DocumentMut) -> Result<String> {
    let own = pyproject.get("tool").and_then(|tools| tools.get("monowheel"));
    // An inline table cannot be continued at the end of the file.
    let is_taken = own.is_some_and(|own| own.get("test").is_some() || !own.is_table());
    let tests = TESTS.into_iter().find(|folder| has_tests(&root.join(folder)));
    let Some(tests) = tests.filter(|_| !is_taken) else { return Ok(pyproject.to_string()) };
    appended(pyproject, &test_table(tests, extra_with_pytest(pyproject)))
}

/// `[tool.monowheel.test]` for tests in this directory.
pub(super) fn test_table(tests: &str, extra: Option<&str>) -> DocumentMut {
    let mut test = Table::new();
    test.insert("command", toml_edit::value(format!("pytest {{project}}/{tests}")));
    match extra {
        Some(extra) => test.insert("extras", toml_edit::value(Array::from_iter([extra]))),
        None => test.insert("requires", toml_edit::value(Array::from_iter(["pytest"]))),
    };
    let implicit = |key: &str, item: Item| {
        let mut table = Table::new();
        table.set_implicit(true);
        table.insert(key, item);
        Item::Table(table)
    };
    let mut more = DocumentMut::new();
    more.insert("tool", implicit("monowheel", implicit("test", Item::Table(test))));
    more
}

/// The extra of the project that installs pytest.
fn extra_with_pytest(pyproject: &DocumentMut) -> Option<&str> {
    let extras = pyproject.get("project")?.get("optional-dependencies").and_then(Item::as_table_like)?;
    let is_pytest = |value: &Value| value.as_str().is_some_and(|text| name(text) == "pytest");
    let has_it = |item: &Item| item.as_array().is_some_and(|list| list.iter().any(is_pytest));
    TableLike::iter(extras).find(|(_, item)| has_it(item)).map(|(extra, _)| extra)
}

/// The name that a requirement begins with.
pub(super) fn name(requirement: &str) -> &str {
    requirement.split(|c: char| !c.is_ascii_alphanumeric() && !"-_.".contains(c)).next().unwrap_or_default()
}

/// Whether pytest would find a test directly in a directory.
fn has_tests(folder: &Path) -> bool {
    let is_test = |name: &str| name.ends_with(".py") && (name.starts_with("test_") || name.ends_with("_test.py"));
    let entries = fs_err::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name()).any(|name| name.to_str().is_some_and(is_test))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scaffold::render::document;

    /// The files that are added to a project with these.
    fn added(files: &[&str], maturin: &str) -> Vec<String> {
        let root = tempfile::tempdir().unwrap();
        for file in files {
            let path = root.path().join(file);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, "").unwrap();
        }
        let mut found = Found::default();
        let pyproject = document(&format!("[tool.maturin]\n{maturin}")).unwrap();
        add_types(root.path(), &pyproject, "demo", &mut found).unwrap();
        found.files.into_iter().map(|(file, _)| file.path).collect()
    }

    #[test]
    fn stubs_are_where_maturin_and_type_checkers_look() {
        assert_eq!(added(&[], ""), ["demo.pyi"]);
        let source = "python-source = \"python\"\n";
        let mixed = ["python/demo/__init__.py"];
        assert_eq!(added(&mixed, source), ["python/demo/demo.pyi", "python/demo/py.typed"]);
        let named = format!("{source}module-name = \"demo._demo\"");
        assert_eq!(added(&mixed, &named), ["python/demo/_demo.pyi", "python/demo/py.typed"]);
        let deep = format!("{source}module-name = \"demo.inner._demo\"");
        assert_eq!(added(&mixed, &deep), ["python/demo/inner/_demo.pyi", "python/demo/py.typed"]);
        assert_eq!(added(&["src/demo/__init__.py"], ""), ["src/demo/demo.pyi", "src/demo/py.typed"]);
    }

    #[test]
    fn stubs_of_the_project_are_kept() {
        assert_eq!(added(&["demo.pyi"], ""), [""; 0]);
        let source = "python-source = \"python\"\n";
        assert_eq!(added(&["python/demo/inner/x.pyi"], source), ["python/demo/py.typed"]);
        assert_eq!(added(&["python/demo/x.pyi", "python/demo/py.typed"], source), [""; 0]);
    }

    /// What is appended to a pyproject.toml, in a project with a test at this path.
    fn tables(test: &str, text: &str) -> String {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join(test);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, "").unwrap();
        let after = with_tests(root.path(), &document(text).unwrap()).unwrap();
        after.strip_prefix(text).unwrap_or(&after).trim().to_owned()
    }

    #[test]
    fn the_tests_that_are_there_become_the_command() {
        let project = "[project]\nname = \"demo\"\n";
        let table = "[tool.monowheel.test]\ncommand = \"pytest {project}/tests\"\nrequires = [\"pytest\"]";
        assert_eq!(tables("tests/test_x.py", project), table);
        assert_eq!(tables("tests/helper.py", project), "");
        let extra = format!("{project}[project.optional-dependencies]\ndocs = [\"furo\"]\ndev = [\"pytest>=8\"]\n");
        let of_extra = "[tool.monowheel.test]\ncommand = \"pytest {project}/python/tests\"\nextras = [\"dev\"]";
        assert_eq!(tables("python/tests/test_x.py", &extra), of_extra);
        let beside = format!("{project}[tool.monowheel]\nabis = [\"abi3\"]\n");
        assert_eq!(tables("tests/python/x_test.py", &beside), table.replace("/tests", "/tests/python"));
    }

    #[test]
    fn a_table_of_the_project_is_kept() {
        let own = "[tool.monowheel.test]\ncommand = \"tox\"\n";
        assert_eq!(tables("tests/test_x.py", own), "");
        assert_eq!(tables("tests/test_x.py", "[tool]\nmonowheel = { abis = [\"abi3\"] }\n"), "");
    }
}
