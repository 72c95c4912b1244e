//! Adds Rust to a Python project. Its backend changes only on request, and only if everything that the old one did is
//! in `[project]`: computed values would be lost silently.

use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_release::release::Version;
use monowheel_wheel::abi::{PythonVersion, admits, dotted};
use monowheel_wheel::names::wheel_name;
use pep440_rs::VersionSpecifiers;
use toml_edit::{Array, DocumentMut, Item, TableLike};

use crate::scaffold::file::{File, text};
use crate::scaffold::init::wanted::{OWN, Wanted, appended, parts};
use crate::scaffold::init::{Found, Refusal, Request, compiled, extras, said};
use crate::scaffold::name::Name;
use crate::scaffold::new::FLOORS;
use crate::scaffold::render::{self, FIRST, document, set};
use crate::scaffold::words::Words;

/// A Python project that another backend builds.
pub(super) struct Package {
    root: PathBuf,
    /// pyproject.toml, if there is one.
    document: Option<DocumentMut>,
    /// Its build backend.
    backend: String,
    /// The files of setuptools.
    setup: Vec<&'static str>,
}

/// The location of the package that users import.
struct Place {
    /// The import name.
    import: String,
    /// The directory with it; empty for the project's own.
    source: &'static str,
    /// Other packages in that directory.
    others: Vec<String>,
}

impl Package {
    /// Reads pyproject.toml and looks for setup.py; none if there is no Python project, or maturin builds it.
    ///
    /// # Errors
    /// When pyproject.toml is not TOML, or not text.
    pub(super) fn read(root: &Path) -> Result<Option<Self>> {
        let path = root.join("pyproject.toml");
        let document =
            text(&path)?.map(|text| document(&text)).transpose().map_err(|error| error.at(path.display()))?;
        let setup = ["setup.py", "setup.cfg"].into_iter().filter(|name| root.join(name).is_file()).collect::<Vec<_>>();
        let system = document.as_ref().and_then(|document| document.get("build-system"));
        let named = system.and_then(|system| system.get("build-backend")).and_then(Item::as_str);
        let has_project = document.as_ref().is_some_and(|document| document.contains_key("project"));
        let is_python = system.is_some() || has_project || setup.contains(&"setup.py");
        if named == Some("maturin") || !is_python {
            return Ok(None);
        }
        let backend = named.unwrap_or("setuptools").to_owned();
        Ok(Some(Self { root: root.to_path_buf(), document, backend, setup }))
    }

    /// The error for a crate that is not an extension in the directory of a Python project: how to combine them is
    /// unclear.
    pub(super) fn beside_a_crate(&self) -> Error {
        let what = format!("both a crate without PyO3 and a Python project of {} found", self.backend);
        Error::new(ErrorKind::Project, what).at(self.root.display()).next(
            "move one into a separate directory; or, if the crate should be the package's extension, put\n\
             [build-system]\nrequires = [\"maturin>=1.16,<2\"]\nbuild-backend = \"maturin\"\n\
             into pyproject.toml, and run this again",
        )
    }

    /// What it lacks.
    ///
    /// # Errors
    /// [`ErrorKind::Project`] when the old backend's metadata is not in `[project]`, or the package is not found.
    pub(super) fn lacks(&self, request: &Request) -> Result<(Name, Found)> {
        compiled::check(&self.root, self.document.as_ref(), &self.backend)?;
        let (document, project, distribution) = self.project_table()?;
        let floor = floor(project, request).map_err(|error| error.at(self.root.join("pyproject.toml").display()))?;
        let place = self.place(distribution)?;
        let name = Name { distribution: distribution.to_owned(), import: place.import.clone() };
        let mut found = Found::default();
        let (cargo, lock) = manifests(project, &Wanted { name: &name, floor }, &mut found)?;
        sources(&self.root, &name, &place, &mut found);
        found.add(File::new("Cargo.lock", lock.to_string()));
        found.add(File::new("Cargo.toml", cargo.to_string()));
        found.edit(File::new("pyproject.toml", self.pyproject(document, &place, floor)?));
        self.advise(document, &place, &mut found.by_hand);
        if !request.change_backend {
            found.refused = Some(Refusal {
                why: format!("the build backend is {}, and would be replaced by maturin", self.backend),
                next: "use --change-backend to apply the changes above".to_owned(),
            });
        }
        Ok((name, found))
    }

    /// pyproject.toml, its `[project]` and the name there.
    fn project_table(&self) -> Result<(&DocumentMut, &dyn TableLike, &str)> {
        let wrong = |what: String, next: &str| {
            Error::new(ErrorKind::Project, what).at(self.root.join("pyproject.toml").display()).next(next)
        };
        let project = self.document.as_ref().and_then(|document| document.get("project")).and_then(Item::as_table_like);
        let (Some(document), Some(project)) = (&self.document, project) else {
            return Err(without_project(&self.root, self.document.as_ref(), &self.backend));
        };
        let Some(distribution) = project.get("name").and_then(Item::as_str) else {
            return Err(wrong("[project] has no name".to_owned(), "add name = \"…\""));
        };
        let dynamic = project.get("dynamic").and_then(Item::as_array).into_iter().flatten();
        let dynamic: Vec<&str> = dynamic.filter_map(toml_edit::Value::as_str).collect();
        if !dynamic.is_empty() {
            let what = format!("{} computes {} (dynamic), but maturin would not", self.backend, dynamic.join(", "));
            return Err(wrong(what, "write them into [project], remove them from dynamic, and run this again"));
        }
        Ok((document, project, distribution))
    }

    fn pyproject(&self, document: &DocumentMut, place: &Place, floor: PythonVersion) -> Result<String> {
        let mut document = document.clone();
        let fault = || Error::new(ErrorKind::Project, "its tables are not as expected").at(self.root.display());
        let system = document.entry("build-system").or_insert_with(|| Item::Table(toml_edit::Table::new()));
        let system = system.as_table_like_mut().ok_or_else(fault)?;
        set(system.entry("requires").or_insert(Item::None), Array::from_iter(["maturin>=1.16,<2"]));
        set(system.entry("build-backend").or_insert(Item::None), "maturin");
        system.remove("backend-path");
        let project = document.get_mut("project").and_then(Item::as_table_like_mut).ok_or_else(fault)?;
        if lowest(project) != Some(floor.1) {
            set(project.entry("requires-python").or_insert(Item::None), format!(">={}", dotted(floor)));
        }
        let mut maturin = toml_edit::Table::new();
        if !place.source.is_empty() {
            maturin.insert("python-source", toml_edit::value(place.source));
        }
        maturin.insert("module-name", toml_edit::value(format!("{0}._{0}", place.import)));
        // An existing table is from an earlier attempt, and left to the user.
        if document.get("tool").is_some_and(|tools| tools.get("maturin").is_some()) {
            return Ok(document.to_string());
        }
        let has_tests = document.get("tool").is_some_and(|tools| tools.get("monowheel").is_some());
        let (mut more, mut tools) = (DocumentMut::new(), toml_edit::Table::new());
        tools.set_implicit(true);
        tools.insert("maturin", Item::Table(maturin));
        more.insert("tool", Item::Table(tools));
        let text = appended(&document, &more)?;
        if has_tests {
            return Ok(text);
        }
        // The tests that are added here, and the project's own.
        appended(&render::document(&text)?, &extras::test_table("tests", None))
    }

    /// What must be done by hand.
    fn advise(&self, document: &DocumentMut, place: &Place, by_hand: &mut Vec<String>) {
        by_hand.push(format!("use it: from {0}._{0} import parse", place.import));
        let own = self.backend.split('.').next().unwrap_or_default().replace(['_', '-'], "");
        let tools = document.get("tool").and_then(Item::as_table_like).into_iter().flat_map(TableLike::iter);
        for (tool, _) in tools {
            let is_own =
                ["setuptools", "hatch", "flit", "pdm", "poetry", "scikit-build", "setuptools_scm"].contains(&tool);
            if tool == "setuptools" && is_included(document) {
                continue;
            }
            if is_own || own.starts_with(&tool.replace(['_', '-'], "")) {
                by_hand
                    .push(format!("[tool.{tool}] is no longer read: move its extra files to [tool.maturin] include"));
            }
        }
        for setup in &self.setup {
            by_hand.push(format!("{setup} is no longer read: move anything that is only there, and delete it"));
        }
        if !place.others.is_empty() {
            by_hand.push(format!(
                "only {} is in the wheel; to include any of {}, list them in [tool.maturin] python-packages",
                place.import,
                place.others.join(", ")
            ));
        }
    }

    /// Finds the package that users import.
    fn place(&self, distribution: &str) -> Result<Place> {
        let wanted = wheel_name(distribution);
        let mut seen = Vec::new();
        for source in ["src", "python", ""] {
            let packages = packages(&self.root.join(source))?;
            let is_wanted = |name: &&String| name.to_lowercase() == wanted;
            // A different name (PyYAML has yaml), if there is only one candidate.
            let import = packages.iter().find(is_wanted).or(match &packages[..] {
                [only] => Some(only),
                _ => None,
            });
            if let Some(import) = import.cloned() {
                let others = packages.into_iter().filter(|name| *name != import).collect();
                return Ok(Place { import, source, others });
            }
            seen.extend(packages);
        }
        let what = if seen.is_empty() {
            format!("no package found: neither src/{wanted}/__init__.py nor {wanted}/__init__.py exists")
        } else {
            format!("could not determine which of {} is the package of {distribution}", seen.join(", "))
        };
        Err(Error::new(ErrorKind::Project, what)
            .at(self.root.display())
            .next(format!("put the extension into a package: turn a single {wanted}.py into {wanted}/__init__.py")))
    }
}

/// The error for a project whose metadata is where maturin does not read it.
pub(super) fn without_project(root: &Path, pyproject: Option<&DocumentMut>, backend: &str) -> Error {
    let is_poetry =
        pyproject.is_some_and(|document| document.get("tool").is_some_and(|tools| tools.get("poetry").is_some()));
    let setup: Vec<&str> = ["setup.py", "setup.cfg"].into_iter().filter(|name| root.join(name).is_file()).collect();
    let from = match (is_poetry, setup.is_empty()) {
        (true, _) => "[tool.poetry]".to_owned(),
        (false, false) => setup.join(" and "),
        (false, true) => format!("the settings of {backend}"),
    };
    let (what, place) = match pyproject {
        Some(_) => ("pyproject.toml has no [project] table, which maturin needs", root.join("pyproject.toml")),
        None => ("there is no pyproject.toml with a [project] table, which maturin needs", root.to_path_buf()),
    };
    Error::new(ErrorKind::Project, what).at(place.display()).next(format!(
        "move name, version, dependencies and the rest from {from} into [project] of pyproject.toml (PEP 621), and run this again"
    ))
}

/// Whether `[tool.setuptools]` only says which packages and data files there are: maturin ships every file of the
/// package.
fn is_included(document: &DocumentMut) -> bool {
    const INCLUDED: [&str; 5] = ["include-package-data", "package-data", "package-dir", "packages", "zip-safe"];
    let table = document.get("tool").and_then(|tools| tools.get("setuptools")).and_then(Item::as_table_like);
    table.is_some_and(|table| table.iter().all(|(key, _)| INCLUDED.contains(&key)))
}

/// Cargo.toml and Cargo.lock, with the metadata of `[project]`.
fn manifests(project: &dyn TableLike, wanted: &Wanted<'_>, found: &mut Found) -> Result<(DocumentMut, DocumentMut)> {
    let mut cargo = wanted.manifest("Cargo.toml")?;
    let version = project.get("version").and_then(Item::as_str).unwrap_or_default();
    let version = match Version::parse(version) {
        Ok(_) => version,
        Err(_) => {
            found.by_hand.push(format!("Cargo.toml: version = {FIRST:?}, since cargo cannot read {version:?}"));
            FIRST
        }
    };
    // The template's tests are of its own functions.
    cargo.remove("test");
    if let Some(package) = cargo.get_mut("package") {
        set(&mut package["version"], version);
        match project.get("description").and_then(Item::as_str) {
            Some(description) => set(&mut package["description"], description),
            None => set(&mut package["description"], format!("The Rust of {}", wanted.name.distribution)),
        }
        match project.get("license").and_then(Item::as_str) {
            Some(license) => set(&mut package["license"], license),
            None => drop(package.as_table_like_mut().and_then(|package| package.remove("license"))),
        }
    }
    let mut lock = wanted.manifest("Cargo.lock")?;
    let entries = lock.get_mut("package").and_then(Item::as_array_of_tables_mut);
    for entry in entries.into_iter().flat_map(toml_edit::ArrayOfTables::iter_mut) {
        if entry.get("name").and_then(Item::as_str) == Some(&wanted.name.import) {
            set(&mut entry["version"], version);
        }
    }
    Ok((cargo, lock))
}

/// The files of the template, below the package.
fn sources(root: &Path, name: &Name, place: &Place, found: &mut Found) {
    let words = Words::new(OWN, &name.import);
    let folder = if place.source.is_empty() { String::new() } else { format!("{}/", place.source) };
    for (path, text) in parts(name) {
        match path.as_str() {
            // The package has its own.
            _ if path.ends_with("__init__.py") => {}
            _ if path.ends_with(".pyi") => {
                // PEP 561: without the marker type checkers ignore the stubs. An existing one may say `partial`.
                let marker = format!("{folder}{}/py.typed", name.import);
                if !root.join(&marker).is_file() {
                    found.add(File::new(&marker, ""));
                }
                found.add(File::new(&format!("{folder}{0}/_{0}.pyi", name.import), text));
            }
            _ if path.starts_with("tests/") => {
                found.add(File::new(&format!("tests/test_rust_of_{}.py", name.import), text));
            }
            _ => found.add(File::new(&path, text)),
        }
    }
    found.add(File::new("src/lib.rs", words.replaced(include_str!("../assets/lib.rs"))));
}

/// The packages in a directory, in order.
fn packages(folder: &Path) -> Result<Vec<String>> {
    const OTHERS: [&str; 8] = ["benches", "benchmarks", "docs", "examples", "scripts", "test", "tests", "tools"];
    let mut names = Vec::new();
    for entry in folder.is_dir().then(|| fs_err::read_dir(folder)).transpose()?.into_iter().flatten() {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().join("__init__.py").is_file() && !OTHERS.contains(&name.as_str()) {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// The oldest minor version that requires-python allows; none if there is no requires-python.
fn lowest(project: &dyn TableLike) -> Option<u8> {
    let text = project.get("requires-python").and_then(Item::as_str)?;
    let said: VersionSpecifiers = text.parse().ok()?;
    (0..=*FLOORS.end()).find(|minor| admits(Some(&said), (3, *minor)))
}

/// The oldest CPython that the wheel is for.
fn floor(project: &dyn TableLike, request: &Request) -> Result<PythonVersion> {
    let oldest = (3, *FLOORS.start());
    let Some(lowest) = lowest(project).map(|minor| (3, minor)) else {
        return Ok(request.floor.unwrap_or(oldest));
    };
    match request.floor {
        Some(floor) if floor < lowest => {
            Err(Error::new(ErrorKind::Usage, format!("requires-python allows nothing older than {}", said(lowest)))
                .next("leave out --floor"))
        }
        Some(floor) => Ok(floor),
        None if lowest < oldest => Err(Error::new(
            ErrorKind::Project,
            format!("requires-python allows {}, but PyO3 starts with {}", said(lowest), said(oldest)),
        )
        .next(format!("use --floor {} to drop the older ones", dotted(oldest)))),
        None => Ok(lowest),
    }
}
