"""Why objects remain: who refers to them, and whether a cycle goes through a type that the collector cannot see into.

A reference that no tracked object accounts for is one from native code: lost, or held in a Rust value. A cycle through
such a value is tested by cutting it: if the objects go away, it was one.
"""

from __future__ import annotations

import gc
import random
import sys
import types
from typing import Any, Dict, List

from monowheel_probe import meter

SAMPLES = 12
# A search upward asks the collector for the referrers of each object, which visits every tracked object.
UPWARD = 120
DOWNWARD = 400
CUT = 200

Samples = Dict[str, List[Any]]


def sample(names: list[str], gauge: meter.Meter) -> Samples:
    """Some of the objects of these types that did not exist before the rounds."""
    meter.settle()
    grown: Samples = {name: [] for name in names}
    for one in reversed(gc.get_objects()):
        kept = grown.get(meter.type_name(type(one)))
        if kept is not None and id(one) not in gauge.before and one is not grown and type(one) is not types.FrameType:
            kept.append(one)
    # A unit may leave different objects of one type, and the collector orders them: even steps would find only some.
    choice = random.Random(0)
    return {name: choice.sample(kept, min(len(kept), SAMPLES)) for name, kept in grown.items()}


def report(
    suspects: dict[str, list[str]], samples: Samples, gauge: meter.Meter, root: dict[str, Any]
) -> dict[str, Any]:
    """What is known about each type that grows."""
    hidden_types = set(suspects["types"])
    roots = _roots(root)
    own = {id(samples), id(gauge.types), id(gauge.kept), id(roots), id(gauge.__dict__)}
    own |= {id(kept) for kept in samples.values()}
    told: dict[str, Any] = {}
    cycles: dict[tuple[str, str], bool] = {}
    for name, kept in samples.items():
        paths = [_path(one, roots, own) for one in kept[:1]]
        path = next((path for path in paths if path is not None), None)
        hidden = [_hidden(kept, at, own) for at in range(len(kept))]
        reaches = sorted({far for one in kept for far in _reached(one, hidden_types | set(samples))} - {name})
        told[name] = {
            "tracked": True,
            "path": path,
            "hidden": sum(1 for number in hidden if number > 0),
            "reaches": reaches,
            "origin": _origin(type(kept[0])) if kept else None,
        }
    held = {name for name, about in told.items() if about["path"] is not None}
    for name, about in told.items():
        if name in held:
            continue
        for through in about["reaches"]:
            if through not in held and _may_hide(through, told, hidden_types):
                cycles[name, through] = True
    for name, kind in zip(gauge.names, gauge.types):
        if name in hidden_types and name not in told:
            told[name] = {"tracked": False, "path": None, "hidden": 0, "reaches": [], "origin": _origin(kind)}
    for kept in samples.values():
        kept.clear()
    return {"types": told, "cycles": [_cut(holder, through) for holder, through in cycles]}


def _may_hide(through: str, told: dict[str, Any], hidden_types: set[str]) -> bool:
    # A built-in type, or a class written in Python, hides nothing from the collector.
    return through in hidden_types or (told.get(through) or {}).get("origin") == "native"


def _origin(kind: type) -> str:
    """`builtin`, `python` (a class statement), or `native`."""
    if not kind.__flags__ & meter.HEAP_TYPE:
        return "builtin"
    # A class statement leaves its functions, or the name of its place, in the class.
    module = sys.modules.get(getattr(kind, "__module__", ""))
    file = getattr(module, "__file__", None) or ""
    written = any(isinstance(one, types.FunctionType) for one in vars(kind).values())
    slots = "__weakref__" in vars(kind) or "__slots__" in vars(kind) or "__firstlineno__" in vars(kind)
    return "python" if written or (slots and not file.endswith((".so", ".pyd"))) else "native"


def _roots(namespace: dict[str, Any]) -> dict[int, str]:
    """The dictionaries of modules, by their identity."""
    modules: list[tuple[str, object]] = list(sys.modules.items())
    roots = {id(vars(module)): name for name, module in modules if isinstance(module, types.ModuleType)}
    return {**roots, id(namespace): "__main__"}


def _path(one: Any, roots: dict[int, str], own: set[int]) -> str | None:
    """`module.name`, and the types between it and the object; None if no module reaches it."""
    queue: list[tuple[Any, str]] = [(one, "")]
    seen = {id(one), id(queue)} | own
    at = 0
    while at < min(len(queue), UPWARD):
        current, below = queue[at]
        at += 1
        above = gc.get_referrers(current)
        seen.add(id(above))
        for holder in above:
            if id(holder) in seen or (isinstance(holder, (types.FrameType, tuple)) and _is_ours(holder, queue)):
                continue
            seen.add(id(holder))
            if id(holder) in roots:
                name = next((key for key, value in holder.items() if value is current), "?")
                return f"{roots[id(holder)]}.{name}{below}"
            if not isinstance(holder, types.ModuleType):
                queue.append((holder, f" → {meter.type_name(type(current))}{below}"))
    return None


def _is_ours(holder: Any, queue: list[tuple[Any, str]]) -> bool:
    if isinstance(holder, types.FrameType):
        return str(holder.f_globals.get("__name__", "")).startswith("monowheel_probe")
    return any(holder is entry for entry in queue)


def _hidden(kept: list[Any], at: int, own: set[int]) -> int:
    """References to an object that no tracked object accounts for."""
    return _unexplained(kept, at, own) - _unexplained([[]], 0, own)


def _unexplained(kept: list[Any], at: int, own: set[int]) -> int:
    one = kept[at]
    known = 0
    for holder in gc.get_referrers(one):
        if holder is not kept and id(holder) not in own and not isinstance(holder, types.FrameType):
            known += sum(1 for other in gc.get_referents(holder) if other is one)
    return sys.getrefcount(one) - known


def _reached(one: Any, names: set[str]) -> set[str]:
    """Those of the types that an object leads to."""
    found: set[str] = set()
    queue, seen = [one], {id(one)}
    while queue and len(seen) < DOWNWARD:
        for other in gc.get_referents(queue.pop(0)):
            is_open = isinstance(other, (type, types.ModuleType)) or (type(other) is dict and "__builtins__" in other)
            if id(other) in seen or is_open:
                continue
            seen.add(id(other))
            name = meter.type_name(type(other))
            if name in names:
                found.add(name)
            queue.append(other)
    return found


def _cut(holder: str, through: str) -> dict[str, Any]:
    """Remove the references of `holder` objects to `through` objects, and count what goes away with them."""
    cut = 0
    before = _count(holder)
    for one in [one for one in gc.get_objects() if meter.type_name(type(one)) == holder][-CUT:]:
        if any(meter.type_name(type(other)) == through for other in gc.get_referents(one)):
            cut += _clear(one)
    del one
    meter.settle()
    return {"holder": holder, "through": through, "cut": cut, "freed": before - _count(holder)}


def _count(name: str) -> int:
    return sum(1 for one in gc.get_objects() if meter.type_name(type(one)) == name)


def _clear(one: Any) -> int:
    """Drop the references of an object; 1 if it can be done."""
    try:
        if isinstance(one, (dict, list, set)):
            one.clear()
        elif isinstance(one, types.CellType):
            del one.cell_contents
        elif hasattr(one, "__dict__"):
            vars(one).clear()
        else:
            return 0
    except Exception:
        return 0
    return 1
