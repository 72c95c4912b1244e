//! The conversation with an editor.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::time::Duration;

use gen_lsp_types::{
    CodeActionKind, CodeActionOptions, CodeActionParams, CodeActionProvider, DidChangeTextDocumentParams,
    DidCloseTextDocumentParams, DidOpenTextDocumentParams, DidSaveTextDocumentParams, HoverParams, HoverProvider,
    InitializeParams, InitializeResult, MessageType, PositionEncodingKind, PublishDiagnosticsParams, Save,
    ServerCapabilities, ServerInfo, ShowMessageParams, TextDocumentContentChangeEvent, TextDocumentSync,
    TextDocumentSyncKind, TextDocumentSyncOptions, Uri,
};
use lsp_server::{Connection, ErrorCode, Message, Notification, Request, Response};
use monowheel_error::{Error, ErrorKind, ExitCode, Result};
use monowheel_system::exec::CancelToken;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::cli::lsp::lines::Encoding;
use crate::cli::lsp::project::Project;
use crate::cli::lsp::uri;

/// How often the server looks whether it was asked to stop.
const POLL: Duration = Duration::from_millis(200);

/// The server's state between two messages.
pub(super) struct Server<'a> {
    connection: &'a Connection,
    stop: &'a CancelToken,
    encoding: Encoding,
    /// The texts of the editor by their files.
    open: HashMap<PathBuf, String>,
    /// What was linted, by the project's directory.
    projects: BTreeMap<PathBuf, Project>,
}

impl<'a> Server<'a> {
    /// Answers the editor's first message.
    pub(super) fn start(connection: &'a Connection, stop: &'a CancelToken) -> Result<Self> {
        let (id, params) = connection.initialize_start_while(|| !stop.is_set()).map_err(protocol)?;
        let params: InitializeParams = serde_json::from_value(params).map_err(|error| protocol(error.to_string()))?;
        let offered = params.capabilities.general.and_then(|general| general.position_encodings).unwrap_or_default();
        let encoding = match offered.contains(&PositionEncodingKind::UTF8) {
            true => Encoding::Utf8,
            false => Encoding::Utf16,
        };
        let result = serde_json::to_value(InitializeResult {
            capabilities: capabilities(encoding),
            server_info: Some(ServerInfo {
                name: "monowheel".to_owned(),
                version: Some(monowheel_error::VERSION.to_owned()),
            }),
        })
        .map_err(protocol)?;
        connection.initialize_finish_while(id, result, || !stop.is_set()).map_err(protocol)?;
        Ok(Self { connection, stop, encoding, open: HashMap::new(), projects: BTreeMap::new() })
    }

    /// Answers messages until the editor ends the connection.
    pub(super) fn run(mut self) -> Result<ExitCode> {
        loop {
            self.stop.check()?;
            let message = match self.connection.receiver.recv_timeout(POLL) {
                Ok(message) => message,
                Err(error) if error.is_timeout() => continue,
                // The editor is gone.
                Err(_) => return Ok(ExitCode::Clean),
            };
            match message {
                Message::Request(request) => {
                    if self.connection.handle_shutdown(&request).map_err(protocol)? {
                        return Ok(ExitCode::Clean);
                    }
                    let response = self.answer(request);
                    self.send(response.into())?;
                }
                Message::Notification(notification) => self.take(notification)?,
                Message::Response(_) => {}
            }
        }
    }

    fn answer(&self, request: Request) -> Response {
        let Request { id, method, params } = request;
        let answered = match method.as_str() {
            "textDocument/codeAction" => read(params).and_then(|params| json(&self.fixes(&params))),
            "textDocument/hover" => read(params).and_then(|params| json(&self.hover(&params))),
            _ => {
                let what = format!("monowheel does not answer {method}");
                return Response::new_err(id, ErrorCode::MethodNotFound as i32, what);
            }
        };
        match answered {
            Ok(value) => Response::new_ok(id, value),
            Err(error) => Response::new_err(id, ErrorCode::InvalidParams as i32, error.to_string()),
        }
    }

    fn fixes(&self, params: &CodeActionParams) -> Vec<gen_lsp_types::CodeAction> {
        let uri = &params.text_document.uri;
        let Some(path) = uri::path(uri) else { return Vec::new() };
        let editor = self.open.get(&path).map(String::as_str);
        self.files(&path).flat_map(|file| file.fixes(uri, params.range, editor, self.encoding)).collect()
    }

    fn hover(&self, params: &HoverParams) -> Option<gen_lsp_types::Hover> {
        let at = &params.text_document_position_params;
        let path = uri::path(&at.text_document.uri)?;
        self.files(&path).find_map(|file| file.hover(at.position, self.encoding))
    }

    fn files<'s>(&'s self, path: &'s Path) -> impl Iterator<Item = &'s super::project::File> {
        self.projects.values().filter_map(move |project| project.files.get(path))
    }

    /// A notification that cannot be read is none: the protocol has no answer to it.
    fn take(&mut self, notification: Notification) -> Result<()> {
        let Notification { method, params } = notification;
        match method.as_str() {
            "textDocument/didOpen" => {
                let Ok(DidOpenTextDocumentParams { text_document }) = read(params) else { return Ok(()) };
                let Some(path) = uri::path(&text_document.uri) else { return Ok(()) };
                self.open.insert(path.clone(), text_document.text);
                match Project::root(&path) {
                    Some(root) if !self.projects.contains_key(&root) => self.lint(&root),
                    _ => Ok(()),
                }
            }
            "textDocument/didChange" => {
                let Ok(params) = read::<DidChangeTextDocumentParams>(params) else { return Ok(()) };
                let Some(path) = uri::path(&params.text_document.text_document_identifier.uri) else { return Ok(()) };
                // Only complete texts were asked for.
                let mut texts = params.content_changes.into_iter().filter_map(|change| match change {
                    TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(complete) => {
                        Some(complete.text)
                    }
                    TextDocumentContentChangeEvent::TextDocumentContentChangePartial(_) => None,
                });
                if let Some(text) = texts.next_back() {
                    self.open.insert(path, text);
                }
                Ok(())
            }
            "textDocument/didSave" => {
                let Ok(DidSaveTextDocumentParams { text_document, .. }) = read(params) else { return Ok(()) };
                match uri::path(&text_document.uri).as_deref().and_then(Project::root) {
                    Some(root) => self.lint(&root),
                    None => Ok(()),
                }
            }
            "textDocument/didClose" => {
                let Ok(DidCloseTextDocumentParams { text_document }) = read(params) else { return Ok(()) };
                if let Some(path) = uri::path(&text_document.uri) {
                    self.open.remove(&path);
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Lints a project and shows what was found; files without a finding any more are cleared.
    fn lint(&mut self, root: &Path) -> Result<()> {
        let (project, said) = match Project::options(root, self.stop) {
            Ok(options) => match Project::lint(root, &options) {
                Ok(project) => (project, None),
                // Most often a crate without PyO3, which deserves no window.
                Err(error) => (Project::default(), Some(("window/logMessage", error))),
            },
            Err(error) => (Project::default(), Some(("window/showMessage", error))),
        };
        self.stop.check()?;
        // After an error there is nothing to show: the earlier findings may no longer be true.
        self.show(root, project)?;
        said.map_or(Ok(()), |(method, error)| self.say(method, &error))
    }

    fn show(&mut self, root: &Path, project: Project) -> Result<()> {
        let earlier = self.projects.get(root).into_iter().flat_map(|earlier| earlier.files.keys());
        for path in earlier.filter(|path| !project.files.contains_key(*path)) {
            self.publish(path, Vec::new())?;
        }
        for (path, file) in &project.files {
            self.publish(path, file.diagnostics(self.encoding))?;
        }
        self.projects.insert(root.to_path_buf(), project);
        Ok(())
    }

    fn publish(&self, path: &Path, diagnostics: Vec<gen_lsp_types::Diagnostic>) -> Result<()> {
        let Some(uri): Option<Uri> = uri::of(path) else { return Ok(()) };
        let params = PublishDiagnosticsParams { uri, version: None, diagnostics };
        self.notify("textDocument/publishDiagnostics", &params)
    }

    /// Both methods take the same.
    fn say(&self, method: &str, error: &Error) -> Result<()> {
        self.notify(method, &ShowMessageParams { kind: MessageType::Error, message: format!("monowheel: {error}") })
    }

    fn notify(&self, method: &str, params: &impl Serialize) -> Result<()> {
        self.send(Notification::new(method.to_owned(), params).into())
    }

    fn send(&self, message: Message) -> Result<()> {
        self.connection.sender.send(message).map_err(|_| protocol("it closed the connection"))
    }
}

fn capabilities(encoding: Encoding) -> ServerCapabilities {
    ServerCapabilities {
        position_encoding: Some(match encoding {
            Encoding::Utf8 => PositionEncodingKind::UTF8,
            Encoding::Utf16 => PositionEncodingKind::UTF16,
        }),
        text_document_sync: Some(TextDocumentSync::Options(TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::Full),
            save: Some(Save::Bool(true)),
            ..TextDocumentSyncOptions::default()
        })),
        hover_provider: Some(HoverProvider::Bool(true)),
        code_action_provider: Some(CodeActionProvider::CodeActionOptions(CodeActionOptions {
            code_action_kinds: Some(vec![CodeActionKind::QuickFix]),
            ..CodeActionOptions::default()
        })),
        ..ServerCapabilities::default()
    }
}

fn read<P: DeserializeOwned>(params: serde_json::Value) -> Result<P> {
    serde_json::from_value(params).map_err(protocol)
}

fn json(value: &impl Serialize) -> Result<serde_json::Value> {
    serde_json::to_value(value).map_err(protocol)
}

fn protocol(error: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Io, format!("the editor does not follow the language server protocol: {error}"))
        .next("`monowheel lsp` is started by an editor; to lint in a terminal, run `monowheel lint`")
}
