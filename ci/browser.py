"""hello_world for Pyodide in headless Chromium: `nox -s browser -- [PROJECT]`.

Builds it for `pyemscripten_2026_0_wasm32`, serves the wheel with the Pyodide of the lab, and lets a page import
it and run a line of Python. The page sends the result to the server here; a screenshot is in
`target/ci/browser.png`. Chromium (`chromium` on PATH) is the system's. Exit code 1 for any other result.
"""

from __future__ import annotations

import http.server
import json
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from queue import Empty, Queue

ROOT = Path(__file__).resolve().parent.parent
MONOWHEEL = Path(sys.prefix) / "bin" / "monowheel"
TARGET = "pyemscripten_2026_0_wasm32"
CODE = "import hello_world; hello_world.greet('browser')"
EXPECTED = "Hello, browser!"
# A page on a busy machine.
SECONDS = 120

PAGE = """<!doctype html>
<meta charset="utf-8">
<title>monowheel in the browser</title>
<h1>A wheel of monowheel in this browser</h1>
<p id="what">loading</p>
<pre id="out"></pre>
<script type="module">
  import { loadPyodide, version } from "/pyodide/pyodide.mjs";
  const told = async () => {
    const python = await loadPyodide();
    await python.loadPackage("/WHEEL");
    document.getElementById("what").textContent = "WHEEL in Pyodide " + version;
    return String(python.runPython(CODE));
  };
  const out = await told().catch((error) => "error: " + error);
  document.getElementById("out").textContent = out;
  await fetch("/told", { method: "POST", body: out });
</script>
"""


def run(*command: str | Path) -> str:
    """Run a command and return what it prints."""
    words = [str(word) for word in command]
    return subprocess.run(words, check=True, stdout=subprocess.PIPE, encoding="utf-8", cwd=ROOT).stdout


def served(folder: Path, told: Queue[str]) -> http.server.ThreadingHTTPServer:
    """Serve a directory, and put the page's result into `told`."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        extensions_map = {  # noqa: RUF012  # as in its base class
            **http.server.SimpleHTTPRequestHandler.extensions_map,
            ".mjs": "text/javascript",
            ".wasm": "application/wasm",
        }

        def __init__(self, *args: object) -> None:
            super().__init__(*args, directory=str(folder))  # type: ignore[arg-type]

        def do_POST(self) -> None:
            told.put(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def chromium(profile: Path, address: str, *words: str) -> list[str]:
    """Return the command that opens a page without a window."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        raise SystemExit("Chromium is not installed: apt-get install chromium")
    flags = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", f"--user-data-dir={profile}")
    return [program, *flags, *words, address]


def main(project: Path) -> int:
    """Build, open, compare."""
    out = ROOT / "target" / "ci"
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        python = Path(run(MONOWHEEL, "lab", "get", "pyodide-314").split()[-1])
        shutil.copytree(python.parent.parent / "pyodide", folder / "site" / "pyodide")
        # A copy: a build writes a lock into its project.
        copy = folder / "project"
        shutil.copytree(project, copy, ignore=shutil.ignore_patterns("target", "dist", ".venv", "__pycache__"))
        run(MONOWHEEL, "build", copy, "--target", TARGET, "--out", folder / "dist")
        wheel = next((folder / "dist").glob(f"*{TARGET}.whl"))
        shutil.copy(wheel, folder / "site")
        page = PAGE.replace("WHEEL", wheel.name).replace("CODE", json.dumps(CODE))
        (folder / "site" / "index.html").write_text(page, encoding="utf-8")
        told: Queue[str] = Queue()
        server = served(folder / "site", told)
        address = f"http://127.0.0.1:{server.server_address[1]}/"
        # Its own process, which ends when the page has sent its result.
        browser = subprocess.Popen(
            chromium(folder / "profile", address), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            said = told.get(timeout=SECONDS)
        except Empty:
            said = f"nothing in {SECONDS} s"
        finally:
            browser.terminate()
            browser.wait(timeout=30)
        picture = out / "browser.png"
        words = (f"--screenshot={picture}", "--window-size=900,300", "--virtual-time-budget=60000")
        subprocess.run(
            chromium(folder / "picture", address, *words),
            check=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
        )
        server.shutdown()
    print(f"{wheel.name}: {said}; {picture}")
    return 0 if said == EXPECTED else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "examples" / "hello_world"))
