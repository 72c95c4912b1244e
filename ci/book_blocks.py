"""The fenced blocks of docs/book: their content, place and info string."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BOOK = ROOT / "docs" / "book"

# The check for blocks of each language; only `text` is for blocks that nothing can check.
LANGUAGES = {
    "rust": "compiled",
    "python": "run",
    "console": "its options are looked up",
    "toml": "parsed",
    "gdb": "run",
    "text": "",
}
WORDS = {"rust": {"compile_fail", "floor", "test"}, "python": {"pytest"}}


class BookError(Exception):
    """A page that cannot be parsed."""


@dataclass(frozen=True)
class Failure:
    """A problem and its place."""

    page: str
    line: int
    said: str

    def __str__(self) -> str:
        """Render it as compilers do."""
        return f"docs/book/{self.page}.md:{self.line}: {self.said}"


@dataclass(frozen=True)
class Block:
    """A fenced block. `line` is that of its first line of content, from 1."""

    page: str
    line: int
    language: str
    words: tuple[str, ...]
    text: str

    @property
    def key(self) -> str:
        """The name of its module, which rustc repeats."""
        return f"{self.page.replace('-', '_')}_{self.line}"

    @property
    def padded(self) -> str:
        """Its text, padded with empty lines so that line numbers match the page."""
        return "\n" * (self.line - 1) + self.text

    def value(self, word: str) -> str | None:
        """Return the text after `word=`."""
        for item in self.words:
            if item.startswith(f"{word}="):
                return item[len(word) + 1 :]
        return None

    @property
    def codes(self) -> tuple[str, ...]:
        """The expected compiler errors; `macro` is one without a code."""
        return tuple(word for word in self.words if re.fullmatch(r"E\d{4}|macro", word))

    @property
    def must_fail(self) -> bool:
        """Whether it must not compile."""
        return "compile_fail" in self.words

    @property
    def floor(self) -> tuple[int, int] | None:
        """The lowest Python whose stable ABI it compiles for, if not the book's own."""
        said = self.value("floor")
        return (3, int(said.split(".")[1])) if said else None

    def fails(self, said: str, line: int | None = None) -> Failure:
        """Return a failure of this block."""
        return Failure(self.page, self.line if line is None else line, said)


def blocks_of(path: Path) -> list[Block]:
    """Read a page. An open fence, a fence in a list and an unknown word are errors: nothing is skipped."""
    found: list[Block] = []
    fence: tuple[int, str] | None = None
    content: list[str] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        where = f"docs/book/{path.name}:{number}"
        if fence is None:
            if line.startswith("```"):
                fence, content = (number, line[3:].strip()), []
            elif line.lstrip().startswith("```"):
                msg = f"{where}: a block inside a list is not checked; write it at the left margin"
                raise BookError(msg)
        elif line.strip() == "```":
            found.append(_block(path, fence, content))
            fence = None
        else:
            content.append(line)
    if fence is not None:
        msg = f"docs/book/{path.name}:{fence[0]}: this block is never closed"
        raise BookError(msg)
    return found


def _block(path: Path, fence: tuple[int, str], content: list[str]) -> Block:
    number, info = fence
    where = f"docs/book/{path.name}:{number}"
    language, *words = [word.strip() for word in info.split(",")]
    if language not in LANGUAGES:
        msg = f"{where}: nothing checks a block of {language or 'no language'}; choose from {', '.join(LANGUAGES)}"
        raise BookError(msg)
    block = Block(path.stem, number + 1, language, tuple(words), "\n".join(content) + "\n")
    for word in words:
        if word.split("=")[0] not in WORDS.get(language, set()) and word not in block.codes:
            msg = f"{where}: {language} has no {word}"
            raise BookError(msg)
    if block.must_fail and not block.codes:
        msg = f"{where}: compile_fail needs the expected code, such as E0277 (or macro, for an error without one)"
        raise BookError(msg)
    return block


def pages() -> list[Path]:
    """List every page, in order."""
    return sorted(BOOK.glob("*.md"))
