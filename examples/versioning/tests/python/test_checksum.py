"""Tests of the functions in every wheel, with zlib as the reference."""

from __future__ import annotations

import zlib

import pytest

from versioning import crc32, verify

DATA = [b"", b"\0", b"123456789", bytes(range(256)) * 41]


@pytest.mark.parametrize("data", DATA)
def test_is_that_of_zlib(data: bytes) -> None:
    assert crc32(data) == zlib.crc32(data)
    assert crc32(data, 7) == zlib.crc32(data, 7)
    assert crc32(data[5:], crc32(data[:5])) == zlib.crc32(data)


def test_verifies() -> None:
    verify(b"123456789", 0xCBF43926)
    with pytest.raises(ValueError, match="not cbf43926"):
        verify(b"12345678", 0xCBF43926)


def test_refuses() -> None:
    with pytest.raises(TypeError):
        crc32("text")  # type: ignore[arg-type]
    with pytest.raises(OverflowError):
        crc32(b"", -1)
