"""Report formats, checked with the programs that read them: a SARIF validator and a browser."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import monowheel as package
import pytest

if TYPE_CHECKING:
    from conftest import Run

CHROMIUM = shutil.which("chromium")
HOSTILE = "demo/<script>alert(1)</script>\"'&\x1b[2J{0} [x](https://x.invalid)\u202egpj.py"


def _save(path: Path, *members: str) -> None:
    """Create a wheel with these members, which RECORD does not list."""
    info = "demo-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        for name in members:
            archive.writestr(name, "1")
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", f"{info}/RECORD,,\n")


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A directory with a wheel with hostile member names, one with other tags inside, and one that is not a wheel."""
    folder = tmp_path / "a dist"
    folder.mkdir()
    _save(folder / "demo-1.0-py3-none-any.whl", HOSTILE, "demo/[link](https://x.invalid).py", "demo/x.so")
    _save(folder / "demo-1.0-cp38-abi3-win_amd64.whl", "demo/__init__.py")
    (folder / "other-1.0-py3-none-any.whl").write_bytes(b"no archive")
    return folder


def test_sarif_is_valid(monowheel: Run, dist: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="ci/requirements-dev.txt has it")
    schema = os.environ.get("SARIF_SCHEMA")
    if schema is None:
        pytest.skip("./ci/test pytest fetches the schema of SARIF")
    done = monowheel("audit", "--format", "sarif", dist)
    log = json.loads(done.stdout)
    validator = jsonschema.Draft7Validator(
        json.loads(Path(schema).read_text(encoding="utf-8")), format_checker=jsonschema.FormatChecker()
    )
    wrong = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(log)]
    assert wrong == []
    (run,) = log["runs"]
    assert run["results"], done.stdout
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
    fingerprints = [result["partialFingerprints"]["monowheel/v1"] for result in run["results"]]
    assert len(set(fingerprints)) == len(fingerprints)
    # The validator works: a number is not a URI.
    run["artifacts"][0]["location"]["uri"] = "a dist"
    assert list(validator.iter_errors(log))


class Page(HTMLParser):
    """The page as parsed by a browser."""

    def __init__(self, text: str) -> None:
        """Parse it at once."""
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep each element and what it refers to."""
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in {"href", "src", "action"}]

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        self.text += data


def chromium(tmp_path: Path, *arguments: str) -> str:
    """Run the browser without a window."""
    assert CHROMIUM is not None
    done = subprocess.run(
        [
            CHROMIUM,
            *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
            *(f"--user-data-dir={tmp_path / 'profile'}", *arguments),
        ],
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        timeout=120,
    )
    return done.stdout


@pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium")
def test_a_browser_shows_the_page(monowheel: Run, dist: Path, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    done = monowheel("audit", "--format", "html", "--output", file, dist)
    assert done.stdout == ""
    report = json.loads(monowheel("audit", "--json", dist).stdout)
    page = Page(chromium(tmp_path, "--dump-dom", file.as_uri()))
    # Its own filter, and nothing injected by a name.
    assert page.tags.count("script") == 1
    # Links point into the page itself, or to the sources of a rule.
    assert all(address.startswith(("#", "https://")) for address in page.addresses)
    assert not {"img", "link", "iframe", "object", "form"} & set(page.tags)
    for audited in report["files"]:
        assert audited["file"] in page.text
        for found in audited["findings"]:
            assert found["rule"] in page.text
    assert "\u202e" not in page.text
    assert "<U+202E>" in page.text
    shots = []
    for scheme in ("light", "dark"):
        shot = tmp_path / f"{scheme}.png"
        preferred = ["--blink-settings=preferredColorScheme=0"] if scheme == "dark" else []
        chromium(tmp_path, *preferred, "--window-size=900,700", f"--screenshot={shot}", file.as_uri())
        shots.append(shot.read_bytes())
    assert shots[0] != shots[1], "the page looks the same in dark mode"


def test_a_notebook_shows_the_same(dist: Path) -> None:
    report = package.audit(dist)
    part = Page(report._repr_html_())
    assert not {"html", "head", "body", "script"} & set(part.tags)
    assert all(found.rule in part.text for found in report.findings)
