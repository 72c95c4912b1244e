"""Tests of the installed wheel."""

from __future__ import annotations

from importlib.metadata import version

import pytest

import production_deployment
from production_deployment import Slugger, slug


def test_makes_slugs() -> None:
    assert slug("  Tea, for two!  ") == "tea-for-two"
    assert Slugger(separator="_", longest=8).slug("Tea for two") == "tea_for"


def test_is_a_value() -> None:
    made = Slugger(longest=8)
    assert (made.separator, made.longest) == ("-", 8)
    assert made == Slugger(separator="-", longest=8)
    assert made != Slugger()
    assert repr(made) == "Slugger(separator='-', longest=8)"
    with pytest.raises(AttributeError):
        made.longest = 9  # type: ignore[misc]


def test_refuses() -> None:
    with pytest.raises(ValueError, match=r'"\.\.\." has no character'):
        slug("...")
    with pytest.raises(ValueError, match="'x' is a letter"):
        Slugger(separator="x")
    with pytest.raises(ValueError, match="at least 1 character"):
        Slugger(longest=0)
    with pytest.raises((TypeError, ValueError)):
        Slugger(separator="--")


def test_the_version_is_that_of_the_wheel() -> None:
    assert production_deployment.__version__ == version("production_deployment")
