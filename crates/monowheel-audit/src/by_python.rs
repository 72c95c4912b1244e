//! Checks of a wheel that need Python: whether the index renders its description, and whether the oldest Python that
//! installs it can parse its files. Runs the interpreter once per wheel, and not at all for most.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use monowheel_error::Result;
use monowheel_system::exec::{CancelToken, EmptyDir};
use monowheel_system::{atomic_write, cache, hash, python, regular_file};
use monowheel_wheel::abi::PythonVersion;
use serde::{Deserialize, Serialize};

use crate::facts::{Facts, Rendering, Syntax, SyntaxFault, WheelFacts};
use crate::gather::oldest_python;

/// Time limit: docutils needs a second for the longest real descriptions.
const LIMIT: Duration = Duration::from_secs(60);

/// Reads the file named by its argument and prints one JSON object. The settings are those of `readme_renderer`, which
/// the index uses, except for docutils' report level.
const LOOK: &str = include_str!("by_python.py");

/// The questions.
#[derive(Serialize)]
struct Asked<'a> {
    description: Option<&'a str>,
    oldest: PythonVersion,
    sources: &'a [(String, String)],
}

/// The answers.
#[derive(Deserialize)]
struct Answer {
    /// Empty when it renders.
    description: Option<String>,
    /// Why the description could not be rendered.
    unavailable: Option<String>,
    /// Path, line, reason.
    faults: Vec<(String, u32, String)>,
    /// Why no file could be checked.
    unjudged: Option<String>,
}

/// Results of rendering descriptions, by key: the wheels of a release have the same one.
static RENDERED: Mutex<Option<HashMap<String, Rendering>>> = Mutex::new(None);

/// Runs the checks of a wheel that need `python`, if there are any; `checked_by` names it and its renderer, if known.
///
/// # Errors
/// After a cancel.
pub(crate) fn look(facts: &mut Facts, python: Option<&Path>, checked_by: &str, stop: &CancelToken) -> Result<()> {
    let Some(wheel) = &mut facts.wheel else { return Ok(()) };
    // That of kept facts may be known already.
    let description = description(wheel).filter(|_| wheel.description.is_none()).map(str::to_owned);
    let key = description.as_deref().map(|text| hash::sha256(format!("{checked_by}\0{text}").as_bytes()));
    if let Some(known) = key.as_deref().and_then(known) {
        wheel.description = Some(known);
    }
    let sources = std::mem::take(&mut wheel.sources);
    let description = description.filter(|_| wheel.description.is_none());
    if description.is_none() && sources.is_empty() {
        return Ok(());
    }
    let oldest = oldest_python(wheel).unwrap_or((3, 0));
    let answer = match python {
        Some(python) => ask(python, &Asked { description: description.as_deref(), oldest, sources: &sources }, stop),
        None => Ok(Err("monowheel is not running inside a Python interpreter".to_owned())),
    };
    // Only a cancel ends the audit: if Python does not answer, these checks were not made.
    stop.check()?;
    let answer = answer.unwrap_or_else(|error| Err(error.what().to_owned()));
    if description.is_some() {
        let rendering = rendering(&answer);
        if let (Some(key), false) = (key, matches!(rendering, Rendering::NotLookedAt(_))) {
            keep(key, rendering.clone());
        }
        wheel.description = Some(rendering);
    }
    if !sources.is_empty() {
        wheel.syntax = match answer {
            Err(why) => Syntax::NotLookedAt(why),
            Ok(Answer { unjudged: Some(why), .. }) => Syntax::NotLookedAt(why),
            Ok(answer) if answer.faults.is_empty() => Syntax::Fits,
            Ok(answer) => {
                let fault = |(path, line, why)| SyntaxFault { path, line, why };
                Syntax::TooNew { oldest, faults: answer.faults.into_iter().map(fault).collect() }
            }
        };
    }
    Ok(())
}

/// The text that the index renders as reStructuredText.
fn description(wheel: &WheelFacts) -> Option<&str> {
    let metadata = wheel.metadata.as_ref()?;
    // If the fields end early, the rest is not the description.
    if !metadata.headers.broken.is_empty() {
        return None;
    }
    let kind = metadata.value("Description-Content-Type").map(|kind| kind.split(';').next().unwrap_or_default().trim());
    // Without a type the index assumes this one.
    kind.is_none_or(|kind| kind.eq_ignore_ascii_case("text/x-rst")).then(|| metadata.description())?
}

fn rendering(answer: &std::result::Result<Answer, String>) -> Rendering {
    match answer {
        Err(why) => Rendering::NotLookedAt(why.clone()),
        Ok(Answer { description: Some(why), .. }) if why.is_empty() => Rendering::Renders,
        Ok(Answer { description: Some(why), .. }) => Rendering::Fails(why.clone()),
        Ok(Answer { unavailable, .. }) => Rendering::NotLookedAt(unavailable.clone().unwrap_or_default()),
    }
}

fn ask(python: &Path, asked: &Asked<'_>, stop: &CancelToken) -> Result<std::result::Result<Answer, String>> {
    let folder = EmptyDir::create()?;
    let file = folder.path().join("asked.json");
    fs_err::write(&file, serde_json::to_vec(asked).unwrap_or_default())?;
    let printed = python::script(python, LOOK)?.arg(&file).stdout(LIMIT, stop)?;
    Ok(serde_json::from_str(&printed).map_err(|error| format!("Python did not answer: {error}")))
}

/// The cached result for a description, from this process or an earlier one: docutils takes longer than the rest of an
/// audit.
fn known(key: &str) -> Option<Rendering> {
    if let Some(rendering) = remembered(key) {
        return Some(rendering);
    }
    let text = regular_file::read(&file_of(key)?, regular_file::MOST_TEXT).ok()?;
    // The first line is empty if the description renders, otherwise it is the renderer's message.
    let text = String::from_utf8(text).ok()?;
    let why = text.strip_suffix('\n')?;
    Some(if why.is_empty() { Rendering::Renders } else { Rendering::Fails(why.to_owned()) })
}

/// Where the result is cached: by the description, what is known of the renderer, and the version of monowheel.
fn file_of(key: &str) -> Option<PathBuf> {
    Some(cache::root().ok()?.join("descriptions").join(monowheel_error::VERSION).join(key))
}

fn remembered(key: &str) -> Option<Rendering> {
    RENDERED.lock().unwrap_or_else(PoisonError::into_inner).as_ref()?.get(key).cloned()
}

fn keep(key: String, rendering: Rendering) {
    let why = match &rendering {
        Rendering::Fails(why) => why.as_str(),
        _ => "",
    };
    // Without a cache it is rendered again.
    if let Some(file) = file_of(&key) {
        if file.parent().is_some_and(|folder| fs_err::create_dir_all(folder).is_ok()) {
            let _ = atomic_write::write(&file, format!("{why}\n").as_bytes());
        }
    }
    RENDERED.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_default().insert(key, rendering);
}
