"""Everything that a verdict depends on besides the wheel: results of two machines are the same only if it is."""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib import metadata
from typing import Mapping

from monowheel._monowheel import __version__, fleet_facts_revision, run_command


@dataclass(frozen=True)
class Identity:
    """The monowheel of a machine."""

    monowheel: str
    rules: str
    """The fingerprint of its rules."""
    facts: str
    """The revision of what it gathers of a wheel for them."""
    python: str
    """Checks of a wheel's sources parse them with this Python."""
    renderer: str
    """The version of readme_renderer, which renders descriptions; empty without it."""

    def shown(self) -> str:
        """Return it as a line for people."""
        return f"monowheel {self.monowheel} (rules {self.rules}, facts {self.facts}), {self.checked_by}"

    @property
    def checked_by(self) -> str:
        """The Python that parses sources, and its renderer of descriptions."""
        renderer = f"readme_renderer {self.renderer}" if self.renderer else "no readme_renderer"
        return f"Python {self.python}, {renderer}"


@lru_cache(maxsize=1)
def of_this_machine() -> Identity:
    """Return the identity of the monowheel that runs here."""
    code, rules, errors = run_command(["rules", "--json"], sys.executable)
    if code != 0:
        raise RuntimeError(errors)
    try:
        renderer = metadata.version("readme_renderer")
    except metadata.PackageNotFoundError:
        renderer = ""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    fingerprint_of_rules = hashlib.sha256(rules.encode()).hexdigest()[:16]
    return Identity(__version__, fingerprint_of_rules, fleet_facts_revision(), python, renderer)


def fingerprint(identity: Identity, ignore: Mapping[str, str]) -> str:
    """Return the key of everything besides the version and the wheel that decides about findings."""
    said = json.dumps([asdict(identity), sorted(ignore.items())])
    return hashlib.sha256(said.encode()).hexdigest()[:16]
