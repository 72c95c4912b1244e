"""A small crate for each PyO3 in use: a class, a function, an exception, a module in either of PyO3's two ways.

One function writes it, so that all versions are tested with the same code as far as PyO3 allows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path


class Version(NamedTuple):
    """A version of PyO3, and the ABIs of its crate."""

    # Its last release.
    release: str
    # The lowest floor of abi3, and the ABIs.
    floor: int
    abis: tuple[str, ...]

    @property
    def name(self) -> str:
        """The version that Cargo calls compatible: 0.22."""
        return self.release.rpartition(".")[0]

    @property
    def crate(self) -> str:
        """The name of its crate, module and distribution."""
        return "pyo3_" + self.name.replace(".", "_")

    @property
    def minor(self) -> int:
        """Its second number."""
        return int(self.name.partition(".")[2])


OLD = ("abi3", "cp38")
NEW = ("abi3", "cp314", "cp314t")
# Each with a version-specific wheel for a Python that the lab also has for Windows, and one without the GIL.
VERSIONS = (
    Version("0.22.6", 8, OLD),
    Version("0.23.5", 8, OLD),
    Version("0.24.2", 8, OLD),
    Version("0.25.1", 8, NEW),
    Version("0.26.0", 8, NEW),
    Version("0.27.2", 8, NEW),
    Version("0.28.3", 8, NEW),
    Version("0.29.3", 8, (*NEW, "abi3t")),
    Version("0.30.1", 9, (*NEW, "abi3t")),
)

CARGO = """\
[package]
name = "{crate}"
version = "1.0.0"
edition = "2021"
publish = false

[lib]
crate-type = ["cdylib"]

[features]
stable = ["pyo3/abi3-py3{floor}"]

[dependencies]
pyo3 = "={release}"

[workspace]
"""

PYPROJECT = """\
[build-system]
requires = ["maturin>=1.16,<2"]
build-backend = "maturin"

[project]
name = "{crate}"
description = "A crate to test PyO3 {name} with"
requires-python = ">=3.{floor}"
dynamic = ["version"]

[tool.monowheel]
abis = [{abis}]

[tool.monowheel.test]
command = "python {{project}}/check.py"
"""

CHECK = """\
import {crate} as module

counter = module.Counter(2)
assert counter.add(3) == 5 and counter.total == 5
assert module.greet("Ada") == "Hello, Ada"
try:
    counter.add(2**64 - 1)
except OverflowError as error:
    assert "more than" in str(error), error
else:
    raise AssertionError("nothing was raised")
"""

BODY = """\
use pyo3::exceptions::PyOverflowError;
use pyo3::prelude::*;

/// A sum of unsigned numbers.
#[pyclass]
struct Counter {
    #[pyo3(get)]
    total: u64,
}

#[pymethods]
impl Counter {
    #[new]
    fn new(total: u64) -> Self {
        Self { total }
    }

    fn add(&mut self, more: u64) -> PyResult<u64> {
        let sum = self.total.checked_add(more);
        self.total = sum.ok_or_else(|| PyOverflowError::new_err("more than 64 bits"))?;
        Ok(self.total)
    }
}

#[pyfunction]
fn greet(name: String) -> String {
    format!("Hello, {name}")
}
"""

# The first that marks a module for free-threaded builds, and that supports an inline module without a feature.
INLINE_SINCE = 23
FUNCTION = """
#[pymodule{gil}]
fn {crate}(module: &Bound<'_, PyModule>) -> PyResult<()> {{
    module.add_class::<Counter>()?;
    module.add_function(wrap_pyfunction!(greet, module)?)
}}
"""
INLINE = """
#[pymodule{gil}]
mod {crate} {{
    #[pymodule_export]
    use super::{{greet, Counter}};
}}
"""


def write(version: Version, folder: Path) -> Path:
    """Write the crate of a version below `folder` and return its directory; unchanged files stay."""
    project = folder / version.crate
    abis = ", ".join(f'"{abi}"' for abi in version.abis)
    words = {**version._asdict(), "crate": version.crate, "name": version.name, "abis": abis}
    has_inline = version.minor >= INLINE_SINCE
    module = INLINE if has_inline and version.minor % 2 == 0 else FUNCTION
    words["gil"] = "(gil_used = false)" if has_inline else ""
    files = {
        "Cargo.toml": CARGO.format(**words),
        "pyproject.toml": PYPROJECT.format(**words),
        "check.py": CHECK.format(**words),
        "src/lib.rs": BODY + module.format(**words),
    }
    for name, text in files.items():
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
    return project
