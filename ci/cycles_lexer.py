"""Split Rust source into the tokens that paths are made of: comments are dropped, strings are kept apart."""

from __future__ import annotations

import re
from typing import NamedTuple

# A raw string before an identifier (`r"…"`, `r#"…"#`), a character before a lifetime (`'a'`, `'a`).
TOKEN = re.compile(
    r"""
    (?P<space>\s+|//[^\n]*)
    |(?P<comment>/\*)
    |(?P<raw>[bc]?r(?P<hashes>\#*)"(?P<raw_text>.*?)"(?P=hashes))
    |(?P<string>[bc]?"(?P<text>(?:\\.|[^"\\])*)")
    |(?P<char>b?'(?:\\(?:u\{[^}]*\}|x..|.)|[^\\'])')
    |(?P<lifetime>'\w+)
    |(?P<word>(?:r\#)?\w+)
    |(?P<sign>::|.)
    """,
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    """A word, a sign (`::` or one character) or the content of a string, and its line."""

    kind: str
    text: str
    line: int


def tokens_of(source: str) -> list[Token]:
    """Return the tokens of a file in order."""
    tokens: list[Token] = []
    at, line = 0, 1
    while at < len(source):
        match = TOKEN.match(source, at)
        # The last alternative takes any character.
        assert match is not None  # noqa: S101
        kind, text = match.lastgroup, match.group()
        if kind == "comment":
            text = source[at : _end_of_comment(source, at)]
        elif kind in {"raw", "string"}:
            tokens.append(Token("string", match.group("raw_text") or match.group("text") or "", line))
        elif kind == "word":
            tokens.append(Token("word", text, line))
        elif kind == "sign":
            tokens.append(Token("sign", text, line))
        at += len(text)
        line += text.count("\n")
    return tokens


def _end_of_comment(source: str, start: int) -> int:
    """Find the end of a block comment, which may hold others."""
    depth = 0
    for match in re.finditer(r"/\*|\*/", source[start:]):
        depth += 1 if match.group() == "/*" else -1
        if depth == 0:
            return start + match.end()
    return len(source)
