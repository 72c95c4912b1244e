"""Plain words in the text that people read: docs, help, errors, reports and rule docs, by the list in wording.toml."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path
from typing import Any, Iterator, NamedTuple, Pattern

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    tomllib = pytest.importorskip("tomli")

pytestmark = pytest.mark.no_wheel

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(__file__).resolve().parent / "wording.toml"

READ = (
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "AGENTS.md",
    "docs/**/*.md",
    "src/**/*.rs",
    "crates/*/src/**/*.rs",
    "python/monowheel/**/*.py",
    "python/monowheel/**/*.pyi",
)
# The code of tests, the crate that builds their wheels, and pages that are generated from text that is read anyway.
NOT_READ = re.compile(r"(^|/)(tests|\w+_tests)(\.rs$|/)|^crates/monowheel-forge/|^docs/(rules|targets)\.md$")
# `--help` and `monowheel explain` print the doc comments of these.
DOC_COMMENTS = re.compile(r"^src/cli/([\w/]+/)?(args|command)(\.rs$|/)|^crates/monowheel-audit/src/rules/")

# Comments come first: what looks like a string inside one is none.
RUST_TOKEN = re.compile(
    r"""
    (?P<doc>(?:^[ \t]*///[^\n]*\n)+)
    |//[^\n]*
    |/\*.*?\*/
    |\b[bc]?r(?P<hashes>\#*)"(?P<raw>.*?)"(?P=hashes)
    |"(?P<string>(?:\\.|[^"\\])*)"
    |'(?:\\(?:u\{[^}]*\}|x..|.)|[^\\'])'
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
# Unit tests are at the end of their file.
UNIT_TESTS = re.compile(r"^#\[cfg\(test\)\]\nmod \w+ \{", re.MULTILINE)
RUST_ESCAPE = re.compile(r"\\(u\{[^}]*\}|x..|.)", re.DOTALL)
UNRELEASED = re.compile(r"^## \[Unreleased\]\n.*?(?=^## \[|\Z)", re.MULTILINE | re.DOTALL)
# Inline code, the targets of links, and placeholders hold names, not words.
NAMES = re.compile(r"`[^`\n]+`|\]\([^)\s]+\)|<?https?://[^\s>)]+|\{\w*(?::[^{}]*)?\}")


class Passage(NamedTuple):
    """Some text, and the line where it begins."""

    line: int
    text: str


class Word(NamedTuple):
    """A word to avoid."""

    find: Pattern[str]
    not_after: Pattern[str]
    use: str
    reason: str
    example: str


class Allowed(NamedTuple):
    """A line that may have such a word."""

    path: str
    line: str


class Rules(NamedTuple):
    """The content of wording.toml."""

    words: list[Word]
    allowed: list[Allowed]


def load(data: dict[str, Any]) -> Rules:
    """Compile the words, and read the exceptions."""
    words = []
    for row in data["word"]:
        find = re.compile(re.sub(r" (?!\*)", r"\\s+", row["find"]), re.IGNORECASE)
        not_after = re.compile(row.get("not_after", r"(?!)"), re.IGNORECASE)
        words.append(Word(find, not_after, row["use"], row["reason"], row["example"]))
    return Rules(words, [Allowed(row["path"], row["line"]) for row in data["exception"] if row["reason"]])


def _line(source: str, at: int) -> int:
    return source.count("\n", 0, at) + 1


def _prose(path: str, source: str) -> Iterator[Passage]:
    """Give a page; of the changelog, the changes since the last release."""
    if path != "CHANGELOG.md":
        yield Passage(1, source)
    else:
        for found in UNRELEASED.finditer(source):
            yield Passage(_line(source, found.start()), found.group())


def _rust(path: str, source: str) -> Iterator[Passage]:
    """Give the string literals, and the doc comments that a command prints."""
    tests = UNIT_TESTS.search(source)
    source = source[: tests.start()] if tests else source
    for match in RUST_TOKEN.finditer(source):
        text = None
        if match["raw"] is not None:
            text = match["raw"]
        elif match["string"] is not None:
            # The end of a line that goes on is kept, so that the lines can be counted.
            text = RUST_ESCAPE.sub(lambda escape: "\n" if escape[1] == "\n" else " ", match["string"])
        elif match["doc"] is not None and DOC_COMMENTS.search(path):
            text = re.sub(r"^[ \t]*///", "", match["doc"], flags=re.MULTILINE)
        if text:
            yield Passage(_line(source, match.start()), text)


def _python(path: str, source: str) -> Iterator[Passage]:
    """Give the string literals, docstrings among them."""
    for node in ast.walk(ast.parse(source, path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield Passage(node.lineno, node.value)


def _blank(pattern: Pattern[str], text: str) -> str:
    """Replace what a pattern finds by as many backticks."""
    return pattern.sub(lambda found: "`" * len(found[0]), text)


READERS = {".md": _prose, ".rs": _rust, ".py": _python, ".pyi": _python}


class Problem(NamedTuple):
    """A word in a file that has a better one."""

    path: str
    line: int
    found: str
    word: Word

    def __str__(self) -> str:
        """Say where it is, and what to write instead."""
        return f"{self.path}:{self.line}: {self.found!r}: write {self.word.use} ({self.word.reason})"


def find(path: str, source: str, words: list[Word]) -> Iterator[Problem]:
    """Find the words of a file that have a better one."""
    for passage in READERS[Path(path).suffix](path, source):
        text = _blank(NAMES, passage.text)
        for word in words:
            for match in word.find.finditer(text):
                if not word.not_after.search(text[: match.start()]):
                    line = passage.line + passage.text.count("\n", 0, match.start())
                    yield Problem(path, line, " ".join(match.group().split()), word)
            # No other word reports the same place.
            text = _blank(word.find, text)


def check(root: Path, rules: Rules) -> tuple[list[str], list[Allowed]]:
    """Check a checkout: the words that have a better one, and the exceptions that nothing needs."""
    found: list[str] = []
    used: set[Allowed] = set()
    for path in sorted({path for pattern in READ for path in root.glob(pattern)}):
        name = path.relative_to(root).as_posix()
        if NOT_READ.search(name):
            continue
        source = path.read_text(encoding="utf-8")
        lines = source.split("\n")
        for problem in find(name, source, rules.words):
            line = lines[problem.line - 1]
            reasons = [allowed for allowed in rules.allowed if allowed.path == name and allowed.line in line]
            used.update(reasons)
            if not reasons:
                found.append(str(problem))
    return found, [allowed for allowed in rules.allowed if allowed not in used]


@pytest.fixture(name="rules", scope="module")
def _rules() -> Rules:
    return load(tomllib.loads(DATA.read_text(encoding="utf-8")))


def test_people_read_plain_words(rules: Rules) -> None:
    found, unused = check(ROOT, rules)
    assert not found, "\n".join(found)
    assert not unused, f"exceptions that nothing needs: {unused}"


def test_each_word_finds_its_example(rules: Rules) -> None:
    for word in rules.words:
        assert [problem.word for problem in find("docs/x.md", f"text\n{word.example}\n", [word])] == [word]


@pytest.mark.parametrize(
    ("path", "before", "after", "line"),
    [
        ("docs/trust.md", "monowheel reads", "monowheel looked at", 3),
        ("README.md", "# monowheel\n", "# monowheel\n\nFor\nwho installs.\n", 3),
        ("CHANGELOG.md", "## [Unreleased]\n", "## [Unreleased]\n\n- Built anew.\n", 9),
        ("src/lib.rs", "", 'const X: &str = "one \\\n    that is no\n    wheel";\n', 2),
        ("src/cli/audit/args.rs", "", "/// Whether colours are used\n", 1),
        ("crates/monowheel-audit/src/rules/mod.rs", "", 'const X: &str = r#"mend "it""#;\n', 1),
        ("python/monowheel/__init__.py", '"""', '"""Normalised. ', 1),
    ],
)
def test_a_planted_word_is_reported(
    tmp_path: Path, rules: Rules, path: str, before: str, after: str, line: int
) -> None:
    source = (ROOT / path).read_text(encoding="utf-8")
    assert before in source
    copy = tmp_path / path
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_text(source.replace(before, after, 1), encoding="utf-8")
    found, _ = check(tmp_path, rules)
    assert [problem.split(": ")[0] for problem in found if f"{path}:{line}:" in problem] == [f"{path}:{line}"], found


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("docs/x.md", "There is no version, and `mend` is a name: [x](mend.md)."),
        ("docs/x.md", "It is no longer needed."),
        ("docs/rules.md", "Made anew."),
        ("CHANGELOG.md", "## [0.1.0] - 2026-11-22\n\n- Made anew.\n"),
        ("src/x.rs", '// "Made anew."\n/* "Made anew." */\n/// Made anew.\nfn x(c: char) -> bool { c == \'"\' }\n'),
        ("src/x.rs", '#[cfg(test)]\nmod tests {\n    const X: &str = "made anew";\n}\n'),
        ("src/x.rs", 'fn x(mend: &str) -> String { format!("{mend}") }\n'),
        ("crates/monowheel-audit/tests/x.rs", 'const X: &str = "made anew";\n'),
        ("python/monowheel/x.py", "# Made anew.\n"),
    ],
)
def test_code_comments_and_released_changes_are_not_read(tmp_path: Path, rules: Rules, path: str, text: str) -> None:
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text(text, encoding="utf-8")
    found, _ = check(tmp_path, rules)
    assert not found
