//! The command line as a program: arguments, output, and exit code.
#![allow(clippy::unwrap_used, reason = "a fixture that cannot be made is a failed test")]

mod api;
mod api_parity;
mod ci;
mod cli;
mod cli_abis;
mod cli_audit;
mod cli_compare;
mod cli_compare_sets;
mod cli_hostile;
mod cli_lint;
mod cli_lock;
mod cli_native;
mod cli_preflight;
mod cli_release_source;
mod cli_size;
mod cli_special_files;
mod cli_stdout;
mod data;
#[path = "../../crates/monowheel-audit/tests/lint/project.rs"]
mod lint_project;
mod pin;
mod policy;
mod release;
mod said;
#[path = "../../crates/monowheel-net/tests/net/server.rs"]
#[allow(dead_code, reason = "the tests of the client use all of it")]
mod server;
#[path = "../../crates/monowheel-net/tests/net/sigstore.rs"]
#[allow(dead_code, reason = "the tests of the client use all of it")]
mod sigstore;
mod traps;
