"""What C and C++ have to do in each wheel."""

import native
import pytest


def test_c_jumps_back() -> None:
    assert native.jump(7) == 7


def test_cpp_catches_its_exception() -> None:
    assert native.number("42 and more") == 42
    assert native.number("nothing") == -1


def test_a_library_of_c_compresses() -> None:
    data = bytes(range(256)) * 100
    packed = bytes(native.compress(data))
    assert len(packed) < len(data) / 10
    assert bytes(native.decompress(packed, len(data))) == data


def test_an_error_of_c_is_an_exception() -> None:
    with pytest.raises(OSError, match="Unknown frame descriptor"):
        native.decompress(b"not compressed", 100)
