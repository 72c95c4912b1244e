"""Finds functions of a build that can be called with sample values: CALLS FOLDER RESULT MODULE...

A function is called with values of the types that its stub declares, or without arguments. Those that raise or take long are
left out. Standard library only, from CPython 3.8 on.
"""

import ast
import importlib
import inspect
import json
import os
import sys
import time

SETUP = """number, real, truth = 1000, 0.5, True
text, data = "sample " * 14, b"sample " * 14
numbers, reals, texts = list(range(100)), [0.5] * 100, ["sample"] * 100
"""
SAMPLES = {
    "int": "number",
    "float": "real",
    "bool": "truth",
    "str": "text",
    "bytes": "data",
    "list[int]": "numbers",
    "list[float]": "reals",
    "list[str]": "texts",
}
LISTS = {"List", "Sequence", "Iterable", "Collection", "MutableSequence", "list"}
# Seconds that one call may take, and functions that are measured at most.
LONG, MOST = 0.02, 12


def spelled(annotation):
    """Return the type as SAMPLES spells it."""
    if isinstance(annotation, ast.Attribute):
        return annotation.attr
    if isinstance(annotation, ast.Name):
        return annotation.id
    if isinstance(annotation, ast.Subscript):
        inner = annotation.slice
        # CPython 3.8 wraps it.
        inner = getattr(inner, "value", inner) if type(inner).__name__ == "Index" else inner
        outer = spelled(annotation.value)
        return "%s[%s]" % ("list" if outer in LISTS else outer, spelled(inner))
    return ""


def declared(folder, module):
    """Return the functions in the module's stub: the sample of each required parameter, None where there is none."""
    path = os.path.join(folder, *module.split("."))
    for stub in (path + ".pyi", os.path.join(path, "__init__.pyi")):
        if os.path.isfile(stub):
            with open(stub, encoding="utf-8") as file:
                tree = ast.parse(file.read())
            functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
            return {node.name: samples(node.args) for node in functions if not node.decorator_list}
    return {}


def samples(arguments):
    positional = [*getattr(arguments, "posonlyargs", []), *arguments.args]
    required = positional[: len(positional) - len(arguments.defaults)]
    chosen = [SAMPLES.get(spelled(argument.annotation)) for argument in required]
    named = [
        (argument.arg, SAMPLES.get(spelled(argument.annotation)))
        for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults)
        if default is None
    ]
    return chosen + ["%s=%s" % pair if pair[1] else None for pair in named]


def needs_nothing(function):
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return False
    variable = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return all(one.default is not one.empty or one.kind in variable for one in parameters)


def works(call, names):
    try:
        begin = time.perf_counter()
        eval(call, names)
        return time.perf_counter() - begin < LONG
    except BaseException:
        return False


def main():
    folder, result, *modules = sys.argv[1:]
    sys.path.insert(0, folder)
    names, calls, setup = {}, [], SETUP
    exec(SETUP, names)
    for name in modules:
        module = importlib.import_module(name)
        stubs = declared(folder, name)
        for function in sorted(vars(module)):
            value = getattr(module, function)
            if function.startswith("_") or function in names or not inspect.isbuiltin(value):
                continue
            values = stubs.get(function, [] if needs_nothing(value) else [None])
            if all(values) and len(calls) < MOST:
                names[function] = value
                call = "%s(%s)" % (function, ", ".join(values))
                # Twice: the first call may fill a cache.
                if works(call, names) and works(call, names):
                    calls.append(call)
                    setup += "from %s import %s\n" % (name, function)
    with open(result, "w", encoding="utf-8") as file:
        json.dump({"setup": setup, "calls": calls}, file)


if __name__ == "__main__":
    main()
