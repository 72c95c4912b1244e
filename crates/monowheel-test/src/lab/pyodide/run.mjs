// python: Pyodide on Node with the words and the files of this machine. PYODIDE_FOLDER WORD...
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [folder, ...words] = process.argv.slice(2);
const here = path.dirname(new URL(import.meta.url).pathname);
const { loadPyodide, version } = await import(pathToFileURL(path.join(folder, "pyodide.mjs")).href);
const { info } = JSON.parse(fs.readFileSync(path.join(folder, "pyodide-lock.json"), "utf8"));
const minor = info.python.split(".").slice(0, 2).join(".");
// Pyodide's own folders are not those of this machine.
const own = new Set(["bin", "dev", "lib", "lib32", "lib64", "proc", "sbin", "sys"]);

function mount(FS) {
  for (const name of fs.readdirSync("/")) {
    const place = "/" + name;
    try {
      if (own.has(name) || !fs.statSync(place).isDirectory()) continue;
      FS.mkdirTree(place);
      FS.mount(FS.filesystems.NODEFS, { root: place }, place);
    } catch {
      // Not there for us either.
    }
  }
  // What is installed in an environment is where Python looks for it.
  const site = process.env.MONOWHEEL_PYODIDE_SITE;
  if (site) {
    const place = `/lib/python${minor}/site-packages`;
    FS.mkdirTree(place);
    FS.mount(FS.filesystems.NODEFS, { root: site }, place);
  }
}

const env = { ...process.env };
env.PYTHONPATH = [here, env.PYTHONPATH].filter(Boolean).join(":");
env.PYTEST_PLUGINS = ["monowheel_pyodide", env.PYTEST_PLUGINS].filter(Boolean).join(",");
// Pyodide sets it, and a program would not end with its own status.
env.PYTHONINSPECT = "";
// Pyodide begins in HOME.
env.HOME = process.cwd();
// Of Pyodide's own start.
const quiet = ["-W", "ignore:'asyncio:DeprecationWarning:pyodide.webloop"];
const python = await loadPyodide({ args: [...quiet, ...words], env, fsInit: async (FS) => mount(FS) });
let status = 1;
try {
  status = python._module._run_main();
} catch (error) {
  if (error?.name === "ExitStatus") status = error.status;
  else console.error(`Pyodide ${version} ended: ${error?.stack ?? error}`);
}
process.exitCode = status;
process.exit();
