"""Texts at the boundary: surrogates, invalid UTF-8, bytes and bytearray, file names."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import type_conversion as conversion

LONE = "a\ud800b"


def test_text_of_any_plane_comes_through() -> None:
    assert conversion.capitals("straße \U0001f980\0x") == "STRASSE \U0001f980\0X"


def test_a_lone_surrogate_is_no_utf8() -> None:
    with pytest.raises(UnicodeEncodeError, match="surrogates not allowed"):
        conversion.capitals(LONE)
    with pytest.raises(UnicodeEncodeError):
        conversion.words(LONE)
    with pytest.raises(UnicodeEncodeError):
        conversion.tally(["fine", LONE])
    # The number depends on the Python: CPython's own decoder emits one for each byte.
    assert conversion.lossy(LONE).strip("�") in {"a�b", "a��b", "a���b"}


@pytest.mark.parametrize("value", [None, b"a", 1, ["a"]])
def test_what_is_no_text_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        conversion.capitals(value)  # type: ignore[arg-type]


def test_utf8_is_decoded() -> None:
    assert conversion.decode("Grüße".encode()) == "Grüße"
    assert conversion.decode(b"") == ""


@pytest.mark.parametrize(
    ("data", "start", "end"),
    [
        (b"ab\xffcd", 2, 3),
        (b"\xc3", 0, 1),
        (b"x\xe2\x82", 1, 3),
        ("\ud800".encode("utf-8", "surrogatepass"), 0, 1),
        (b"\xc0\x80", 0, 1),
    ],
)
def test_invalid_utf8_is_told_as_python_tells_it(data: bytes, start: int, end: int) -> None:
    with pytest.raises(UnicodeDecodeError) as caught:
        conversion.decode(data)
    error = caught.value
    assert (error.encoding, error.object, error.start, error.end) == ("utf-8", data, start, end)
    with pytest.raises(UnicodeDecodeError) as own:
        data.decode()
    assert (own.value.start, own.value.end) == (start, end)


def test_a_bytearray_is_copied_or_refused() -> None:
    assert conversion.reversed_bytes(b"abc") == conversion.reversed_bytes(bytearray(b"abc")) == b"cba"
    assert type(conversion.reversed_bytes(b"")) is bytes
    with pytest.raises(TypeError):
        conversion.decode(bytearray(b"abc"))  # type: ignore[arg-type]


def test_words_are_counted_and_tallied() -> None:
    assert conversion.words(" one two\tthree ") == 3
    assert conversion.tally(["b", "a", "b"]) == {"a": 1, "b": 2}
    assert conversion.tally(("x",)) == {"x": 1}
    with pytest.raises(TypeError):
        conversion.tally("text")
    with pytest.raises(TypeError):
        conversion.tally([None])  # type: ignore[list-item]


def test_a_mapping_is_inverted() -> None:
    assert conversion.inverted({"b": 1, "a": 1, "c": -2}) == {-2: ["c"], 1: ["a", "b"]}
    with pytest.raises(OverflowError):
        conversion.inverted({"a": 2**63})


def test_an_iterator_is_read_one_by_one() -> None:
    assert conversion.utf8_length(text for text in ("é", "a")) == 3
    assert conversion.utf8_length("éa") == 3
    seen = []

    def texts() -> object:
        for text in ("a", 1, "never read"):
            seen.append(text)
            yield text

    with pytest.raises(TypeError):
        conversion.utf8_length(texts())  # type: ignore[arg-type]
    assert seen == ["a", 1]


def test_an_iterator_s_own_error_comes_through() -> None:
    with pytest.raises(ZeroDivisionError):
        conversion.utf8_length(str(1 // number) for number in (1, 0))


def test_a_path_is_a_path() -> None:
    for path in ("a/b.txt", Path("a") / "b.txt"):
        assert conversion.file_name(path) == "b.txt"
    assert conversion.file_name("/") is None
    for wrong in (1, None, b"a/b.txt"):
        with pytest.raises(TypeError):
            conversion.file_name(wrong)  # type: ignore[arg-type]


@pytest.mark.skipif(os.name != "posix", reason="file names are Unicode elsewhere")
def test_a_name_that_is_no_utf8_survives() -> None:
    name = conversion.file_name(os.fsdecode(b"a/\xff"))
    assert name is not None
    assert os.fsencode(name) == b"\xff"


def test_one_character() -> None:
    assert conversion.ordinal("\U0001f980") == 0x1F980
    for wrong in ("", "ab", "e\u0301"):
        with pytest.raises(ValueError, match="expected a string of length 1"):
            conversion.ordinal(wrong)
