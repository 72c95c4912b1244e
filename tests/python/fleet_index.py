"""An index on this machine, with the faults of real ones: busy, slow, redirecting, broken, without hashes."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Iterator

_SLOW_PIECE = 1 << 12


@dataclass
class Faults:
    """What is wrong with some files, by name."""

    busy: dict[str, int] = field(default_factory=dict)
    """How many times 503 is answered first, with ``Retry-After``."""
    slow: set[str] = field(default_factory=set)
    wrong_hash: set[str] = field(default_factory=set)
    no_hash: set[str] = field(default_factory=set)
    redirect: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)
    """Always 403: it is not tried again."""
    no_ranges: set[str] = field(default_factory=set)
    wrong_ranges: set[str] = field(default_factory=set)
    """Another part than the requested one."""
    html: bool = False
    """Pages of PEP 503, without sizes."""


@dataclass
class Seen:
    """What was requested."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    times: list[float] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    sent: int = 0
    """Bytes of files."""
    now: int = 0
    most: int = 0
    """Most requests at once."""


class Index:
    """A running index; ``url`` is its simple API."""

    def __init__(self, files: dict[str, bytes], faults: Faults, port: int) -> None:
        """Describe it."""
        self.files, self.faults, self.seen = files, faults, Seen()
        self.url = f"http://127.0.0.1:{port}/simple/"
        self.projects: dict[str, list[str]] = {}
        for name in sorted(files):
            project = re.sub(r"[-_.]+", "-", name.split("-")[0].removesuffix(".whl")).lower()
            self.projects.setdefault(project, []).append(name)


@contextlib.contextmanager
def serving(files: dict[str, bytes], faults: Faults | None = None) -> Iterator[Index]:
    """Serve these files until the context ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    index = Index(files, faults or Faults(), server.server_port)
    server.index = index  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield index
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Heads and bodies are sent separately.
    disable_nagle_algorithm = True

    def handle(self) -> None:
        """Serve a client, which may go at any time."""
        with contextlib.suppress(ConnectionResetError):
            super().handle()

    def log_message(self, *_: object) -> None:
        """Print nothing."""

    @property
    def index(self) -> Index:
        index: Index = self.server.index  # type: ignore[attr-defined]
        return index

    def do_GET(self) -> None:
        seen = self.index.seen
        with seen.lock:
            seen.times.append(time.monotonic())
            seen.paths.append(self.path)
            seen.now += 1
            seen.most = max(seen.most, seen.now)
        try:
            if self.path.startswith("/simple/"):
                self._page(self.path.strip("/").split("/")[-1])
            else:
                self._file(self.path.rsplit("/", 1)[-1])
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        finally:
            with seen.lock:
                seen.now -= 1

    def _page(self, project: str) -> None:
        names = self.index.projects.get(project)
        if names is None:
            self._answer(404, b"no such project")
            return
        if self.index.faults.html:
            links = [f'<a href="/files/{name}{self._fragment(name)}">{name}</a>' for name in names]
            self._answer(200, "<br>".join(links).encode(), {"Content-Type": "text/html"})
            return
        files = [
            {
                "filename": name,
                "url": f"/files/{name}",
                "hashes": {"sha256": hashed} if (hashed := self._hash(name)) else {},
                "size": len(self.index.files[name]),
                "upload-time": "2024-05-01T00:00:00Z",
            }
            for name in names
        ]
        page = {"meta": {"api-version": "1.1"}, "name": project, "files": files}
        self._answer(200, json.dumps(page).encode(), {"Content-Type": "application/vnd.pypi.simple.v1+json"})

    def _hash(self, name: str) -> str | None:
        if name in self.index.faults.no_hash:
            return None
        wrong = b"!" if name in self.index.faults.wrong_hash else b""
        return hashlib.sha256(self.index.files[name] + wrong).hexdigest()

    def _fragment(self, name: str) -> str:
        hashed = self._hash(name)
        return f"#sha256={hashed}" if hashed else ""

    def _file(self, name: str) -> None:
        faults, data = self.index.faults, self.index.files.get(name)
        with self.index.seen.lock:
            is_busy = faults.busy.get(name, 0) > 0
            if is_busy:
                faults.busy[name] -= 1
        if data is None:
            self._answer(404, b"no such file")
        elif is_busy:
            self._answer(503, b"busy", {"Retry-After": "1"})
        elif name in faults.broken:
            self._answer(403, b"broken")
        elif name in faults.redirect and "/mirror/" not in self.path:
            self._answer(302, b"", {"Location": f"/mirror/{name}"})
        else:
            self._data(name, data)

    def _data(self, name: str, data: bytes) -> None:
        faults = self.index.faults
        asked = re.match(r"bytes=(\d*)-(\d*)$", self.headers.get("Range", ""))
        if not asked or name in faults.no_ranges:
            self._answer(200, data, {"Accept-Ranges": "bytes"}, name=name)
            return
        first, last = asked.groups()
        start = int(first) if first else max(0, len(data) - int(last))
        end = min(int(last) + 1, len(data)) if first and last else len(data)
        part = data[start:end]
        said = start + 1 if name in faults.wrong_ranges and start else start
        self._answer(206, part, {"Content-Range": f"bytes {said}-{said + len(part) - 1}/{len(data)}"}, name=name)

    def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None, name: str = "") -> None:
        self.send_response(status)
        for key, value in (headers or {}).items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if name:
            with self.index.seen.lock:
                self.index.seen.sent += len(body)
        if name in self.index.faults.slow:
            for start in range(0, len(body), _SLOW_PIECE):
                self.wfile.write(body[start : start + _SLOW_PIECE])
                time.sleep(0.02)
        else:
            self.wfile.write(body)
