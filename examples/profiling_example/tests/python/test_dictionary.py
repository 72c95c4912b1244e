"""Tests of the installed wheel."""

from __future__ import annotations

import random

import pytest

import profiling_example
from profiling_example import Dictionary


def test_finds_the_nearest() -> None:
    words = Dictionary(["tea", "sea", "ten", "cup"])
    assert words.closest("tee", 2) == [("tea", 1), ("ten", 1)]
    assert len(words.closest("tee")) == 3
    assert Dictionary([]).closest("tee") == []
    assert len(words) == 4
    assert repr(words) == "<Dictionary of 4 words>"


def test_both_versions_agree() -> None:
    source = random.Random(7)  # noqa: S311  no secret
    words = ["".join(source.choices("aéi東no", k=source.randint(0, 9))) for _ in range(300)]
    dictionary = Dictionary(words)
    for word in words[:50]:
        found = dictionary.closest(word, 300)
        assert found == dictionary.closest_plain(word, 300)
        assert found[0] == (word, 0)


def test_refuses() -> None:
    with pytest.raises(ValueError, match="201 bytes"):
        Dictionary(["x" * 201])
    with pytest.raises(ValueError, match="201 bytes"):
        Dictionary([]).closest("x" * 201)
    with pytest.raises(TypeError):
        Dictionary([b"tea"])  # type: ignore[list-item]
    with pytest.raises(UnicodeEncodeError):
        Dictionary([]).closest("\ud800")


def test_version() -> None:
    assert profiling_example.__version__ == "0.1.0"
