"""The commands and TOML of docs/book. A command is not run: its subcommands and options have to be in the help."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from functools import lru_cache
from pathlib import Path

from book_blocks import ROOT, Block, Failure

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

# Their help is one page, whatever follows.
PLAIN = {"gdb", "lldb", "python", "pytest", "objdump", "rustc"}
# Print their subcommands and options with --help at every level.
LEVELS = {"monowheel", "cargo", "maturin", "perf", "pip", "py-spy", "rustup"}
# Run with this Python, as `-m`.
MODULES = {"pip", "pytest", "venv", "monowheel", "maturin"}
# Shell commands, and tools whose options the book does not describe.
SHELL = {"cd", "export", "git", "cp", "source", "."}
# monowheel's exit code for a configuration that has to change; 1 and 3 are about this machine.
REFUSED = 2
SEPARATORS = {"&&", "||", "|", ";", "&"}


class MissingError(Exception):
    """A tool that is not installed on this machine."""


@lru_cache(maxsize=None)
def help_of(command: tuple[str, ...]) -> str:
    """Return the output of `--help` for a command."""
    first = command[0]
    if first in MODULES:
        command = (sys.executable, "-m", *command)
    elif first == "python":
        command = (sys.executable, *command[1:])
    elif shutil.which(first) is None:
        raise MissingError(first)
    # perf supports only -h, and pages the other.
    option = "-h" if first == "perf" else "--help"
    ran = subprocess.run(
        [*command, option],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    return ran.stdout


def commands_of(block: Block) -> list[tuple[int, list[str]]]:
    """Return the simple commands after `$ `, each with its line. A backslash at the end continues the line."""
    found: list[tuple[int, list[str]]] = []
    lines = block.text.splitlines()
    for number, line in enumerate(lines):
        if not line.startswith("$ "):
            continue
        text, after = line[2:], number + 1
        while text.endswith("\\") and after < len(lines):
            text, after = text[:-1] + lines[after], after + 1
        lexer = shlex.shlex(text, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        simple: list[str] = []
        for token in [*lexer, ";"]:
            if token in SEPARATORS:
                if simple:
                    found.append((block.line + number, simple))
                simple = []
            else:
                simple.append(token)
    return found


def _knows(text: str, option: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", text) is not None


def program_of(words: list[str]) -> list[str]:
    """Return a command without variables before it, and the module of `python -m` instead of python."""
    while words and re.fullmatch(r"\w+=.*", words[0]):
        words = words[1:]
    if words[:2] == ["python", "-m"] and words[2:3] and words[2] in MODULES:
        return words[2:]
    return words


def wrong_with(words: list[str]) -> str | None:
    """Return what the help of a command does not contain, if anything."""
    words = program_of(words)
    if not words or words[0] in SHELL:
        return None
    tool, rest = words[0], words[1:]
    if tool not in PLAIN | LEVELS | MODULES:
        return f"the options of {tool} cannot be checked: add it to ci/book_commands.py, or make the block text"
    path: tuple[str, ...] = (tool,)
    if tool in LEVELS:
        while rest and _is_command(path, rest[0]):
            path, rest = (*path, rest[0]), rest[1:]
        if path == (tool,) and rest and not rest[0].startswith("-"):
            return f"{tool} has no command {rest[0]}"
    text = help_of(path)
    for word in rest:
        # What follows is another program's.
        if word in {"--", "-c"}:
            break
        if word.startswith("-") and not _knows(text, word.split("=")[0]):
            return f"`{' '.join(path)}` has no option {word.split('=')[0]}"
    return None


def _is_command(path: tuple[str, ...], word: str) -> bool:
    if word.startswith("-"):
        return False
    if path == ("cargo",):
        # Its help lists only the common ones.
        ran = subprocess.run(["cargo", "--list"], stdout=subprocess.PIPE, encoding="utf-8", check=True)
        return re.search(rf"^ +{re.escape(word)}\b", ran.stdout, re.MULTILINE) is not None
    return re.search(rf"^ +{re.escape(word)}(?: |$)", help_of(path), re.MULTILINE) is not None


def check_console(block: Block) -> tuple[list[Failure], set[str]]:
    """Look up every command; return the failures, and the tools that are not installed."""
    commands = commands_of(block)
    if not commands:
        return [block.fails("no line begins with `$ `: make the block text if it is only shown")], set()
    failures = []
    missing = set()
    for line, words in commands:
        try:
            said = wrong_with(words)
        except MissingError as error:
            missing.add(str(error))
            continue
        if said:
            failures.append(block.fails(said, line))
    return failures, missing


def check_toml(block: Block) -> list[Failure]:
    """Parse it: monowheel's configuration with monowheel, a complete manifest with cargo."""
    try:
        document = tomllib.loads(block.text)
    except tomllib.TOMLDecodeError as error:
        return [block.fails(f"this is not valid TOML: {error}")]
    if "monowheel" not in document.get("tool", {}) and "package" not in document:
        return []
    with tempfile.TemporaryDirectory(prefix="book ") as name:
        folder = Path(name)
        shutil.copytree(ROOT / "examples/hello_world", folder, dirs_exist_ok=True)
        if "package" in document:
            (folder / "Cargo.toml").write_text(block.text, encoding="utf-8")
            command = ["cargo", "metadata", "--no-deps", "--offline", "--format-version", "1"]
        else:
            project = "" if "project" in document else '[project]\nname = "hello_world"\ndynamic = ["version"]\n'
            (folder / "pyproject.toml").write_text(project + block.text, encoding="utf-8")
            command = [sys.executable, "-m", "monowheel", "plan", "--json"]
        ran = subprocess.run(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", check=False
        )
    refused = ran.returncode == REFUSED if "monowheel" in command else ran.returncode != 0
    return [block.fails(f"{' '.join(command[:4])} refuses this:\n{ran.stdout}")] if refused else []
