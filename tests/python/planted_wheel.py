"""The planted modules as a wheel, without maturin."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from typing import TYPE_CHECKING, Mapping

if TYPE_CHECKING:
    from pathlib import Path

INFO = "planted-0.1.0.dist-info"
METADATA = "Metadata-Version: 2.1\nName: planted\nVersion: 0.1.0\n"
WHEEL = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: false\nTag: cp38-abi3-linux_x86_64\n"

# The types of those whose arguments matter.
STUB = """\
from typing import Callable

def abort_if_large(number: int) -> int: ...
def abort_if_large_fixed(number: int) -> int: ...
def box_leak(size: int) -> int: ...
def box_leak_fixed(size: int) -> int: ...
def deadlock(callback: Callable[[], object]) -> int: ...
def deadlock_fixed(callback: Callable[[], object]) -> int: ...
def panic_if_empty(text: str) -> str: ...
def panic_if_empty_fixed(text: str) -> str: ...
def pooled(number: int) -> int: ...
def pooled_fixed(number: int) -> int: ...
"""


def planted_wheel(
    planted: Path,
    folder: Path,
    modules: tuple[str, ...] = ("planted", "planted_raw"),
    others: Mapping[str, str] | None = None,
) -> Path:
    """Write a wheel with one library, once under each name, and with other files."""
    wheel = folder / "planted-0.1.0-cp38-abi3-linux_x86_64.whl"
    members = {f"{INFO}/METADATA": METADATA.encode(), f"{INFO}/WHEEL": WHEEL.encode()}
    library = (planted / "planted.abi3.so").read_bytes()
    members["planted.pyi"] = STUB.encode()
    members.update({f"{name}.abi3.so": library for name in modules})
    members.update({name: text.encode() for name, text in (others or {}).items()})
    rows = []
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            rows.append(f"{name},sha256={digest},{len(content)}\n")
        archive.writestr(f"{INFO}/RECORD", "".join(rows) + f"{INFO}/RECORD,,\n")
    return wheel
