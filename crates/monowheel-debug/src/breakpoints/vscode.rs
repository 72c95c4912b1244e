//! `.vscode/launch.json`: the same for VS Code, beside what the user has there.

use std::path::{Path, PathBuf};

use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstArray, CstInputValue, CstObject, CstRootNode};
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::regular_file;

use super::Place;
use crate::command::{PythonCommand, Work};

const PYTHON: &str = "monowheel: Python";
const RUST: &str = "monowheel: Rust";
const ATTACH: &str = "monowheel: Rust, in the Python that runs";
const BOTH: &str = "monowheel: Python and Rust";

/// A launch configuration.
#[derive(Clone, Debug)]
pub struct Launch {
    /// The file.
    pub path: PathBuf,
    /// What it will contain: the user's own configurations and comments too.
    pub text: String,
    /// Whether it exists.
    pub exists: bool,
    /// Breakpoints that it cannot contain: VS Code keeps those of Python elsewhere.
    pub left_out: Vec<String>,
}

/// The configuration that debugs the command, merged into the file in this directory.
///
/// # Errors
/// [`ErrorKind::Usage`] for a command that is not Python; [`ErrorKind::Format`] for a file that is not JSON with
/// comments, or has something else where the configurations belong.
pub fn launch(folder: &Path, words: &[String], places: &[Place]) -> Result<Launch> {
    let command = PythonCommand::parse(words)?;
    let path = folder.join(".vscode/launch.json");
    let exists = path.exists();
    let text = if exists { text_of(&path)? } else { "{}\n".to_owned() };
    let text = merged(&text, &command, places).map_err(|error| error.at(path.display()))?;
    let left_out = places.iter().filter(|place| place.is_python()).map(Place::label).collect();
    Ok(Launch { path, text, exists, left_out })
}

fn text_of(path: &Path) -> Result<String> {
    let refused =
        |error: std::io::Error| Error::new(ErrorKind::Format, error.to_string()).at(path.display()).next(NEXT);
    regular_file::read_text(path).map_err(refused)
}

const NEXT: &str = "correct it, or move it away; VS Code shows its mistakes";

fn merged(text: &str, command: &PythonCommand, places: &[Place]) -> Result<String> {
    let refused = |why: &str| Error::new(ErrorKind::Format, why.to_owned()).next(NEXT);
    let root = CstRootNode::parse(text, &ParseOptions::default())
        .map_err(|error| refused(&format!("it is not JSON with comments: {error}")))?;
    let object = root.object_value_or_create().ok_or_else(|| refused("it is not an object"))?;
    if object.get("version").is_none() {
        object.insert(0, "version", "0.2.0".to_owned().into_input());
    }
    let list = |name: &str| {
        let list = object.array_value_or_create(name).ok_or_else(|| refused(&format!("{name} is not a list")))?;
        list.ensure_multiline();
        Ok::<CstArray, Error>(list)
    };
    let configurations = list("configurations")?;
    for (name, value) in [(PYTHON, python(command)), (RUST, rust(command, places)), (ATTACH, attach(places))] {
        set(&configurations, name, value);
    }
    let both = [PYTHON, ATTACH].map(|name| name.to_owned().into_input());
    set(
        &list("compounds")?,
        BOTH,
        object_of([("name", BOTH.to_owned().into_input()), ("configurations", CstInputValue::Array(both.into()))]),
    );
    let new = root.to_string();
    // What is the same in other white space stays as it is.
    let squeezed = |text: &str| text.split_whitespace().collect::<String>();
    Ok(if squeezed(&new) == squeezed(text) { text.to_owned() } else { new })
}

/// Replaces the element of this name, or adds it.
fn set(list: &CstArray, name: &str, value: CstInputValue) {
    let is_it = |object: &CstObject| {
        let of_it = object.get("name").and_then(|name| name.value()).and_then(|value| value.as_string_lit());
        of_it.and_then(|value| value.decoded_value().ok()).as_deref() == Some(name)
    };
    let elements = list.elements();
    let existing = elements.iter().enumerate().filter_map(|(at, element)| Some((at, element.as_object()?)));
    match existing.into_iter().find(|(_, object)| is_it(object)) {
        Some((at, object)) => {
            object.remove();
            list.insert(at, value);
        }
        None => drop(list.append(value)),
    }
}

fn python(command: &PythonCommand) -> CstInputValue {
    let (key, value) = match &command.work {
        Work::Statements(code) => ("code", code.clone()),
        Work::Module(name) => ("module", name.clone()),
        Work::Script(path) => ("program", path.clone()),
        Work::Nothing => ("code", String::new()),
    };
    object_of([
        ("name", PYTHON.to_owned().into_input()),
        ("type", "debugpy".to_owned().into_input()),
        ("request", "launch".to_owned().into_input()),
        ("python", command.python.to_string_lossy().into_owned().into_input()),
        ("pythonArgs", command.options.clone().into_input()),
        (key, value.into_input()),
        ("args", command.argv.get(1..).unwrap_or_default().to_vec().into_input()),
        ("cwd", "${workspaceFolder}".to_owned().into_input()),
        ("console", "integratedTerminal".to_owned().into_input()),
        ("justMyCode", CstInputValue::Bool(false)),
        // There is time to choose the process for the other debugger.
        ("stopOnEntry", CstInputValue::Bool(true)),
    ])
}

fn rust(command: &PythonCommand, places: &[Place]) -> CstInputValue {
    object_of([
        ("name", RUST.to_owned().into_input()),
        ("type", "lldb".to_owned().into_input()),
        ("request", "launch".to_owned().into_input()),
        ("program", command.python.to_string_lossy().into_owned().into_input()),
        ("args", command.words().into_input()),
        ("cwd", "${workspaceFolder}".to_owned().into_input()),
        ("sourceLanguages", vec!["rust".to_owned()].into_input()),
        ("initCommands", breakpoints(places).into_input()),
    ])
}

fn attach(places: &[Place]) -> CstInputValue {
    object_of([
        ("name", ATTACH.to_owned().into_input()),
        ("type", "lldb".to_owned().into_input()),
        ("request", "attach".to_owned().into_input()),
        ("pid", "${command:pickMyProcess}".to_owned().into_input()),
        ("sourceLanguages", vec!["rust".to_owned()].into_input()),
        ("initCommands", breakpoints(places).into_input()),
    ])
}

/// Commands of lldb, which waits for the library.
fn breakpoints(places: &[Place]) -> Vec<String> {
    let command = |place: &Place| match place {
        Place::Rust { name } => {
            Some(format!("breakpoint set --func-regex '(^|::|<){name}(::<.*>)?(::h[0-9a-f]{{16}})?$'"))
        }
        Place::RustLine { name, line } => Some(format!("breakpoint set --file {name} --line {line}")),
        Place::Python { .. } | Place::PythonLine { .. } => None,
    };
    places.iter().filter_map(command).collect()
}

/// Values as this parser's.
trait IntoInput {
    fn into_input(self) -> CstInputValue;
}

impl IntoInput for String {
    fn into_input(self) -> CstInputValue {
        CstInputValue::String(self)
    }
}

impl IntoInput for Vec<String> {
    fn into_input(self) -> CstInputValue {
        CstInputValue::Array(self.into_iter().map(CstInputValue::String).collect())
    }
}

fn object_of<const N: usize>(values: [(&str, CstInputValue); N]) -> CstInputValue {
    CstInputValue::Object(values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command() -> PythonCommand {
        PythonCommand {
            python: PathBuf::from("/venv/bin/python"),
            options: vec!["-Xdev".to_owned()],
            work: Work::Script("app.py".to_owned()),
            argv: vec!["app.py".to_owned(), "a \"b\"".to_owned()],
        }
    }

    fn names(text: &str, list: &str) -> Vec<String> {
        let text: String =
            text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        value[list].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn a_new_file_has_both_debuggers_and_the_breakpoints() {
        let text = merged("{}\n", &command(), &[Place::parse("m::f").unwrap(), Place::parse("a:g").unwrap()]).unwrap();
        assert_eq!(names(&text, "configurations"), [PYTHON, RUST, ATTACH]);
        assert_eq!(names(&text, "compounds"), [BOTH]);
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["version"], "0.2.0");
        assert_eq!(value["configurations"][1]["args"], serde_json::json!(["-Xdev", "app.py", "a \"b\""]));
        let points = &value["configurations"][1]["initCommands"];
        assert_eq!(
            points,
            &serde_json::json!(["breakpoint set --func-regex '(^|::|<)m::f(::<.*>)?(::h[0-9a-f]{16})?$'"])
        );
    }

    #[test]
    fn what_the_user_wrote_remains_and_ours_is_replaced() {
        let own = "{\n  // mine\n  \"version\": \"0.2.0\",\n  \"configurations\": [\n    { \"name\": \"mine\" }, // keep\n    { \
                   \"name\": \"monowheel: Rust\", \"old\": 1 }\n  ]\n}\n";
        let once = merged(own, &command(), &[]).unwrap();
        for kept in ["// mine", "{ \"name\": \"mine\" }, // keep"] {
            assert!(once.contains(kept), "{once}");
        }
        assert!(!once.contains("\"old\""), "{once}");
        assert_eq!(once.matches("\"monowheel: Rust\"").count(), 1, "{once}");
        assert_eq!(merged(&once, &command(), &[]).unwrap(), once);
    }

    #[test]
    fn a_file_that_is_something_else_is_an_error() {
        for text in ["[]", "{ \"configurations\": 3 }", "{", "x"] {
            assert_eq!(merged(text, &command(), &[]).unwrap_err().kind(), ErrorKind::Format, "{text}");
        }
    }
}
