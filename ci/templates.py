"""Pack the folders of examples/ as templates of `monowheel new`, or check (`--check`) that they are packed as they are.

cargo leaves every folder with a Cargo.toml of its own out of a package, so the binary cannot be made from examples/
itself. Each becomes one text of Go's txtar form: a line `-- PATH --`, then the file. Only what git tracks is taken.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
PACKED = ROOT / "src" / "scaffold" / "templates"
LIST = ROOT / "src" / "scaffold" / "packed.rs"
MADE = {"target", "dist", ".tox", ".venv", "__pycache__"}
MARK = re.compile(r"^-- .* --$", re.MULTILINE)


class TemplateError(Exception):
    """An example that cannot be a template, and why."""


def tracked(folder: Path) -> list[tuple[str, bool]]:
    """Give the files that git has of a folder, in order, and whether each can be run."""
    if not (ROOT / ".git").exists():
        return sources(folder)
    words = ["git", "ls-files", "-z", "--stage", "--", "."]
    said = subprocess.run(words, check=True, cwd=folder, capture_output=True, encoding="utf-8").stdout
    found = []
    for entry in filter(None, said.split("\0")):
        mode, path = entry.split(" ", 1)[0], entry.split("\t", 1)[1]
        if mode not in {"100644", "100755"}:
            raise TemplateError(f"{folder.name}/{path} is no plain file")
        found.append((path, mode == "100755"))
    return sorted(found)


def sources(folder: Path) -> list[tuple[str, bool]]:
    """Give the same where there is no git: all files but those that builds and tests leave."""
    found = []
    for path in folder.rglob("*"):
        parts = path.relative_to(folder).parts
        is_made = any(part in MADE or part.endswith("_cache") for part in parts) or path.suffix in {".so", ".pyd"}
        if path.is_file() and not is_made:
            found.append(("/".join(parts), os.access(path, os.X_OK)))
    return sorted(found)


def packed(folder: Path) -> str:
    """Give one example as one text."""
    parts = []
    for path, can_run in tracked(folder):
        # `monowheel ci` writes a project's workflows for its own name.
        if path.startswith(".github/"):
            continue
        data = (folder / path).read_bytes()
        mark = f"-- {path} (executable) --\n" if can_run else f"-- {path} --\n"
        top = ROOT / path
        # The licences are the repository's: the binary has them once.
        if path.startswith("LICENSE-") and top.is_file() and top.read_bytes() == data:
            parts.append(f"-- {path} (shared) --\n")
            continue
        try:
            text = data.decode()
        except UnicodeDecodeError as error:
            raise TemplateError(f"{folder.name}/{path} is no text: templates have nothing else") from error
        if MARK.search(text) or "\r" in text or (text and not text.endswith("\n")):
            raise TemplateError(
                f"{folder.name}/{path} has a line `-- … --`, a carriage return, or no line break at its end"
            )
        parts.append(mark + text)
    return "".join(parts)


def examples() -> list[Path]:
    """Give the folders that are projects."""
    return sorted(path.parent for path in EXAMPLES.glob("*/Cargo.toml") if tracked(path.parent))


def main(arguments: list[str]) -> int:
    """Write or check every template and give the exit code."""
    try:
        folders = examples()
        wanted = {PACKED / f"{folder.name}.txtar": packed(folder) for folder in folders}
    except TemplateError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    lines = "".join(f'    packed!("{folder.name}"),\n' for folder in folders)
    head, _, rest = LIST.read_text(encoding="utf-8").partition("&[\n")
    wanted[LIST] = f"{head}&[\n{lines}];{rest.partition('];')[2]}"
    stale = [path for path, text in wanted.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    gone = [path for path in PACKED.glob("*.txtar") if path not in wanted]
    if arguments == ["--check"]:
        for path in stale + gone:
            print(f"error: {path.relative_to(ROOT)} is not as examples/; run: python ci/templates.py", file=sys.stderr)
        return 1 if stale or gone else 0
    for path in stale:
        path.write_bytes(wanted[path].encode())
    for path in gone:
        path.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
