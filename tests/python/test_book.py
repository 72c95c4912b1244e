"""ci/book.py on pages with one error each: a check that cannot fail would be useless."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Callable

import pytest

pytestmark = pytest.mark.no_wheel

ROOT = Path(__file__).resolve().parents[2]
FENCE = "```"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory, hello_at: Callable[[Path], Path]) -> Path:
    """Return a checkout with the checker and no page."""
    root = tmp_path_factory.mktemp("checkout")
    (root / "ci").mkdir()
    for script in (ROOT / "ci").glob("book*.py"):
        shutil.copy(script, root / "ci")
    shutil.copytree(ROOT / "ci" / "book", root / "ci" / "book")
    hello_at(root / "examples" / "hello_world")
    (root / "docs" / "book").mkdir(parents=True)
    return root


def said_of(checkout: Path, *blocks: tuple[str, str], head: str = "") -> subprocess.CompletedProcess[str]:
    """Check one page of these blocks (info string, text); the first begins in line 3 without a head."""
    page = "# Page\n" + head + "".join(f"{FENCE}{info}\n{text}\n{FENCE}\n" for info, text in blocks)
    (checkout / "docs" / "book" / "page.md").write_text(page, encoding="utf-8")
    command = [sys.executable, "ci/book.py"]
    return subprocess.run(command, cwd=checkout, capture_output=True, encoding="utf-8", check=False)


def reader(checkout: Path, *blocks: tuple[str, str]) -> str:
    """Check a page's blocks without cargo; return the checker's output."""
    page = "# Page\n" + "".join(f"{FENCE}{info}\n{text}\n{FENCE}\n" for info, text in blocks)
    (checkout / "docs" / "book" / "page.md").write_text(page, encoding="utf-8")
    look = """if True:
        import sys
        sys.path.insert(0, "ci")
        from pathlib import Path
        from book_blocks import BookError, blocks_of
        from book_commands import check_console, check_toml
        from book_python import check_python
        path = Path("docs/book/page.md")
        try:
            blocks = blocks_of(path)
        except BookError as error:
            sys.exit(str(error))
        failures = check_python(path, blocks, Path.cwd())
        for block in blocks:
            if block.language == "console":
                failures += check_console(block)[0]
            if block.language == "toml":
                failures += check_toml(block)
        print(*failures, sep="\\n")
    """
    ran = subprocess.run([sys.executable, "-c", look], cwd=checkout, capture_output=True, encoding="utf-8", check=False)
    return ran.stdout + ran.stderr


@pytest.mark.parametrize(
    ("info", "text", "said"),
    [
        ("", "anything", "docs/book/page.md:2: nothing checks a block of no language"),
        ("yaml", "a: 1", "docs/book/page.md:2: nothing checks a block of yaml"),
        ("rust,ignore", "fn f() {}", "docs/book/page.md:2: rust has no ignore"),
        ("rust,compile_fail", "fn f() {}", "docs/book/page.md:2: compile_fail needs the expected code"),
        ("python", "1 + 1", "docs/book/page.md:3: nothing here is run"),
        ("python", ">>> 1 + 1\n3", 'File "docs/book/page.md", line 3'),
        ("python", ">>> import os\n>>> os._exit(7)", "docs/book/page.md:3: this page's Python ended with 7"),
        ("python,pytest", "def test_it():\n    assert 1 == 2", "docs/book/page.md:3: pytest ended with 1"),
        ("toml", "a = ", "docs/book/page.md:3: this is not valid TOML"),
        ("toml", '[tool.monowheel]\ntargets = ["amiga"]', "unknown target amiga"),
        ("toml", '[package]\nname = "a b"\nversion = "1.0.0"', "cargo metadata --no-deps --offline refuses this"),
        ("console", "monowheel plan", "docs/book/page.md:3: no line begins with `$ `"),
        ("console", "$ monowheel plan\n$ monowheel plna", "docs/book/page.md:4: monowheel has no command plna"),
        ("console", "$ monowheel build --taget x", "`monowheel build` has no option --taget"),
        ("console", "$ cd x && cargo test --no-defaults", "`cargo test` has no option --no-defaults"),
        ("console", "$ frobnicate", "the options of frobnicate cannot be checked"),
    ],
)
def test_a_block_that_is_wrong_is_named_with_its_line(checkout: Path, info: str, text: str, said: str) -> None:
    assert said in reader(checkout, (info, text))


@pytest.mark.parametrize(
    ("info", "text"),
    [
        ("text", "anything"),
        ("python", ">>> 1 + 1\n2"),
        ("python", ">>> {}['a']\nTraceback (most recent call last):\nKeyError: 'a'"),
        ("toml", '[tool.monowheel]\ntargets = ["win_amd64"]'),
        ("console", "$ monowheel build --target win_amd64 && monowheel audit dist   # both\nwhat it prints"),
        ("console", "$ cargo test --no-default-features -- --nothing-of-cargo"),
    ],
)
def test_a_block_that_is_right_passes(checkout: Path, info: str, text: str) -> None:
    assert reader(checkout, (info, text)).strip() == ""


def test_a_fence_that_is_never_closed_is_an_error(checkout: Path) -> None:
    (checkout / "docs" / "book" / "page.md").write_text(f"{FENCE}python\n>>> 1\n1\n", encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "ci/book.py"], cwd=checkout, capture_output=True, encoding="utf-8", check=False
    )
    assert ran.returncode == 1
    assert "docs/book/page.md:1: this block is never closed" in ran.stderr


@pytest.mark.builds
def test_rust_that_does_not_compile_is_named_with_its_line(checkout: Path) -> None:
    ran = said_of(checkout, ("rust", "fn f() -> u8 {\n    300.5\n}"))
    assert ran.returncode == 1
    assert "docs/book/page.md:4: error[E0308]" in ran.stderr


@pytest.mark.builds
def test_rust_that_should_not_compile_is_judged(checkout: Path) -> None:
    ran = said_of(
        checkout,
        ("rust,compile_fail,E0308", "fn f() -> u8 { 1 }"),
        ("rust,compile_fail,E0277", "fn f() -> u8 { 300.5 }"),
        ("rust,compile_fail,E0308", "fn f() -> u8 { 300.5 }"),
        ("rust,floor=3.9", "fn f() -> u8 { 1 }"),
        ("rust,test", "#[test]\nfn f() { assert!(false) }"),
        head="[nowhere](nowhere.md)\n",
    )
    errors = [line for line in ran.stderr.splitlines() if line.startswith("error: docs/book/")]
    assert [line.split(": ")[1] for line in errors] == [f"docs/book/page.md:{line}" for line in (4, 7, 13, 16, 2)], (
        ran.stderr
    )
    assert "expected E0277, the compiler says E0308" in ran.stderr
    assert "this compiles with a floor of 3.8" in ran.stderr
