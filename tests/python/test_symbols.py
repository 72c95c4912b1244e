"""`monowheel symbols`: line tables beside the wheels, and real crashes of stripped libraries."""

from __future__ import annotations

import gzip
import http.server
import json
import re
import shutil
import subprocess
import sys
import threading
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from conftest import environment
from line_tables import LINUX, MACOS, SO, WINDOWS, Built, targets

if TYPE_CHECKING:
    from conftest import Run

pytestmark = pytest.mark.builds

CLEAN, FINDINGS, USAGE = range(3)

# glibc writes the stack.
BACKTRACE = """
import ctypes, sys
sys.path.insert(0, sys.argv[1])
from hello_world import _hello_world
libc = ctypes.CDLL(None)
def write():
    buffer = (ctypes.c_void_p * 64)()
    libc.backtrace_symbols_fd(buffer, libc.backtrace(buffer, 64), 2)
_hello_world.call(write)
"""
# Rust writes it, as addresses alone: the library has no symbols.
PANIC = """
import sys
sys.path.insert(0, sys.argv[1])
from hello_world import _hello_world
sys.stderr.write(open("/proc/self/maps", encoding="utf-8").read())
sys.stderr.flush()
_hello_world.fail("x")
"""


def symbolicate(monowheel: Run, built: Built, report: Path, *words: str, code: int = CLEAN) -> list[dict[str, Any]]:
    """Return the frames of a report."""
    done = monowheel("symbols", "symbolicate", report, "--from", built.dist, "--json", *words)
    assert done.returncode == code, done.stderr
    document = json.loads(done.stdout)
    assert document["schema"] == "monowheel.symbolicate/1"
    frames: list[dict[str, Any]] = document["frames"]
    return frames


def functions(frames: list[dict[str, Any]]) -> list[tuple[str, int]]:
    """Return the functions of the project with their lines."""
    places = [place for frame in frames for place in frame["places"]]
    own = [place for place in places if place.get("file", "").endswith("src/python.rs")]
    return [(place["function"].rsplit("::", 1)[-1], place["line"]) for place in own]


def crash(built: Built, script: str, folder: Path, unpacked: Path | None = None) -> Path:
    """Run a script with the Linux wheel; return what it wrote."""
    unpacked = built.unpack(unpacked or folder / "un packed")
    done = subprocess.run(
        [sys.executable, "-c", script, str(unpacked)],
        check=False,
        env=environment({"RUST_BACKTRACE": "full"}),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    report = folder / "crash.txt"
    report.write_text(done.stderr, encoding="utf-8")
    return report


def test_each_library_has_its_line_tables_by_its_id(monowheel: Run, built: Built) -> None:
    done = monowheel("symbols", "list", built.dist, "--json")
    listed = json.loads(done.stdout)
    assert listed["schema"] == "monowheel.symbols/1"
    wheels = {file["wheel"]: file for file in listed["files"]}
    assert sorted(wheels) == sorted(built.wheel(name).stem for name in (LINUX, WINDOWS, MACOS))
    record = json.loads((built.dist / "monowheel.json").read_text(encoding="utf-8"))
    for row in record["wheels"]:
        (file,) = row["symbols"]["files"]
        assert (built.dist / file["file"]).stat().st_size == file["size"]
        assert "missing" not in row["symbols"]
        # The library itself has the ID.
        with zipfile.ZipFile(built.dist / row["file"]) as wheel:
            library = wheel.read(file["member"])
        assert bytes.fromhex(file["id"]) in library


def test_a_wheel_is_the_same_without_line_tables(monowheel: Run, built: Built, tmp_path: Path) -> None:
    out = tmp_path / "dist"
    done = monowheel("build", built.project, "--fresh", *targets(LINUX, WINDOWS, MACOS), "--out", out, env=built.common)
    assert done.returncode == CLEAN, done.stderr
    assert not (out / "symbols").exists()
    for name in (LINUX, WINDOWS, MACOS):
        (wheel,) = out.glob(f"*{name}*.whl")
        assert wheel.read_bytes() == built.wheel(name).read_bytes(), name


def test_a_kept_wheel_has_its_line_tables_again(monowheel: Run, built: Built, tmp_path: Path) -> None:
    out = tmp_path / "dist"
    done = monowheel("build", built.project, "--symbols", *targets(WINDOWS), "--out", out, env=built.common)
    assert "reused" in done.stdout, done.stdout
    (file,) = (out / "symbols").rglob("*.gz")
    assert file.read_bytes() == (built.dist / "symbols" / file.parent.name / file.name).read_bytes()


def test_glibc_s_backtrace_of_a_stripped_library(monowheel: Run, built: Built, tmp_path: Path) -> None:
    report = crash(built, BACKTRACE, tmp_path)
    frames = symbolicate(monowheel, built, report)
    line = built.line_of("// the call")
    assert functions(frames) == [("called", line), ("call", built.line_of("black_box(unsafe { called"))]
    (ours,) = [frame for frame in frames if frame["places"]]
    assert [place.get("inlined", False) for place in ours["places"]] == [True, False]
    # For people, below the frame it belongs to.
    done = monowheel("symbols", "symbolicate", report, "--from", built.dist)
    lines = done.stdout.splitlines()
    at = next(number for number, text in enumerate(lines) if SO in text)
    assert re.match(rf"    .*called at .*src/python\.rs:{line} \(inlined\)$", lines[at + 1]), lines[at + 1]


def test_a_panic_that_may_not_unwind(monowheel: Run, built: Built, tmp_path: Path) -> None:
    report = crash(built, PANIC, tmp_path)
    text = report.read_text(encoding="utf-8")
    assert "planted 1234567" in text
    assert "<unknown>" in text
    found = functions(symbolicate(monowheel, built, report))
    assert ("planted", built.line_of("// the panic")) in found
    assert "fail" in [name for name, _ in found]
    # Without the maps nobody can know.
    bare = tmp_path / "bare.txt"
    bare.write_text("\n".join(line for line in text.splitlines() if " - <unknown>" in line), encoding="utf-8")
    done = monowheel("symbols", "symbolicate", bare, "--from", built.dist)
    assert done.returncode == USAGE
    assert "/proc/PID/maps" in done.stderr


def exported(library: Path, name: str) -> int:
    """Return the offset of an exported function of a DLL from where it is loaded."""
    printed = subprocess.run(["objdump", "-p", str(library)], check=True, capture_output=True, encoding="utf-8").stdout
    (found,) = re.findall(rf"\[ *0\] \+base\[ *1\] +(?:[0-9a-f]+ )?([0-9a-f]+) Export RVA|{name}", printed)[:1] or [""]
    assert found, printed
    return int(found, 16)


def offset_of_init(built: Built, folder: Path) -> int:
    """Return the offset of the module's function in the library for Windows."""
    with zipfile.ZipFile(built.wheel(WINDOWS)) as wheel:
        library = Path(wheel.extract("hello_world/_hello_world.pyd", folder))
    return exported(library, "PyInit__hello_world")


@pytest.mark.skipif(shutil.which("objdump") is None, reason="needs objdump")
def test_windows_error_reporting(monowheel: Run, built: Built, tmp_path: Path) -> None:
    offset = offset_of_init(built, tmp_path)
    report = tmp_path / "event.txt"
    report.write_text(
        "Faulting application name: python.exe, version: 3.13.0\n"
        "Faulting module name: _hello_world.pyd, version: 0.0.0.0, time stamp: 0x0\n"
        f"Exception code: 0xc0000005\nFault offset: 0x{offset:016x}\n",
        encoding="utf-8",
    )
    (place,) = symbolicate(monowheel, built, report)[0]["places"]
    assert place["function"] == "PyInit__hello_world"
    assert place["line"] in {built.line_of("fn PyInit__hello_world"), built.line_of("PyModuleDef_Init(addr_of_mut")}


@pytest.mark.skipif(shutil.which("objdump") is None, reason="needs objdump")
def test_a_backtrace_on_windows_with_the_place_of_the_library(monowheel: Run, built: Built, tmp_path: Path) -> None:
    start = 0x7FF81A2B0000
    report = tmp_path / "panic.txt"
    report.write_text(
        f"stack backtrace:\n   0:     0x{start + offset_of_init(built, tmp_path) + 1:x} - <unknown>\n"
        # Another library is behind it.
        f"   1:     0x{start + 0x1000000:x} - <unknown>\n",
        encoding="utf-8",
    )
    place = f"_hello_world.pyd=0x{start:x}"
    (frame,) = symbolicate(monowheel, built, report, "--base", place)
    assert frame["places"][-1]["function"] == "PyInit__hello_world"
    for words, said in [
        ((), "--base"),
        (("--base", "x.pyd=1"), "no line tables of x.pyd"),
        (("--base", "x"), "LIB=ADDRESS"),
    ]:
        done = monowheel("symbols", "symbolicate", report, "--from", built.dist, *words)
        assert done.returncode == USAGE
        assert said in done.stderr


def test_the_size_of_a_stripped_wheel_is_known_by_function(monowheel: Run, built: Built, tmp_path: Path) -> None:
    for name in (LINUX, WINDOWS, MACOS):
        wheel = built.wheel(name)
        (binary,) = json.loads(monowheel("size", wheel, "--json").stdout)["files"][0]["binaries"]
        (part,) = binary["parts"]
        assert part["symbols"] == "present", name
        own = next(crate for crate in part["crates"] if crate["name"] == "hello_world")
        functions = [function["name"] for module in own["modules"] for function in module["functions"]]
        assert "planted" in functions, (name, functions)
        # Without the line tables, by section, of the same bytes.
        alone = Path(shutil.copy(wheel, tmp_path))
        (binary,) = json.loads(monowheel("size", alone, "--json").stdout)["files"][0]["binaries"]
        (other,) = binary["parts"]
        assert (other["symbols"], other["sections"]) == ("stripped", part["sections"]), name
        assert "--symbols" in other["note"]


def test_a_changed_function_of_a_stripped_wheel_has_a_name(monowheel: Run, built: Built, tmp_path: Path) -> None:
    number = (1234567).to_bytes(4, "little")
    for name in (LINUX, WINDOWS):
        wheel = built.wheel(name)
        changed = tmp_path / wheel.name
        with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
            for member in old.infolist():
                content = old.read(member)
                if "_hello_world." in member.filename and content.count(number) == 1:
                    content = content.replace(number, (7654321).to_bytes(4, "little"))
                new.writestr(member, content)

        def code(changed: Path, wheel: Path = wheel) -> list[str]:
            done = monowheel("compare", wheel, changed, "--json")
            assert done.returncode == FINDINGS, done.stderr
            (pair,) = json.loads(done.stdout)["pairs"]
            return [one["cause"] for one in pair["differences"] if one["kind"] == "code"]

        (without,) = code(changed)
        assert "function" not in without, name
        shutil.copytree(built.dist / "symbols" / wheel.stem, tmp_path / "symbols" / wheel.stem)
        (cause,) = code(changed)
        assert cause.startswith("function `hello_world::python::fail`"), (name, cause)


def test_a_crash_of_another_build_is_not_explained_by_this_one(monowheel: Run, built: Built, tmp_path: Path) -> None:
    ips = {
        "usedImages": [{"name": SO, "uuid": "00000000-1111-2222-3333-444444444444"}],
        "threads": [{"triggered": True, "frames": [{"imageOffset": 4096, "imageIndex": 0}]}],
    }
    report = tmp_path / "crash.ips"
    report.write_text('{"app_name":"Python"}\n' + json.dumps(ips), encoding="utf-8")
    (frame,) = symbolicate(monowheel, built, report, code=FINDINGS)
    assert frame["places"] == []
    assert "the crash is of another build, 00000000111122223333444444444444" in frame["why"]
    done = monowheel("symbols", "symbolicate", report, "--from", built.dist)
    assert "thread 0 (crashed), frame 0" in done.stdout
    assert "another build" in done.stdout


def test_a_report_of_ten_thousand_frames_is_read_whole(monowheel: Run, built: Built, tmp_path: Path) -> None:
    report = tmp_path / "overflow.txt"
    report.write_text(f"/v/{SO}(+0x2000)[0x7f]\n" * 10_000, encoding="utf-8")
    done = monowheel("symbols", "symbolicate", report, "--from", built.dist, "--wheel", "linux", "--json")
    assert len(json.loads(done.stdout)["frames"]) == 10_000


@pytest.mark.parametrize(
    ("report", "words", "said"),
    [
        ("nothing of interest\n", (), "no frame that names a library"),
        (f"/v/{SO}(+0x2000)[0x7f]\n", ("--from", "."), "no line tables here"),
        (None, (), "crash.txt"),
    ],
)
def test_what_cannot_be_looked_up_is_an_error(
    monowheel: Run, built: Built, tmp_path: Path, report: str | None, words: tuple[str, ...], said: str
) -> None:
    path = tmp_path / "crash.txt"
    if report is not None:
        path.write_text(report, encoding="utf-8")
    done = monowheel("symbols", "symbolicate", path, *(words or ("--from", built.dist)))
    assert done.returncode > FINDINGS
    assert said in done.stderr
    assert "next:" in done.stderr


def test_damaged_line_tables_are_said(monowheel: Run, built: Built, tmp_path: Path) -> None:
    for source in (built.dist / "symbols").rglob("*linux*/*.gz"):
        place = tmp_path / "symbols" / source.parent.name / source.name
        place.parent.mkdir(parents=True)
        place.write_bytes(source.read_bytes()[:-9])
    report = tmp_path / "crash.txt"
    report.write_text(f"/v/{SO}(+0x2000)[0x7f]\n", encoding="utf-8")
    done = monowheel("symbols", "symbolicate", report, "--from", tmp_path)
    assert done.returncode > FINDINGS
    assert "cannot be read" in done.stderr


@pytest.mark.skipif(shutil.which("objcopy") is None, reason="needs objcopy")
@pytest.mark.parametrize("form", ["--compress-debug-sections=zlib", "--only-keep-debug", "--strip-debug"])
def test_line_tables_in_other_forms(monowheel: Run, built: Built, tmp_path: Path, form: str) -> None:
    report = crash(built, BACKTRACE, tmp_path)
    folder = tmp_path / "symbols" / built.wheel(LINUX).stem
    shutil.copytree(built.dist / "symbols" / folder.name, folder)
    (packed,) = folder.glob("*.gz")
    whole, other = tmp_path / "whole", tmp_path / "other"
    whole.write_bytes(gzip.decompress(packed.read_bytes()))
    subprocess.run(["objcopy", form, whole, other], check=True)
    packed.write_bytes(gzip.compress(other.read_bytes()))
    done = monowheel("symbols", "symbolicate", report, "--from", tmp_path, "--json")
    assert done.returncode == CLEAN, done.stderr
    frames = json.loads(done.stdout)["frames"]
    if form == "--strip-debug":
        # The symbol table alone has the name.
        (ours,) = [frame for frame in frames if frame["places"]]
        assert ours["places"][-1]["function"].endswith("::call")
    else:
        assert [name for name, _ in functions(frames)] == ["called", "call"]


def test_rebuilt_line_tables_are_those_of_the_build(monowheel: Run, built: Built, tmp_path: Path) -> None:
    published = tmp_path / "published"
    published.mkdir()
    wheel = Path(shutil.copy(built.wheel(WINDOWS), published))
    for sdist in built.dist.glob("*.tar.gz"):
        shutil.copy(sdist, published)
    done = monowheel("symbols", "rebuild", wheel, "--out", tmp_path, "--isolation", "off", "--other-tools")
    assert done.returncode == CLEAN, done.stdout + done.stderr
    (file,) = (tmp_path / "symbols").rglob("*.gz")
    assert file.read_bytes() == (built.dist / "symbols" / file.parent.name / file.name).read_bytes()


def has_debuginfod() -> bool:
    """Whether there is a gdb that was built with debuginfod."""
    gdb = shutil.which("gdb")
    if gdb is None:
        return False
    done = subprocess.run([gdb, "--configuration"], check=False, capture_output=True, encoding="utf-8")
    return "--with-debuginfod" in done.stdout


def lldb_packages() -> str:
    """Find the Python package of Debian's lldb, which it does not find itself."""
    found = sorted(Path("/usr/lib").glob("llvm-*/lib/python3*/dist-packages/lldb"))
    return str(found[-1].parent) if found else ""


@pytest.mark.skipif(shutil.which("lldb") is None, reason="needs lldb")
def test_lldb_reads_the_dsym_of_a_stripped_library(built: Built, tmp_path: Path) -> None:
    with zipfile.ZipFile(built.wheel(MACOS)) as wheel:
        library = wheel.extract("hello_world/_hello_world.abi3.so", tmp_path)
    (packed,) = (built.dist / "symbols" / built.wheel(MACOS).stem).glob("*.gz")
    tables = tmp_path / "tables.dSYM"
    tables.write_bytes(gzip.decompress(packed.read_bytes()))
    steps = [
        f"target create --no-dependents '{library}'",
        f"target symbols add '{tables}'",
        "image lookup --regex --name '(called|planted)$'",
    ]
    done = subprocess.run(
        ["lldb", "--no-lldbinit", "--batch", *(word for step in steps for word in ("--one-line", step))],
        check=False,
        env=environment({"PYTHONPATH": lldb_packages()}),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )
    assert "symbol file" in done.stdout, done.stdout + done.stderr
    line = built.line_of("black_box(unsafe { called")
    # The function that was inlined, where, and a function of its own.
    assert re.search(r"\[inlined\] called at python\.rs:\d+", done.stdout), done.stdout
    assert re.search(rf"`\S*call \+ \d+ at python\.rs:{line}", done.stdout), done.stdout
    assert re.search(r"`\S*planted at python\.rs:\d+", done.stdout), done.stdout


@pytest.mark.skipif(not has_debuginfod(), reason="needs gdb with debuginfod")
def test_gdb_finds_exported_line_tables(monowheel: Run, built: Built, tmp_path: Path) -> None:
    served = tmp_path / "served"
    done = monowheel("symbols", "export", built.dist, "--output", served)
    assert done.returncode == CLEAN, done.stderr
    unpacked = tmp_path / "unpacked"
    written = crash(built, BACKTRACE, tmp_path, unpacked).read_text(encoding="utf-8")
    (offset,) = re.findall(rf"{SO}\(\+0x([0-9a-f]+)\)", written)

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments: Any) -> None:  # noqa: ANN401 - the base class's own
            super().__init__(*arguments, directory=str(served))

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        words = ["-nx", "-batch", "-iex", "set debuginfod enabled on", "-ex", f"info line *0x{offset}"]
        printed = subprocess.run(
            ["gdb", *words, str(unpacked / "hello_world" / SO)],
            check=True,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            env=environment(
                {
                    "DEBUGINFOD_URLS": f"http://127.0.0.1:{server.server_port}",
                    "DEBUGINFOD_CACHE_PATH": str(tmp_path / "cache"),
                    "NO_PROXY": "127.0.0.1",
                    "no_proxy": "127.0.0.1",
                }
            ),
        ).stdout
        server.shutdown()
    # Where the call returns to: a line of the project, or of what is inlined there.
    assert re.search(r'Line \d+ of "[^"]+\.rs" .*<call\+\d+>', printed.replace("\n", " ")), printed
