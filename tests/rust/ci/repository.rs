//! A repository in a directory with a space, with a project in it.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::said::{Ended, ran};

const CARGO: &str = "[package]\nname = \"demo\"\nversion = \"1.0.0\"\nedition = \"2021\"\n[lib]\ncrate-type = [\"cdylib\"]\n\
    [dependencies]\npyo3 = { version = \"0.29\", features = [\"abi3-py38\"] }\n";

pub(crate) const FILES: [&str; 3] =
    [".github/workflows/ci.yml", ".github/workflows/wheels.yml", ".github/workflows/release.yml"];

pub(crate) struct Repository {
    _dir: tempfile::TempDir,
    pub(crate) top: PathBuf,
    pub(crate) root: PathBuf,
}

impl Repository {
    /// With the project in `folder`, and `config` at the end of its pyproject.toml.
    pub(crate) fn with(folder: &str, config: &str) -> Self {
        let dir = tempfile::Builder::new().prefix("a repository ").tempdir().unwrap();
        let top = fs_err::canonicalize(dir.path()).unwrap();
        fs_err::create_dir(top.join(".git")).unwrap();
        let root = if folder.is_empty() { top.clone() } else { top.join(folder) };
        let repository = Self { _dir: dir, top, root };
        repository.project(folder, "demo", config);
        repository
    }

    /// One more project.
    pub(crate) fn project(&self, folder: &str, name: &str, config: &str) {
        let place = |file: &str| if folder.is_empty() { file.to_owned() } else { format!("{folder}/{file}") };
        self.write(&place("src/lib.rs"), "");
        self.write(&place("Cargo.toml"), CARGO);
        let head = "[build-system]\nrequires = [\"maturin\"]\nbuild-backend = \"maturin\"\n[project]\n";
        let pyproject =
            format!("{head}name = \"{name}\"\nrequires-python = \">=3.8\"\ndynamic = [\"version\"]\n{config}\n");
        self.write(&place("pyproject.toml"), &pyproject);
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs_err::read_to_string(self.top.join(path)).unwrap()
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.top.join(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    }

    /// `monowheel ci WORD… --offline` in the project's directory.
    pub(crate) fn ci(&self, words: &[&str]) -> Ended {
        self.ci_in(&self.root, words)
    }

    pub(crate) fn ci_in(&self, root: &std::path::Path, words: &[&str]) -> Ended {
        let words: Vec<&str> = words.iter().copied().chain(["--offline"]).collect();
        self.ci_asking(root, &words)
    }

    /// `monowheel ci WORD…`, which may ask an index.
    pub(crate) fn ci_asking(&self, root: &std::path::Path, words: &[&str]) -> Ended {
        let mut argv: Vec<OsString> = ["ci"].iter().chain(words).map(OsString::from).collect();
        argv.extend(["--project".into(), root.into()]);
        ran(&argv)
    }

    /// Every file below the top, with its text.
    pub(crate) fn all(&self) -> Vec<(PathBuf, String)> {
        fn walk(folder: &std::path::Path, found: &mut Vec<(PathBuf, String)>) {
            for entry in fs_err::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    walk(&path, found);
                } else {
                    let text = fs_err::read_to_string(&path).unwrap();
                    found.push((path, text));
                }
            }
        }
        let mut found = Vec::new();
        walk(&self.top, &mut found);
        found.sort();
        found
    }
}
