"""Tests of the versions of the wheel and its Python. The same tests run on every wheel."""

from __future__ import annotations

import array
import mmap
import sys
import zlib
from typing import TYPE_CHECKING

import pytest

import versioning

if TYPE_CHECKING:
    from pathlib import Path

FLOOR = versioning.versions().floor
GROWN = pytest.mark.skipif(FLOOR < (3, 11), reason=f"this wheel is for {FLOOR[0]}.{FLOOR[1]} and has no buffers")


def test_says_what_runs() -> None:
    found = versioning.versions()
    assert found.running == sys.version_info[:3]
    assert found.stable_abi is True
    # No installer chooses a wheel for a later Python.
    assert found.floor in [(3, 8), (3, 11), (3, 15)]
    assert found.floor <= found.running
    assert repr(found).startswith(f"<a wheel for {FLOOR[0]}.{FLOOR[1]} on Python ")


def test_says_whether_there_is_a_gil() -> None:
    enabled = getattr(sys, "_is_gil_enabled", lambda: True)
    assert versioning.versions().gil is enabled()


def test_the_api_grows_with_the_floor() -> None:
    grown = FLOOR >= (3, 11)
    assert hasattr(versioning, "crc32_buffer") is grown
    assert ("crc32_buffer" in versioning.__all__) is grown


@GROWN
def test_takes_any_buffer_of_bytes(tmp_path: Path) -> None:
    data = bytes(range(256))
    file = tmp_path / "data"
    file.write_bytes(data)
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        assert versioning.crc32_buffer(mapped) == zlib.crc32(data)
    for buffer in (data, bytearray(data), memoryview(data), array.array("B", data)):
        assert versioning.crc32_buffer(buffer) == zlib.crc32(data)
    apart = memoryview(data)[::3]
    assert versioning.crc32_buffer(apart, 7) == zlib.crc32(data[::3], 7)


@GROWN
def test_refuses_other_buffers() -> None:
    with pytest.raises(BufferError):
        versioning.crc32_buffer(array.array("d", [1.0]))
    with pytest.raises(TypeError):
        versioning.crc32_buffer("text")  # type: ignore[arg-type]
