//! A conversation with an editor, in one process.

use std::path::Path;
use std::time::Duration;

use lsp_server::{Connection, Message, Notification, Request};
use monowheel_system::exec::CancelToken;
use serde_json::{Value, json};

use crate::cli::lsp::server::Server;
use crate::cli::lsp::uri;

const MANIFEST: &str = "[package]\nname = \"demo\"\nversion = \"1.0.0\"\nedition = \"2021\"\n[lib]\ncrate-type = [\"cdylib\"]\n[dependencies]\npyo3 = { version = \"0.29\", features = [\"abi3-py38\"] }\n";
const SOURCE: &str =
    "use pyo3::prelude::*;\n\n#[pymodule]\nmod demo {}\n\nfn old() {\n    /* 🦀 */ Python::with_gil(|_| {});\n}\n";

/// The editor's side.
struct Editor {
    connection: Connection,
    id: i32,
}

impl Editor {
    fn notify(&self, method: &str, params: Value) {
        self.connection.sender.send(Notification::new(method.to_owned(), params).into()).unwrap();
    }

    fn next(&self) -> Message {
        self.connection.receiver.recv_timeout(Duration::from_secs(60)).unwrap()
    }

    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.id += 1;
        self.connection.sender.send(Request::new(self.id.into(), method.to_owned(), params).into()).unwrap();
        loop {
            match self.next() {
                Message::Response(response) => match response.response_result {
                    Ok(result) => return result,
                    Err(error) => return json!({ "error": error.message }),
                },
                Message::Notification(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// What is shown in a file; that of other files is passed over.
    fn diagnostics(&self, path: &Path) -> Value {
        loop {
            match self.next() {
                Message::Notification(notification) if notification.params["uri"] == json!(uri::of(path)) => {
                    assert_eq!(notification.method, "textDocument/publishDiagnostics");
                    return notification.params["diagnostics"].clone();
                }
                Message::Notification(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }
}

/// Holds a conversation about a project; `positions` is what the editor can count.
fn talk(positions: &[&str], conversation: impl FnOnce(&mut Editor, &Path)) {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("a project");
    fs_err::create_dir_all(root.join("src")).unwrap();
    fs_err::write(root.join("Cargo.toml"), MANIFEST).unwrap();
    fs_err::write(root.join("src/lib.rs"), SOURCE).unwrap();
    let (server, editor) = Connection::memory();
    let served = std::thread::spawn(move || {
        let stop = CancelToken::default();
        Server::start(&server, &stop).and_then(Server::run).map_err(|error| error.to_string())
    });
    let mut editor = Editor { connection: editor, id: 0 };
    let capabilities = json!({ "general": { "positionEncodings": positions } });
    let initialized =
        editor.ask("initialize", json!({ "processId": null, "rootUri": null, "capabilities": capabilities }));
    assert_eq!(initialized["serverInfo"]["name"], "monowheel", "{initialized}");
    editor.notify("initialized", json!({}));
    conversation(&mut editor, &root);
    assert_eq!(editor.ask("shutdown", Value::Null), Value::Null);
    editor.notify("exit", Value::Null);
    assert!(served.join().unwrap().is_ok());
}

fn document(path: &Path) -> Value {
    json!({ "uri": uri::of(path) })
}

fn open(editor: &Editor, path: &Path, text: &str) {
    let item = json!({ "uri": uri::of(path), "languageId": "rust", "version": 1, "text": text });
    editor.notify("textDocument/didOpen", json!({ "textDocument": item }));
}

#[test]
fn a_finding_is_shown_explained_fixed_and_gone() {
    talk(&["utf-16"], |editor, root| {
        let path = root.join("src/lib.rs");
        open(editor, &path, SOURCE);
        let shown = editor.diagnostics(&path);
        let finding = &shown[0];
        assert_eq!((&finding["code"], &finding["source"]), (&json!("old-name"), &json!("monowheel")), "{shown}");
        // The crab is two units of UTF-16.
        assert_eq!(finding["range"]["start"], json!({ "line": 6, "character": 21 }), "{shown}");

        let at = json!({ "textDocument": document(&path), "position": finding["range"]["start"] });
        let hover = editor.ask("textDocument/hover", at);
        assert!(hover["contents"]["value"].as_str().is_some_and(|text| text.contains("old-name")), "{hover}");

        let about =
            json!({ "textDocument": document(&path), "range": finding["range"], "context": { "diagnostics": [] } });
        let fixes = editor.ask("textDocument/codeAction", about.clone());
        let edit = fixes[0]["edit"]["changes"].as_object().and_then(|changes| changes.values().next()).cloned();
        assert_eq!(edit.map(|edits| edits[0]["newText"].clone()), Some(json!("attach")), "{fixes}");

        // The edit is for the text on disk.
        let changed = format!("// new\n{SOURCE}");
        let version = json!({ "uri": uri::of(&path), "version": 2 });
        editor.notify(
            "textDocument/didChange",
            json!({ "textDocument": version, "contentChanges": [{ "text": changed }] }),
        );
        assert_eq!(editor.ask("textDocument/codeAction", about), json!([]));

        fs_err::write(&path, SOURCE.replace("with_gil", "attach")).unwrap();
        editor.notify("textDocument/didSave", json!({ "textDocument": document(&path) }));
        assert_eq!(editor.diagnostics(&path), json!([]));
    });
}

#[test]
fn positions_are_bytes_where_the_editor_can() {
    talk(&["utf-16", "utf-8"], |editor, root| {
        let path = root.join("src/lib.rs");
        open(editor, &path, SOURCE);
        assert_eq!(editor.diagnostics(&path)[0]["range"]["start"]["character"], 23);
    });
}

#[test]
fn a_broken_configuration_is_said_and_does_not_end_it() {
    talk(&[], |editor, root| {
        fs_err::write(root.join("pyproject.toml"), "[tool.monowheel]\nflor = \"3.10\"\n").unwrap();
        open(editor, &root.join("src/lib.rs"), SOURCE);
        match editor.next() {
            Message::Notification(said) => {
                assert_eq!(said.method, "window/showMessage");
                assert!(said.params["message"].as_str().is_some_and(|text| text.contains("flor")), "{said:?}");
            }
            other => panic!("{other:?}"),
        }
        let unknown = editor.ask("textDocument/definition", json!({}));
        assert!(unknown["error"].as_str().is_some_and(|text| text.contains("definition")), "{unknown}");
        let wrong = editor.ask("textDocument/hover", json!({ "position": "?" }));
        assert!(wrong["error"].is_string(), "{wrong}");
    });
}

#[test]
fn files_outside_of_a_project_are_no_concern() {
    talk(&[], |editor, root| {
        let alone = root.with_file_name("alone.rs");
        fs_err::write(&alone, SOURCE).unwrap();
        open(editor, &alone, SOURCE);
        editor.notify(
            "textDocument/didOpen",
            json!({ "textDocument": { "uri": "untitled:1", "languageId": "rust", "version": 1, "text": "" } }),
        );
        let at = json!({ "textDocument": document(&alone), "position": { "line": 6, "character": 20 } });
        assert_eq!(editor.ask("textDocument/hover", at), Value::Null);
    });
}
