"""``python -m monowheel.rehearsal serve|sign``: started by ``monowheel publish --rehearse``."""

from __future__ import annotations

import argparse
import json
import os
import socketserver
import threading
import time
import wsgiref.simple_server
from pathlib import Path


class Server(socketserver.ThreadingMixIn, wsgiref.simple_server.WSGIServer):
    """A thread for each request."""

    daemon_threads = True


class Quiet(wsgiref.simple_server.WSGIRequestHandler):
    """Print no line for each request: one may hold a token."""

    def log_message(self, *_: object) -> None:
        """Log nothing."""


def leave_with_parent() -> None:
    """Exit when the parent process is gone, for whatever reason."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


def serve(folder: Path, fault: str | None) -> None:
    """Serve until the process ends; the first line on stdout is the address."""
    from .front import Front  # noqa: PLC0415 - not needed for signing

    front = Front(folder, fault)
    with wsgiref.simple_server.make_server("127.0.0.1", 0, front, Server, Quiet) as server:
        where = {"url": f"http://127.0.0.1:{server.server_port}", "identity": front.identities.request_token}
        print(json.dumps(where), flush=True)
        leave_with_parent()
        server.serve_forever()


def main() -> None:
    """Run the subcommand."""
    parser = argparse.ArgumentParser(prog="python -m monowheel.rehearsal")
    commands = parser.add_subparsers(dest="command", required=True)
    server = commands.add_parser("serve")
    server.add_argument("folder", type=Path)
    server.add_argument("--fault")
    signer = commands.add_parser("sign")
    signer.add_argument("files", type=Path, nargs="+")
    arguments = parser.parse_args()
    if arguments.command == "serve":
        serve(arguments.folder.resolve(), arguments.fault)
    else:
        from .attestations import sign  # noqa: PLC0415 - takes a second to import

        sign(arguments.files)


if __name__ == "__main__":
    main()
