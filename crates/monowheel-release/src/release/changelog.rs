//! CHANGELOG.md in the format of Keep a Changelog 1.1.0: its sections, and turning Unreleased into a version.
//!
//! Everything else stays byte for byte: line endings, link references, and any other text.

use std::ops::Range;
use std::path::Path;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::regular_file;
use monowheel_wheel::time::is_date;

use crate::release::Version;

/// A changelog.
#[derive(Clone, Debug)]
pub(super) struct Changelog {
    text: String,
    sections: Vec<Section>,
}

/// A section under a second-level heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Section {
    /// `Unreleased`, `1.0.0`.
    pub(super) name: String,
    /// The date after ` - `.
    pub(super) date: Option<String>,
    /// Whether the name is in brackets.
    has_brackets: bool,
    /// The heading line, without its line ending.
    heading: Range<usize>,
    /// Whether it has any text except headings, comments and link references.
    pub(super) says_something: bool,
}

impl Changelog {
    /// Reads a file.
    ///
    /// # Errors
    /// [`ErrorKind::Project`] when there is none, or it is not a text file.
    pub(super) fn read(path: &Path) -> Result<Self> {
        match regular_file::read_text(path) {
        Ok(text) => Ok(Self::parse(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(Error::new(ErrorKind::Project, "no changelog found")
            .at(path.display())
            .next("write it in the format of Keep a Changelog 1.1.0: `# Changelog`, `## [Unreleased]`, `### Added`, and a line for each change")),
        Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            Err(Error::new(ErrorKind::Project, "the file is not UTF-8").at(path.display()).next("save it as UTF-8"))
        }
        Err(error) => Err(error.into()),
    }
    }

    /// Its text.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn parse(text: String) -> Self {
        let mut sections: Vec<Section> = Vec::new();
        let (mut fence, mut in_comment, mut begin) = (None, false, 0);
        for line in text.split_inclusive('\n') {
            let words = line.trim_end();
            let here = begin..begin + words.len();
            begin += line.len();
            let mark = ["```", "~~~"].into_iter().find(|mark| words.trim_start().starts_with(mark));
            if fence.is_some() || mark.is_some() {
                fence = match fence {
                    Some(open) if mark == Some(open) => None,
                    Some(open) => Some(open),
                    None => mark,
                };
            } else if in_comment || words.trim_start().starts_with("<!--") {
                in_comment = !words.contains("-->");
                continue;
            } else if let Some(section) = words.strip_prefix("## ").map(|title| Section::of(title, here)) {
                sections.push(section);
                continue;
            }
            let is_matter = !words.is_empty() && !words.starts_with('#') && link(words).is_none();
            if let Some(section) = sections.last_mut() {
                section.says_something |= is_matter;
            }
        }
        Self { text, sections }
    }

    /// The section of a version, in any spelling.
    pub(super) fn entry(&self, version: &Version) -> Option<&Section> {
        self.sections.iter().find(|section| version.is(&section.name))
    }

    /// The only Unreleased section.
    ///
    /// # Errors
    /// [`ErrorKind::Project`] when there is none, or more than one.
    pub(super) fn unreleased(&self) -> Result<&Section> {
        let mut found = self.sections.iter().filter(|section| section.name.eq_ignore_ascii_case("unreleased"));
        match (found.next(), found.next()) {
            (Some(section), None) => Ok(section),
            (Some(_), Some(second)) => {
                let line = self.text[..second.heading.start].matches('\n').count() + 1;
                Err(Error::new(
                    ErrorKind::Project,
                    format!("there are two Unreleased sections, the second on line {line}"),
                )
                .next("merge them under one heading: ## [Unreleased]"))
            }
            _ => {
                let first = self
                    .text
                    .lines()
                    .find(|line| line.starts_with("## ") || line.starts_with("---") || line.starts_with("==="));
                let met = first.map_or_else(|| "missing".to_owned(), |line| format!("{:?}", line.trim_end()));
                Err(Error::new(
                    ErrorKind::Project,
                    format!("no line `## [Unreleased]`, as in Keep a Changelog 1.1.0; the first heading is {met}"),
                )
                .next("add `## [Unreleased]` above the first version, and the changes below it: https://keepachangelog.com/en/1.1.0/"))
            }
        }
    }

    /// The text with the unreleased changes under this version and date, and the `...` comparison link moved to `tag`.
    ///
    /// # Errors
    /// As [`Changelog::unreleased`], and when that section is empty, or the version has a section.
    pub(super) fn released(&self, version: &Version, date: &str, tag: &str) -> Result<String> {
        let unreleased = self.unreleased()?;
        if let Some(entry) = self.entry(version) {
            return Err(Error::new(ErrorKind::Project, format!("section {} exists already", entry.name))
                .next("remove it, or choose a higher version"));
        }
        if !unreleased.says_something {
            return Err(Error::new(ErrorKind::Project, "nothing is written under Unreleased").next(
                "describe the changes for users there: ### Added, ### Changed, ### Fixed, with one line per change",
            ));
        }
        let end = if self.text.contains("\r\n") { "\r\n" } else { "\n" };
        let name = if unreleased.has_brackets { format!("[{version}]") } else { version.to_string() };
        let (before, after) = self.text.split_at(unreleased.heading.end);
        Ok(format!("{before}{end}{end}## {name} - {date}{}", linked(after, version, tag, end)))
    }
}

impl Section {
    fn of(title: &str, heading: Range<usize>) -> Self {
        let title = title.trim();
        let bracketed = title.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        let (name, rest) = bracketed.unwrap_or_else(|| title.split_once(' ').unwrap_or((title, "")));
        let date = rest.split_once("- ").and_then(|(_, date)| date.split_whitespace().next()).map(str::to_owned);
        Self { name: name.trim().to_owned(), date, has_brackets: bracketed.is_some(), heading, says_something: false }
    }

    /// Why this entry cannot be released; `None` if it can.
    pub(super) fn fault(&self) -> Option<String> {
        match &self.date {
            None => Some(format!("the heading of {} has no date", self.name)),
            Some(date) if !is_date(date) => Some(format!("{date:?} in the heading of {} is not a date", self.name)),
            Some(_) if !self.says_something => Some(format!("nothing is written under {}", self.name)),
            Some(_) => None,
        }
    }
}

/// The name and the address of a link reference: `[unreleased]: https://…`.
fn link(line: &str) -> Option<(&str, &str)> {
    let (name, address) = line.strip_prefix('[')?.split_once("]:")?;
    Some((name, address.trim()))
}

/// The rest of a changelog, with the link of Unreleased moved on if it compares two tags.
fn linked(rest: &str, version: &Version, tag: &str, end: &str) -> String {
    let mut text = String::with_capacity(rest.len() + 128);
    for line in rest.split_inclusive('\n') {
        let known = link(line.trim_end()).filter(|(name, _)| name.eq_ignore_ascii_case("unreleased"));
        let compared = known.and_then(|(name, address)| {
            let (from, to) = address.rsplit_once("...")?;
            let (place, from) = from.rsplit_once('/')?;
            Some(format!("[{name}]: {place}/{tag}...{to}{end}[{version}]: {place}/{from}...{tag}"))
        });
        match compared {
            Some(both) => {
                text.push_str(&both);
                text.push_str(&line[line.trim_end().len()..]);
            }
            None => text.push_str(line),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- It sings.\n\n## [1.0.0] - 2026-01-02\n\n- First.\n\n\
        [unreleased]: https://h/o/r/compare/v1.0.0...HEAD\n[1.0.0]: https://h/o/r/releases/tag/v1.0.0\n";

    fn released(text: &str, version: &str) -> Result<String> {
        let version = Version::parse(version)?;
        Changelog::parse(text.to_owned()).released(&version, "2026-11-21", &format!("v{version}"))
    }

    fn refused(text: &str) -> String {
        released(text, "1.1.0").err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn unreleased_becomes_a_version_and_its_link_is_led_on() {
        let expected = TEXT.replace("## [Unreleased]\n", "## [Unreleased]\n\n## [1.1.0] - 2026-11-21\n").replace(
            "compare/v1.0.0...HEAD\n",
            "compare/v1.1.0...HEAD\n[1.1.0]: https://h/o/r/compare/v1.0.0...v1.1.0\n",
        );
        let text = released(TEXT, "1.1.0").unwrap();
        assert_eq!(text, expected);
        let after = Changelog::parse(text);
        let entry = after.entry(&Version::parse("1.1.0").unwrap()).unwrap();
        assert_eq!((entry.fault(), entry.date.as_deref()), (None, Some("2026-11-21")));
        assert!(!after.unreleased().unwrap().says_something);
    }

    #[test]
    fn line_ends_of_windows_stay() {
        let text = TEXT.replace('\n', "\r\n");
        assert_eq!(released(&text, "1.1.0").unwrap(), released(TEXT, "1.1.0").unwrap().replace('\n', "\r\n"));
    }

    #[test]
    fn headings_without_brackets_stay_so_and_other_links_stay_as_they_are() {
        let text = "## Unreleased\n- x\n\n[unreleased]: https://h/o/r/tree/main";
        assert_eq!(
            released(text, "1.1.0-rc.1").unwrap(),
            "## Unreleased\n\n## 1.1.0-rc.1 - 2026-11-21\n- x\n\n[unreleased]: https://h/o/r/tree/main"
        );
    }

    #[test]
    fn what_is_not_of_the_form_is_told() {
        assert!(refused("Changes\n=======\n1.0 (2020)\n").contains("the first heading is \"=======\""));
        assert!(refused("").contains("the first heading is missing"));
        assert!(
            refused(&format!("{TEXT}\n## Unreleased\n- y\n"))
                .contains("two Unreleased sections, the second on line 16")
        );
        assert!(refused(&TEXT.replace("- It sings.", "")).contains("nothing is written"));
        assert!(refused(&TEXT.replace("- It sings.", "<!--\n- later\n-->")).contains("nothing is written"));
        assert!(refused(&TEXT.replace("[1.0.0] -", "[1.1.0] -")).contains("section 1.1.0 exists already"));
        // A line in a code block is not a heading.
        assert!(refused("```\n## [Unreleased]\n- x\n```\n").contains("no line `## [Unreleased]`"));
    }

    #[test]
    fn an_entry_has_a_day_and_says_something() {
        let fault = |text: &str| {
            Changelog::parse(text.to_owned()).entry(&Version::parse("1.0.0-rc.1").unwrap()).unwrap().fault()
        };
        assert_eq!(fault("## [1.0.0-rc.1] - 2026-11-21\n- x"), None);
        assert_eq!(fault("## 1.0.0rc1 - 2026-11-21 [YANKED]\n- x"), None);
        assert!(fault("## [1.0.0-rc.1]\n- x").unwrap().contains("no date"));
        assert!(fault("## [1.0.0-rc.1] - 2026-02-30\n- x").unwrap().contains("is not a date"));
        assert!(
            fault("## [1.0.0-rc.1] - 2026-02-03\n### Added\n\n## [0.9.0] - 2026-01-01\n- x")
                .unwrap()
                .contains("nothing is written")
        );
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_and_nothing_of_it_is_lost(rest in "(## |\\[|\\]|[a-z]: |\r?\n|```|<!--|-->|- |1\\.0\\.0|\\PC){0,30}") {
            let text = format!("## [Unreleased]\n- x\n{rest}");
            let after = released(&text, "2.0.0").unwrap();
            // Without a comparison link, one heading is the only change.
            proptest::prop_assert!(rest.contains("...") || after.contains("## [2.0.0] - 2026-11-21"));
            let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
            let added = format!("{end}{end}## [2.0.0] - 2026-11-21");
            proptest::prop_assert!(rest.contains("...") || after.replacen(&added, "", 1) == text);
        }
    }
}
