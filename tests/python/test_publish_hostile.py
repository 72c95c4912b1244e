"""`monowheel publish` against a dishonest index, and in a directory that somebody else changes."""

from __future__ import annotations

import base64
import http.server
import json
import os
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any, Callable, Iterator

import pytest
import test_publish as publishing
from test_publish import CLEAN, FINDINGS, INCOMPLETE, INTERRUPTED, NAME, USAGE

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Run, Start

pytestmark = publishing.pytestmark
dist = publishing.dist
index = publishing.index
proven = publishing.proven

TOKEN = "pypi-never-to-be-seen"  # noqa: S105 - a token of nothing
# Longer than any test waits.
FOREVER = 60


class Liar(http.server.ThreadingHTTPServer):
    """An index that is honest unless a test says otherwise; `asked` has its requests."""

    daemon_threads = True

    def __init__(self) -> None:
        """Listen on any port."""
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.asked: list[str] = []
        self.answers: dict[str, Callable[[Handler], Any]] = {
            "/_/oidc/audience": lambda _: {"audience": "liar"},
            "/_/oidc/mint-token": lambda _: {"token": TOKEN, "expires": int(time.time()) + 900},
            "/_/oidc/burn-token": lambda _: {},
        }

    def words(self) -> list[str]:
        """Return the options that name it."""
        return ["--index", f"{self.url}/legacy/", "--index-url", f"{self.url}/simple/"]


class Handler(http.server.BaseHTTPRequestHandler):
    """Responds as the dishonest index is set up; 404 to everything else."""

    server: Liar
    body: bytes = b""

    def log_message(self, *_: object) -> None:
        """Log nothing."""

    def do_GET(self) -> None:
        """Respond, with a document or with something larger."""
        self.server.asked.append(self.path)
        answer = self.server.answers.get(self.path)
        said = answer(self) if answer else (404, b"")
        status, body = said if isinstance(said, tuple) else (200, json.dumps(said).encode())
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        """Answer the same way."""
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.do_GET()


@pytest.fixture
def liar() -> Iterator[Liar]:
    """A running one."""
    with Liar() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def silent(_: Handler) -> dict[str, str]:
    """Respond when nobody waits any more."""
    time.sleep(FOREVER)
    return {}


def test_the_rehearsals_index_takes_files_from_its_front_alone(index: publishing.Index) -> None:
    """pypiserver's own upload does not authenticate."""
    name, data = publishing.wheel(1)
    part = '--x\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n'
    body = (part.format(":action", "") + "file_upload\r\n").encode()
    body += part.format("content", f'; filename="{name}"').encode() + data + b"\r\n--x--\r\n"
    request = urllib.request.Request(  # noqa: S310 - loopback
        f"{index.url}/", body, {"Content-Type": "multipart/form-data; boundary=x"}
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=10)  # noqa: S310 - loopback
    refused.value.close()
    assert (refused.value.code, index.has()) == (405, {})


@pytest.mark.parametrize("audience", ["pypi", "testpypi", "sigstore", "sts.amazonaws.com", "-h", "a\0b", ""])
def test_no_identity_for_somebody_else(
    monowheel: Run, dist: Path, index: publishing.Index, liar: Liar, audience: str
) -> None:
    """Anyone with an identity for PyPI can get a token of the project there."""
    liar.answers["/_/oidc/audience"] = lambda _: {"audience": audience}
    done = monowheel("publish", "--dist", dist, *liar.words(), env=index.env)
    assert done.returncode == USAGE, done.stderr
    assert "valid for another service" in done.stderr
    assert not any("token" in path for path in liar.asked)


def test_what_an_index_repeats_of_a_secret_is_not_shown(
    monowheel: Run, dist: Path, index: publishing.Index, liar: Liar
) -> None:
    def refuse(handler: Handler) -> tuple[int, bytes]:
        errors = [{"code": "invalid-token", "description": "malformed: " + json.loads(handler.body)["token"]}]
        return 422, json.dumps({"errors": errors}).encode()

    mint = liar.answers["/_/oidc/mint-token"]
    liar.answers["/_/oidc/mint-token"] = refuse
    done = monowheel("publish", "--dist", dist, *liar.words(), env=index.env)
    assert "malformed: …" in done.stderr
    assert "eyJ" not in done.stderr

    def repeat(handler: Handler) -> tuple[int, bytes]:
        header = handler.headers["Authorization"]
        return 400, f"no: {header} {base64.b64decode(header.split()[1]).decode()} \x1b[2J".encode()

    liar.answers.update({"/_/oidc/mint-token": mint, "/legacy/": repeat})
    done = monowheel("publish", "--dist", dist, *liar.words(), "-v", env=index.env)
    assert done.returncode == INCOMPLETE
    assert "no: Basic …" in done.stderr
    assert TOKEN not in done.stderr
    assert base64.b64encode(f"__token__:{TOKEN}".encode()).decode().rstrip("=") not in done.stderr
    assert "\x1b" not in done.stderr


def test_what_is_no_token_is_not_used(monowheel: Run, dist: Path, index: publishing.Index, liar: Liar) -> None:
    liar.answers["/_/oidc/mint-token"] = lambda _: {"token": "a\nX-Header: b", "expires": 1}
    done = monowheel("publish", "--dist", dist, *liar.words(), env=index.env)
    assert "did not issue an upload token" in done.stderr
    assert "/legacy/" not in liar.asked


@pytest.mark.parametrize(
    "path",
    [f"/simple/{NAME}/", "/_/oidc/audience", "/_/oidc/mint-token", "/legacy/"],
    ids=["page", "who", "mint", "up"],
)
def test_a_silent_index_does_not_keep_ctrl_c_waiting(
    start: Start, dist: Path, index: publishing.Index, liar: Liar, path: str
) -> None:
    liar.answers[path] = silent
    env = {**os.environ, **index.env}
    with start("publish", "--dist", dist, *liar.words(), env=env, stderr=subprocess.PIPE) as process:
        end = time.monotonic() + 30
        while path not in liar.asked:
            assert time.monotonic() < end, liar.asked
            time.sleep(0.05)
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        process.wait(20)
        assert time.monotonic() - began < FOREVER / 6
        assert process.returncode == INTERRUPTED
    # The token is not left behind.
    assert ("/_/oidc/burn-token" in liar.asked) == (path == "/legacy/")


def test_sizes_and_moments_that_are_made_up_end_nothing(monowheel: Run, dist: Path, liar: Liar) -> None:
    odd = {"url": "x", "hashes": {}, "size": 2**64 - 1, "upload-time": "000000000\u00e90000000000"}
    files = [{**odd, "filename": f"{NAME}-1.0-{number}-py3-none-any.whl"} for number in (98, 99)]
    liar.answers[f"/simple/{NAME}/"] = lambda _: {"meta": {"api-version": "1.0"}, "files": files}
    done = monowheel("publish", "--dist", dist, *liar.words(), "--dry-run")
    assert done.returncode == CLEAN, done.stderr


def test_what_is_served_is_read_no_further_than_the_file_is_long(monowheel: Run, dist: Path, liar: Liar) -> None:
    told = publishing.expected(dist)
    files = [{"filename": name, "url": f"/files/{name}", "hashes": {"sha256": sha}} for name, sha in told.items()]
    liar.answers[f"/simple/{NAME}/"] = lambda _: {"meta": {"api-version": "1.0"}, "files": files}
    liar.answers.update({f"/files/{name}": lambda _: (200, b"\0" * (64 << 20)) for name in told})
    done = monowheel("publish", "--dist", dist, *liar.words())
    assert done.returncode == FINDINGS, done.stderr
    assert done.stdout.count("DIFFERS") == len(told)


def test_a_module_in_the_folder_is_not_started(
    monowheel: Run, dist: Path, index: publishing.Index, tmp_path: Path
) -> None:
    """A project may have an id.py of its own."""
    project = tmp_path / "project"
    project.mkdir()
    for name in ("id", "twine", "multipart", "pypi_attestations"):
        (project / f"{name}.py").write_text("raise SystemExit('the wrong one')\n", encoding="utf-8")
    done = monowheel(
        "publish", "--dist", dist, *index.words(), "--attestations", "--dry-run", cwd=project, env=index.env
    )
    assert done.returncode == CLEAN, done.stderr
    done = monowheel("publish", "--dist", dist, *index.words(), cwd=project, env=index.env)
    assert done.returncode == CLEAN, done.stderr


@pytest.mark.parametrize("name", ["pypi", "https://upload.pypi.org/legacy"])
def test_what_is_final_is_no_rehearsal(monowheel: Run, dist: Path, name: str) -> None:
    done = monowheel(
        "publish", "--dist", dist, "--rehearse", "--index", name, "--index-url", "https://pypi.org/simple/"
    )
    assert done.returncode == USAGE
    assert "cannot rehearse" in done.stderr


def test_an_escape_in_a_name_reaches_no_terminal(monowheel: Run, dist: Path, liar: Liar) -> None:
    (dist / "x\u202e\x1b[2J.whl").write_bytes(b"")
    done = monowheel("publish", "--dist", dist, *liar.words(), "--color", "always")
    assert done.returncode == USAGE
    assert "<U+202E><U+001B>[2J" in done.stderr
