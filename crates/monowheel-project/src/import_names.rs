//! The import names of a project's distributions (PEP 794): those listed in `[project]`, or, if the
//! keys are dynamic, those of the Python sources and the extension module.

use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_wheel::import_names::ImportNames;

use crate::project::Project;

/// The keys of `[project]`.
const KEYS: [&str; 2] = ["import-names", "import-namespaces"];
/// Packages with more files are not searched for modules.
const MOST: usize = 100_000;

impl Project {
    /// The names for the metadata; `None` if the project does not request any, according to the specification: a key
    /// that is neither listed nor dynamic is not filled in.
    ///
    /// # Errors
    /// [`ErrorKind::Project`] for values that cannot be imported, and for a key that is both listed and dynamic.
    pub fn import_names(&self) -> Result<Option<ImportNames>> {
        let Some(table) = &self.pyproject.project else { return Ok(None) };
        let stated = [&table.import_names, &table.import_namespaces];
        let is_dynamic = KEYS.map(|key| table.dynamic.iter().any(|dynamic| dynamic == key));
        let fault = |what: String, next: &str| {
            Err(Error::new(ErrorKind::Project, what)
                .at(self.pyproject.configuration.path.display())
                .next(next.to_owned()))
        };
        for (index, key) in KEYS.iter().enumerate() {
            if is_dynamic[index] && stated[index].is_some() {
                return fault(
                    format!("`{key}` has a value and is also listed in `dynamic`"),
                    "remove it from `dynamic`, or remove the value",
                );
            }
        }
        if stated.iter().all(|list| list.is_none()) && is_dynamic == [false, false] {
            return Ok(None);
        }
        let found = if is_dynamic == [false, false] { ImportNames::default() } else { self.provided()? };
        let mut names = ImportNames {
            names: table.import_names.clone().unwrap_or_else(|| if is_dynamic[0] { found.names } else { Vec::new() }),
            namespaces: table
                .import_namespaces
                .clone()
                .unwrap_or_else(|| if is_dynamic[1] { found.namespaces } else { Vec::new() }),
        };
        // An empty list means that there is nothing to import.
        if names.names.is_empty() && names.namespaces.is_empty() {
            names.names.push(String::new());
        }
        match names.fault() {
            Some(what) => fault(what, "write import-names = [\"demo\"]; a namespace goes into import-namespaces"),
            None => Ok(Some(names)),
        }
    }

    /// The content of the project's wheels: the package of the module, those of `python-packages`, the module itself.
    fn provided(&self) -> Result<ImportNames> {
        let maturin = self.pyproject.maturin();
        let sources = maturin.python_source.as_ref().map_or_else(|| self.root.clone(), |folder| self.root.join(folder));
        let top = self.module.split('.').next().unwrap_or_default();
        let mut paths = vec![format!("{}.so", self.module.replace('.', "/"))];
        let packages = std::iter::once(top).chain(maturin.python_packages.iter().map(String::as_str));
        for package in packages {
            let inside = PathBuf::from(package.replace('.', "/"));
            self.scope.path(&sources, &inside, "[tool.maturin] python-packages")?;
            files(&sources, &inside, &mut paths)?;
        }
        if !self.module.contains('.') && !sources.join(top).is_dir() {
            // maturin creates a package for an extension module that has no Python sources.
            paths.push(format!("{top}/__init__.py"));
            paths.remove(0);
        }
        Ok(ImportNames::provided(paths.iter().map(String::as_str)))
    }
}

/// The Python files below `inside` of `sources`, by their paths from there. Links are not followed.
fn files(sources: &Path, inside: &Path, paths: &mut Vec<String>) -> Result<()> {
    let Ok(entries) = fs_err::read_dir(sources.join(inside)) else { return Ok(()) };
    for entry in entries {
        let entry = entry?;
        let path = inside.join(entry.file_name());
        if paths.len() > MOST {
            return Err(Error::new(ErrorKind::Project, "the package has too many files to search for modules")
                .at(sources.join(inside).display())
                .next("set `import-names` in [project]"));
        }
        if entry.file_type()?.is_dir() {
            files(sources, &path, paths)?;
        } else if path.extension().is_some_and(|ending| ending == "py") {
            let parts: Vec<String> = path.iter().map(|part| part.to_string_lossy().into_owned()).collect();
            paths.push(parts.join("/"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(project: &str, maturin: &str, files: &[&str]) -> Result<Option<(Vec<String>, Vec<String>)>> {
        let dir = tempfile::tempdir()?;
        let write = |name: &str, text: &str| -> Result<()> {
            let path = dir.path().join(name);
            fs_err::create_dir_all(path.parent().unwrap_or(dir.path()))?;
            Ok(fs_err::write(path, text)?)
        };
        write("src/lib.rs", "")?;
        write(
            "Cargo.toml",
            "[package]\nname = \"demo\"\nversion = \"1.0.0\"\nedition = \"2021\"\n[lib]\ncrate-type = [\"cdylib\"]\n\
             [dependencies]\npyo3 = { version = \"0.29.3\", features = [\"abi3-py38\"] }\n",
        )?;
        write(
            "pyproject.toml",
            &format!(
                "[build-system]\nrequires = [\"maturin\"]\nbuild-backend = \"maturin\"\n[project]\nname = \"demo\"\n{project}\n[tool.maturin]\n{maturin}\n"
            ),
        )?;
        for file in files {
            write(file, "")?;
        }
        Ok(Project::read(dir.path())?.import_names()?.map(|found| (found.names, found.namespaces)))
    }

    const BOTH: &str = "dynamic = [\"version\", \"import-names\", \"import-namespaces\"]";

    #[test]
    fn names_are_written_only_where_the_project_asks_for_them() -> Result<()> {
        let owned = |names: &[&str], spaces: &[&str]| {
            let list = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
            Some((list(names), list(spaces)))
        };
        assert_eq!(names("dynamic = [\"version\"]", "", &[])?, None);
        assert_eq!(names("import-names = [\"x\"]", "", &[])?, owned(&["x"], &[]));
        assert_eq!(names("import-names = []", "", &[])?, owned(&[""], &[]));
        assert_eq!(names(BOTH, "", &[])?, owned(&["demo"], &[]));
        let mixed = "python-source = \"python\"\nmodule-name = \"demo._demo\"";
        assert_eq!(names(BOTH, mixed, &["python/demo/__init__.py"])?, owned(&["demo"], &[]));
        let more = format!("{mixed}\npython-packages = [\"demo\", \"other\"]");
        let files = ["python/demo/__init__.py", "python/other/__init__.py", "python/not_packed/__init__.py"];
        assert_eq!(names(BOTH, &more, &files)?, owned(&["demo", "other"], &[]));
        let namespace = "python-source = \"python\"\nmodule-name = \"company.demo._demo\"";
        assert_eq!(
            names(BOTH, namespace, &["python/company/demo/__init__.py"])?,
            owned(&["company.demo"], &["company"])
        );
        Ok(())
    }

    #[test]
    fn values_that_cannot_be_are_refused() {
        for (table, part) in [
            ("import-names = [\"a-b\"]", "not a name"),
            ("import-names = [\"a\"]\nimport-namespaces = [\"a\"]", "both"),
            (
                "import-names = [\"a\"]\ndynamic = [\"version\", \"import-names\"]",
                "has a value and is also listed in `dynamic`",
            ),
        ] {
            let error = names(table, "", &[]).err();
            assert!(error.as_ref().is_some_and(|error| error.kind() == ErrorKind::Project), "{table}");
            assert!(error.is_some_and(|error| error.what().contains(part)), "{table}");
        }
    }
}
