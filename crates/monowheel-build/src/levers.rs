//! What settings of the Cargo profile make of a wheel's size: measured, with one build for each.
//!
//! Each build is a process of its own that gets the setting in its environment (`CARGO_PROFILE_RELEASE_LTO`), so the
//! project's files do not change. All of them share a Cargo target directory that is removed at the end: build scripts
//! and procedural macros are compiled once. Never `panic = "abort"`: a panic has to become an exception.

use std::path::{Path, PathBuf};

use monowheel_error::Result;
use monowheel_system::exec::{CancelToken, IsolationReport, Isolator};
use serde::Serialize;

use crate::own_process::{OwnProcess, trial, wheel_in};
use crate::plan::Job;
use crate::size;

/// The version of the JSON schema.
pub const SCHEMA: &str = "monowheel.size-try/1";
/// What to do about the build with the project's own settings, if it fails.
const NEXT: &str = "make `monowheel build` succeed first";

/// A setting, or several at once, of the profile that a wheel is built with.
struct Lever {
    /// The keys and values of the profile.
    settings: &'static [(&'static str, Value)],
    /// Further arguments of `monowheel build`.
    arguments: &'static [&'static str],
}

#[derive(Clone, Copy)]
enum Value {
    Text(&'static str),
    Number(u8),
}

const LEVERS: [Lever; 7] = {
    use Value::{Number, Text};
    const fn profile(settings: &'static [(&'static str, Value)]) -> Lever {
        Lever { settings, arguments: &[] }
    }
    [
        profile(&[("opt-level", Text("s"))]),
        profile(&[("opt-level", Text("z"))]),
        profile(&[("lto", Text("fat"))]),
        profile(&[("codegen-units", Number(1))]),
        profile(&[("lto", Text("fat")), ("codegen-units", Number(1))]),
        profile(&[("opt-level", Text("z")), ("lto", Text("fat")), ("codegen-units", Number(1))]),
        // Last: its builds share no Cargo target directory with the others.
        Lever { settings: &[], arguments: &["--frame-pointers"] },
    ]
};

impl Lever {
    /// As in Cargo.toml, or on the command line.
    fn text(&self) -> String {
        let written = |(key, value): &(&str, Value)| match value {
            Value::Text(text) => format!("{key} = {text:?}"),
            Value::Number(number) => format!("{key} = {number}"),
        };
        let settings = self.settings.iter().map(written);
        settings.chain(self.arguments.iter().map(|word| (*word).to_owned())).collect::<Vec<_>>().join(", ")
    }

    /// As cargo reads them from the environment.
    fn variables<'a>(&'a self, profile: &'a str) -> impl Iterator<Item = (String, String)> + 'a {
        self.settings.iter().map(move |(key, value)| {
            let name = format!("CARGO_PROFILE_{profile}_{key}").replace('-', "_").to_ascii_uppercase();
            let value = match value {
                Value::Text(text) => (*text).to_owned(),
                Value::Number(number) => number.to_string(),
            };
            (name, value)
        })
    }
}

/// What to build, and how.
#[derive(Clone, Debug)]
pub struct Request {
    /// A project's directory or an sdist.
    pub project: PathBuf,
    /// The Cargo profile of a build.
    pub profile: String,
    /// The Python that runs monowheel.
    pub python: PathBuf,
    /// An empty directory for the builds.
    pub folder: PathBuf,
    /// The isolation of the source's code.
    pub isolator: Isolator,
}

/// The sizes with each setting.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub(crate) schema: &'static str,
    /// The version of monowheel.
    pub(crate) monowheel: &'static str,
    /// The wheel that is built: `TARGET-ABI`.
    pub wheel: String,
    /// The Cargo profile.
    pub profile: String,
    /// With the project's own settings.
    pub now: Sizes,
    /// With one setting or more changed.
    pub tries: Vec<Try>,
    /// How build scripts and procedural macros were run.
    pub isolation: IsolationReport,
}

/// One setting.
#[derive(Clone, Debug, Serialize)]
pub struct Try {
    /// As in Cargo.toml or on the command line.
    pub setting: String,
    /// Why the build failed, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The sizes.
    #[serde(flatten)]
    pub sizes: Option<Sizes>,
}

/// The sizes of one build.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Sizes {
    /// Bytes of the wheel.
    pub wheel: u64,
    /// Bytes of its binaries when installed.
    pub binaries: u64,
    /// How long the build took.
    pub seconds: f64,
}

impl Report {
    /// The setting of the profile with the smallest wheel, if one is smaller than now.
    #[must_use]
    pub fn smallest(&self) -> Option<(&Try, Sizes)> {
        let of_profile = self.tries.iter().filter(|tried| !tried.setting.starts_with('-'));
        let tries = of_profile.filter_map(|tried| Some((tried, tried.sizes?)));
        tries.filter(|(_, sizes)| sizes.wheel < self.now.wheel).min_by_key(|(_, sizes)| sizes.wheel)
    }
}

/// Builds the wheel of `job` with the project's settings and with each lever; `told` receives the builds' progress.
///
/// # Errors
/// When the project does not build with its own settings, a directory cannot be written, or Ctrl-C was pressed.
pub fn measure(request: &Request, job: &Job, stop: &CancelToken, told: &mut dyn FnMut(&str)) -> Result<Report> {
    told("with the settings of the project:");
    let now = build(request, job, "now", None, stop, told)?;
    let mut tries = Vec::new();
    for (number, lever) in LEVERS.iter().enumerate() {
        let setting = lever.text();
        told(&format!("with {setting}:"));
        let mut last_error = None;
        let built = build(request, job, &format!("try-{number}"), Some(lever), stop, &mut |line| {
            if line.trim_start().starts_with("error") {
                last_error = Some(line.trim().to_owned());
            }
            told(line);
        });
        stop.check()?;
        let (why, sizes) = match built {
            Ok(sizes) => (None, Some(sizes)),
            Err(error) => (Some(last_error.unwrap_or_else(|| error.what().to_owned())), None),
        };
        tries.push(Try { setting, why, sizes });
    }
    Ok(Report {
        schema: SCHEMA,
        monowheel: monowheel_error::VERSION,
        wheel: job.id.clone(),
        profile: request.profile.clone(),
        now,
        tries,
        isolation: request.isolator.report(),
    })
}

fn build(
    request: &Request,
    job: &Job,
    name: &str,
    lever: Option<&Lever>,
    stop: &CancelToken,
    told: &mut dyn FnMut(&str),
) -> Result<Sizes> {
    let call = trial(&request.python, &request.project, &request.isolator, &request.folder, name)
        .args(["--abi", &job.family.to_string()])
        .args(lever.map_or(&[][..], |lever| lever.arguments));
    let variables = lever.into_iter().flat_map(|lever| lever.variables(&request.profile));
    let call = variables.fold(call, |call, (name, value)| call.env(name, value));
    let out = request.folder.join(name);
    OwnProcess { folder: &request.folder, next: NEXT, stop }.run(name, &call, &out, told)?;
    sizes(&out, stop)
}

/// The sizes of the one wheel of a build.
fn sizes(out: &Path, stop: &CancelToken) -> Result<Sizes> {
    let (wheel, seconds) = wheel_in(out)?;
    let measured = size::file(&wheel, stop)?;
    let binaries = measured.members.iter().filter(|member| member.kind.is_binary()).map(|member| member.bytes).sum();
    Ok(Sizes { wheel: measured.bytes, binaries, seconds })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lever_is_written_as_cargo_and_as_people_do() {
        let all = &LEVERS[5];
        assert_eq!(all.text(), "opt-level = \"z\", lto = \"fat\", codegen-units = 1");
        let variables: Vec<_> = all.variables("release-lto").collect();
        assert_eq!(variables[2], ("CARGO_PROFILE_RELEASE_LTO_CODEGEN_UNITS".to_owned(), "1".to_owned()));
        assert_eq!(LEVERS[6].text(), "--frame-pointers");
        assert!(LEVERS.iter().all(|lever| !lever.text().contains("panic")));
    }

    #[test]
    fn the_smallest_is_smaller_than_now() {
        let sizes = |wheel| Sizes { wheel, binaries: 0, seconds: 0.0 };
        let tried = |setting: &str, wheel| Try { setting: setting.to_owned(), why: None, sizes: Some(sizes(wheel)) };
        let mut report = Report {
            schema: SCHEMA,
            monowheel: "",
            wheel: String::new(),
            profile: String::new(),
            now: sizes(10),
            tries: vec![
                tried("a", 10),
                tried("--frame-pointers", 7),
                Try { setting: String::new(), why: Some(String::new()), sizes: None },
            ],
            isolation: Isolator::off("a test").report(),
        };
        assert!(report.smallest().is_none());
        report.tries.extend([tried("b", 8), tried("c", 9)]);
        assert_eq!(report.smallest().map(|(tried, _)| tried.setting.as_str()), Some("b"));
    }
}
