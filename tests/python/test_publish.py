"""`monowheel publish` against the rehearsal's index on loopback: the real twine, id and pypi-attestations."""

from __future__ import annotations

import base64
import csv
import hashlib
import importlib.util
import io
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tarfile
import time
import urllib.request
import zipfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Iterator, NamedTuple

import pytest

if TYPE_CHECKING:
    from conftest import Run, Start

CLEAN, FINDINGS, USAGE, INCOMPLETE = range(4)
INTERRUPTED = 130
NEEDED = ("id", "multipart", "pypi_attestations", "pypiserver", "twine")
pytestmark = [
    pytest.mark.skipif(
        any(importlib.util.find_spec(name) is None for name in NEEDED), reason="needs monowheel[release]"
    ),
    pytest.mark.skipif(sys.platform == "win32", reason="signals are sent"),
]
NAME, VERSION = "rehearsed", "1.0"
WHEELS = 8
CODES = (
    "not-enabled",
    "invalid-payload",
    "invalid-token",
    "invalid-pending-publisher",
    "invalid-publisher",
    "invalid-reuse-token",
)


def sha256(data: bytes) -> str:
    """Return the digest in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


METADATA = f"Metadata-Version: 2.4\nName: {NAME}\nVersion: {VERSION}\nRequires-Python: >=3.8\nLicense-Expression: MIT\n"


KIND = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def wheel(build: int) -> tuple[str, bytes]:
    """Create a small wheel with this build number."""
    info = f"{NAME}-{VERSION}.dist-info"
    members = {
        f"{NAME}/__init__.py": f"BUILD = {build}\n",
        f"{info}/METADATA": METADATA,
        f"{info}/WHEEL": f"{KIND}Build: {build}\n",
    }
    rows = io.StringIO()
    record = csv.writer(rows, lineterminator="\n")
    for name, text in members.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        record.writerow([name, f"sha256={digest}", len(text.encode())])
    record.writerow([f"{info}/RECORD", "", ""])
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, text in {**members, f"{info}/RECORD": rows.getvalue()}.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return f"{NAME}-{VERSION}-{build}-py3-none-any.whl", data.getvalue()


def sdist() -> tuple[str, bytes]:
    """Create an sdist."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as archive:
        for name in ("PKG-INFO", "pyproject.toml"):
            member = tarfile.TarInfo(f"{NAME}-{VERSION}/{name}")
            member.size = len(METADATA)
            archive.addfile(member, io.BytesIO(METADATA.encode()))
    return f"{NAME}-{VERSION}.tar.gz", data.getvalue()


@pytest.fixture
def dist(proven: Path, tmp_path: Path) -> Path:
    """Nine distributions with their records, in a directory with a space."""
    return Path(shutil.copytree(proven, tmp_path / "a set"))


@pytest.fixture(scope="session")
def proven(monowheel_once: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The distributions, built and run once."""
    folder = tmp_path_factory.mktemp("set")
    make_set(folder)
    done = monowheel_once("test", folder, "--python", sys.executable)
    assert done.returncode == CLEAN, done.stdout + done.stderr
    return folder


def make_set(folder: Path) -> None:
    """Create nine distributions with the records of a build; the benchmark uses them too."""
    files = [wheel(number) for number in range(1, WHEELS + 1)]
    source = sdist()
    for name, data in [*files, source]:
        (folder / name).write_bytes(data)

    def record(name: str, data: bytes) -> dict[str, Any]:
        return {"file": name, "sha256": sha256(data), "size": len(data)}

    shared = {
        "target": "manylinux_2_17_x86_64",
        "abi": "abi3",
        "tag": "cp38-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64",
        "triples": ["x86_64-unknown-linux-gnu"],
        "linker": "zig 0.15.2",
        "arguments": ["build"],
        "verdict": "built",
    }
    manifest = {
        "schema": "monowheel.manifest/1",
        "monowheel": "0.1.0",
        "tools": {},
        "environment": [],
        "name": NAME,
        "version": VERSION,
        "complete": True,
        "sdist": record(*source),
        "wheels": [{**shared, **record(*file)} for file in files],
        "audit": {
            "clean": True,
            "counts": {"errors": 0, "warnings": 0, "notes": 0, "ignored": 0},
            "coverage": {"pythons": [], "rows": []},
        },
    }
    (folder / "monowheel.json").write_text(json.dumps(manifest), encoding="utf-8")
    sums = [f"{sha256(data)}  {name}\n" for name, data in sorted([*files, source])]
    (folder / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")


class Index(NamedTuple):
    """A running index, and the environment of its CI."""

    url: str
    folder: Path
    env: dict[str, str]

    def words(self) -> list[str]:
        """Return the options that name it."""
        return ["--index", f"{self.url}/legacy/", "--index-url", f"{self.url}/simple/"]

    def has(self) -> dict[str, str]:
        """Return the names and digests of its files, without what is still arriving (that may go at any time)."""
        files = [path for path in self.folder.iterdir() if not path.name.startswith(".")]
        return {path.name: sha256(path.read_bytes()) for path in files}


@contextmanager
def running(folder: Path, *fault: str) -> Iterator[Index]:
    """Start an index over a directory."""
    folder.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "monowheel.rehearsal", "serve", str(folder), *fault]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as server:
        try:
            assert server.stdout is not None
            where = json.loads(server.stdout.readline())
            ci = {
                "GITHUB_ACTIONS": "true",
                "ACTIONS_ID_TOKEN_REQUEST_URL": f"{where['url']}/ci/identity",
                "ACTIONS_ID_TOKEN_REQUEST_TOKEN": where["identity"],
            }
            yield Index(where["url"], folder, ci)
        finally:
            server.terminate()


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    """An index without faults."""
    with running(tmp_path / "index") as one:
        yield one


def expected(dist: Path) -> dict[str, str]:
    """Return the names and digests of the distributions."""
    return {path.name: sha256(path.read_bytes()) for path in dist.iterdir() if path.name.endswith((".whl", ".tar.gz"))}


def test_the_set_is_published_and_a_second_run_sends_nothing(monowheel: Run, dist: Path, index: Index) -> None:
    done = monowheel("publish", "--dist", dist, *index.words(), env=index.env)
    assert done.returncode == CLEAN, done.stderr
    assert index.has() == expected(dist)
    assert "9 files uploaded in this run" in done.stdout
    # The sdist goes last.
    assert done.stderr.index("9/9 rehearsed-1.0.tar.gz") > done.stderr.index("8/9 ")
    again = monowheel("publish", "--dist", dist, *index.words(), "--json", env=index.env)
    report = json.loads(again.stdout)
    assert (again.returncode, report["schema"], report["outcome"]) == (CLEAN, "monowheel.publish/1", "published")
    assert report["uploaded"] == 0
    assert {step["state"] for step in report["files"]} == {"served"}
    # Nothing is left beside the distributions.
    assert sorted(path.name for path in dist.iterdir()) == sorted(
        [*expected(dist), "SHA256SUMS", "monowheel.json", "monowheel.proof.json"]
    )


def test_a_dry_run_sends_nothing(monowheel: Run, dist: Path, index: Index) -> None:
    done = monowheel("publish", "--dist", dist, *index.words(), "--dry-run", env=index.env)
    assert (done.returncode, index.has()) == (CLEAN, {})
    assert "9 files to upload, 0 already there" in done.stdout


def test_another_file_of_that_name_stops_it_before_the_first_byte(monowheel: Run, dist: Path, index: Index) -> None:
    name, _ = wheel(3)
    (index.folder / name).write_bytes(b"other bytes")
    done = monowheel("publish", "--dist", dist, *index.words(), env=index.env)
    assert done.returncode == FINDINGS, done.stderr
    assert "CONFLICT" in done.stdout
    assert list(index.has()) == [name]


@pytest.mark.parametrize("change", ["bytes", "stranger", "gone", "sums", "unproven", "incomplete", "unaudited"])
def test_a_set_that_is_not_as_it_was_built_is_refused(monowheel: Run, dist: Path, index: Index, change: str) -> None:
    name, data = wheel(1)
    record = dist / "monowheel.json"
    manifest = json.loads(record.read_text(encoding="utf-8"))
    if change == "bytes":
        (dist / name).write_bytes(data + b"x")
    elif change == "stranger":
        (dist / "foreign-2.0-py3-none-any.whl").write_bytes(data)
    elif change == "gone":
        (dist / name).unlink()
    elif change == "sums":
        (dist / "SHA256SUMS").write_text("", encoding="utf-8")
    elif change == "unproven":
        (dist / "monowheel.proof.json").unlink()
    else:
        changed, key = (manifest, "complete") if change == "incomplete" else (manifest["audit"], "clean")
        changed[key] = False
        record.write_text(json.dumps(manifest), encoding="utf-8")
    done = monowheel("publish", "--dist", dist, *index.words(), env=index.env)
    assert done.returncode == USAGE, done.stderr
    assert "next: " in done.stderr
    assert index.has() == {}


@pytest.mark.parametrize("code", CODES)
def test_each_refusal_of_a_token_is_explained(monowheel: Run, dist: Path, tmp_path: Path, code: str) -> None:
    with running(tmp_path / "index", "--fault", code) as index:
        # A password in the environment does not bypass it.
        env = {**index.env, "TWINE_PASSWORD": "pypi-neverused", "TWINE_USERNAME": "__token__"}
        done = monowheel("publish", "--dist", dist, *index.words(), env=env)
        assert done.returncode in {USAGE, INCOMPLETE}
        assert "next: " in done.stderr
        if code != "not-enabled":
            assert code in done.stderr
        if code.endswith("publisher"):
            assert "sub: repo:rehearsal/rehearsal:environment:release" in done.stderr
        assert index.has() == {}


def test_no_ci_no_upload(monowheel: Run, dist: Path, index: Index) -> None:
    none = dict.fromkeys(("GITHUB_ACTIONS", "GITLAB_CI", "CIRCLECI", "BUILDKITE"), "")
    done = monowheel("publish", "--dist", dist, *index.words(), env={**none, "TWINE_PASSWORD": "pypi-x"})
    assert done.returncode == USAGE
    assert "--rehearse" in done.stderr
    allowed = {**index.env, "ACTIONS_ID_TOKEN_REQUEST_TOKEN": ""}
    forbidden = monowheel("publish", "--dist", dist, *index.words(), env=allowed)
    assert forbidden.returncode == INCOMPLETE
    assert "id-token: write" in forbidden.stderr
    assert index.has() == {}


def test_an_index_without_trusted_publishing_is_told(monowheel: Run, dist: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    command = [
        sys.executable,
        "-m",
        "pypiserver",
        "run",
        "-i",
        "127.0.0.1",
        "-p",
        "0",
        "-P",
        ".",
        "-a",
        ".",
        str(empty),
    ]
    # Port 0 means any free port.
    port = free_port()
    command[command.index("0")] = str(port)
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for(f"{url}/simple/")
            words = ["--index", f"{url}/", "--index-url", f"{url}/simple/"]
            done = monowheel("publish", "--dist", dist, *words)
            assert done.returncode == USAGE
            assert "does not support trusted publishing" in done.stderr
            # With a password that was asked for it works there too, and goes on where it was.
            password = {"TWINE_USERNAME": "me", "TWINE_PASSWORD": "pw"}
            (empty / wheel(1)[0]).write_bytes(wheel(1)[1])
            done = monowheel("publish", "--dist", dist, *words, "--credentials", "environment", env=password)
            assert done.returncode == CLEAN, done.stderr
            assert "8 files uploaded" in done.stdout
            assert {path.name for path in empty.iterdir()} == set(expected(dist))
        finally:
            server.terminate()


def free_port() -> int:
    """Find a free port."""
    import socket  # noqa: PLC0415

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def wait_for(url: str) -> None:
    """Wait until a server responds there."""
    end = time.monotonic() + 30
    while not answers(url):
        assert time.monotonic() < end, f"nothing answers at {url}"
        time.sleep(0.1)


def answers(url: str) -> bool:
    """Ask once."""
    try:
        urllib.request.urlopen(url, timeout=5).close()  # noqa: S310 - loopback
    except OSError:
        return False
    return True


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--index", "http://127.0.0.1:9/legacy/", "--index-url", "http://127.0.0.1:9/simple/"], "could not query"),
        (["--index", "http://example.org/legacy/", "--index-url", "https://example.org/simple/"], "not encrypted"),
        (["--index", "https://me:hunter2@example.org/", "--index-url", "https://example.org/simple/"], "password"),
        (["--index", "pypy"], "no such index"),
        (["--index", "https://example.org/legacy/"], "simple API"),
        (["--dist", "nowhere"], "no wheels have been built"),
        (["--fault", "503"], "--rehearse"),
        (["--rehearse", "--fault", "5o3"], "token-expired"),
        (["--credentials", "environment"], "TWINE_PASSWORD"),
    ],
)
def test_what_cannot_be_meant_is_said(monowheel: Run, dist: Path, words: list[str], said: str) -> None:
    first = [] if "--dist" in words else ["--dist", str(dist)]
    done = monowheel("publish", *first, *words)
    assert done.returncode in {USAGE, INCOMPLETE}
    assert said in done.stderr
    assert "hunter2" not in done.stderr + done.stdout


def test_secrets_are_shown_nowhere(dist: Path, index: Index, start: Start, tmp_path: Path) -> None:
    """Neither the token nor the identity is in the output, in an argument list or in a file."""
    out = tmp_path / "out"
    seen = set()
    with out.open("w") as stream:
        process = start(
            "publish",
            "--dist",
            dist,
            *index.words(),
            "-v",
            env={**os.environ, **index.env},
            stdout=stream,
            stderr=stream,
        )
        while process.poll() is None:
            for entry in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    words = entry.read_bytes()
                except OSError:
                    continue
                if b"twine" in words or b"monowheel" in words or b"-m\0id" in words:
                    seen.add(words)
            time.sleep(0.005)
    assert process.returncode == CLEAN, out.read_text()
    assert any(b"twine" in words for words in seen)
    secret = index.env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"].encode()
    texts = [*seen, out.read_bytes(), *(path.read_bytes() for path in dist.glob("*.json"))]
    for text in texts:
        assert b"pypi-" not in text.replace(b"pypi-attestations", b""), text
        assert b"eyJ" not in text, text
        assert secret not in text, text


def test_two_at_once_leave_exactly_the_set(start: Start, dist: Path, index: Index) -> None:
    env = {**os.environ, **index.env}
    both = [
        start("publish", "--dist", dist, *index.words(), env=env, stderr=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(2)
    ]
    ended = [(process.communicate(timeout=120), process.returncode) for process in both]
    assert [code for _, code in ended] == [CLEAN, CLEAN], ended
    assert index.has() == expected(dist)


def test_killed_at_any_moment_a_rerun_completes(monowheel: Run, start: Start, dist: Path, tmp_path: Path) -> None:
    """SIGKILL at 50 random moments in ten runs: the index has only these distributions, and in the end all of them."""
    chance = random.Random(6)  # noqa: S311 - the same moments in every run
    # What SIGKILL leaves there goes with the test.
    env = {**os.environ, "TMPDIR": str(tmp_path)}
    for round_ in range(10):
        with running(tmp_path / f"index {round_}") as index:
            env.update(index.env)
            for _ in range(5):
                process = start("publish", "--dist", dist, *index.words(), env=env)
                try:
                    process.wait(chance.uniform(0.02, 1.6))
                except subprocess.TimeoutExpired:
                    process.send_signal(signal.SIGKILL)
                    process.wait()
                has = index.has()
                assert has.items() <= expected(dist).items()
            done = monowheel("publish", "--dist", dist, *index.words(), env=index.env)
            assert done.returncode == CLEAN, done.stderr
            assert index.has() == expected(dist)


def test_ctrl_c_says_how_to_go_on(start: Start, dist: Path, tmp_path: Path) -> None:
    with running(tmp_path / "index") as index:
        env = {**os.environ, **index.env}
        with start("publish", "--dist", dist, *index.words(), env=env, stderr=subprocess.PIPE) as process:
            assert process.stderr is not None
            for line in process.stderr:
                if line.startswith("1/9"):
                    process.send_signal(signal.SIGINT)
                    break
            said = process.stderr.read()
        assert process.returncode == INTERRUPTED
        assert "run the same command again" in said


@pytest.mark.parametrize("fault", ["kill-after=3", "token-expired", "503", "wrong-bytes", "invalid-publisher"])
def test_a_rehearsal_survives_its_fault(monowheel: Run, dist: Path, fault: str) -> None:
    done = monowheel("publish", "--dist", dist, "--rehearse", "--fault", fault, "--python", sys.executable, "--json")
    assert done.returncode == CLEAN, done.stderr
    report = json.loads(done.stdout)
    assert report["schema"] == "monowheel.rehearsal/1"
    assert report["publication"]["outcome"] == "published"
    assert {step["state"] for step in report["publication"]["files"]} == {"served"}
    there = {"kill-after=3": {3, 4}, "invalid-publisher": {0}}.get(fault, {9})
    assert report["fault"]["there"] in there
    trials = [trial for release in report["installation"]["releases"] for trial in release["trials"]]
    assert [trial["verdict"] for trial in trials] == ["ran"]
    # pip chose the highest build number, from the index.
    assert trials[0]["wheel"] == f"{NAME}-{VERSION}-{WHEELS}-py3-none-any.whl"
    if fault == "invalid-publisher":
        # All was sent the second time, each file with an attestation that the index looked at.
        assert report["publication"]["attested"] == WHEELS + 1
    if fault == "wrong-bytes":
        assert "the served file" in report["fault"]["said"]


def test_a_changed_attestation_is_refused(tmp_path: Path) -> None:
    """The rehearsal index checks the digest, the name and the signature."""
    name, data = wheel(1)
    folder = tmp_path / "signed"
    folder.mkdir()
    (folder / name).write_bytes(data)
    subprocess.run([sys.executable, "-m", "monowheel.rehearsal", "sign", name], check=True, cwd=folder)
    from monowheel.rehearsal import attestations  # noqa: PLC0415

    text = f"[{(folder / (name + '.publish.attestation')).read_text(encoding='utf-8')}]"
    attestations.check(text, name, sha256(data))
    with pytest.raises(attestations.WrongError, match="is not for"):
        attestations.check(text, name, sha256(b"other"))
    changed = json.loads(text)
    changed[0]["envelope"]["signature"] = base64.b64encode(b"no signature").decode()
    with pytest.raises(attestations.WrongError, match="signature"):
        attestations.check(json.dumps(changed), name, sha256(data))
    with pytest.raises(attestations.WrongError, match="Malformed"):
        attestations.check("[{}]", name, sha256(data))
    with pytest.raises(attestations.WrongError, match="3 attestations"):
        attestations.check(json.dumps(json.loads(text) * 3), name, sha256(data))
