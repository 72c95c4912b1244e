use std::borrow::Cow;
use std::collections::HashMap;

use monowheel_wheel::archive::folded;
use monowheel_wheel::platform::PlatformTag;

use crate::facts::{Facts, WheelFacts};
use crate::finding::{Finding, Place, Severity, some_of};
use crate::rule::{Found, rule};

rule! {
    /// Two files of the wheel are installed to the same path.
    ///
    /// # What it does
    /// Maps every file to its installed path: the top of the wheel, `.data/purelib` and `.data/platlib` to
    /// site-packages, and `.data/scripts` and `.data/data/bin` to the scripts directory, where installers also create a
    /// file for each entry point in `console_scripts` and `gui_scripts`, even if both have the same name. In wheels for
    /// Windows or macOS, names that differ in case or in Unicode composition are the same.
    ///
    /// # Why it matters
    /// pip and uv silently let one of the two overwrite the other; `installer` stops with `FileExistsError`. Users may
    /// not get the file that was tested.
    ///
    /// # Example
    /// `demo/x.py` and `demo-1.0.data/platlib/demo/x.py` (wlav/cppyy-backend#32).
    ///
    /// # Fix
    /// Ship the file once, and drop a script that an entry point creates as well.
    pub(super) static RULE: "installed-twice", Package, Warning, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let mut twice: Vec<String> = Vec::new();
    // Windows and macOS have one file for names that differ in case or composition.
    let is_folded = wheel.tags.iter().any(|tag| {
        matches!(tag.platform(), PlatformTag::Any | PlatformTag::Windows { .. } | PlatformTag::Macos { .. })
    });
    for (path, sources) in installed(wheel, is_folded) {
        // Members with the same name, or with names that are folded to the same, are reported by other rules.
        let is_clash = |source: &str| source.contains(".data/") && folded(source) == folded(&sources[0]);
        let is_other = |source: &Cow<'_, str>| *source != sources[0] && !is_clash(source);
        if sources.len() > 1 && sources.iter().any(is_other) {
            twice.push(format!("{path}: {}", sources.join(", ")));
        }
    }
    if twice.is_empty() {
        return;
    }
    twice.sort();
    found.add(
        Finding::new(
            Severity::Warning,
            Place::file(),
            format!("two files with the same installed path: {}", some_of(&twice)),
        )
        .details(twice)
        .fix("ship the file once, and do not ship a script with the name of an entry point"),
    );
}

/// Each installed path to which `.data` or an entry point contributes, with its sources.
fn installed(wheel: &WheelFacts, is_folded: bool) -> HashMap<String, Vec<Cow<'_, str>>> {
    let mut paths: HashMap<String, Vec<Cow<'_, str>>> = HashMap::new();
    let data = |path: &str| match path.split_once('/') {
        Some((top, _)) => top.ends_with(".data"),
        None => false,
    };
    let key = |path: &str| if is_folded { folded(path) } else { path.to_owned() };
    // Only these can collide, so a wheel without them costs nothing.
    for member in wheel.members.iter().filter(|member| !member.is_folder && data(&member.path)) {
        if let Some(path) = of_data(&member.path) {
            paths.entry(key(&path)).or_default().push(Cow::Borrowed(&member.path));
        }
    }
    if !paths.is_empty() {
        for member in wheel.members.iter().filter(|member| !member.is_folder && !data(&member.path)) {
            if let Some(sources) = paths.get_mut(&key(&format!("site/{}", member.path))) {
                sources.push(Cow::Borrowed(&member.path));
            }
        }
    }
    for (group, name, value) in wheel.entry_points.iter().flat_map(|points| points.scripts()) {
        let mut script = key(&format!("bin/{name}"));
        // On Windows, installers create `NAME.exe`.
        let program = key(&format!("bin/{name}.exe"));
        if paths.contains_key(&program) {
            script = program;
        }
        paths.entry(script).or_default().push(Cow::Owned(format!("{name} = {value} of {group}")));
    }
    paths
}

/// Where a file of `.data` is installed; `None` for files that cannot collide.
fn of_data(path: &str) -> Option<String> {
    let (scheme, rest) = path.split_once('/')?.1.split_once('/')?;
    match scheme {
        "purelib" | "platlib" => Some(format!("site/{rest}")),
        "scripts" => Some(format!("bin/{rest}")),
        "data" => Some(rest.to_owned()),
        _ => None,
    }
}
