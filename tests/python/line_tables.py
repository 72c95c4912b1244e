"""A project whose stripped wheels have line tables beside them, for the tests of what reads these."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Mapping

if TYPE_CHECKING:
    from pathlib import Path

LINUX, WINDOWS, MACOS = "manylinux_2_17_x86_64", "win_amd64", "macosx_11_0_arm64"
SO = "_hello_world.abi3.so"

# Two functions, each with an inlined one: the first calls Python, the second ends the process.
METHODS = """
    PyMethodDef {
        ml_name: c"call".as_ptr(),
        ml_meth: PyMethodDefPointer { PyCFunction: call },
        ml_flags: METH_O,
        ml_doc: c"Call `function`.".as_ptr(),
    },
    PyMethodDef {
        ml_name: c"fail".as_ptr(),
        ml_meth: PyMethodDefPointer { PyCFunction: fail },
        ml_flags: METH_O,
        ml_doc: c"End the process.".as_ptr(),
    },
"""
FUNCTIONS = """
unsafe extern "C" fn call(_module: *mut PyObject, function: *mut PyObject) -> *mut PyObject {
    std::hint::black_box(unsafe { called(function) })
}

#[inline(always)]
unsafe fn called(function: *mut PyObject) -> *mut PyObject {
    let result = unsafe { pyo3_ffi::PyObject_CallObject(function, ptr::null_mut()) }; // the call
    std::hint::black_box(result)
}

unsafe extern "C" fn fail(_module: *mut PyObject, _name: *mut PyObject) -> *mut PyObject {
    planted(std::hint::black_box(1234567))
}

#[inline(never)]
fn planted(number: u32) -> *mut PyObject {
    panic!("planted {number}"); // the panic
}
"""


@dataclass(frozen=True)
class Built:
    """A project, and its wheels with line tables."""

    project: Path
    dist: Path
    common: Mapping[str, str]

    def wheel(self, platform: str) -> Path:
        """Return the wheel for a platform."""
        (wheel,) = self.dist.glob(f"*{platform}*.whl")
        return wheel

    def unpack(self, folder: Path) -> Path:
        """Unpack the wheel for Linux into a directory."""
        with zipfile.ZipFile(self.wheel(LINUX)) as wheel:
            wheel.extractall(folder)
        return folder

    def line_of(self, text: str) -> int:
        """Return the line of the source with this text."""
        lines = (self.project / "src" / "python.rs").read_text(encoding="utf-8").splitlines()
        (found,) = [number for number, line in enumerate(lines, 1) if text in line]
        return found


def targets(*names: str) -> list[str]:
    """Return the options for these targets."""
    return [word for name in names for word in ("--target", name)] + ["--abi", "abi3"]


def add_functions(project: Path) -> None:
    """Add the functions above to the small example."""
    source = project / "src" / "python.rs"
    text = source.read_text(encoding="utf-8")
    text = text.replace("METHODS: [PyMethodDef; 2] = [", "METHODS: [PyMethodDef; 4] = [" + METHODS.rstrip(), 1)
    source.write_text(text + FUNCTIONS, encoding="utf-8")
