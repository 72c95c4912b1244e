//! A project on disk without findings, to be modified by a test.
#![allow(dead_code, reason = "each test program uses its part")]

use std::path::PathBuf;

const MANIFEST: &str = r#"[package]
name = "demo"
version = "1.0.0"
edition = "2021"

[lib]
name = "_demo"
crate-type = ["cdylib", "rlib"]

[dependencies]
pyo3 = { version = "0.29", features = ["abi3-py38"] }
"#;

const PYPROJECT: &str = r#"[build-system]
requires = ["maturin>=1.16,<2"]
build-backend = "maturin"

[project]
name = "demo"
requires-python = ">=3.8"

[tool.maturin]
python-source = "python"
module-name = "demo._demo"
"#;

pub(crate) const MODULE: &str = "use pyo3::prelude::*;\n\n#[pymodule]\nmod _demo {}\n";

pub(crate) struct Project {
    folder: tempfile::TempDir,
}

impl Project {
    /// The project with this as src/lib.rs.
    pub(crate) fn with(source: &str) -> Self {
        let project = Self { folder: tempfile::Builder::new().prefix("a lint ").tempdir().unwrap() };
        project.write("Cargo.toml", MANIFEST);
        project.write("Cargo.lock", "version = 4\n");
        project.write("pyproject.toml", PYPROJECT);
        project.write("python/demo/__init__.py", "");
        project.write("python/demo/_demo.pyi", "");
        project.write("python/demo/py.typed", "");
        project.write("src/lib.rs", source);
        project
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().to_path_buf()
    }

    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.folder.path().join(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, content).unwrap();
    }

    pub(crate) fn remove(&self, path: &str) {
        fs_err::remove_file(self.folder.path().join(path)).unwrap();
    }

    /// Rewrites one of its files with `old` replaced.
    pub(crate) fn change(&self, path: &str, old: &str, new: &str) {
        let text = fs_err::read_to_string(self.folder.path().join(path)).unwrap();
        assert!(text.contains(old), "{path} has no {old}");
        self.write(path, text.replace(old, new));
    }
}
