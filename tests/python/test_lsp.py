"""`monowheel lsp` as an editor uses it, by the client of pygls."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from conftest import command

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("pygls.lsp.client", reason="pygls is not installed")
from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

MANIFEST = """\
[package]
name = "demo"
version = "1.0.0"
edition = "2021"

[lib]
crate-type = ["cdylib"]

[dependencies]
pyo3 = { version = "0.29", features = ["abi3-py38"] }
"""
SOURCE = "use pyo3::prelude::*;\n\n#[pymodule]\nmod demo {}\n\nfn old() {\n    Python::with_gil(|_| {});\n}\n"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Write a project with one finding that can be fixed."""
    root = tmp_path / "a project"
    (root / "src").mkdir(parents=True)
    (root / "Cargo.toml").write_text(MANIFEST, encoding="utf-8")
    path = root / "src" / "lib.rs"
    path.write_text(SOURCE, encoding="utf-8")
    return path


async def conversation(path: Path) -> tuple[lsp.Diagnostic, list[Any], lsp.Hover | None, int]:
    """Open a file, ask for fixes and a hover, and end."""
    client = LanguageClient("test", "1")
    shown: asyncio.Queue[lsp.PublishDiagnosticsParams] = asyncio.Queue()

    @client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)  # type: ignore[untyped-decorator]
    def published(params: lsp.PublishDiagnosticsParams) -> None:
        shown.put_nowait(params)

    await client.start_io(*command("lsp"))
    server = client._server
    await client.initialize_async(
        lsp.InitializeParams(capabilities=lsp.ClientCapabilities(), root_uri=path.parents[1].as_uri())
    )
    client.initialized(lsp.InitializedParams())
    document = lsp.TextDocumentIdentifier(uri=path.as_uri())
    client.text_document_did_open(
        lsp.DidOpenTextDocumentParams(
            lsp.TextDocumentItem(uri=path.as_uri(), language_id="rust", version=1, text=SOURCE)
        )
    )
    params = await asyncio.wait_for(shown.get(), 60)
    while params.uri != path.as_uri():
        # Cargo.toml has a note: there is no Cargo.lock.
        params = await asyncio.wait_for(shown.get(), 60)
    (finding,) = params.diagnostics
    context = lsp.CodeActionContext(diagnostics=[finding])
    actions = await client.text_document_code_action_async(lsp.CodeActionParams(document, finding.range, context))
    hover = await client.text_document_hover_async(lsp.HoverParams(document, finding.range.start))
    await client.shutdown_async(None)
    client.exit(None)
    assert server is not None
    code = await asyncio.wait_for(server.wait(), 30)
    await client.stop()  # type: ignore[no-untyped-call]
    return finding, list(actions or []), hover, code


def test_an_editor_gets_findings_fixes_and_documentation(source: Path) -> None:
    finding, actions, hover, code = asyncio.run(conversation(source))
    assert (finding.code, finding.source, finding.range.start) == ("old-name", "monowheel", lsp.Position(6, 12))
    assert finding.code_description is not None
    assert finding.code_description.href.endswith("/rules/old-name/")
    (action,) = actions
    ((edit,),) = action.edit.changes.values()
    assert (edit.new_text, edit.range.start) == ("attach", lsp.Position(6, 12))
    assert hover is not None
    assert "old-name" in str(hover.contents)
    assert code == 0


def test_an_editor_that_goes_away_ends_the_server(source: Path) -> None:
    done = subprocess.run(
        command("lsp"), check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=60, cwd=source.parent
    )
    assert (done.returncode, done.stdout) == (3, b"")


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_signal_ends_the_server(source: Path) -> None:
    with subprocess.Popen(command("lsp"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=source.parent) as server:
        with pytest.raises(subprocess.TimeoutExpired):
            server.wait(1)
        server.terminate()
        assert server.wait(30) == 128 + 15
