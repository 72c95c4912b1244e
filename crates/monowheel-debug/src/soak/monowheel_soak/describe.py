"""Prints what can be called in modules, with its parameters, as JSON: `describe.py MODULE...`.

Signatures are from `__text_signature__`, annotations from the stub beside the module, if it has one.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import importlib.util
import inspect
import json
import os
import sys
from typing import Any

MOST = 400
# What every instance can be asked for, whether it supports it or not.
OPERATIONS = [
    "repr({0})", "str({0})", "hash({0})", "{0} == {0}", "{0} < {0}", "len({0})", "bool({0})",
    "list(zip(range(50), {0}))",
    "{0}[0]", "{0}['a']", "{0} + {0}", "{0}(1)", "next({0})", "copy.deepcopy({0})", "pickle.loads(pickle.dumps({0}))",
    "{0}.__init__()", "type({0}).__new__(type({0}))", "gc.collect()", "dir({0})",
]  # fmt: skip


def stub_of(module: Any) -> dict[str, dict[str, str]]:
    """Read the annotations of a stub: by function, or by class and method."""
    file = getattr(module, "__file__", None) or ""
    name = module.__name__.rpartition(".")[2]
    folder = os.path.dirname(file)
    for path in (os.path.join(folder, name + ".pyi"), os.path.join(folder, "__init__.pyi")):
        if os.path.isfile(path):
            with open(path, encoding="utf-8") as stub:
                try:
                    tree = ast.parse(stub.read())
                except SyntaxError:
                    return {}
            found: dict[str, dict[str, str]] = {}
            for node in tree.body:
                if isinstance(node, ast.FunctionDef):
                    found[node.name] = annotations_of(node)
                elif isinstance(node, ast.ClassDef):
                    for below in node.body:
                        if isinstance(below, ast.FunctionDef):
                            found[node.name + "." + below.name] = annotations_of(below)
            return found
    return {}


def annotations_of(node: ast.FunctionDef) -> dict[str, str]:
    """Return the annotations of a function, as text."""
    arguments = node.args.posonlyargs + node.args.args + node.args.kwonlyargs
    return {one.arg: text_of(one.annotation) for one in arguments if one.annotation is not None}


def text_of(node: ast.expr) -> str:
    """Return the names in an annotation."""
    return " ".join(sorted({one.id for one in ast.walk(node) if isinstance(one, ast.Name)} |
                           {one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute)} |
                           {str(one.value) for one in ast.walk(node) if isinstance(one, ast.Constant)}))  # fmt: skip


def parameters(thing: Any, types: dict[str, str], is_method: bool) -> list[dict[str, Any]] | None:
    """Return the parameters of a callable; None where Python does not know them."""
    try:
        signature = inspect.signature(thing)
    except (TypeError, ValueError):
        return None
    found = []
    for at, (name, one) in enumerate(signature.parameters.items()):
        if is_method and at == 0 and name in ("self", "$self", "cls"):
            continue
        found.append({
            "name": name,
            "kind": one.kind.name,
            "type": types.get(name, ""),
            "optional": one.default is not one.empty,
        })  # fmt: skip
    return found


def is_own(thing: Any, name: str) -> bool:
    """Whether a class is of this module. PyO3's classes without `module = ...` are in builtins."""
    if issubclass(thing, BaseException):
        return False
    place = str(thing.__module__)
    return place.startswith(name.partition(".")[0]) or (place == "builtins" and not hasattr(builtins, thing.__name__))


def described(module: Any) -> list[dict[str, Any]]:
    """Return the functions, classes and methods of a module."""
    name = module.__name__
    stub = stub_of(module)
    found: list[dict[str, Any]] = []
    public = getattr(module, "__all__", None) or [one for one in dir(module) if not one.startswith("_")]
    for public_name in sorted(public):
        thing = getattr(module, public_name, None)
        if inspect.isclass(thing):
            if not is_own(thing, name):
                continue
            types = stub.get(public_name + ".__new__", {}) or stub.get(public_name + ".__init__", {})
            found.append({"call": name + "." + public_name, "class": public_name, "of": None,
                          "parameters": parameters(thing, types, False)})  # fmt: skip
            for below in sorted(vars(thing)):
                method = getattr(thing, below, None)
                if callable(method) and not below.startswith("_"):
                    types = stub.get(public_name + "." + below, {})
                    found.append({"call": below, "class": None, "of": public_name,
                                  "parameters": parameters(method, types, True)})  # fmt: skip
                elif not below.startswith("_"):
                    found.append({"call": below, "class": None, "of": public_name,
                                  "parameters": None, "attribute": True})  # fmt: skip
        elif callable(thing):
            found.append({"call": name + "." + public_name, "class": None, "of": None,
                          "parameters": parameters(thing, stub.get(public_name, {}), False)})  # fmt: skip
    return found[:MOST]


def main() -> None:
    """Describe each module that can be imported."""
    calls: list[dict[str, Any]] = []
    failed: dict[str, str] = {}
    for name in sys.argv[1:]:
        try:
            calls += described(importlib.import_module(name))
        except BaseException as error:
            failed[name] = type(error).__name__ + ": " + str(error)
    json.dump({"calls": calls, "operations": OPERATIONS, "failed": failed}, sys.stdout)


main()
