"""Read which top-level modules of a crate use which others, from its `use` declarations and its paths.

A path counts wherever it appears: in a `use` with nested groups, in an expression or a type, in a macro's body
(`$crate::…`), in an attribute, and in an attribute's string (serde's `with = "crate::…"`). `crate::Name` that the root
re-exports counts for its own module. The root itself is not a module: its declarations and calls do not count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator, NamedTuple

from cycles_graph import Arrow
from cycles_lexer import Token, tokens_of

if TYPE_CHECKING:
    from pathlib import Path

ITEMS = {"fn", "struct", "enum", "union", "trait", "type", "const", "static", "mod"}


class SourceError(Exception):
    """A source that cannot be parsed as Rust, so that its crate cannot be checked."""


class Use(NamedTuple):
    """A path as written, and the module that contains it."""

    module: tuple[str, ...]
    path: tuple[str, ...]
    file: Path
    line: int
    is_test: bool


class Scope(NamedTuple):
    """The item of an open brace."""

    module: tuple[str, ...]
    is_test: bool
    # Whether the brace is the module's own, so that items in it are the module's.
    is_module: bool


class Crate:
    """The modules of one crate, from its root file on."""

    def __init__(self, root: Path) -> None:
        """Read every file of the crate."""
        self.top: set[str] = set()
        # Names that the root imports from its modules, and modules that it imports everything from.
        self.exports: dict[str, str] = {}
        self.root_globs: list[str] = []
        self.declared: dict[tuple[str, ...], set[str]] = {}
        # `#[macro_export]` puts a macro into the root; `#[macro_use]` makes it available without a path.
        self.macros: dict[str, str] = {}
        # Modules with `use crate::*`: they see the names of their siblings.
        self.see_root: set[tuple[str, ...]] = set()
        self.uses: list[Use] = []
        self._read(root, (), is_test=False, owns_folder=True, macro_use=False)

    def arrows(self) -> Iterator[Arrow]:
        """Return every use of one top-level module in another."""
        for use in self.uses:
            target = self._target(use) if use.module else None
            if target and target != use.module[0]:
                yield Arrow(use.module[0], target, use.file, use.line, "test code" if use.is_test else "")

    def _target(self, use: Use) -> str | None:
        """Return the top-level module that a path leads to."""
        head, *rest = use.path
        if head.endswith("!"):
            return self.macros.get(head[:-1])
        if head not in {"crate", "self", "super"}:
            is_sibling = use.module in self.see_root and head not in self.declared.get(use.module, ())
            return head if is_sibling and head in self.top else None
        base = {"crate": (), "self": use.module, "super": use.module[:-1]}[head]
        while rest and rest[0] == "super":
            base, rest = base[:-1], rest[1:]
        if base:
            return base[0]
        return self._in_root(rest[0]) if rest else None

    def _in_root(self, name: str) -> str | None:
        if name in self.top:
            return name
        if name in self.exports and self.exports[name] != name:
            return self._in_root(self.exports[name])
        if name in self.macros:
            return self.macros[name]
        return next((top for top in self.root_globs if top in self.top and name in self.declared.get((top,), ())), None)

    def _read(self, file: Path, module: tuple[str, ...], *, is_test: bool, owns_folder: bool, macro_use: bool) -> None:
        try:
            tokens = tokens_of(file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise SourceError(f"{file}: {error}") from error
        _Reader(self, file, tokens, Scope(module, is_test, is_module=True), macro_use=macro_use).read(
            file.parent if owns_folder else file.parent / file.stem
        )

    def child(self, file: Path, module: tuple[str, ...], *, is_test: bool, macro_use: bool, given: bool) -> None:
        """Read the file of a module that `mod NAME;` declares."""
        owns_folder = given or file.name == "mod.rs"
        self._read(file, module, is_test=is_test, owns_folder=owns_folder, macro_use=macro_use)


class _Reader:
    """One pass over the tokens of one file."""

    def __init__(self, crate: Crate, file: Path, tokens: list[Token], scope: Scope, *, macro_use: bool) -> None:
        self.crate, self.file, self.tokens = crate, file, tokens
        self.scopes = [scope]
        self.macro_use = macro_use
        self.at = 0
        # How many brackets are open: the semicolon of `[u8; 4]` ends no item.
        self.brackets = 0
        # The meaning of the attributes before the next item.
        self.is_test = self.exports_macro = self.uses_macros = False
        self.given_path: str | None = None

    def text(self, ahead: int = 0) -> str:
        """Return the text of a token further on; strings and the end have none that could be mistaken for a sign."""
        at = self.at + ahead
        if not 0 <= at < len(self.tokens) or self.tokens[at].kind == "string":
            return ""
        return self.tokens[at].text

    def read(self, folder: Path) -> None:
        """Go through the file; `folder` is where the files of its child modules are."""
        base = len(self.scopes[0].module)
        while self.at < len(self.tokens):
            text = self.text()
            if text == "#" and "[" in (self.text(1), self.text(2)):
                self._attribute()
            elif text == "use":
                self._use()
            elif text == "mod" and self.text(2) in {"{", ";"}:
                self._mod(folder.joinpath(*self.scopes[-1].module[base:]))
            elif text == "macro_rules" and self.text(1) == "!":
                self._macro()
            elif text in {"{", "}", ";"}:
                self._brace(text)
            else:
                self._word(text)
        if len(self.scopes) != 1:
            raise SourceError(f"{self.file}: a brace is not closed")

    def _word(self, text: str) -> None:
        scope = self.scopes[-1]
        if text in ITEMS and scope.is_module:
            self.crate.declared.setdefault(scope.module, set()).add(self.text(1))
        if self.tokens[self.at].kind == "word" and self.text(-1) not in {"::", "."}:
            self._path()
        else:
            self.brackets += {"(": 1, "[": 1, ")": -1, "]": -1}.get(text, 0)
            self.at += 1

    def _brace(self, text: str) -> None:
        scope = self.scopes[-1]
        if text == "{":
            self.scopes.append(Scope(scope.module, scope.is_test or self.is_test, is_module=False))
        elif text == "}":
            self.scopes.pop()
            if not self.scopes:
                raise SourceError(f"{self.file}:{self.tokens[self.at].line}: a brace is closed that was not opened")
        if text != ";" or not self.brackets:
            self._forget_attributes()
        self.at += 1

    def _forget_attributes(self) -> None:
        self.is_test = self.exports_macro = self.uses_macros = False
        self.given_path = None

    def _attribute(self) -> None:
        """Read `#[…]` up to its end: what it means for the next item, and the paths in it."""
        is_inner = self.text(1) == "!"
        self.at += 3 if is_inner else 2
        name, depth, words = self.text(), 1, set()
        while depth and self.at < len(self.tokens):
            token = self.tokens[self.at]
            depth += {"[": 1, "]": -1}.get(self.text(), 0)
            words.add(self.text())
            if token.kind == "string" and name == "path":
                self.given_path = token.text
            elif token.kind == "string" and name != "doc" and token.text.startswith(("crate::", "super::", "self::")):
                self._add(tuple(token.text.split("::")), token.line)
            self._word(self.text())
        if name == "test" or (name == "cfg" and "test" in words and "not" not in words):
            if is_inner:
                self.scopes[-1] = self.scopes[-1]._replace(is_test=True)
            else:
                self.is_test = True
        self.exports_macro |= name == "macro_export"
        self.uses_macros |= name == "macro_use"

    def _mod(self, folder: Path) -> None:
        name, is_inline = self.text(1), self.text(2) == "{"
        scope = self.scopes[-1]
        module, is_test = (*scope.module, name), scope.is_test or self.is_test
        self.crate.declared.setdefault(scope.module, set()).add(name)
        if not scope.module:
            self.crate.top.add(name)
        uses_macros, given_path = self.macro_use or self.uses_macros, self.given_path
        line = self.tokens[self.at].line
        self._forget_attributes()
        self.at += 3
        if is_inline:
            self.scopes.append(Scope(module, is_test, is_module=True))
            return
        if given_path is not None:
            # Beside this file, wherever the files of its children are.
            candidates = [self.file.parent / given_path]
        else:
            # A raw name is for the compiler: `mod r#type;` is in type.rs.
            plain = name.replace("r#", "", 1)
            candidates = [folder / f"{plain}.rs", folder / plain / "mod.rs"]
        file = next((path for path in candidates if path.is_file()), None)
        if file is None:
            raise SourceError(f"{self.file}:{line}: no file for `mod {name};`: {candidates[0]}")
        self.crate.child(file, module, is_test=is_test, macro_use=uses_macros, given=given_path is not None)

    def _macro(self) -> None:
        """Note where a macro is defined; its body is read like any code."""
        module, name = self.scopes[-1].module, self.text(2)
        if module and (self.exports_macro or self.macro_use or self.uses_macros):
            self.crate.macros[name] = module[0]
        self.at += 3

    def _path(self) -> None:
        """Read `a::b::c` or `name!`."""
        start, line = self.at, self.tokens[self.at].line
        path = [self.text()]
        while self.text(1) == "::" and self.text(2) and (self.text(2)[0].isalpha() or self.text(2)[0] == "_"):
            self.at += 2
            path.append(self.text())
        if self.at > start:
            self._add(tuple(path), line)
        elif self.text(1) == "!" and self.text(2) in {"(", "[", "{"}:
            self._add((f"{path[0]}!",), line)
        self.at += 1

    def _add(self, path: tuple[str, ...], line: int) -> None:
        scope = self.scopes[-1]
        self.crate.uses.append(Use(scope.module, path, self.file, line, scope.is_test or self.is_test))

    def _use(self) -> None:
        """Read a `use` up to its semicolon. `use<'a>` in a type is none."""
        self.at += 1
        if self.text() == "<":
            return
        is_foreign = self.text() == "::"
        if is_foreign:
            self.at += 1
        for path, name, line in self._tree(()):
            if not is_foreign:
                self._imported(path, name, line)

    def _imported(self, path: tuple[str, ...], name: str, line: int) -> None:
        module = self.scopes[-1].module
        self._add(path, line)
        if not module and self.scopes[-1].is_module:
            # In the root a path begins at the root, with or without saying so.
            inside = path[1:] if path[0] in {"crate", "self"} else path
            if inside and name == "*":
                self.crate.root_globs.append(inside[0])
            elif inside:
                self.crate.exports.setdefault(name, inside[0])
        elif name == "*" and self._is_root(path, module):
            self.crate.see_root.add(module)

    @staticmethod
    def _is_root(path: tuple[str, ...], module: tuple[str, ...]) -> bool:
        return path == ("crate",) or path == ("super",) * len(module)

    def _tree(self, before: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str, int]]:
        """Return each path of a tree of imports with the name that it gets, `*` for all names."""
        path = before
        line = self.tokens[self.at].line if self.at < len(self.tokens) else 0
        while self.at < len(self.tokens):
            text = self.text()
            self.at += 1
            if text == "{":
                while self.text() and self.text() != "}":
                    yield from self._tree(path)
                    if self.text() == ",":
                        self.at += 1
                self.at += 1
                return
            if text == "*":
                yield path, "*", line
                return
            if text not in {"::", "$"}:
                path, line = (*path, text), self.tokens[self.at - 1].line
            if self.text() == "as":
                yield path, self.text(1), line
                self.at += 2
                return
            if self.text() in {"", ",", "}", ";"}:
                # `use a::{self}` is `a`.
                whole = path[:-1] if len(path) > 1 and path[-1] == "self" else path
                yield whole, whole[-1], line
                return
