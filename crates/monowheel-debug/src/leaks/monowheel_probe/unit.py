"""The unit of work: what a command line of Python names, so that it can be repeated in one process."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
import types
from typing import Any, Callable


class Unit:
    """Code to repeat: statements, a script, a module, or a callable."""

    def __init__(self, plan: dict[str, Any]) -> None:
        """Compile it, and run what has to run once."""
        self.name = "__main__"
        self.keeps_namespace = bool(plan["setup"]) or bool(plan["call"])
        sys.argv = list(plan["argv"])
        self.code = self._compiled(plan["kind"], plan["target"])
        self.namespace: dict[str, Any] = self._fresh()
        self.function: Callable[[], object] | None = None
        if plan["setup"]:
            exec(compile(plan["setup"], "<setup>", "exec"), self.namespace)
        if plan["call"]:
            if self.code is not None:
                self._run(self.namespace)
            self.function = self._callable(plan["call"])

    def repeat(self, calls: int) -> None:
        """Run it that often."""
        if self.function is not None:
            function = self.function
            for _ in range(calls):
                function()
            return
        for _ in range(calls):
            self._run(self.namespace if self.keeps_namespace else self._fresh())

    def _run(self, namespace: dict[str, Any]) -> None:
        try:
            exec(self.code, namespace)  # type: ignore[arg-type]
        except SystemExit as end:
            # A script that ends with success has done its work.
            if end.code not in (None, 0):
                raise

    def _fresh(self) -> dict[str, Any]:
        return {"__name__": self.name, "__builtins__": __builtins__, **self._about}

    def _compiled(self, kind: str, target: str) -> types.CodeType | None:
        self._about: dict[str, Any] = {}
        if kind == "script":
            path = os.path.abspath(target)
            self._about = {"__file__": target}
            self._search(os.path.dirname(path))
            with open(path, "rb") as file:
                return compile(file.read(), target, "exec", dont_inherit=True)
        self._search("")
        if kind == "statements":
            return compile(target, "<string>", "exec", dont_inherit=True)
        if kind == "module":
            return self._module(target)
        return None

    def _module(self, name: str) -> types.CodeType:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.submodule_search_locations is not None:
            spec = importlib.util.find_spec(f"{name}.__main__")
        code = getattr(spec.loader, "get_code", lambda _: None)(spec.name) if spec is not None else None
        if spec is None or not isinstance(code, types.CodeType):
            raise SystemExit(f"no module {name} that can be run")
        sys.argv[0] = spec.origin or name
        self._about = {"__file__": spec.origin, "__package__": spec.parent, "__spec__": spec}
        return code

    def _callable(self, name: str) -> Callable[[], object]:
        module, colon, path = name.rpartition(":")
        place: Any = importlib.import_module(module) if colon else None
        parts = path.split(".")
        if place is None:
            place, parts = self.namespace[parts[0]], parts[1:]
        for part in parts:
            place = getattr(place, part)
        if not callable(place):
            raise SystemExit(f"{name} cannot be called")
        function: Callable[[], object] = place
        return function

    @staticmethod
    def _search(folder: str) -> None:
        # As the interpreter does: not with -I or -P.
        if not (sys.flags.isolated or getattr(sys.flags, "safe_path", False)):
            sys.path.insert(0, folder)
