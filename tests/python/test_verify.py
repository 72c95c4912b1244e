"""`monowheel verify`: published wheels are rebuilt from their source, with an index on this machine."""

from __future__ import annotations

import base64
import hashlib
import http.server
import io
import json
import shutil
import tarfile
import threading
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterator, Optional, Tuple

import pytest
from conftest import ANY_TOOLCHAIN

if TYPE_CHECKING:
    from conftest import Git, Run

CLEAN, FINDINGS, USAGE, INCOMPLETE = range(4)
RELEASE = "hello_world==0.1.0"
RECIPE = "hello_world-0.1.0.dist-info/monowheel.json"
BINARY = "hello_world/_hello_world.abi3.so"
DIRECT = {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}

ONE_WHEEL = ("--target", "manylinux_2_17_x86_64", "--abi", "abi3")

Change = Optional[Callable[[bytes], bytes]]
Copy = Callable[[Path], Path]
Verified = Tuple[int, Dict[str, Any]]


@dataclass(frozen=True)
class Made:
    """A project in a git repository, and its distributions."""

    repository: Path
    wheel: Path
    sdist: Path


@pytest.fixture(scope="session")
def made(monowheel_once: Run, small_at: Copy, tmp_path_factory: pytest.TempPathFactory, git: Git) -> Made:
    """The example at a tag, its sdist and its wheel for this machine; a later commit differs."""
    folder = tmp_path_factory.mktemp("a release")
    project = small_at(folder / "hello world")
    (project / ".gitignore").write_text("/target/\n/dist/\n", encoding="utf-8")
    git(project, "init", "--quiet")
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message", "release")
    git(project, "tag", "v0.1.0")
    dist = folder / "dist"
    # `verify` chooses the toolchain by the recipe, else as a build does that is not told one.
    done = monowheel_once("build", project, *ONE_WHEEL, "--no-lock", "--out", dist, env=ANY_TOOLCHAIN)
    assert done.returncode == CLEAN, done.stderr
    (wheel,) = dist.glob("*.whl")
    (sdist,) = dist.glob("*.tar.gz")
    readme = project / "README.md"
    readme.write_text(readme.read_text(encoding="utf-8") + "\nMore.\n", encoding="utf-8")
    git(project, "commit", "--quiet", "--all", "--message", "later")
    return Made(project, wheel, sdist)


def changed(wheel: Path, folder: Path, changes: dict[str, Change]) -> Path:
    """Save a copy of a wheel with other members, or without them, and a correct RECORD."""
    folder.mkdir(parents=True)
    copy = folder / wheel.name
    with zipfile.ZipFile(wheel) as source, zipfile.ZipFile(copy, "w") as target:
        rows = ""
        for info in source.infolist():
            data = source.read(info)
            change = changes.get(info.filename, bytes)
            if info.filename.endswith("/RECORD"):
                data = f"{rows}{info.filename},,\n".encode()
            elif change is None:
                continue
            else:
                data = change(data)
                digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
                rows += f"{info.filename},sha256={digest},{len(data)}\n"
            target.writestr(info, data)
    return copy


def with_recipe(made: Made, folder: Path, **values: object) -> Path:
    """Save a copy of the wheel with a changed recipe, with its sdist beside it."""
    copy = changed(made.wheel, folder, {RECIPE: lambda data: json.dumps({**json.loads(data), **values}).encode()})
    shutil.copy(made.sdist, folder)
    return copy


@pytest.fixture
def serve() -> Iterator[Callable[..., str]]:
    """Serve files as a simple index, each with its hash or another."""
    servers = []

    def begin(*files: Path, promised: str | None = None) -> str:
        pages = {f"/files/{file.name}": file.read_bytes() for file in files}
        anchors = [
            f'<a href="/files/{file.name}#sha256={promised or hashlib.sha256(file.read_bytes()).hexdigest()}">'
            f"{file.name}</a>"
            for file in files
        ]
        pages["/simple/hello-world/"] = "<br>".join(anchors).encode()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = pages.get(self.path)
                self.send_response(404 if body is None else 200)
                self.send_header("Content-Type", "text/html" if "simple" in self.path else "application/octet-stream")
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, *_: object) -> None:
                """Log nothing."""

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}/simple/"

    yield begin
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.builds
def test_a_release_is_what_its_sdist_gives(
    monowheel: Run, made: Made, serve: Callable[..., str], tmp_path: Path
) -> None:
    kept = tmp_path / "kept here"
    # Flags of this shell are not those that the wheel was built with.
    flags = {"RUSTFLAGS": "-Cdebuginfo=2", **DIRECT}
    index = serve(made.wheel, made.sdist)
    done = monowheel("verify", RELEASE, "--index-url", index, "--keep", kept, env=flags)
    assert done.returncode == CLEAN, done.stdout + done.stderr
    assert done.stdout.startswith(f"identical {made.wheel.name}\n")
    assert done.stdout.endswith("\nidentical\n")
    assert "as published by the index" in done.stdout
    assert "trusted" in done.stdout
    # It was really built, not taken from an earlier build of the same sdist.
    log = (kept / "rebuilt-0.log").read_text(encoding="utf-8")
    assert "built" in log
    assert "reused" not in log
    (rebuilt,) = (kept / "rebuilt" / "0").glob("*.whl")
    assert rebuilt.read_bytes() == made.wheel.read_bytes()


@pytest.fixture(scope="session")
def several(monowheel_once: Run, made: Made, tmp_path_factory: pytest.TempPathFactory) -> Verified:
    """Four wheels of one name, verified in one call: good, changed, from another tool, from another rustc."""
    folder = tmp_path_factory.mktemp("several")
    wheels = [
        made.wheel,
        changed(made.wheel, folder / "changed", {BINARY: lambda data: data.replace(b"Hello, ", b"Hallo, ")}),
        changed(made.wheel, folder / "another maker", {RECIPE: None}),
        with_recipe(made, folder / "another rustc", rustc="rustc 1.0.0 (a59de37e9 2015-05-13)"),
    ]
    report = folder / "report.json"
    done = monowheel_once("verify", *wheels, "--sdist", made.sdist, "--other-tools", "--output", report)
    assert report.is_file(), done.stderr
    return done.returncode, json.loads(report.read_text(encoding="utf-8"))


@pytest.mark.builds
def test_each_wheel_has_its_verdict(several: Verified) -> None:
    code, report = several
    assert report["schema"] == "monowheel.verify/1"
    verdicts = [wheel["verdict"] for wheel in report["wheels"]]
    assert verdicts == ["identical", "different", "unverified", "identical-but-for"]
    # A wheel that could not be verified outweighs one that differs.
    assert (code, report["identical"]) == (INCOMPLETE, False)


@pytest.mark.builds
def test_a_wheel_that_was_changed_is_told_where(several: Verified) -> None:
    (first, *_) = several[1]["wheels"][1]["differences"]
    assert first["place"]["member"] == BINARY
    assert "Hallo" in first["cause"] or ".rodata" in first["cause"], first


@pytest.mark.builds
def test_a_wheel_of_another_maker_says_nothing_of_itself(several: Verified) -> None:
    wheel = several[1]["wheels"][2]
    assert "does not say how it was built" in wheel["why"]
    assert wheel["recipe"] is None


@pytest.mark.builds
def test_other_tools_are_named_though_the_bytes_are_the_same(several: Verified) -> None:
    wheel = several[1]["wheels"][3]
    assert [tool["what"] for tool in wheel["tools"]] == ["rustc"]
    described = {
        one["place"]["member"] for one in wheel["differences"] if one["kind"] not in {"compression", "archive"}
    }
    assert RECIPE in described
    assert BINARY not in described


@pytest.mark.builds
def test_other_tools_end_it_before_anything_is_built(monowheel: Run, made: Made, tmp_path: Path) -> None:
    wheel = with_recipe(made, tmp_path / "x", rustc="rustc 1.0.0 (a59de37e9 2015-05-13)", maturin="1'; rm -rf x")
    kept = tmp_path / "kept"
    done = monowheel("verify", wheel, "--keep", kept)
    assert done.returncode == INCOMPLETE
    assert "rustc: the wheel records 1.0.0 (a59de37e9 2015-05-13), this machine has " in done.stdout
    assert "rustup toolchain install 1.0.0" in done.stdout
    assert "--other-tools" in done.stdout
    # Third-party text is shown, but never as a command.
    assert "pip install" not in done.stdout
    assert not (kept / "rebuilt").exists()


@pytest.mark.builds
def test_flags_are_not_followed_unless_they_are_allowed(monowheel: Run, made: Made, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    linker = tmp_path / "linker"
    linker.write_text(f"#!/bin/sh\ntouch '{mark}'\nexit 1\n", encoding="utf-8")
    linker.chmod(0o755)
    wheel = with_recipe(made, tmp_path / "x", environment=[["RUSTFLAGS", f"-Clinker={linker}"]])
    done = monowheel("verify", wheel)
    assert done.returncode == INCOMPLETE
    assert "was built with flags from the environment: RUSTFLAGS=" in done.stdout
    assert "--allow-flags" in done.stdout
    assert not mark.exists()


@pytest.mark.builds
def test_bytes_that_the_index_does_not_promise_are_an_error(
    monowheel: Run, made: Made, serve: Callable[..., str]
) -> None:
    index = serve(made.wheel, made.sdist, promised="0" * 64)
    done = monowheel("verify", RELEASE, "--index-url", index, env=DIRECT)
    assert (done.returncode, done.stdout) == (INCOMPLETE, "")
    assert "the file does not have the expected SHA-256" in done.stderr
    assert "find out who changed it" in done.stderr


@pytest.mark.builds
def test_the_repository_at_its_tag_gives_the_same(monowheel: Run, made: Made) -> None:
    done = monowheel("verify", made.wheel, "--source", f"{made.repository}@v0.1.0", "--json")
    assert done.returncode == CLEAN, done.stdout + done.stderr
    (wheel,) = json.loads(done.stdout)["wheels"]
    assert wheel["verdict"] == "identical"
    assert wheel["source"]["sha256"] == hashlib.sha256(made.sdist.read_bytes()).hexdigest()
    assert len(wheel["source"]["commit"]) == 40


@pytest.mark.builds
def test_another_commit_gives_another_sdist(monowheel: Run, made: Made) -> None:
    done = monowheel("verify", made.wheel, "--source", f"{made.repository}@main")
    assert done.returncode == FINDINGS, done.stdout + done.stderr
    assert done.stdout.startswith(f"different {made.wheel.name}\n")
    assert "first cause: built from another sdist" in done.stdout
    assert "More." in done.stdout


@pytest.mark.builds
def test_a_source_that_cannot_be_built_says_why(monowheel: Run, made: Made, tmp_path: Path) -> None:
    broken = tmp_path / made.sdist.name
    with tarfile.open(made.sdist) as source, tarfile.open(broken, "w:gz") as target:
        for member in source.getmembers():
            stream = source.extractfile(member)
            data = b"compile_error!();" if member.name.endswith("src/lib.rs") else stream.read() if stream else b""
            member.size = len(data)
            target.addfile(member, io.BytesIO(data))
    done = monowheel("verify", made.wheel, "--sdist", broken)
    assert done.returncode == INCOMPLETE, done.stdout + done.stderr
    assert f"not verified {made.wheel.name}" in done.stdout
    assert "could not be rebuilt: maturin ended with" in done.stdout
    assert "built from another sdist" in done.stdout
    # The log that the message names exists, although the work directory is gone.
    (log,) = {line.split("at: ", 1)[1].strip() for line in done.stdout.splitlines() if "at: " in line}
    assert "compile_error" in Path(log).read_text(encoding="utf-8")
    assert sorted(path.name for path in Path(log).parents[1].iterdir()) == ["lock", "logs"]


@pytest.mark.builds
def test_the_source_of_another_project_is_not_built(
    monowheel: Run, made: Made, small_at: Copy, tmp_path: Path, git: Git
) -> None:
    other = small_at(tmp_path / "another")
    for name in ("pyproject.toml", "Cargo.toml"):
        text = (other / name).read_text(encoding="utf-8")
        (other / name).write_text(text.replace("hello_world", "other_world", 1), encoding="utf-8")
    git(other, "init", "--quiet")
    git(other, "add", "--all")
    git(other, "commit", "--quiet", "--message", "other")
    done = monowheel("verify", made.wheel, "--source", other)
    assert done.returncode == FINDINGS, done.stdout + done.stderr
    assert "the source is other_world 0.1.0" in done.stdout
    assert "begins" not in done.stderr


@pytest.mark.builds
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--source", "{repository}/python"], "./python in"),
        (["--source", "{repository}@gone"], "no tag, branch or commit gone"),
        (["--source", "{repository}@--upload-pack=x"], "is not a valid tag, branch or commit"),
        (["--source", "{repository}@v0.1.0#subdirectory=python"], "no pyproject.toml there"),
        (["--sdist", "gone.tar.gz"], "no such sdist"),
        (["--target", "win_amd64"], "no wheel is for this platform"),
    ],
)
def test_a_source_that_is_not_there(monowheel: Run, made: Made, words: list[str], said: str) -> None:
    done = monowheel("verify", made.wheel, *[word.format(repository=made.repository) for word in words])
    assert (done.returncode, done.stdout) == (USAGE, "")
    assert said in done.stderr
    assert "next:" in done.stderr


@pytest.mark.builds
def test_a_wheel_alone_needs_a_source(monowheel: Run, made: Made, tmp_path: Path) -> None:
    shutil.copy(made.wheel, tmp_path)
    done = monowheel("verify", tmp_path / made.wheel.name)
    assert (done.returncode, done.stdout) == (USAGE, "")
    assert "--sdist FILE" in done.stderr


def test_what_is_no_wheel(monowheel: Run, tmp_path: Path) -> None:
    (tmp_path / "x-1-py3-none-any.whl").write_text("no archive", encoding="utf-8")
    done = monowheel("verify", tmp_path)
    assert done.returncode == INCOMPLETE
    assert "not verified x-1-py3-none-any.whl" in done.stdout
    for word in ("gone.whl", "hello_world", str(tmp_path / "gone")):
        done = monowheel("verify", word)
        assert (done.returncode, done.stdout) == (USAGE, "")
        assert "next:" in done.stderr
