"""`monowheel pin`: pip and uv install what it writes, from an index on this machine and from a directory."""

from __future__ import annotations

import hashlib
import http.server
import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Iterator

import pytest

if TYPE_CHECKING:
    from conftest import Run, Start

CLEAN, FINDINGS, USAGE, INCOMPLETE = range(4)
INTERRUPTED = 130
RELEASE = "pinned-demo==1.0"
PLATFORMS = [
    "manylinux_2_17_x86_64.manylinux2014_x86_64",
    "manylinux_2_17_aarch64.manylinux2014_aarch64",
    "musllinux_1_2_x86_64",
    "musllinux_1_2_aarch64",
    "macosx_10_12_universal2",
    "win_amd64",
    "win_arm64",
]
FORMS = ["requirements.txt", "pylock.toml"]
DIRECT = {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}


def make_wheel(folder: Path, platform: str, *, build: str = "", text: str = "pinned") -> Path:
    """Write a minimal wheel with one module."""
    folder.mkdir(parents=True, exist_ok=True)
    tag = f"cp38-abi3-{platform}"
    wheel = folder / f"pinned_demo-1.0-{build}{tag}.whl"
    info = "pinned_demo-1.0.dist-info"
    singles = "".join(f"Tag: cp38-abi3-{one}\n" for one in platform.split("."))
    members = {
        "pinned_demo.py": f"TEXT = {text!r}\n",
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: pinned-demo\nVersion: 1.0\nRequires-Python: >=3.8\n",
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: false\n{singles}",
    }
    members[f"{info}/RECORD"] = "".join(f"{name},,\n" for name in [*members, f"{info}/RECORD"])
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return wheel


class Index:
    """A simple index of one project, which serves the current files of a directory."""

    def __init__(self, folder: Path) -> None:
        """Serve it on a free port."""
        self.folder = folder
        self.yanked: dict[str, str] = {}
        index = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_HEAD(self) -> None:
                self.head()

            def do_GET(self) -> None:
                self.wfile.write(self.head())

            def head(self) -> bytes:
                body, kind = index.answer(self.path)
                self.send_response(404 if body is None else 200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                return body or b""

            def log_message(self, *_: object) -> None:
                """Log nothing."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/simple/"

    def answer(self, path: str) -> tuple[bytes | None, str]:
        """Serve the page of the project, or a file."""
        if path == "/simple/pinned-demo/":
            files = [
                {
                    "filename": file.name,
                    "url": f"/files/{file.name}",
                    "size": file.stat().st_size,
                    "hashes": {"sha256": hashlib.sha256(file.read_bytes()).hexdigest()},
                    "requires-python": ">=3.8",
                    "yanked": self.yanked.get(file.name, False),
                }
                for file in sorted(self.folder.glob("*.whl"))
            ]
            page = {"meta": {"api-version": "1.1"}, "name": "pinned-demo", "files": files}
            return json.dumps(page).encode(), "application/vnd.pypi.simple.v1+json"
        file = self.folder / path.rsplit("/", 1)[-1]
        return (file.read_bytes() if file.is_file() else None), "application/octet-stream"

    def end(self) -> None:
        """Stop serving."""
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    """The wheels, served."""
    folder = tmp_path / "served files"
    for platform in PLATFORMS:
        make_wheel(folder, platform)
    serving = Index(folder)
    yield serving
    serving.end()


def plain_environment(**more: str) -> dict[str, str]:
    """Return an environment without settings of pip or uv."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_", "PYTHON"))}
    return {**kept, **DIRECT, "PIP_CONFIG_FILE": os.devnull, "UV_NO_CONFIG": "1", **more}


def installer(name: str, form: str, work: Path) -> list[str]:
    """Return the command that installs a format into work/site; skip if the installer is missing."""
    target = ["--target", str(work / "site")]
    if name == "pip":
        if importlib.util.find_spec("pip") is None:
            pytest.skip("no pip here")
        if form == "pylock.toml" and pip_version() < (26,):
            pytest.skip("a pip that installs no lock file")
        base = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--no-cache-dir", *target]
        return [*base, *([] if form == "pylock.toml" else ["--require-hashes"]), "-r"]
    uv = find_uv()
    base = [uv, "--no-cache", "pip"]
    python = ["--python", sys.executable]
    if form == "pylock.toml":
        return [*base, "sync", "--preview", *python, *target]
    return [*base, "install", "--require-hashes", *python, *target, "-r"]


def pip_version() -> tuple[int, ...]:
    """Return the version of this environment's pip."""
    words = subprocess.run(
        [sys.executable, "-m", "pip", "--version"], check=True, stdout=subprocess.PIPE, encoding="utf-8"
    ).stdout.split()
    return tuple(int(part) for part in words[1].split(".") if part.isdigit())


def find_uv() -> str:
    """Return the path of uv; skip if it is not installed."""
    search = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    uv = shutil.which("uv", path=search)
    if uv is None:
        pytest.skip("no uv here")
    return uv


def install(
    command: list[str], file: Path, work: Path, *more: str, index: str = ""
) -> subprocess.CompletedProcess[str]:
    """Install a pinned file, from another directory."""
    work.mkdir(exist_ok=True)
    env = plain_environment(**({"PIP_INDEX_URL": index, "UV_DEFAULT_INDEX": index} if index else {}))
    return subprocess.run(
        [*command, str(file), *more],
        check=False,
        cwd=work,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
    )


def installed(work: Path) -> str:
    """Return the installed module."""
    return (work / "site" / "pinned_demo.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["pip", "uv"])
@pytest.mark.parametrize("form", FORMS)
def test_both_forms_install(monowheel: Run, index: Index, tmp_path: Path, name: str, form: str) -> None:
    command = installer(name, form, tmp_path / "work")
    pinned = tmp_path / "a place" / form
    pinned.parent.mkdir()
    done = monowheel("pin", RELEASE, "--index-url", index.url, "--output", pinned, env=DIRECT)
    assert done.returncode == CLEAN, done.stderr
    assert "one wheel for each platform: 7 wheels for 8 platforms" in done.stdout
    assert "1 release pinned in" in done.stderr
    ended = install(command, pinned, tmp_path / "work", index=index.url)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert installed(tmp_path / "work") == "TEXT = 'pinned'\n"
    done = monowheel("pin", "--check", pinned, "--index-url", index.url, env=DIRECT)
    assert done.returncode == CLEAN, done.stdout
    assert done.stdout.endswith(f"valid {pinned}: 1 release\n")


@pytest.mark.parametrize("name", ["pip", "uv"])
@pytest.mark.parametrize("form", FORMS)
def test_other_bytes_are_installed_by_nobody(
    monowheel: Run, index: Index, tmp_path: Path, name: str, form: str
) -> None:
    command = installer(name, form, tmp_path / "work")
    pinned = tmp_path / form
    assert monowheel("pin", RELEASE, "--index-url", index.url, "-o", pinned, env=DIRECT).returncode == CLEAN
    for platform in PLATFORMS:
        make_wheel(index.folder, platform, text="changed")
    ended = install(command, pinned, tmp_path / "work", index=index.url)
    assert ended.returncode != 0
    assert not (tmp_path / "work" / "site" / "pinned_demo.py").exists()
    done = monowheel("pin", "--check", pinned, "--index-url", index.url, env=DIRECT)
    assert done.returncode == FINDINGS, done.stderr
    assert done.stdout.count("has changed: pinned is") == len(PLATFORMS)


@pytest.mark.parametrize("name", ["pip", "uv"])
@pytest.mark.parametrize("form", FORMS)
def test_a_wheel_that_came_later_is_found_and_not_installed(
    monowheel: Run, index: Index, tmp_path: Path, name: str, form: str
) -> None:
    command = installer(name, form, tmp_path / "work")
    pinned = tmp_path / form
    assert monowheel("pin", RELEASE, "--index-url", index.url, "-o", pinned, env=DIRECT).returncode == CLEAN
    # A higher build tag: without the pin every installer chooses it.
    for platform in PLATFORMS:
        make_wheel(index.folder, platform, build="1-", text="later")
    ended = install(command, pinned, tmp_path / "work", index=index.url)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert installed(tmp_path / "work") == "TEXT = 'pinned'\n"
    done = monowheel("pin", "--check", pinned, "--index-url", index.url, "--json", env=DIRECT)
    assert done.returncode == FINDINGS
    report = json.loads(done.stdout)
    assert (report["schema"], report["holds"]) == ("monowheel.pin-check/1", False)
    (release,) = report["releases"]
    assert {finding["kind"] for finding in release["findings"]} == {"preferred"}


@pytest.mark.parametrize("name", ["pip", "uv"])
@pytest.mark.parametrize("form", FORMS)
def test_a_folder_is_installed_without_an_index(
    monowheel: Run, index: Index, tmp_path: Path, name: str, form: str
) -> None:
    command = installer(name, form, tmp_path / "work")
    pinned = tmp_path / form
    done = monowheel("pin", index.folder, "-o", pinned)
    assert done.returncode == CLEAN, done.stderr
    more = ["--no-index", "--find-links", str(index.folder)] if form == "requirements.txt" else []
    ended = install(command, pinned, tmp_path / "work", *more, index="http://127.0.0.1:9/simple/")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert installed(tmp_path / "work") == "TEXT = 'pinned'\n"
    assert monowheel("pin", "--check", pinned, index.folder).returncode == CLEAN


def test_a_yanked_release_is_told_with_its_reason(monowheel: Run, index: Index, tmp_path: Path) -> None:
    pinned = tmp_path / "requirements.txt"
    words = ("--index-url", index.url)
    assert monowheel("pin", RELEASE, *words, "-o", pinned, env=DIRECT).returncode == CLEAN
    index.yanked = {file.name: "it loses data" for file in index.folder.iterdir()}
    done = monowheel("pin", "--check", pinned, *words, env=DIRECT)
    assert done.returncode == FINDINGS
    assert "7 pinned files were yanked: it loses data" in done.stdout
    before = pinned.read_bytes()
    done = monowheel("pin", RELEASE, *words, "-o", pinned, env=DIRECT)
    assert (done.returncode, done.stdout) == (USAGE, "")
    assert "use --yanked to pin this one anyway" in done.stderr
    assert pinned.read_bytes() == before


def test_what_uv_compiles_is_checked(monowheel: Run, index: Index, tmp_path: Path) -> None:
    uv = find_uv()
    pinned = tmp_path / "requirements.txt"
    done = subprocess.run(
        [
            uv,
            "--no-cache",
            "pip",
            "compile",
            "--quiet",
            "--generate-hashes",
            "--python",
            sys.executable,
            "-",
            "-o",
            str(pinned),
        ],
        check=False,
        env=plain_environment(UV_DEFAULT_INDEX=index.url),
        input=RELEASE,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    words = ("pin", "--check", pinned, "--index-url", index.url)
    assert monowheel(*words, env=DIRECT).returncode == CLEAN
    make_wheel(index.folder, "win32")
    checked = monowheel(*words, env=DIRECT)
    assert checked.returncode == FINDINGS
    assert "no pinned file fits on win32" in checked.stdout
    assert monowheel(*words, "--platform", "win_amd64", env=DIRECT).returncode == CLEAN


def test_what_pip_locks_is_checked(monowheel: Run, index: Index, tmp_path: Path) -> None:
    if importlib.util.find_spec("pip") is None or pip_version() < (25, 1):
        pytest.skip("no pip that locks")
    pinned = tmp_path / "pylock.toml"
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", "lock", "--quiet", RELEASE, "-o", str(pinned)],
        check=False,
        env=plain_environment(PIP_INDEX_URL=index.url),
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    # pip locks only the wheel for this machine.
    done_checking = monowheel("pin", "--check", pinned, "--index-url", index.url, "--json", env=DIRECT)
    assert done_checking.returncode == FINDINGS
    (release,) = json.loads(done_checking.stdout)["releases"]
    assert release["files"] == 1
    assert {finding["kind"] for finding in release["findings"]} == {"not-pinned"}


def test_without_a_network(monowheel: Run, index: Index, tmp_path: Path) -> None:
    pinned = tmp_path / "requirements.txt"
    assert monowheel("pin", RELEASE, "--index-url", index.url, "-o", pinned, env=DIRECT).returncode == CLEAN
    nowhere = ("--index-url", "http://127.0.0.1:9/simple/")
    for words in (("pin", RELEASE), ("pin", "--check", str(pinned))):
        done = monowheel(*words, *nowhere, env=DIRECT)
        assert (done.returncode, done.stdout) == (INCOMPLETE, "")
        assert "could not query the index" in done.stderr
        assert "next:" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_ctrl_c_leaves_nothing(start: Start, tmp_path: Path) -> None:
    output = tmp_path / "requirements.txt"
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(60)
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/simple/"
        process = start("pin", RELEASE, "--index-url", url, "-o", output, stderr=subprocess.PIPE)
        connection, _ = silent.accept()
        with connection:
            process.send_signal(signal.SIGINT)
            # The server stays silent: the command does not wait for it.
            _, said = process.communicate(timeout=10)
    assert process.returncode == INTERRUPTED, said
    assert list(tmp_path.iterdir()) == []
