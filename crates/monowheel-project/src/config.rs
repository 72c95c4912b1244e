//! `[tool.monowheel]` of any pyproject.toml, whichever part of it a command reads.

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_wheel::names::wheel_name;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// The parts that are read; of any build backend.
#[derive(Deserialize)]
struct Document<T> {
    project: Option<Project>,
    tool: Option<Tools<T>>,
}

#[derive(Deserialize)]
struct Project {
    name: Option<String>,
}

#[derive(Deserialize)]
struct Tools<T> {
    monowheel: Option<T>,
}

/// The project's name as file names write it and `[tool.monowheel]`, where the file has them. `knows` tells what the
/// command's part of the table may hold.
///
/// # Errors
/// [`ErrorKind::Usage`] when the text is not as expected.
pub fn read<T: DeserializeOwned>(text: &str, knows: &str) -> Result<(Option<String>, Option<T>)> {
    let document: Document<T> = toml::from_str(text).map_err(|error| {
        let what = format!("the configuration is not as expected\n{}", error.to_string().trim_end());
        Error::new(ErrorKind::Usage, what).next(knows)
    })?;
    let name = document.project.and_then(|project| project.name).map(|name| wheel_name(&name));
    Ok((name, document.tool.and_then(|tool| tool.monowheel)))
}
