"""Read stubs and Python files as text: a JSON file of modules in, a surface as JSON out. Nothing of them runs."""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Union

if TYPE_CHECKING:
    from collections.abc import Iterator

try:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (2 << 30, resource.getrlimit(resource.RLIMIT_AS)[1]))
except (ImportError, ValueError, OSError):
    pass

Item = dict[str, Any]
Items = dict[str, Item]
Def = Union[ast.FunctionDef, ast.AsyncFunctionDef]
OLD = {"List": "list", "Dict": "dict", "Set": "set", "FrozenSet": "frozenset", "Tuple": "tuple", "Type": "type"}
ABC = {
    "AsyncIterable", "AsyncIterator", "Awaitable", "Callable", "Collection", "Container", "Coroutine", "Generator",
    "Hashable", "Iterable", "Iterator", "Mapping", "MutableMapping", "MutableSequence", "MutableSet", "Reversible",
    "Sequence", "Sized", "KeysView", "ValuesView", "ItemsView",
}  # fmt: skip


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


class Names(ast.NodeTransformer):
    """Names → complete names; `Optional[X]` → `X | None`."""

    def __init__(self, known: dict[str, str]) -> None:
        """Take the names that the file knows."""
        self.known = known

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """Return what it stands for."""
        return ast.Name(id=self.known.get(node.id, node.id), ctx=ast.Load())

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """Return what it stands for."""
        parts, inner = [node.attr], node.value
        while isinstance(inner, ast.Attribute):
            parts.append(inner.attr)
            inner = inner.value
        if not isinstance(inner, ast.Name):
            return self.generic_visit(node)
        first = self.known.get(inner.id, inner.id)
        module = ".".join([first, *reversed(parts[1:])])
        return ast.Name(id=complete(module, node.attr), ctx=ast.Load())

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        """Return what it stands for."""
        # A quoted annotation.
        if isinstance(node.value, str):
            try:
                return self.visit(ast.parse(node.value, mode="eval").body)
            except SyntaxError:
                return node
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        """Return what it stands for."""
        value = self.visit(node.value)
        name = getattr(value, "id", "")
        if name == "typing.Literal":
            return ast.Subscript(value=value, slice=node.slice, ctx=ast.Load())
        inner = self.visit(node.slice)
        parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
        if name == "typing.Optional":
            parts = [*parts, ast.Constant(value=None)]
        if name in ("typing.Optional", "typing.Union"):
            result = parts[0]
            for part in parts[1:]:
                result = ast.BinOp(left=result, op=ast.BitOr(), right=part)
            return result
        if name in ("typing.Final", "typing.ClassVar", "typing.Annotated", "typing.Required", "typing.NotRequired"):
            return parts[0]
        return ast.Subscript(value=value, slice=inner, ctx=ast.Load())


def imports(tree: ast.AST, module: str, is_package: bool) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The names that a file imports, with complete names, and those that it passes on."""
    known, passed = {}, []
    package = module.split(".") if is_package else module.split(".")[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                known[alias.asname or alias.name.split(".")[0]] = (
                    alias.name if alias.asname else alias.name.split(".")[0]
                )
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*start, *([node.module] if node.module else [])])
            for alias in node.names:
                known[alias.asname or alias.name] = complete(base, alias.name)
                passed.append((alias.asname or alias.name, f"{base}.{alias.name}"))
    return known, passed


def variables(tree: ast.AST) -> Iterator[str]:
    """The type variables: what they stand for is not known, and their names mean nothing to users."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            called = node.value.func
            name = getattr(called, "id", getattr(called, "attr", ""))
            if name in ("TypeVar", "ParamSpec", "TypeVarTuple", "NewType"):
                yield from (target.id for target in node.targets if isinstance(target, ast.Name) and name != "NewType")
        for parameter in getattr(node, "type_params", []):
            yield parameter.name


class Reader:
    """Reads one file."""

    def __init__(self, module: Item) -> None:
        """Take the module, as it was asked for."""
        self.module = module

    def text(self, node: ast.AST | None) -> str | None:
        """Return the text of an annotation."""
        return None if node is None else ast.unparse(Names(self.known).visit(node))

    def signature(self, node: Def, bound: bool) -> Item:
        """Return the signature, without `self` if it is bound."""
        spec, found = node.args, []
        positional = spec.posonlyargs + spec.args
        defaults = [None] * (len(positional) - len(spec.defaults)) + list(spec.defaults)
        for index, (arg, default) in enumerate(zip(positional, defaults)):
            if index == 0 and bound:
                continue
            only = index < len(spec.posonlyargs) or (arg.arg.startswith("__") and not arg.arg.endswith("__"))
            found.append(self.parameter(arg, "positional-only" if only else "either", default))
        if spec.vararg:
            found.append(self.parameter(spec.vararg, "arguments", None))
        for arg, default in zip(spec.kwonlyargs, spec.kw_defaults):
            found.append(self.parameter(arg, "keyword-only", default))
        if spec.kwarg:
            found.append(self.parameter(spec.kwarg, "keywords", None))
        return {"parameters": found, "returns": self.text(node.returns)}

    def parameter(self, arg: ast.arg, kind: str, default: ast.expr | None) -> Item:
        """Return a parameter."""
        return {
            "name": arg.arg,
            "kind": kind,
            "default": None if default is None else ast.unparse(default),
            "annotation": self.text(arg.annotation),
        }

    def decorators(self, node: Def | ast.ClassDef) -> list[str]:
        """Return the names of the decorators."""
        return [self.text(one.func if isinstance(one, ast.Call) else one) for one in node.decorator_list]

    def function(self, node: Def, bound: bool) -> Item:
        """Return a function."""
        return {
            "name": node.name,
            "doc": ast.get_docstring(node) or "",
            "origin": "stub",
            "place": f"{self.path}:{node.lineno}",
            "signatures": [self.signature(node, bound)],
            "is_async": isinstance(node, ast.AsyncFunctionDef),
        }

    def klass(self, node: ast.ClassDef) -> Item:
        """Return a class."""
        bases = [self.text(base) for base in node.bases]
        decorators = self.decorators(node)
        found = {
            "name": node.name,
            "doc": ast.get_docstring(node) or "",
            "origin": "stub",
            "place": f"{self.path}:{node.lineno}",
            "bases": [base for base in bases if base != "object"],
            "methods": [],
            "attributes": [],
            "classes": [],
            "flags": {"is_subclassable": False if "typing.final" in decorators else None},
            "is_exception": any(base.split(".")[-1].endswith(("Error", "Exception", "Warning")) for base in bases),
            "is_typing_only": "typing.type_check_only" in decorators
            or any(
                base.split("[")[0] in ("typing.Protocol", "typing.TypedDict", "typing.NamedTuple") for base in bases
            ),
        }
        methods, attributes = {}, {}
        for item in self.statements(node.body):
            if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef)):
                self.member(item, methods, attributes)
            elif isinstance(item, ast.ClassDef):
                found["classes"].append(self.klass(item))
            elif isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
                raw = self.text(
                    item.annotation.value if isinstance(item.annotation, ast.Subscript) else item.annotation
                )
                of_class = raw == "typing.ClassVar"
                final = raw == "typing.Final"
                if item.target.id == "__hash__":
                    found["flags"]["is_hashable"] = False
                    continue
                attributes[item.target.id] = self.attribute(item.target.id, item, not (of_class or final), of_class)
                attributes[item.target.id]["annotation"] = self.text(item.annotation)
            elif isinstance(item, ast.Assign):
                for target in item.targets:
                    if isinstance(target, ast.Name) and target.id not in ("__slots__", "__match_args__"):
                        name = getattr(item.value, "id", None)
                        if target.id == "__hash__":
                            found["flags"]["is_hashable"] = False
                        elif name in methods:
                            methods[target.id] = {**methods[name], "name": target.id}
                        else:
                            attributes[target.id] = self.attribute(target.id, item, False, True)
        found["methods"], found["attributes"] = list(methods.values()), list(attributes.values())
        if "__eq__" in methods and found["flags"].get("is_hashable") is None:
            found["flags"]["is_hashable"] = True if "__hash__" in methods else None
        return found

    def attribute(self, name: str, node: ast.stmt, settable: bool, of_class: bool) -> Item:
        """Return an attribute."""
        return {
            "name": name,
            "origin": "stub",
            "place": f"{self.path}:{node.lineno}",
            "annotation": None,
            "is_settable": settable,
            "is_readable": True,
            "is_of_class": of_class,
        }

    def member(self, item: Def, methods: Items, attributes: Items) -> None:
        """Add a method, or an attribute that methods define."""
        decorators = self.decorators(item)
        last = [name.split(".")[-1] for name in decorators]
        if "property" in last or "cached_property" in last:
            attributes[item.name] = self.attribute(item.name, item, False, False)
            attributes[item.name]["annotation"] = self.text(item.returns)
            attributes[item.name]["doc"] = ast.get_docstring(item) or ""
        elif "setter" in last or "deleter" in last:
            known = attributes.setdefault(item.name, self.attribute(item.name, item, False, False))
            known["is_settable" if "setter" in last else "is_deletable"] = True
        else:
            static, of_class = "staticmethod" in last, "classmethod" in last or item.name == "__new__"
            built = self.function(item, not static)
            built["receiver"] = "static" if static else "class" if of_class else "instance"
            known = methods.get(item.name)
            if known and "overload" in last:
                known["signatures"] += built["signatures"]
            else:
                methods[item.name] = built

    def statements(self, body: list[ast.stmt]) -> Iterator[ast.stmt]:
        """Those of every branch of `if`: which one counts depends on the interpreter and the platform."""
        for node in body:
            if isinstance(node, ast.If):
                yield from self.statements(node.body)
                yield from self.statements(node.orelse)
            elif isinstance(node, ast.Try):
                yield from self.statements(node.body)
                for handler in node.handlers:
                    yield from self.statements(handler.body)
            else:
                yield node

    def read(self) -> Item:
        """Return the module."""
        module = self.module
        self.path = module["path"]
        tree = ast.parse(module["text"])
        stub = self.path.endswith(".pyi")
        package = self.path.rsplit("/", 1)[-1].startswith("__init__.")
        self.known, passed = imports(tree, module["name"], package)
        self.known.update(dict.fromkeys(variables(tree), "typing.Any"))
        functions, classes, constants, everything = {}, {}, {}, None
        for node in self.statements(tree.body):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                built = self.function(node, False)
                overloaded = "overload" in [name.split(".")[-1] for name in self.decorators(node)]
                if node.name in functions and overloaded:
                    functions[node.name]["signatures"] += built["signatures"]
                elif node.name not in functions or not functions[node.name]["signatures"][1:]:
                    functions[node.name] = built
            elif isinstance(node, ast.ClassDef):
                classes.setdefault(node.name, self.klass(node))
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                annotation = self.text(node.annotation)
                constants[node.target.id] = self.constant(node.target.id, annotation)
                if annotation == "typing.Final" and node.value is not None:
                    constants[node.target.id]["annotation"] = type(getattr(node.value, "value", None)).__name__
            elif isinstance(node, ast.Assign):
                for target in node.targets:
                    name = getattr(target, "id", None)
                    if name == "__all__":
                        everything = [
                            one.value for one in getattr(node.value, "elts", []) if isinstance(one, ast.Constant)
                        ]
                    elif name:
                        constants[name] = self.constant(name, None)
            elif hasattr(ast, "TypeAlias") and isinstance(node, ast.TypeAlias):
                constants[node.name.id] = self.constant(node.name.id, "typing.TypeAlias")
        local = set(functions) | set(classes) | set(constants)
        # What `__all__` names is passed on; without it, what a package imports from itself.
        top = module["name"].partition(".")[0]

        def goes_on(name: str, whole: str) -> bool:
            if everything is not None:
                return name in everything
            return not name.startswith("_") and whole.partition(".")[0] == top

        exported = [(name, whole) for name, whole in passed if name not in local and goes_on(name, whole)]
        stars = [whole[:-2] for name, whole in passed if name == "*"]
        if everything is not None and stars:
            # Of a star import, only the module it is from knows the names.
            named = local | {name for name, _ in exported}
            exported += [(name, f"{stars[-1]}.{name}") for name in everything if name not in named]

        def keep(items: Items) -> list[Item]:
            if stub:
                return list(items.values())
            if everything is not None:
                return [item for name, item in items.items() if name in everything]
            return [item for name, item in items.items() if not name.startswith("_")]

        for constant in constants.values():
            hidden = constant["annotation"] == "typing.TypeAlias" or (constant["annotation"] is None and stub)
            constant["is_typing_only"] = hidden
        return {
            "name": module["name"],
            "doc": ast.get_docstring(tree) or "",
            "origin": "stub",
            "is_open": "__getattr__" in functions,
            "is_native": module["is_native"],
            "functions": keep(functions),
            "classes": keep(classes),
            "constants": keep(constants),
            "reexports": exported,
        }

    def constant(self, name: str, annotation: str | None) -> Item:
        """Return a value."""
        return {"name": name, "origin": "stub", "annotation": annotation}


def main() -> None:
    """Read all files, and print what they state."""
    modules, notes = [], []
    for module in json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")):
        try:
            modules.append(Reader(module).read())
        except SyntaxError as error:
            notes.append({"place": f"{module['path']}:{error.lineno or 1}", "what": f"it is not Python: {error.msg}"})
        except (ValueError, RecursionError, MemoryError, AttributeError) as error:
            notes.append({"place": module["path"], "what": f"it cannot be read: {type(error).__name__}"})
    print(json.dumps({"modules": modules, "notes": notes}))


if not hasattr(ast, "unparse"):
    sys.exit("reading stubs needs Python 3.9 or later")
main()
