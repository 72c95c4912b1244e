"""Prints what can be called in modules, with its parameters, as JSON: `describe.py MODULE...`, in the tested environment.

Signatures are from `__text_signature__`, annotations from the stub beside the module, if it has one.
"""

import ast
import importlib
import importlib.util
import inspect
import json
import os
import sys

MOST = 400
# What every instance can be asked for, whether it supports it or not.
OPERATIONS = [
    "repr({0})", "str({0})", "hash({0})", "{0} == {0}", "{0} < {0}", "len({0})", "list(zip(range(50), {0}))", "bool({0})",
    "{0}[0]", "{0}['a']", "{0} + {0}", "{0}(1)", "next({0})", "copy.deepcopy({0})", "pickle.loads(pickle.dumps({0}))",
    "{0}.__init__()", "type({0}).__new__(type({0}))", "gc.collect()", "dir({0})",
]  # fmt: skip


def stub_of(module):
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
            found = {}
            for node in tree.body:
                if isinstance(node, ast.FunctionDef):
                    found[node.name] = annotations(node)
                elif isinstance(node, ast.ClassDef):
                    for below in node.body:
                        if isinstance(below, ast.FunctionDef):
                            found[node.name + "." + below.name] = annotations(below)
            return found
    return {}


def annotations(node):
    """Return the annotations of a function, as text."""
    arguments = node.args.posonlyargs + node.args.args + node.args.kwonlyargs
    return {one.arg: text_of(one.annotation) for one in arguments if one.annotation is not None}


def text_of(node):
    """Return the names in an annotation."""
    return " ".join(sorted({one.id for one in ast.walk(node) if isinstance(one, ast.Name)} |
                           {one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute)} |
                           {str(one.value) for one in ast.walk(node) if isinstance(one, ast.Constant)}))  # fmt: skip


def parameters(thing, types, is_method):
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


def described(module):
    """Return the functions, classes and methods of a module."""
    name = module.__name__
    stub = stub_of(module)
    found = []
    public = getattr(module, "__all__", None) or [one for one in dir(module) if not one.startswith("_")]
    for public_name in sorted(public):
        thing = getattr(module, public_name, None)
        if inspect.isclass(thing):
            if issubclass(thing, BaseException) or not str(thing.__module__).startswith(name.partition(".")[0]):
                # PyO3's classes without `module = ...` are in builtins.
                if issubclass(thing, BaseException) or thing.__module__ != "builtins" or hasattr(__builtins__, public_name):
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
                    found.append({"call": below, "class": None, "of": public_name, "parameters": None, "attribute": True})
        elif callable(thing):
            found.append({"call": name + "." + public_name, "class": None, "of": None,
                          "parameters": parameters(thing, stub.get(public_name, {}), False)})  # fmt: skip
    return found[:MOST]


def main():
    """Describe each module that can be imported."""
    calls, failed = [], {}
    for name in sys.argv[1:]:
        try:
            calls += described(importlib.import_module(name))
        except BaseException as error:  # noqa: BLE001
            failed[name] = type(error).__name__ + ": " + str(error)
    json.dump({"calls": calls, "operations": OPERATIONS, "failed": failed}, sys.stdout)


main()
