//! A draft for a changelog, in the form of Keep a Changelog: people say why, this says what.

use crate::diff::{Change, Level, grouped};

/// A title, and which changes are below it.
type Section<'a> = (&'static str, &'a dyn Fn(&Change) -> bool);

/// The changes as Markdown. Names are code, so that nothing in them is markup.
#[must_use]
pub fn draft(version: Option<&str>, changes: &[Change]) -> String {
    let mut text = format!("## {}\n", version.unwrap_or("Unreleased"));
    let is_removal = |change: &Change| change.lint.ends_with("removed") || change.lint.ends_with("dropped");
    let is_addition = |change: &Change| change.lint.ends_with("added") && change.lint != "dependency-added";
    let sections: [Section<'_>; 3] = [
        ("Added", &is_addition),
        ("Changed", &|change| !is_addition(change) && !is_removal(change)),
        ("Removed", &is_removal),
    ];
    for (title, is_in) in sections {
        let groups = grouped(changes.iter().filter(|change| is_in(change)));
        let lines: Vec<String> = groups.iter().map(|(change, names)| line(change, names)).collect();
        if !lines.is_empty() {
            text += &format!("\n### {title}\n\n{}", lines.concat());
        }
    }
    text
}

fn line(change: &Change, names: &[&str]) -> String {
    let breaking = if change.level == Level::Major { "**Breaking:** " } else { "" };
    let safe = |text: &str| text.chars().map(|c| if c.is_control() || c == '`' { ' ' } else { c }).collect::<String>();
    let names: Vec<String> = names.iter().map(|name| format!("`{}`", safe(name))).collect();
    format!("- {breaking}{}: {}.\n", names.join(", "), safe(&change.what).replace('<', "&lt;"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_in_their_sections_and_names_are_code() {
        let one = |lint, level, name: &str| Change {
            lint,
            level,
            name: name.to_owned(),
            what: "it is so".to_owned(),
            whom: "",
        };
        let changes = [
            one("name-removed", Level::Major, "a.b`"),
            one("name-added", Level::Minor, "a.c"),
            one("name-added", Level::Minor, "a.d"),
        ];
        let text = draft(Some("2.0"), &changes);
        assert_eq!(
            text,
            "## 2.0\n\n### Added\n\n- `a.c`, `a.d`: it is so.\n\n### Removed\n\n- **Breaking:** `a.b `: it is so.\n"
        );
    }
}
