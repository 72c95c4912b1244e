"""The projects to build: their sources, and what each is on this machine, an sdist and a plan.

All wheels are built from sdists. The sdist of a directory is built here, that of a release is fetched here: workers get
its bytes, and need neither the directory nor the index that has it.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterable, Iterator, Mapping

from . import commandline
from .errors import FleetError

_LARGEST_LIST = 32 << 20
_NEITHER_PROJECTS = {"target", "dist", "node_modules", "venv", "site-packages"}
# What a plan says about its machine, and not about its wheels.
_OF_THE_MACHINE = {"schema", "lock", "jobs", "notes", "problems", "project"}
# A library that was built from source is the same as one that will be.
_ORIGINS = {"source": "source", "cache": "source"}


@dataclass(frozen=True)
class Sdist:
    """The source of a release."""

    file: str
    sha256: str
    data: bytes


@dataclass(frozen=True)
class Project:
    """A project to build."""

    source: str
    """As on the command line."""
    is_own: bool
    """Whether it is a directory: then its code is the user's."""
    name: str
    version: str
    sdist: Sdist
    selected: tuple[str, ...]
    """The options that select its wheels."""
    options: tuple[str, ...]
    """The others of every command that plans or builds its wheels from the sdist."""
    plan: Plan

    @property
    def folder(self) -> str:
        """The name of its directories."""
        return self.sdist.file.removesuffix(".tar.gz")


@dataclass(frozen=True)
class Plan:
    """The wheels to build, and everything besides the sdist that their bytes depend on."""

    jobs: list[dict[str, Any]]
    tools: dict[str, Any]

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Plan:
        """Return the plan of a ``monowheel.plan`` document, without what two machines may differ in."""
        tools = {key: value for key, value in document.items() if key not in _OF_THE_MACHINE}
        # The name of a toolchain is the user's; its compiler has a version.
        tools["tools"] = {key: value for key, value in document["tools"].items() if key != "toolchain"}
        return cls([_job(job) for job in document["jobs"]], tools)


@dataclass
class Unplanned:
    """A source that cannot be built."""

    source: str
    code: int
    """The exit code of the command that could not plan it."""
    why: str


def all_sources(named: list[str], lists: list[str]) -> list[str]:
    """Return the sources, each once: a directory without a project stands for the projects below it."""
    for source in named:
        if "==" not in source and not Path(source).exists():
            raise FleetError(
                "usage",
                "no such directory or sdist",
                place=source,
                next_step="name a directory, an sdist or a release on an index (NAME==VERSION)",
            )
    found: dict[str, None] = {}
    for source in [*named, *(line for file in lists for line in _lines(file))]:
        path = Path(source)
        if path.is_dir() and not (path / "pyproject.toml").is_file():
            below = list(_below(path))
            if not below:
                raise FleetError(
                    "usage",
                    "no project in this directory or below it",
                    place=source,
                    next_step="name directories with a Cargo.toml and a pyproject.toml",
                )
            found.update(dict.fromkeys(below))
        else:
            found[source] = None
    return list(found)


def _lines(file: str) -> list[str]:
    path = Path(file)
    try:
        # A FIFO could block, and a device may be endless.
        if not path.is_file() or path.stat().st_size > _LARGEST_LIST:
            raise FleetError(
                "usage",
                f"not a regular file of at most {_LARGEST_LIST >> 20} MiB",
                place=file,
                next_step="name a text file with one source per line",
            )
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise FleetError("usage", f"this list cannot be read: {error}", place=file) from error
    lines = (re.sub(r"(^|\s)#.*", "", line).strip() for line in text.splitlines())
    return [line for line in lines if line]


def _below(root: Path) -> Iterator[str]:
    for folder, folders, files in os.walk(root):
        if "pyproject.toml" in files and "Cargo.toml" in files:
            folders.clear()
            yield folder
        folders[:] = sorted(name for name in folders if name not in _NEITHER_PROJECTS and not name.startswith("."))


def selection(targets: Iterable[str], abis: Iterable[str]) -> tuple[str, ...]:
    """Return the options that select wheels, as words of a command line."""
    words = [word for target in targets for word in ("--target", target)]
    return (*words, *(word for abi in abis for word in ("--abi", abi)))


def index_words(index: Mapping[str, Any]) -> list[str]:
    """Return the options of the indexes as words of a command line."""
    words = ["--index-url", index["index_url"]] if index["index_url"] else []
    words += [word for url in index["extra_index_urls"] for word in ("--extra-index-url", url)]
    words += ["--index-strategy", index["strategy"]] if index["strategy"] else []
    return [*words, *(word for host in index["insecure_hosts"] for word in ("--allow-insecure-host", host))]


def planned(source: str, request: Mapping[str, Any], folder: Path) -> Project | Unplanned:
    """Build or fetch the sdist of a source, and plan its wheels. ``folder`` is for files that are removed."""
    path = Path(source)
    is_own = path.is_dir()
    place = str(path.absolute()) if path.exists() else source
    out = folder / "sdist"
    selected = selection(request["targets"], request["abis"])
    options = [*(["--floor", request["floor"]] if request["floor"] else []), *index_words(request["index"])]
    # Of another sdist, nothing runs here.
    isolated = isolation(request, is_own=True) if is_own else []
    words = ["build", place, "--sdist-only", "--out", str(out), *selected, *options, *isolated]
    made = commandline.run(words, folder, os.environ)
    if made.why is not None:
        return Unplanned(source, made.code, made.why.removeprefix(f"{place}: "))
    sdist = made.document["sdist"]
    # The lock that the project's own sdist contains decides, as it does in the directory.
    options += ["--locked"] if is_own else []
    told = commandline.run(["plan", str(out / sdist["file"]), *selected, *options], folder, os.environ)
    if told.why is not None:
        return Unplanned(source, told.code, told.why)
    data = (out / sdist["file"]).read_bytes()
    return Project(
        source,
        is_own,
        made.document["name"],
        made.document["version"],
        Sdist(sdist["file"], sdist["sha256"], data),
        selected,
        tuple(options),
        Plan.of(told.document),
    )


def isolation(request: Mapping[str, Any], *, is_own: bool) -> list[str]:
    """Return the option for how code runs: the user's own is not isolated unless that is required, as in ``build``."""
    chosen = request["isolation"]
    if chosen in {None, "auto"} and is_own:
        chosen = "off"
    return ["--isolation", chosen] if chosen else []


def _job(job: Mapping[str, Any]) -> dict[str, Any]:
    std = [{**library, "from": _ORIGINS.get(library["from"], "toolchain")} for library in job["std"]]
    return {**{key: value for key, value in job.items() if key != "notes"}, "std": std}
