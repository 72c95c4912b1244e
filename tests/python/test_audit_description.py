"""Parts of `monowheel audit` that need Python, on the installed wheel: reStructuredText, and newer syntax."""

from __future__ import annotations

import json
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Run

pytestmark = pytest.mark.every_python

CLEAN, FINDINGS = 0, 1
INFO = "demo-1.0.dist-info"


def save(folder: Path, description: str, code: str = "", kind: str = "Description-Content-Type: text/x-rst\n") -> Path:
    """Make a wheel with a description and one module."""
    path = folder / "demo-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("demo.py", code)
        metadata = f"Metadata-Version: 2.1\nName: demo\nVersion: 1.0\nRequires-Python: >=3.7\n{kind}\n{description}"
        archive.writestr(f"{INFO}/METADATA", metadata)
        archive.writestr(f"{INFO}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{INFO}/RECORD", f"demo.py,,\n{INFO}/METADATA,,\n{INFO}/WHEEL,,\n{INFO}/RECORD,,\n")
    return path


def said(monowheel: Run, path: Path, rule: str) -> list[tuple[str, str]]:
    """The findings of a rule on a wheel: severities and messages."""
    report = json.loads(monowheel("audit", "--json", str(path)).stdout)
    findings = [finding for file in report["files"] for finding in file["findings"]]
    return [(finding["severity"], finding["message"]) for finding in findings if finding["rule"] == rule]


@pytest.mark.parametrize(
    ("description", "line"),
    [
        ("Demo\n====\n\n.. raw:: html\n\n   <b>x</b>\n", "line 4"),
        ("Demo\n====\n\n.. no-such-directive:: x\n", "line 4"),
        ("Demo\n====\n\nSub\n---\n\nOdd\n~~~\n\nSome words\n^^^^^\n", "line"),
    ],
)
def test_a_description_that_the_index_refuses(monowheel: Run, tmp_path: Path, description: str, line: str) -> None:
    pytest.importorskip("readme_renderer")
    [(severity, message)] = said(monowheel, save(tmp_path, description), "description-does-not-render")
    assert severity == "error"
    assert line in message


@pytest.mark.parametrize("kind", ["Description-Content-Type: text/x-rst\n", ""])
def test_a_description_that_renders(monowheel: Run, tmp_path: Path, kind: str) -> None:
    pytest.importorskip("readme_renderer")
    path = save(tmp_path, "Demo\n====\n\nA `link <https://example.org>`_ and *words*.\n", kind=kind)
    assert said(monowheel, path, "description-does-not-render") == []


def test_syntax_above_requires_python(monowheel: Run, tmp_path: Path) -> None:
    path = save(tmp_path, "demo\n", code="if (n := 1):\n    pass\n")
    [(severity, message)] = said(monowheel, path, "syntax-above-requires-python")
    if sys.version_info < (3, 10):
        assert severity == "note"
        assert "run monowheel with 3.10 or later" in message
    else:
        assert severity == "warning"
        assert message.startswith("is a SyntaxError on Python 3.7: ")


@pytest.mark.skipif(sys.version_info < (3, 10), reason="older Pythons cannot judge syntax")
@pytest.mark.parametrize(
    ("since", "code"),
    [
        (12, "type X = int\n"),
        (12, "async def f[T](x: T): ...\n"),
        (14, "try:\n    pass\nexcept ValueError, KeyError:\n    pass\n"),
        (14, 'x = t"{1}"\n'),
    ],
)
def test_syntax_that_the_running_python_may_not_know(monowheel: Run, tmp_path: Path, since: int, code: str) -> None:
    if since > 12 and sys.version_info >= (3, since):
        pytest.skip("this Python parses it, and its own parser judges")
    [(severity, _)] = said(monowheel, save(tmp_path, "demo\n", code=code), "syntax-above-requires-python")
    assert severity == "warning"


@pytest.mark.parametrize("code", ["print 'type X = int'\n", "type(x) = {\n", "except = t'\n", "x = `a`\n:=\n"])
def test_text_that_is_in_no_python(monowheel: Run, tmp_path: Path, code: str) -> None:
    found = said(monowheel, save(tmp_path, "demo\n", code=code), "syntax-above-requires-python")
    assert all(severity == "note" for severity, _ in found)
