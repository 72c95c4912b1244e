"""Tests of folding, on text as perf prints it."""

from __future__ import annotations

import pytest
from stacks import fold, read, share, write

SCRIPT = """python
\t    7f1 malloc
\t    7f2 <alloc::vec::Vec<T> as core::iter::FromIterator<T>>::from_iter
\t    7f3 profiling_example::distance::plain

python
\t    7f4 profiling_example::distance::plain (inlined)

python
"""


def test_folds_innermost_last() -> None:
    stacks = fold(SCRIPT)
    assert dict(stacks) == {
        "profiling_example::distance::plain;<alloc::vec::Vec<T> as core::iter::FromIterator<T>>::from_iter;malloc": 1,
        "profiling_example::distance::plain": 1,
    }
    assert read(write(stacks)) == stacks


def test_shares() -> None:
    stacks = read("a;b 3\na 1\n")
    assert share(stacks, "^a") == 1.0
    assert share(stacks, "b$", innermost=True) == pytest.approx(0.75)
    assert share(stacks, "^a$", innermost=True) == pytest.approx(0.25)
    assert share(read(""), "a") == 0.0
