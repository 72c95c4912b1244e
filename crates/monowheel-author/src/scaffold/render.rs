//! Renders a template as a new project: with its name, oldest CPython and author instead of the example's.

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_wheel::abi::{PythonVersion, dotted};
use toml_edit::{Array, DocumentMut, InlineTable, Item, Value};

use crate::scaffold::file::File;
use crate::scaffold::name::Name;
use crate::scaffold::template::Template;
use crate::scaffold::words::Words;

/// The version of a new project.
pub(super) const FIRST: &str = "0.1.0";
/// The copyright holder in the licenses of the examples.
const HOLDER: &str = "The monowheel contributors";

/// The properties of a new project.
#[derive(Clone, Debug)]
pub(super) struct Wanted<'a> {
    pub(super) name: &'a Name,
    /// The oldest CPython.
    pub(super) floor: PythonVersion,
    pub(super) author: &'a Author,
    /// The year of its license.
    pub(super) year: &'a str,
    /// Whether its directory is inside another cargo workspace, of which it is not a member.
    pub(super) nested: bool,
}

/// Its author, from git's settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Author {
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
}

/// All files of the project, in the order of their paths.
///
/// # Errors
/// [`ErrorKind::Format`] when a template is malformed, which is a defect of monowheel.
pub(super) fn render(template: &Template, wanted: &Wanted<'_>) -> Result<Vec<File>> {
    let words = Words::new(template.name, &wanted.name.import);
    let floors = Floors { from: template.floor, to: wanted.floor };
    let here = format!("examples/{}", template.name);
    let mut files = Vec::new();
    for file in &template.files {
        let mut file = File {
            path: words.replaced(&file.path),
            text: words.replaced(&floors.replaced(&file.text.replace(&here, "."))),
            executable: file.executable,
        };
        let edited = match file.path.as_str() {
            "Cargo.toml" => cargo(&file.text, wanted),
            "Cargo.lock" => lock(&file.text, &wanted.name.import),
            "pyproject.toml" => pyproject(&file.text, wanted),
            "CHANGELOG.md" => continue,
            "LICENSE-MIT" => Ok(licence(&file.text, wanted)),
            _ => Ok(std::mem::take(&mut file.text)),
        };
        file.text = edited.map_err(|error| error.at(format!("{} of the template {}", file.path, template.name)))?;
        files.push(file);
    }
    files.push(File::new("CHANGELOG.md", CHANGELOG));
    if !files.iter().any(|file| file.path == ".gitignore") {
        files.push(File::new(".gitignore", GITIGNORE));
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}

/// The changelog of a project without a release.
pub(super) const CHANGELOG: &str = "\
# Changelog

All notable changes to this project are documented in this file. The format is based on
[Keep a Changelog](https://keepachangelog.com/en/1.1.0/), and this project adheres to
[Semantic Versioning](https://semver.org/spec/v2.0.0.html).

## [Unreleased]

### Added

- The first version.
";

/// Ignores the outputs of builds and tests.
pub(super) const GITIGNORE: &str = "\
/target/
/dist/
.venv/
.tox/
__pycache__/
.*_cache/
*.pyd
*.so
";

/// The oldest CPython of a template, and its replacement.
struct Floors {
    from: PythonVersion,
    to: PythonVersion,
}

impl Floors {
    /// The text with the other version wherever it is the floor: PyO3's features and their description, tox's list.
    fn replaced(&self, text: &str) -> String {
        if self.from == self.to {
            return text.to_owned();
        }
        let ((_, from), (_, to)) = (self.from, self.to);
        let mut text = text.to_owned();
        for (before, after) in
            [("abi3-py3", ""), ("CPython from 3.", ""), ("CPython 3.", " or later"), ("cp3", "-abi3")]
        {
            text = followed(&text, &format!("{before}{from}{after}"), &format!("{before}{to}{after}"));
        }
        for quoted in ["\"py3{}\"", "python_version = \"3.{}\""] {
            text = text.replace(&quoted.replace("{}", &from.to_string()), &quoted.replace("{}", &to.to_string()));
        }
        // tox: 3.{8,9,10}
        let minors: String = (from..to).map(|minor| format!("{minor},")).collect();
        text.replace(&format!("3.{{{minors}"), "3.{")
    }
}

/// Replaces text that is not followed by a digit.
fn followed(text: &str, from: &str, to: &str) -> String {
    let mut out = String::new();
    let mut parts = text.split(from).peekable();
    while let Some(part) = parts.next() {
        out += part;
        if let Some(next) = parts.peek() {
            out += if next.starts_with(|c: char| c.is_ascii_digit()) { from } else { to };
        }
    }
    out
}

/// A TOML file of a template.
pub(super) fn document(text: &str) -> Result<DocumentMut> {
    text.parse().map_err(|error: toml_edit::TomlError| {
        Error::new(ErrorKind::Project, format!("not as expected: {}", error.to_string().trim_end()))
            .next("fix that line")
    })
}

/// Sets a value in its place, and keeps the comments around it.
pub(super) fn set(item: &mut Item, value: impl Into<Value>) {
    let mut value = value.into();
    if let Some(old) = item.as_value() {
        *value.decor_mut() = old.decor().clone();
    }
    *item = Item::Value(value);
}

fn lacking(what: &str) -> Error {
    Error::new(ErrorKind::Format, format!("{what} is missing"))
}

fn sentence(name: &Name) -> String {
    format!("What {} does, in one sentence", name.distribution)
}

fn cargo(text: &str, wanted: &Wanted<'_>) -> Result<String> {
    let mut document = document(text)?;
    let package = document.get_mut("package").and_then(Item::as_table_mut).ok_or_else(|| lacking("[package]"))?;
    set(package.entry("version").or_insert(Item::None), FIRST);
    set(package.entry("description").or_insert(Item::None), sentence(wanted.name));
    for own in ["authors", "documentation", "homepage", "publish", "repository"] {
        package.remove(own);
    }
    let is_own = document.get("workspace").and_then(Item::as_table).is_some_and(toml_edit::Table::is_empty);
    if is_own && !wanted.nested {
        document.remove("workspace");
    }
    Ok(ended(&document))
}

fn pyproject(text: &str, wanted: &Wanted<'_>) -> Result<String> {
    let mut document = document(text)?;
    let project = document.get_mut("project").and_then(Item::as_table_mut).ok_or_else(|| lacking("[project]"))?;
    set(project.entry("name").or_insert(Item::None), wanted.name.distribution.as_str());
    set(project.entry("description").or_insert(Item::None), sentence(wanted.name));
    set(project.entry("requires-python").or_insert(Item::None), format!(">={}", dotted(wanted.floor)));
    if project.contains_key("version") {
        set(project.entry("version").or_insert(Item::None), FIRST);
    }
    project.remove("urls");
    project.remove("authors");
    if let Some(author) = authors(wanted.author) {
        project.insert("authors", Item::Value(author.into()));
    }
    Ok(ended(&document))
}

/// The text, with exactly one line break at its end.
fn ended(document: &DocumentMut) -> String {
    format!("{}\n", document.to_string().trim_end())
}

fn authors(author: &Author) -> Option<Array> {
    let mut table = InlineTable::new();
    for (key, value) in [("name", &author.name), ("email", &author.email)] {
        if let Some(value) = value {
            table.insert(key, value.as_str().into());
        }
    }
    (!table.is_empty()).then(|| Array::from_iter([table]))
}

/// The version of the crate's own entry.
fn lock(text: &str, crate_name: &str) -> Result<String> {
    let mut document = document(text)?;
    let packages = document.get_mut("package").and_then(Item::as_array_of_tables_mut);
    let is_own = |package: &toml_edit::Table| package.get("name").and_then(Item::as_str) == Some(crate_name);
    let own = packages.ok_or_else(|| lacking("packages"))?.iter_mut().find(|package| is_own(package));
    set(own.and_then(|own| own.get_mut("version")).ok_or_else(|| lacking("entry of its own"))?, FIRST);
    // cargo sorts packages by name.
    Ok(sorted(&document.to_string()))
}

/// A lock file with its packages in cargo's order.
fn sorted(text: &str) -> String {
    let mut parts = text.split("[[package]]\n");
    let head = parts.next().unwrap_or_default();
    let mut packages: Vec<&str> = parts.map(str::trim_end).collect();
    packages.sort_by_key(|package| {
        let word = |key: &str| package.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_default().to_owned();
        (word("name = ").trim_matches('"').to_owned(), word("version = "))
    });
    let packages: Vec<String> = packages.iter().map(|package| format!("[[package]]\n{package}\n")).collect();
    format!("{head}{}", packages.join("\n"))
}

fn licence(text: &str, wanted: &Wanted<'_>) -> String {
    let contributors = format!("The {} contributors", wanted.name.distribution);
    let holder = wanted.author.name.as_deref().unwrap_or(&contributors);
    let line = |line: &str| match line.strip_suffix(HOLDER).and_then(|line| line.strip_prefix("Copyright (c) ")) {
        Some(_) => format!("Copyright (c) {} {holder}\n", wanted.year),
        None => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(name: &str, floor: PythonVersion, author: &Author, nested: bool) -> Vec<File> {
        let (template, name) = (Template::find("hello_world").unwrap(), Name::parse(name).unwrap());
        render(&template, &Wanted { name: &name, floor, author, year: "2031", nested }).unwrap()
    }

    fn text<'a>(files: &'a [File], path: &str) -> &'a str {
        files.iter().find(|file| file.path == path).map_or_else(|| panic!("no {path}"), |file| file.text.as_str())
    }

    #[test]
    fn nothing_of_the_example_stays() {
        for name in Template::names() {
            let template = Template::find(name).unwrap();
            let wanted_name = Name::parse("zz-own").unwrap();
            let author = Author::default();
            let wanted =
                Wanted { name: &wanted_name, floor: template.floor, author: &author, year: "2031", nested: false };
            for file in render(&template, &wanted).unwrap() {
                let all = format!("{}\n{}", file.path, file.text);
                for left in [name, "examples/zz_own", HOLDER, "publish = false", "[workspace]"] {
                    assert!(!all.contains(left), "{left:?} in {} of {name}", file.path);
                }
                assert!(!all.contains(&template.summary), "{} of {name}", file.path);
            }
        }
    }

    #[test]
    fn names_version_floor_and_author_are_the_projects_own() {
        let author = Author { name: Some("A \"B\" Ü".to_owned()), email: Some("a@example.org".to_owned()) };
        let files = rendered("my-lib", (3, 11), &author, false);
        let pyproject: toml::Table = text(&files, "pyproject.toml").parse().unwrap();
        let project = &pyproject["project"];
        assert_eq!(project["name"].as_str(), Some("my-lib"));
        assert_eq!(project["requires-python"].as_str(), Some(">=3.11"));
        assert_eq!(project["authors"][0]["name"].as_str(), author.name.as_deref());
        assert_eq!(project["authors"][0]["email"].as_str(), author.email.as_deref());
        assert_eq!(pyproject["tool"]["maturin"]["module-name"].as_str(), Some("my_lib._my_lib"));
        let cargo = text(&files, "Cargo.toml");
        assert!(cargo.contains("abi3 = [\"python\", \"pyo3/abi3-py311\"]"), "{cargo}");
        assert!(cargo.contains("every CPython from 3.11 that"), "{cargo}");
        assert!(!cargo.contains("py38") && cargo.ends_with("strip = \"symbols\"\n"), "{cargo}");
        assert!(text(&files, "tox.ini").contains("env_list = 3.{11,12,13,14,15}, 3.15t"));
        assert!(text(&files, "LICENSE-MIT").contains("Copyright (c) 2031 A \"B\" Ü\n"));
        assert!(text(&files, "python/my_lib/_my_lib.pyi").contains("def greet"));
        assert_eq!(text(&files, "python/my_lib/py.typed"), "");
        let nobody = rendered("my-lib", (3, 8), &Author::default(), true);
        assert!(text(&nobody, "LICENSE-MIT").contains("The my-lib contributors"));
        assert!(!text(&nobody, "pyproject.toml").contains("authors"));
        assert!(text(&nobody, "Cargo.toml").contains("[workspace]"));
    }

    #[test]
    fn a_lock_file_is_as_cargo_writes_it() {
        for name in ["zz_own", "aa_own"] {
            let files = rendered(name, (3, 8), &Author::default(), false);
            let lock = text(&files, "Cargo.lock");
            let names: Vec<&str> = lock.lines().filter_map(|line| line.strip_prefix("name = ")).collect();
            assert!(names.windows(2).all(|pair| pair[0].trim_matches('"') <= pair[1].trim_matches('"')), "{names:?}");
            assert!(names.contains(&format!("{name:?}").as_str()) && lock.ends_with("]\n") || lock.ends_with("\"\n"));
        }
        let template = Template::find("hello_world").unwrap();
        let text = template.text("Cargo.lock").unwrap();
        assert_eq!(sorted(text), text);
    }

    #[test]
    fn only_the_floor_is_replaced() {
        let floors = Floors { from: (3, 8), to: (3, 10) };
        for (before, after) in [
            ("pyo3/abi3-py38", "pyo3/abi3-py310"),
            ("abi3-py381", "abi3-py381"),
            ("cp38-abi3", "cp310-abi3"),
            ("serde 3.8", "serde 3.8"),
            ("3.{8,9,10,11}", "3.{10,11}"),
            ("target-version = \"py38\"", "target-version = \"py310\""),
        ] {
            assert_eq!(floors.replaced(before), after);
        }
    }
}
