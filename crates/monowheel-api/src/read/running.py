"""Import a module and print its surface as JSON: `running.py MODULE [DIRECTORY]...`. Standard library only."""

from __future__ import annotations

import importlib
import inspect
import json
import sys
import types
from typing import Any, Dict

Item = Dict[str, Any]
# What the module prints is not part of the answer.
answer, sys.stdout = sys.stdout, sys.stderr
MOST = 20_000
KINDS = {
    inspect.Parameter.POSITIONAL_ONLY: "positional-only",
    inspect.Parameter.POSITIONAL_OR_KEYWORD: "either",
    inspect.Parameter.VAR_POSITIONAL: "arguments",
    inspect.Parameter.KEYWORD_ONLY: "keyword-only",
    inspect.Parameter.VAR_KEYWORD: "keywords",
}
FUNCTIONS = (types.BuiltinFunctionType, types.FunctionType, types.MethodDescriptorType, types.WrapperDescriptorType)


def shown(default: Any) -> str:
    """Return a default as it is written."""
    if default is None or isinstance(default, (bool, int, float, str, bytes)):
        return repr(default)
    return "..."


def signature(value: Any, bound: bool) -> Item | None:
    """The signature; None where the module states none."""
    try:
        found = list(inspect.signature(value).parameters.values())
    except (ValueError, TypeError):
        return None
    if bound and found and found[0].name in ("self", "cls", "$self"):
        found = found[1:]
    return {"parameters": [parameter(one) for one in found]}


def parameter(one: inspect.Parameter) -> Item:
    """Return a parameter."""
    default = None if one.default is inspect.Parameter.empty else shown(one.default)
    return {"name": one.name, "kind": KINDS[one.kind], "default": default}


def function(name: str, value: Any, bound: bool = False) -> Item:
    """Return a function."""
    stated = signature(value, bound)
    return {
        "name": name,
        "doc": doc(value),
        "origin": "runtime",
        "signatures": [] if stated is None else [stated],
    }


def doc(value: Any) -> str:
    """Return the documentation."""
    text = getattr(value, "__doc__", None)
    return text if isinstance(text, str) else ""


def pickles(cls: type) -> bool:
    """Whether its instances have a way to be pickled that object does not have."""
    return any(
        getattr(cls, name, None) is not getattr(object, name, None)
        for name in ("__reduce__", "__reduce_ex__", "__getstate__", "__getnewargs__", "__getnewargs_ex__")
    )


def klass(name: str, cls: type, seen: frozenset[type]) -> Item:
    """Return a class."""
    seen = seen | {cls}
    found = {
        "name": name,
        "doc": doc(cls),
        "origin": "runtime",
        "bases": [base_name(base) for base in cls.__bases__ if base is not object],
        "methods": [],
        "attributes": [],
        "classes": [],
        "is_exception": issubclass(cls, BaseException),
        "flags": {
            "is_subclassable": bool(cls.__flags__ & (1 << 10)),
            "is_hashable": cls.__hash__ is not None,
            "is_picklable": True if issubclass(cls, BaseException) else pickles(cls),
            "has_weakrefs": bool(getattr(cls, "__weakrefoffset__", 0)),
            "has_dict": bool(getattr(cls, "__dictoffset__", 0)),
        },
    }
    for key, value in sorted(vars(cls).items()):
        if key in ("__doc__", "__module__", "__dict__", "__weakref__", "__qualname__", "__match_args__", "__hash__"):
            continue
        raw = value.__func__ if isinstance(value, (staticmethod, classmethod)) else value
        if isinstance(value, type):
            if value not in seen:
                found["classes"].append(klass(key, value, seen))
        elif isinstance(value, staticmethod):
            receiver = "class" if key == "__new__" else "static"
            found["methods"].append({**function(key, cls if key == "__new__" else raw), "receiver": receiver})
        elif isinstance(value, (classmethod, types.ClassMethodDescriptorType)):
            found["methods"].append({**function(key, getattr(cls, key)), "receiver": "class"})
        elif key == "__new__":
            found["methods"].append({**function(key, cls), "receiver": "class"})
        elif isinstance(value, FUNCTIONS):
            found["methods"].append({**function(key, value, True), "receiver": "instance"})
        elif isinstance(value, (types.GetSetDescriptorType, types.MemberDescriptorType, property)):
            found["attributes"].append(attribute(key, value, False))
        else:
            found["attributes"].append(attribute(key, value, True))
    return found


def attribute(name: str, value: Any, of_class: bool) -> Item:
    """Return an attribute."""
    found = {"name": name, "origin": "runtime", "doc": "" if of_class else doc(value), "is_of_class": of_class}
    # Only a write would show whether a descriptor takes one.
    found["is_settable"] = isinstance(value, property) and value.fset is not None
    if of_class:
        found["annotation"] = type(value).__name__
    return found


def base_name(base: type) -> str:
    """Return the complete name of a base."""
    return base.__name__ if base.__module__ == "builtins" else f"{base.__module__}.{base.__name__}"


def module(value: types.ModuleType, name: str, modules: list[Item], seen: set[types.ModuleType]) -> None:
    """Add a module, and those in it."""
    seen.add(value)
    found = {
        "name": name,
        "doc": doc(value),
        "origin": "runtime",
        "is_native": not getattr(value, "__file__", "").endswith(".py"),
        "functions": [],
        "classes": [],
        "constants": [],
        "reexports": [],
    }
    modules.append(found)
    for key, item in sorted(vars(value).items())[:MOST]:
        special = key.startswith("__") and key not in ("__version__", "__author__")
        if special or (key.startswith("_") and not found["is_native"]):
            continue
        if isinstance(item, types.ModuleType):
            if item not in seen and (item.__name__.startswith(name + ".") or found["is_native"]):
                module(item, f"{name}.{key}", modules, seen)
        elif isinstance(item, type):
            found["classes"].append(klass(key, item, frozenset()))
        elif isinstance(item, FUNCTIONS):
            found["functions"].append(function(key, item))
        else:
            found["constants"].append({"name": key, "origin": "runtime", "annotation": type(item).__name__})


name, *paths = sys.argv[1:]
sys.path[:0] = paths
try:
    value = importlib.import_module(name)
except BaseException as error:  # an import can raise anything, SystemExit and panics among them
    text = f"{type(error).__name__}: {error}"
    print(json.dumps({"error": text[:2000]}), file=answer)
else:
    found = []
    module(value, name, found, set())
    print(json.dumps({"modules": found, "notes": []}), file=answer)
