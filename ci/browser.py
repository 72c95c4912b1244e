"""Open hello_world's and native's wheels for Pyodide in headless Chromium, from the directories that are named.

A page with the lab's Pyodide imports them and runs a line of Python for each; it sends the output to the server here; a
picture of it is in `target/ci/browser.png`. Then the page of the documentation that runs hello_world is opened and
its output compared; its picture is `target/ci/demo.png`. Chromium (`chromium` on PATH) is the system's. Exit code 1
for any other output.
"""

from __future__ import annotations

import http.server
import json
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from queue import Empty, Queue

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "target" / "ci"
MONOWHEEL = Path(sys.prefix) / "bin" / "monowheel"
TARGET = "pyemscripten_2026_0_wasm32"
# A line of Python for each project, and its output.
HELLO = ("import hello_world; hello_world.greet('browser')", "Hello, browser!")
NATIVE = (
    "import native; data = b'monowheel' * 99; [native.jump(7), native.number('none'), "
    "bytes(native.decompress(native.compress(data), 999)) == data]",
    "[7, -1, True]",
)
# A page on a busy machine.
SECONDS = 120

PAGE = """<!doctype html>
<meta charset="utf-8">
<title>monowheel in the browser</title>
<h1>Wheels of monowheel in this browser</h1>
<p id="what">loading</p>
<pre id="out"></pre>
<script type="module">
  import { loadPyodide, version } from "/pyodide/pyodide.mjs";
  const told = async () => {
    const python = await loadPyodide();
    const wheels = WHEELS;
    await python.loadPackage(wheels.map((wheel) => "/" + wheel));
    document.getElementById("what").textContent = wheels.join(" and ") + " in Pyodide " + version;
    return CODES.map((code) => python.runPython(code).toString()).join("\\n");
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


def opened(site: Path, profile: Path) -> str:
    """Open the page that reports to the server, and return what it says."""
    told: Queue[str] = Queue()
    server = served(site, told)
    address = f"http://127.0.0.1:{server.server_address[1]}/"
    # Its own process, which ends when the page has said what it has to say.
    browser = subprocess.Popen(chromium(profile, address), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        return told.get(timeout=SECONDS)
    except Empty:
        return f"nothing in {SECONDS} s"
    finally:
        browser.terminate()
        browser.wait(timeout=30)
        shown(site, "", profile.with_name("picture"), OUT / "browser.png")
        server.shutdown()


def shown(site: Path, page: str, profile: Path, picture: Path) -> str:
    """Open a page, take a picture of it when it is idle, and return its elements as HTML."""
    server = served(site, Queue())
    address = f"http://127.0.0.1:{server.server_address[1]}/{page}"
    idle = "--virtual-time-budget=60000"
    try:
        for words in ((f"--screenshot={picture}", "--window-size=1000,900"), ("--dump-dom",)):
            done = subprocess.run(
                chromium(profile, address, *words, idle),
                check=False,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="utf-8",
                timeout=SECONDS,
            )
        return done.stdout
    finally:
        server.shutdown()


def documentation(wheel: Path, pyodide: Path, folder: Path) -> str:
    """Build the documentation with the wheel, and return what its page shows after a run, with the lab's Pyodide."""
    kept = ROOT / "target" / "demo"
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir(parents=True)
    shutil.copy(wheel, kept)
    run(sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", folder)
    shutil.rmtree(kept)
    shutil.copytree(pyodide, folder / "pyodide")
    page = folder / "demo" / "index.html"
    text = page.read_text(encoding="utf-8")
    page.write_text(re.sub(r"https://cdn\.jsdelivr\.net/pyodide/[^\"]*", "/pyodide/", text), encoding="utf-8")
    html = shown(folder, "demo/#run", folder.with_name("demo-profile"), OUT / "demo.png")
    found = re.search(r"<pre aria-live=\"polite\">(.*?)</pre>", html, re.DOTALL)
    return found.group(1) if found else "no output on the page"


def wheel_in(folder: str) -> Path:
    """Return the wheel for the lab's Pyodide."""
    (wheel,) = Path(folder).glob(f"*{TARGET}.whl")
    return wheel


def page_of(wheels: list[Path]) -> str:
    """Write the page that imports these wheels."""
    page = PAGE.replace("WHEELS", json.dumps([wheel.name for wheel in wheels]))
    return page.replace("CODES", json.dumps([code for code, _ in (HELLO, NATIVE)]))


def main(hello: str, native: str) -> int:
    """Open, compare."""
    OUT.mkdir(parents=True, exist_ok=True)
    wheels = [wheel_in(hello), wheel_in(native)]
    python = Path(run(MONOWHEEL, "lab", "get", "pyodide-314").split()[-1])
    pyodide = python.parent.parent / "pyodide"
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        shutil.copytree(pyodide, folder / "site" / "pyodide")
        for wheel in wheels:
            shutil.copy(wheel, folder / "site")
        (folder / "site" / "index.html").write_text(page_of(wheels), encoding="utf-8")
        said = opened(folder / "site", folder / "profile")
        demo = documentation(wheels[0], pyodide, folder / "documentation")
    print(f"{' '.join(wheel.name for wheel in wheels)}: {said!r}; {OUT}/browser.png")
    print(f"demo.md: {demo}; {OUT}/demo.png")
    expected = "\n".join(output for _, output in (HELLO, NATIVE))
    return 0 if said == expected and demo.startswith(HELLO[1]) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
