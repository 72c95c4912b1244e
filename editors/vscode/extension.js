// Starts `monowheel lsp` and shows what it finds.
"use strict";

const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

function start() {
  const command = vscode.workspace.getConfiguration("monowheel").get("path", "monowheel");
  client = new LanguageClient(
    "monowheel",
    "monowheel",
    { command, args: ["lsp"] },
    {
      documentSelector: [
        { scheme: "file", language: "rust" },
        { scheme: "file", pattern: "**/{Cargo,pyproject}.toml" },
      ],
    },
  );
  return client.start().catch((error) => {
    vscode.window.showErrorMessage(`monowheel lsp did not start: ${error.message}. Check the setting monowheel.path.`);
  });
}

async function restart() {
  await deactivate();
  await start();
}

async function activate(context) {
  context.subscriptions.push(vscode.commands.registerCommand("monowheel.restart", restart));
  await start();
}

async function deactivate() {
  const running = client;
  client = undefined;
  if (running?.needsStop()) {
    await running.stop();
  }
}

module.exports = { activate, deactivate };
