//! `monowheel schema`: the JSON Schema of `[tool.monowheel]`, for editors.

use monowheel_error::{ExitCode, Result};
use monowheel_project::schema;

use crate::cli::screen::Screen;

pub(super) fn run(screen: &mut Screen) -> Result<ExitCode> {
    screen.json(&schema::of_configuration())?;
    Ok(ExitCode::Clean)
}
