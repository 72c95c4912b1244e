"""Read stubs and Python files as text: a JSON file of modules in, a surface as JSON out. Nothing of them runs.

This part has what names in annotations stand for; `reader.py`, which follows it in the same program, reads the modules.
"""

from __future__ import annotations

import ast
import copy
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Union

if not hasattr(ast, "unparse"):
    sys.exit("reading stubs needs Python 3.9 or later")

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

OLD = {"List": "list", "Dict": "dict", "Set": "set", "FrozenSet": "frozenset", "Tuple": "tuple", "Type": "type"}
ABC = {
    "AsyncIterable", "AsyncIterator", "Awaitable", "Callable", "Collection", "Container", "Coroutine", "Generator",
    "Hashable", "Iterable", "Iterator", "Mapping", "MutableMapping", "MutableSequence", "MutableSet", "Reversible",
    "Sequence", "Sized", "KeysView", "ValuesView", "ItemsView",
}  # fmt: skip
# Aliases of one annotation that are replaced by their types: hostile ones would double with each.
MOST_ALIASES = 50
# Modules that pass a name on to each other.
MOST_STEPS = 8


def complete(module: str, name: str) -> str:
    """The complete name of an import: those of typing that have another home are there."""
    if module in ("typing", "typing_extensions"):
        if name in OLD:
            return OLD[name]
        if name in ABC:
            return "collections.abc." + name
        if name == "AbstractSet":
            return "collections.abc.Set"
        return "typing." + name
    if module == "builtins":
        return name
    return f"{module}.{name}" if module else name


class Import(NamedTuple):
    """A name that a file imports at its top level."""

    name: str
    whole: str
    # `import x as x` says that it is passed on.
    is_redundant: bool
    # Only for type checkers: it is not there when the program runs.
    is_typing_only: bool


def statements(body: list[ast.stmt], is_typing_only: bool = False) -> Iterator[tuple[ast.stmt, bool]]:
    """Those of every branch of `if`, and whether only type checkers read them.

    Which branch counts depends on the interpreter and the platform.
    """
    for node in body:
        if isinstance(node, ast.If):
            test = getattr(node.test, "id", getattr(node.test, "attr", ""))
            yield from statements(node.body, is_typing_only or test == "TYPE_CHECKING")
            yield from statements(node.orelse, is_typing_only)
        elif isinstance(node, ast.Try):
            yield from statements(node.body, is_typing_only)
            for handler in node.handlers:
                yield from statements(handler.body, is_typing_only)
        else:
            yield node, is_typing_only


class File:
    """A file, with what its names stand for."""

    def __init__(self, module: dict[str, Any]) -> None:
        """Parse a module, as it was asked for."""
        self.name, self.path = module["name"], module["path"]
        self.is_native = module["is_native"]
        self.is_stub = self.path.endswith(".pyi")
        self.is_package = self.path.rsplit("/", 1)[-1].startswith("__init__.")
        self.tree = ast.parse(module["text"])
        self.known: dict[str, str] = {}
        self.imports: list[Import] = []
        self.aliases: dict[str, ast.expr] = {}
        self.classes: dict[str, ast.ClassDef] = {}
        for node in ast.walk(self.tree):
            for one in self.imported(node, False):
                self.known[one.name] = complete(*one.whole.rpartition(".")[::2])
        for node, is_typing_only in statements(self.tree.body):
            self.imports += self.imported(node, is_typing_only)
            self.alias(node)
            if isinstance(node, ast.ClassDef):
                self.classes.setdefault(node.name, node)
        self.known.update(dict.fromkeys(variables(self.tree), "typing.Any"))

    def imported(self, node: ast.AST, is_typing_only: bool) -> Iterator[Import]:
        """Return what a statement imports."""
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.split(".")[0]
                yield Import(alias.asname or first, alias.name if alias.asname else first, False, is_typing_only)
        elif isinstance(node, ast.ImportFrom):
            package = self.name.split(".") if self.is_package else self.name.split(".")[:-1]
            start = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*start, *([node.module] if node.module else [])])
            for alias in node.names:
                name = alias.asname or alias.name
                yield Import(name, f"{base}.{alias.name}", alias.asname == alias.name, is_typing_only)

    def alias(self, node: ast.stmt) -> None:
        """Note a name for a type."""
        if hasattr(ast, "TypeAlias") and isinstance(node, ast.TypeAlias):
            self.aliases.setdefault(node.name.id, node.value)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            if getattr(node.annotation, "id", getattr(node.annotation, "attr", "")) == "TypeAlias":
                self.aliases.setdefault(node.target.id, node.value)
        elif isinstance(node, ast.Assign) and isinstance(node.value, (ast.BinOp, ast.Subscript)):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    self.aliases.setdefault(target.id, node.value)


def variables(tree: ast.AST) -> Iterator[str]:
    """The type variables: what they stand for is not known, and their names mean nothing to users."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            called = node.value.func
            name = getattr(called, "id", getattr(called, "attr", ""))
            if name in ("TypeVar", "ParamSpec", "TypeVarTuple"):
                yield from (target.id for target in node.targets if isinstance(target, ast.Name))
        for parameter in getattr(node, "type_params", []):
            yield parameter.name


class Names(ast.NodeTransformer):
    """Names → complete names; aliases → their types; `Optional[X]` → `X | None`; `Self` → the class."""

    def __init__(self, files: dict[str, File], file: File, own: str | None) -> None:
        """Take all files, the one of the annotation, and the class around it."""
        self.files, self.file, self.own = files, file, own
        # The aliases around this one, and the number of those that were replaced.
        self.around: list[ast.expr] = []
        self.replacements = 0

    def meant(self, whole: str) -> ast.expr:
        """Return what a complete name stands for, through the modules that pass it on."""
        for _ in range(MOST_STEPS):
            file, rest = self.module_of(whole)
            further = file.known.get(rest[0]) if file and rest else None
            if further is None or further == whole:
                break
            whole = ".".join([further, *rest[1:]])
        if whole == "typing.Self" and self.own:
            return ast.Name(id=self.own, ctx=ast.Load())
        file, rest = self.module_of(whole)
        return (self.replaced(file, rest[0]) if len(rest) == 1 else None) or ast.Name(id=whole, ctx=ast.Load())

    def module_of(self, whole: str) -> tuple[File | None, list[str]]:
        """Return the innermost module that a complete name begins with, and the names after it."""
        parts = whole.split(".")
        for end in range(len(parts) - 1, 0, -1):
            file = self.files.get(".".join(parts[:end]))
            if file:
                return file, parts[end:]
        return None, parts

    def replaced(self, file: File | None, name: str) -> ast.expr | None:
        """Return the type behind an alias; none if it is not one, or one that contains itself."""
        alias = file.aliases.get(name) if file else None
        if alias is None or alias in self.around or self.replacements >= MOST_ALIASES:
            return None
        self.replacements += 1
        outer, self.file = self.file, file
        self.around.append(alias)
        found = self.visit(copy.deepcopy(alias))
        self.around.pop()
        self.file = outer
        return found

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """Return what it stands for."""
        if node.id in self.file.known:
            return self.meant(self.file.known[node.id])
        return self.replaced(self.file, node.id) or ast.Name(id=node.id, ctx=ast.Load())

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """Return what it stands for."""
        parts, inner = [node.attr], node.value
        while isinstance(inner, ast.Attribute):
            parts.append(inner.attr)
            inner = inner.value
        if not isinstance(inner, ast.Name):
            return self.generic_visit(node)
        first = self.file.known.get(inner.id, inner.id)
        return self.meant(complete(".".join([first, *reversed(parts[1:])]), node.attr))

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        """Return what it stands for."""
        # A quoted annotation.
        if isinstance(node.value, str):
            try:
                return self.visit(ast.parse(node.value, mode="eval").body)
            except SyntaxError:
                return node
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """Return a union without unions in it."""
        if not isinstance(node.op, ast.BitOr):
            return self.generic_visit(node)
        return union([self.visit(node.left), self.visit(node.right)])

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        """Return what it stands for."""
        value = self.visit(node.value)
        name = getattr(value, "id", "")
        if name == "typing.Literal":
            literal = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            return union([ast.Subscript(value=value, slice=one, ctx=ast.Load()) for one in literal])
        inner = self.visit(node.slice)
        parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
        if name == "typing.Optional":
            parts = [*parts, ast.Constant(value=None)]
        if name in ("typing.Optional", "typing.Union"):
            return union(parts)
        if name in ("typing.Final", "typing.ClassVar", "typing.Annotated", "typing.Required", "typing.NotRequired"):
            return parts[0]
        return ast.Subscript(value=value, slice=inner, ctx=ast.Load())


def union(parts: list[ast.expr]) -> ast.expr:
    """The union of types, each once."""
    found: dict[str, ast.expr] = {}
    waiting = list(reversed(parts))
    while waiting:
        part = waiting.pop()
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.BitOr):
            waiting += [part.right, part.left]
        else:
            found.setdefault(ast.unparse(part), part)
    result, *others = found.values()
    for part in others:
        result = ast.BinOp(left=result, op=ast.BitOr(), right=part)
    return result


def keywords(files: dict[str, File], file: File, annotation: ast.expr | None) -> list[str]:
    """Return the names that `**kwargs: Unpack[X]` takes, those of the bases of X among them; none if they are not known."""
    if not isinstance(annotation, ast.Subscript):
        return []
    names = Names(files, file, None)
    if getattr(names.visit(copy.deepcopy(annotation.value)), "id", "") != "typing.Unpack":
        return []
    found: list[str] = []
    waiting, seen = [(file, annotation.slice)], set()
    while waiting:
        file, node = waiting.pop()
        whole = ast.unparse(Names(files, file, None).visit(copy.deepcopy(node)))
        if whole in ("typing.TypedDict", "object"):
            continue
        home, rest = names.module_of(whole)
        home = home if home and len(rest) == 1 else file
        known = home.classes.get(rest[-1])
        if known is None:
            return []
        if known not in seen:
            seen.add(known)
            waiting += [(home, base) for base in known.bases]
            found += [one.target.id for one in known.body if isinstance(one, ast.AnnAssign)]
    return found


