// The page demo.md: Python code that uses a wheel which monowheel built, run by Pyodide in this browser.
(() => {
  "use strict";

  function prepare() {
    const demo = document.getElementById("demo");
    if (!demo || demo.dataset.prepared) return;
    demo.dataset.prepared = "yes";
    const code = demo.querySelector("textarea");
    const button = demo.querySelector("button");
    const out = demo.querySelector("pre");
    if (!demo.dataset.wheel) {
      button.disabled = true;
      out.textContent = "This copy of the documentation was built without the wheel.";
      return;
    }
    let loaded;

    async function load() {
      out.textContent = "loading Pyodide";
      // From a CDN, or from a directory next to the page.
      const indexURL = new URL(demo.dataset.pyodide, document.baseURI).href;
      const { loadPyodide } = await import(new URL("pyodide.mjs", indexURL).href);
      const python = await loadPyodide({ indexURL });
      out.textContent = "loading the wheel";
      await python.loadPackage(new URL(demo.dataset.wheel, document.baseURI).href);
      return python;
    }

    async function run() {
      button.disabled = true;
      try {
        loaded ??= load();
        const python = await loaded;
        const lines = [];
        python.setStdout({ batched: (line) => lines.push(line) });
        await python.runPythonAsync(code.value);
        out.textContent = lines.join("\n");
      } catch (error) {
        // What could not be loaded is loaded again at the next try.
        if (out.textContent.startsWith("loading")) loaded = undefined;
        out.textContent = String(error);
      } finally {
        button.disabled = false;
      }
    }

    button.addEventListener("click", run);
    if (location.hash === "#run") run();
  }

  // Material replaces the page without loading it again; its observable says when.
  if (window.document$) window.document$.subscribe(prepare);
  else document.addEventListener("DOMContentLoaded", prepare);
})();
