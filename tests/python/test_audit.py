"""`monowheel audit` on the installed wheel: this environment, an index on this machine, and a report's reader."""

from __future__ import annotations

import hashlib
import http.server
import json
import sysconfig
import threading
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Iterator

import pytest

if TYPE_CHECKING:
    from conftest import Run

pytestmark = pytest.mark.every_python

CLEAN, FINDINGS, USAGE, INCOMPLETE = 0, 1, 2, 3
WHEEL = "demo-1.0-py3-none-any.whl"


def save(path: Path) -> Path:
    """Create a wheel with findings."""
    info = "demo-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("demo.py", "X = 1\n")
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", f"{info}/RECORD,,\n")
    return path


@pytest.fixture
def index(tmp_path: Path) -> Iterator[str]:
    """A simple index with one release, on this machine."""
    data = save(tmp_path / WHEEL).read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    pages = {
        "/simple/demo/": ("text/html", f'<a href="/files/{WHEEL}#sha256={digest}">{WHEEL}</a>'.encode()),
        f"/files/{WHEEL}": ("application/octet-stream", data),
    }

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, body = pages.get(self.path, ("text/plain", b""))
            self.send_response(200 if self.path in pages else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/simple/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_release_and_a_file_are_the_same(monowheel: Run, index: str, tmp_path: Path) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text(f"--index-url {index}\ndemo==1.0\n", encoding="utf-8")
    direct = {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    of_file = json.loads(monowheel("audit", "--json", tmp_path / WHEEL).stdout)
    for arguments in (["demo==1.0", "--index-url", index], ["-r", requirements], ["demo == 1.0", "--whole"]):
        environment = {**direct, "PIP_INDEX_URL": index} if "--whole" in arguments else direct
        done = monowheel("audit", "--json", *arguments, env=environment)
        report = json.loads(done.stdout)
        assert report["counts"] == of_file["counts"], done.stderr
        assert report["files"][0]["findings"] == of_file["files"][0]["findings"]


def test_a_release_that_is_not_there(monowheel: Run, index: str) -> None:
    direct = {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    for name in ("gone==1.0", "demo==2.0"):
        done = monowheel("audit", name, "--index-url", index, env=direct)
        assert done.returncode in {USAGE, INCOMPLETE}
        assert name.split("==", maxsplit=1)[0] in done.stderr
        assert "next:" in done.stderr


def test_this_environment(monowheel: Run) -> None:
    done = monowheel("audit", "--installed", "--json")
    report = json.loads(done.stdout)
    site = Path(sysconfig.get_path("platlib")).resolve()
    places = [Path(file["place"]) for file in report["files"]]
    assert any(place.name.startswith("_monowheel.") for place in places)
    assert all(place.suffix in {".so", ".pyd"} for place in places)
    assert any(site in place.parents for place in places)
    assert report["failures"] == []


def test_our_own_extension_is_sound(monowheel: Run) -> None:
    extension = next(Path(sysconfig.get_path("platlib"), "monowheel").glob("_monowheel.*[od]"))
    done = monowheel("audit", "--floor", "3.8", extension)
    assert done.returncode == CLEAN, done.stdout


def test_the_configuration_of_the_current_folder(monowheel: Run, tmp_path: Path) -> None:
    wheel = save(tmp_path / WHEEL)
    report = json.loads(monowheel("audit", "--json", wheel).stdout)
    found = report["files"][0]["findings"]
    assert found, "the wheel is to have something to be found"
    ignores = ", ".join(f'{{ rule = "{rule}", reason = "a test" }}' for rule in {each["rule"] for each in found})
    project = tmp_path / "project"
    project.mkdir()
    (project / "pyproject.toml").write_text(
        f'[tool.monowheel.audit]\nfail-on = "note"\nignore = [{ignores}]\n', encoding="utf-8"
    )
    done = monowheel("audit", "--json", wheel, cwd=project)
    again = json.loads(done.stdout)
    assert again["files"][0]["findings"] == []
    assert again["counts"]["ignored"] == len(found)
    assert monowheel("audit", wheel, "--fail-on", "note").returncode == FINDINGS
