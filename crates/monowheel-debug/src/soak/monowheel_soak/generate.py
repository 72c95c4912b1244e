"""Prints programs as JSON: lines that call what `describe.py` found, with values of hypothesis.

`generate.py SEED COUNT DESCRIPTION`. The same seed makes the same programs.
"""

from __future__ import annotations

import functools
import json
import sys
from typing import Any

import hypothesis
from hypothesis import strategies as st

LONGEST = 5

INTEGERS = st.one_of(
    st.integers(-3, 300),
    st.sampled_from([0, -1, 2**31 - 1, 2**31, 2**32, 2**63 - 1, 2**63, 2**64 - 1, 2**64, -(2**63) - 1, 10**30]),
).map(repr)
FLOATS = st.one_of(
    st.floats(-1e3, 1e3).map(repr),
    st.sampled_from(["float('nan')", "float('inf')", "-0.0", "1e308", "5e-324"]),
)
TEXTS = st.one_of(
    st.text(max_size=20).map(ascii),
    st.sampled_from(["''", "'\\ud800'", "'\\0'", "'a' * 10000", "'\\U0001f600'", "' '", "'1'", "'{}'", "'é' * 300"]),
)
BYTES = st.one_of(
    st.binary(max_size=20).map(repr),
    st.sampled_from(["b''", "b'\\xff' * 10000", "bytearray(b'abc')", "memoryview(b'abc')"]),
)
OTHERS = st.sampled_from([
    "None", "True", "False", "...", "object()", "int", "lambda *a: None", "lambda *a: 1 / 0", "lambda *a: a",
    "Bad()", "range(10)", "iter([1, 2])", "(x for x in range(3))", "set()", "{1, 2}", "1j", "type", "Exception('x')",
    "array.array('d', [1.0])", "open(os.devnull)", "[[]]", "RECURSIVE",
])  # fmt: skip


def collections(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Return lists, tuples and dicts of these."""
    items = st.lists(inner, max_size=4)
    return st.one_of(
        items.map(lambda them: "[" + ", ".join(them) + "]"),
        items.map(lambda them: "(" + "".join(one + ", " for one in them) + ")"),
        st.lists(st.tuples(st.one_of(TEXTS, INTEGERS), inner), max_size=3).map(
            lambda them: "{" + ", ".join(f"{key}: {value}" for key, value in them) + "}"
        ),
    )


LEAVES = st.one_of(INTEGERS, FLOATS, TEXTS, BYTES)
ANY = st.one_of(LEAVES, OTHERS, collections(LEAVES))
BY_NAME = {
    "int": INTEGERS,
    "float": st.one_of(FLOATS, INTEGERS),
    "str": TEXTS,
    "bytes": BYTES,
    "bool": st.sampled_from(["True", "False"]),
    "list": collections(LEAVES),
    "List": collections(LEAVES),
    "Sequence": collections(LEAVES),
    "tuple": collections(LEAVES),
    "dict": collections(LEAVES),
    "Callable": st.sampled_from(["lambda *a: None", "lambda *a: a", "lambda *a: 1 / 0", "Bad()", "time_is_up"]),
    "None": st.just("None"),
}


@functools.lru_cache(maxsize=None)
def value(kind: str, instances: tuple[str, ...]) -> st.SearchStrategy[str]:
    """Return values for a parameter: most of its type, if it is known, and some that are not."""
    known = [BY_NAME[name] for name in kind.split() if name in BY_NAME]
    mine = [st.sampled_from(list(instances))] if instances else []
    if known:
        return st.one_of(*known, *known, *known, *mine, ANY)
    return st.one_of(ANY, BY_NAME["Callable"], *mine)


@st.composite
def arguments(draw: Any, call: dict[str, Any], instances: tuple[str, ...]) -> str:
    """Return the arguments of a call: as its signature says, or hardly so."""
    parameters = call["parameters"]
    if parameters is None or draw(st.integers(0, 19)) == 0:
        return ", ".join(draw(st.lists(value("", instances), max_size=3)))
    words = []
    for one in parameters:
        if one["optional"] and draw(st.booleans()):
            continue
        text = draw(value(one["type"], instances))
        if one["kind"] == "VAR_POSITIONAL":
            words.append(f"*[{text}]")
        elif one["kind"] == "VAR_KEYWORD":
            words.append("**{}")
        elif one["kind"] == "KEYWORD_ONLY" or (one["optional"] and one["kind"] == "POSITIONAL_OR_KEYWORD"):
            words.append(f"{one['name']}={text}")
        else:
            words.append(text)
    return ", ".join(words)


@st.composite
def programs(draw: Any, description: dict[str, Any]) -> list[str]:
    """Return lines: a call of a function or class, or of a method of an instance that an earlier line made."""
    calls = description["calls"]
    free = [call for call in calls if call["of"] is None]
    if not free:
        return []
    lines: list[str] = []
    made: list[tuple[str, str]] = []
    for number in range(draw(st.integers(1, LONGEST))):
        instances = tuple(name for name, _ in made)
        methods = [call for call in calls if call["of"] in [kind for _, kind in made]]
        choice = draw(st.sampled_from(["free", "operation", "method", "method"]))
        if methods and choice == "method":
            call = draw(st.sampled_from(methods))
            name = draw(st.sampled_from([name for name, kind in made if kind == call["of"]]))
            if call.get("attribute"):
                lines.append(draw(st.sampled_from([f"{name}.{call['call']}", f"del {name}.{call['call']}",
                                                   f"{name}.{call['call']} = {draw(ANY)}"])))  # fmt: skip
            else:
                lines.append(f"{name}.{call['call']}({draw(arguments(call, instances))})")
        elif made and choice == "operation":
            operation: str = draw(st.sampled_from(description["operations"]))
            lines.append(operation.replace("{0}", draw(st.sampled_from(list(instances)))))
        else:
            call = draw(st.sampled_from(free))
            text = f"{call['call']}({draw(arguments(call, instances))})"
            if call["class"]:
                made.append((f"v{number}", call["class"]))
                text = f"v{number} = {text}"
            lines.append(text)
    return lines


def main() -> None:
    """Generate them."""
    seed, count = int(sys.argv[1]), int(sys.argv[2])
    with open(sys.argv[3], encoding="utf-8") as file:
        description = json.load(file)
    found: list[list[str]] = []

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(programs(description))
    def collect(lines: list[str]) -> None:
        if lines and lines not in found:
            found.append(lines)

    collect()
    json.dump(found[:count], sys.stdout)


main()
