//! The rule `entry-points-malformed`.

use monowheel_wheel::entry_points::{SCRIPT_GROUPS, is_script_name, object_reference};

use crate::facts::Facts;
use crate::finding::{Finding, Severity, some_of};
use crate::rule::{Found, rule};

rule! {
    /// `entry_points.txt` cannot be parsed, or an entry in it is invalid.
    ///
    /// # What it does
    /// Reads the file as Python's `configparser` does, with `=` as the only delimiter. Script names have to match
    /// `[\w.-]+` and refer to a callable (`module:function`); every other value has to be an object reference. Groups
    /// that are spelled almost like those of scripts (`[console-scripts]`) are a warning.
    ///
    /// # Why it matters
    /// The index refuses a file that `configparser` cannot parse, and script names that do not match. pip and uv stop
    /// at a script without a callable ("A callable suffix is required"), and pip at one that would be written outside
    /// the scripts directory. In other groups, an entry that is not an object reference fails when it is loaded.
    ///
    /// # Example
    /// `demo = demo.cli` in `[console_scripts]` instead of `demo = demo.cli:main`.
    ///
    /// # Fix
    /// Correct `[project.scripts]` or `[project.entry-points]` in pyproject.toml.
    pub(super) static RULE: "entry-points-malformed", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let Some(points) = &wheel.entry_points else { return };
    let mut say = |severity, message: String, details: Vec<String>| {
        found.add(
            Finding::new(severity, wheel.info("entry_points.txt"), message)
                .details(details)
                .fix("correct `[project.scripts]` or `[project.entry-points]` in pyproject.toml"),
        );
    };
    if let Some((line, why)) = points.broken.first() {
        let at = if *line == 0 { String::new() } else { format!(", line {line}") };
        let details = points.broken.iter().map(|(line, why)| format!("line {line}: {why}")).collect();
        say(Severity::Error, format!("entry_points.txt{at}: {why}"), details);
    }
    let mut names = Vec::new();
    let mut scripts = Vec::new();
    let mut others = Vec::new();
    for (group, name, value) in &points.entries {
        let is_script = SCRIPT_GROUPS.contains(&group.as_str());
        if is_script && !is_script_name(name) {
            names.push(name.clone());
        }
        match (is_script, object_reference(value)) {
            (true, Some((_, Some(_)))) | (false, Some(_)) => {}
            (true, _) => scripts.push(format!("{name} = {value}")),
            (false, None) => others.push(format!("{name} = {value} in [{group}]")),
        }
    }
    let mistaken: Vec<String> = points
        .entries
        .iter()
        .filter(|(group, ..)| is_mistaken(group))
        .map(|(group, name, _)| format!("{name} in [{group}]"))
        .collect();
    if !mistaken.is_empty() {
        let message = format!(
            "installers create commands only of [console_scripts] and [gui_scripts], not of: {}",
            some_of(&mistaken)
        );
        say(Severity::Warning, message, mistaken);
    }
    if !names.is_empty() {
        say(Severity::Error, format!("the index refuses these script names: {}", some_of(&names)), names);
    }
    if !scripts.is_empty() {
        let message = format!("scripts without a callable `module:function`: {}", some_of(&scripts));
        say(Severity::Error, message, scripts);
    }
    if !others.is_empty() {
        say(Severity::Warning, format!("not object references: {}", some_of(&others)), others);
    }
}

/// Whether a group is one of scripts, spelled in another way.
fn is_mistaken(group: &str) -> bool {
    let plain =
        |text: &str| text.to_ascii_lowercase().replace(['_', '-', ' ', '.'], "").trim_end_matches('s').to_owned();
    !SCRIPT_GROUPS.contains(&group) && SCRIPT_GROUPS.iter().any(|right| plain(right) == plain(group))
}
