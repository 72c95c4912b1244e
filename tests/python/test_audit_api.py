"""`monowheel.audit` as a library: paths and bytes, threads, exceptions, notebooks."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import signal
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import TYPE_CHECKING, Any

import monowheel
import pytest

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.every_python

METADATA = "Metadata-Version: 2.4\nName: demo\nVersion: 1.0\nLicense-Expression: MIT\nLicense-File: LICENSE\n"
WHEEL = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
NAME = "demo-1.0-py3-none-any.whl"


def wheel(extra: dict[str, bytes] | None = None, spoil: str | None = None) -> bytes:
    """Make a pure wheel; the RECORD's hash of the member ``spoil`` is wrong."""
    info = "demo-1.0.dist-info"
    members = {
        "demo/__init__.py": b"X = 1\n",
        **(extra or {}),
        f"{info}/licenses/LICENSE": b"MIT\n",
        f"{info}/METADATA": METADATA.encode(),
        f"{info}/WHEEL": WHEEL.encode(),
    }
    rows = []
    for path, data in members.items():
        digest = hashlib.sha256(b"other" if path == spoil else data).digest()
        rows.append(f"{path},sha256={base64.urlsafe_b64encode(digest).rstrip(b'=').decode()},{len(data)}\n")
    members[f"{info}/RECORD"] = "".join([*rows, f"{info}/RECORD,,\n"]).encode()
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in members.items():
            entry = zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0))
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def errors(report: monowheel.Report) -> list[str]:
    """Return the rules of the errors."""
    return [found.rule for found in report.findings if found.severity == "error"]


def test_bytes_and_paths_give_the_same_report(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(wheel(spoil="demo/__init__.py"))
    of_path, of_bytes = monowheel.audit(path), monowheel.audit((NAME, path.read_bytes()))
    assert errors(of_path) == errors(of_bytes) != []
    assert not of_path.ok
    found = next(found for found in of_path.findings if found.severity == "error")
    assert (found.rule, found.file, found.member) == ("record-hash-mismatch", NAME, "demo-1.0.dist-info/RECORD")
    assert found.details == ["demo/__init__.py"]
    assert found.message
    assert found.fix


def test_a_clean_wheel_is_ok() -> None:
    report = monowheel.audit((NAME, wheel()))
    assert report.ok, report.findings
    (audited,) = report.files
    assert (audited.name, audited.version, audited.tags) == ("demo", "1.0", ["py3-none-any"])
    assert "0 errors" in repr(report)


def test_the_settings_of_a_project(tmp_path: Path) -> None:
    config = tmp_path / "pyproject.toml"
    source = (NAME, wheel(spoil="demo/__init__.py"))

    def is_ok(text: str) -> bool:
        config.write_text(text, encoding="utf-8")
        return monowheel.audit(source, config=config).ok

    rules = {found.rule for found in monowheel.audit(source).findings}
    ignores = ", ".join(f'{{ rule = "{rule}", reason = "a test" }}' for rule in rules)
    assert not is_ok("")
    assert is_ok(f"[tool.monowheel.audit]\nignore = [{ignores}]\n")
    mild = "[tool.monowheel.audit]\nignore = [{ rule = 'record-hash-mismatch', reason = 'a test' }]\n"
    assert is_ok(mild)
    assert is_ok(f"{mild}fail-on = 'note'\n") == (rules == {"record-hash-mismatch"})
    with pytest.raises(monowheel.UsageError, match="did you mean `audit`"):
        is_ok("[tool.monowheel.adit]\n")
    with pytest.raises(monowheel.UsageError, match="no such configuration"):
        monowheel.audit(source, config=tmp_path / "absent.toml")


def test_a_folder_is_a_set(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(wheel())
    (tmp_path / "notes.txt").write_text("no wheel", encoding="utf-8")
    assert [audited.file for audited in monowheel.audit(tmp_path).files] == [NAME]


def test_every_form_of_a_report(tmp_path: Path) -> None:
    report = monowheel.audit((NAME, wheel(spoil="demo/__init__.py")), (NAME, wheel()))
    as_dict: dict[str, Any] = report.to_dict()
    assert as_dict == json.loads(report.to_json())
    assert as_dict["schema"] == "monowheel.audit/1"
    assert as_dict["counts"]["errors"] == report.errors == len(errors(report))
    assert json.loads(report.to_sarif())["version"] == "2.1.0"
    page = report.to_html()
    assert page.startswith("<!DOCTYPE html>")
    assert "record-hash-mismatch" in page
    assert "record-hash-mismatch" in report._repr_html_()
    assert tmp_path.name not in page


def test_the_exceptions_are_specific(tmp_path: Path) -> None:
    with pytest.raises(monowheel.UsageError, match="no such"):
        monowheel.audit(tmp_path / "absent.whl")
    with pytest.raises(monowheel.UsageError, match="file name"):
        monowheel.audit(wheel())  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="not int"):
        monowheel.audit(3)  # type: ignore[arg-type]
    with pytest.raises(monowheel.UsageError, match="floor"):
        monowheel.audit((NAME, wheel()), floor="three")
    with pytest.raises(monowheel.UsageError, match="record-hash-mismatch"):
        monowheel.audit((NAME, wheel()), ignore={"record-hash-mismach": "a slip"})
    assert issubclass(monowheel.UsageError, monowheel.MonowheelError)


def test_what_is_wrong_with_a_file_is_a_finding_and_no_exception() -> None:
    for data in (b"", b"PK", b"PK\x05\x06" + b"\0" * 18, wheel()[:-30], os.urandom(300)):
        report = monowheel.audit((NAME, data))
        assert errors(report), data
        assert not report.ok


def test_an_ignore_takes_a_finding_away_and_an_unneeded_one_is_told() -> None:
    spoilt = wheel(spoil="demo/__init__.py")
    ignore = {"record-hash-mismatch": "made by hand", "no-license": "not needed"}
    report = monowheel.audit((NAME, spoilt), ignore=ignore)
    assert report.ok
    data = report.to_dict()
    assert data["counts"]["ignored"] == 1
    assert [unused["rule"] for unused in data["unused_ignores"]] == ["no-license"]


def test_from_many_threads() -> None:
    good, bad = (NAME, wheel()), (NAME, wheel(spoil="demo/__init__.py"))
    with ThreadPoolExecutor(8) as pool:
        reports = list(pool.map(lambda index: monowheel.audit(bad if index % 2 else good, jobs=2), range(64)))
    assert [report.ok for report in reports] == [index % 2 == 0 for index in range(64)]


def test_reports_are_frozen() -> None:
    report = monowheel.audit((NAME, wheel(spoil="demo/__init__.py")))
    with pytest.raises(AttributeError):
        report.errors = 0  # type: ignore[misc]
    assert report.findings == report.findings
    assert report.findings[0] != "something else"


@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT to one process")
def test_ctrl_c_ends_a_long_audit() -> None:
    code = (
        "import io, monowheel, signal, zipfile\n"
        # A process that was started in the background ignores it.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "out = io.BytesIO()\n"
        "with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as z: z.writestr('a.bin', bytes(50_000_000))\n"
        "pairs = [('demo-1.0-py3-none-any.whl', out.getvalue())] * 3000\n"
        # The signal may come at once: the wait for it is already in the `try`.
        "try:\n    print('ready', flush=True)\n    monowheel.audit(*pairs)\n"
        "except KeyboardInterrupt:\n    print('interrupted')\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, encoding="utf-8") as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "ready\n"
        running.send_signal(signal.SIGINT)
        out, _ = running.communicate(timeout=30)
    assert out == "interrupted\n"
    assert running.returncode == 0


def test_a_directory_is_audited_as_by_the_command_line(tmp_path: Path) -> None:
    """`monowheel.audit("dist")` found no sdist where the command line did, and a wheel named twice counted twice."""
    dist = tmp_path / "dist"
    dist.mkdir()
    for name in (NAME, "demo-1.0-cp39-abi3-win_amd64.whl"):
        (dist / name).write_bytes(wheel())
    (dist / "demo-1.0.tar.gz").write_bytes(b"")
    words = [sys.executable, "-m", "monowheel", "audit", "--json", "dist", f"dist/{NAME}"]
    done = subprocess.run(words, cwd=tmp_path, check=False, capture_output=True, encoding="utf-8")
    told = json.loads(done.stdout)
    by_command = [found["rule"] for part in [*told["files"], *told["sets"]] for found in part["findings"]]
    by_library = [found.rule for found in monowheel.audit(dist, dist / NAME).findings]
    assert sorted(by_library) == sorted(by_command)
    assert "sdist-missing" not in by_library
    (dist / "demo-1.0.tar.gz").unlink()
    assert "sdist-missing" in [found.rule for found in monowheel.audit(dist).findings]
