"""`monowheel debug leaks` on the leaks that PyO3 itself had: found in the release before each fix, clean in 0.30.1.

Compiles one crate with each release of PyO3 (a minute each) and measures a unit of work for each leak. With a path as
the argument, the compiled files stay there.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

FIXED = "0.30.1"


class Leak(NamedTuple):
    """A leak of PyO3, by the pull request that fixed it."""

    fix: int
    # The release before the fix.
    before: str
    unit: str
    # The kind of the finding.
    kind: str


LEAKS = (
    Leak(6198, "0.29.0", "leaky.WithDict().a = 1", "lost-reference"),
    Leak(6206, "0.29.0", "x = leaky.Traversed(); x.me = x", "cycle"),
    Leak(6224, "0.29.0", "leaky.Plain()", "lost-reference"),
    Leak(6234, "0.29.0", "leaky.WithDict()", "lost-reference"),
    Leak(6269, "0.29.3", "class S(leaky.Parent): pass\nS.x = S()", "lost-reference"),
)
CARGO = """\
[package]
name = "leaky"
version = "1.0.0"
edition = "2021"
publish = false
[lib]
path = "lib.rs"
crate-type = ["cdylib"]
[dependencies]
pyo3 = "={pyo3}"
[profile.dev]
debug = false
[workspace]
"""
SOURCE = """\
use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;

#[pyclass(dict)]
struct WithDict {}

#[pymethods]
impl WithDict {
    #[new]
    fn new() -> Self {
        Self {}
    }
}

#[pyclass(dict)]
struct Traversed {}

#[pymethods]
impl Traversed {
    #[new]
    fn new() -> Self {
        Self {}
    }

    fn __traverse__(&self, _visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        Ok(())
    }

    fn __clear__(&mut self) {}
}

// CPython visits the class of an instance itself, unless its base has a traversal.
#[pyclass(subclass)]
struct Parent {}

#[pymethods]
impl Parent {
    #[new]
    fn new() -> Self {
        Self {}
    }

    fn __traverse__(&self, _visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        Ok(())
    }

    fn __clear__(&mut self) {}
}

#[pyclass]
struct Plain {}

#[pymethods]
impl Plain {
    #[new]
    fn new() -> Self {
        Self {}
    }
}

#[pymodule]
mod leaky {
    #[pymodule_export]
    use super::{Parent, Plain, Traversed, WithDict};
}
"""


def build(folder: Path, pyo3: str) -> Path:
    """The directory with the module, compiled with this PyO3."""
    project, out = folder / f"crate-{pyo3}", folder / f"module-{pyo3}"
    for each in (project, out):
        each.mkdir(parents=True, exist_ok=True)
    (project / "Cargo.toml").write_text(CARGO.format(pyo3=pyo3), encoding="utf-8")
    (project / "lib.rs").write_text(SOURCE, encoding="utf-8")
    target = folder / f"target-{pyo3}"
    environment = {
        **os.environ,
        "CARGO_TARGET_DIR": str(target),
        "PYO3_BUILD_EXTENSION_MODULE": "1",
        "PYO3_PYTHON": sys.executable,
    }
    subprocess.run(["cargo", "build", "--quiet"], cwd=project, env=environment, check=True)
    shutil.copy(target / "debug" / "libleaky.so", out / "leaky.so")
    return out


def measure(module: Path, unit: str) -> list[str]:
    """The kinds of what `monowheel debug leaks` finds."""
    words = ["debug", "leaks", "--json", "--setup", "import leaky", "--", sys.executable, "-c", unit]
    environment = {**os.environ, "PYTHONPATH": str(module)}
    done = subprocess.run(
        [sys.executable, "-I", "-m", "monowheel", *words], env=environment, capture_output=True, check=False
    )
    if done.returncode not in (0, 1):
        sys.exit(done.stderr.decode(errors="replace"))
    return [finding["kind"] for finding in json.loads(done.stdout)["findings"]]


def main() -> int:
    """Measure everything, and print a table."""
    wrong = 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(sys.argv[1] if len(sys.argv) > 1 else temporary).resolve()
        modules = {pyo3: build(folder, pyo3) for pyo3 in sorted({FIXED, *(leak.before for leak in LEAKS)})}
        for leak in LEAKS:
            before, after = measure(modules[leak.before], leak.unit), measure(modules[FIXED], leak.unit)
            is_right = leak.kind in before and not after
            wrong += not is_right
            version = f"CPython {sys.version_info.major}.{sys.version_info.minor}"
            print(f"#{leak.fix}, {version}: {leak.before} {', '.join(before) or 'clean'}; ", end="")
            print(f"{FIXED} {', '.join(after) or 'clean'}{'' if is_right else '  WRONG'}")
    return min(wrong, 1)


if __name__ == "__main__":
    sys.exit(main())
