//! An error as JSON, for programs that asked for `--json`: on stdout, where the result would be.

use monowheel_error::{Error, ExitCode};
use serde::Serialize;

/// Schema `monowheel.error/1`.
#[derive(Serialize)]
pub(super) struct ErrorDocument<'a> {
    schema: &'static str,
    error: Fault<'a>,
    exit_code: u8,
}

#[derive(Serialize)]
struct Fault<'a> {
    /// The family: `usage`, `project`, `toolchain`, `tool`, `io`, `format`, `busy`, `interrupted`, `defect`.
    kind: &'static str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_step: Option<&'a str>,
}

impl<'a> ErrorDocument<'a> {
    pub(super) fn of(error: &'a Error) -> Self {
        let (kind, exit_code) = (error.kind(), error.kind().exit_code());
        Self::new(kind.word(), error.what(), error.place(), error.next_step(), exit_code)
    }

    /// An error of the command line; `message` is what clap says of it.
    pub(super) fn usage(message: &'a str) -> Self {
        Self::new("usage", message, None, None, ExitCode::Usage)
    }

    fn new(
        kind: &'static str,
        message: &'a str,
        place: Option<&'a str>,
        next_step: Option<&'a str>,
        exit_code: ExitCode,
    ) -> Self {
        let error = Fault { kind, message, place, next_step };
        Self { schema: "monowheel.error/1", error, exit_code: exit_code as u8 }
    }
}

/// The sentences of an error that clap prints, without its usage lines.
pub(super) fn sentences(answer: &str) -> &str {
    let text = answer.strip_prefix("error: ").unwrap_or(answer);
    text.split("\n\nUsage:").next().unwrap_or(text).trim()
}
