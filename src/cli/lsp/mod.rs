//! `monowheel lsp`: the lint in editors, over the Language Server Protocol (3.17) on stdin and stdout.
//!
//! A project is linted as it is on disk: when one of its files is opened, and after every save. stdout belongs to the
//! protocol, so [`Connection`] writes to it and `Screen` does not.

mod lines;
mod project;
mod server;
#[cfg(test)]
mod tests;
mod uri;

use lsp_server::Connection;
use monowheel_error::{ExitCode, Result};
use monowheel_system::exec::CancelToken;

use crate::cli::lsp::server::Server;

pub(super) fn run(stop: &CancelToken) -> Result<ExitCode> {
    let (connection, threads) = Connection::stdio();
    let ended = Server::start(&connection, stop).and_then(|server| server.run());
    // The writer ends when nobody can send, the reader at the end of stdin, which may never come after a signal.
    drop(connection);
    if stop.is_set() {
        return ended;
    }
    let joined = threads.join();
    let code = ended?;
    Ok(joined.map(|()| code)?)
}
