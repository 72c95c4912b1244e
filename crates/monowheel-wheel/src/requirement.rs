//! Dependency specifiers: `Requires-Dist` and its kin (dependency specifiers specification, once PEP 508).
//!
//! This is the only parser of requirement strings. It is written by hand, and does not use the `pep508_rs` crate, for
//! three reasons. It decides what pip's `packaging` and the index accept (a requirement that cannot be parsed prevents
//! pip from installing the wheel), including the spellings from before PEP 508; `pep508_rs` decides what uv accepts. It
//! reads wheels that may be hostile: it borrows from the text, and does not recurse. And it keeps versions and markers
//! as they were written, which reports show; `pep508_rs` normalizes them. Versions are left to `pep440_rs`.

use std::str::FromStr as _;

use pep440_rs::{Operator, VersionSpecifier};

use crate::names::is_name;

/// The relevant parts of a requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement<'a> {
    /// The project, as written.
    pub name: &'a str,
    /// `name @ URL`: the index rejects such a file.
    pub url: Option<&'a str>,
    /// The version specifiers as written, without brackets around them: `>=1.0, <2`; empty for any version.
    pub versions: &'a str,
    /// The marker as written: `python_version >= '3.8'`.
    pub marker: Option<&'a str>,
    /// Whether the marker requires an extra, so that the requirement does not apply without one.
    pub(crate) for_extra: bool,
    /// The extras that the marker compares with: `gpu` of `extra == "gpu"`.
    pub extras_asked: Vec<&'a str>,
    /// The comparisons by `==`, `===` or `!=` of another variable with a text: `("os_name", "nt")`.
    pub equalities: Vec<(&'a str, &'a str)>,
    /// The extras of the required project: `gpu` of `demo[gpu]`.
    pub extras: Vec<&'a str>,
}

impl<'a> Requirement<'a> {
    /// Parses one requirement.
    ///
    /// # Errors
    /// The problem, in words.
    pub fn parse(text: &'a str) -> Result<Self, String> {
        let mut scan = Scan { rest: text.trim_start(), ..Scan::default() };
        let name = scan.name()?;
        let extras = scan.extras()?;
        let (mut url, mut versions, mut marker) = (None, "", None);
        if scan.eat("@") {
            let word = scan.until(char::is_whitespace);
            if word.is_empty() {
                return Err("no URL after `@`".to_owned());
            }
            url = Some(word);
            scan.blank();
        } else if scan.eat("(") {
            versions = scan.until(|c| c == ')');
            check_specifiers(versions)?;
            if !scan.eat(")") {
                return Err("unclosed bracket".to_owned());
            }
        } else {
            versions = scan.until(|c| c == ';');
            check_specifiers(versions)?;
        }
        if scan.eat(";") {
            marker = Some(scan.rest.trim_end());
            scan.marker()?;
        }
        match scan.rest {
            "" => Ok(Self {
                name,
                url,
                versions: versions.trim(),
                marker,
                for_extra: scan.for_extra,
                extras_asked: scan.extras_asked,
                equalities: scan.equalities,
                extras,
            }),
            rest => Err(format!("expected `;` or the end, found {}", shown(rest))),
        }
    }

    /// The version that it pins with `==` or `===`; `None` for `==1.*`, and if the text after `===` is not a version.
    #[must_use]
    pub fn pin(&self) -> Option<VersionSpecifier> {
        let is_exact =
            |specifier: &VersionSpecifier| matches!(specifier.operator(), Operator::Equal | Operator::ExactEqual);
        self.versions.split(',').filter_map(|text| VersionSpecifier::from_str(text.trim()).ok()).find(is_exact)
    }
}

/// Whether a requirement applies without any extra. Other markers may exclude it, and an unparsable one may apply:
/// installers decide both.
#[must_use]
pub fn holds_without_extra(text: &str) -> bool {
    Requirement::parse(text).map_or(true, |requirement| !requirement.for_extra)
}

/// Checks a list such as `>=3.8,<4`: `Requires-Python`, and the versions of a requirement.
///
/// # Errors
/// The problem, in words.
pub fn check_specifiers(list: &str) -> Result<(), String> {
    for specifier in list.split(',').map(str::trim).filter(|specifier| !specifier.is_empty()) {
        // Arbitrary equality accepts any word.
        if specifier.strip_prefix("===").is_some_and(|word| !word.trim().contains([' ', '\t', ';', ')'])) {
            continue;
        }
        if VersionSpecifier::from_str(specifier).is_err() {
            return Err(format!("{} is not a version specifier", shown(specifier)));
        }
    }
    Ok(())
}

fn shown(text: &str) -> String {
    format!("`{}`", text.chars().take(40).collect::<String>())
}

/// The rest of the text.
#[derive(Default)]
struct Scan<'a> {
    rest: &'a str,
    for_extra: bool,
    extras_asked: Vec<&'a str>,
    equalities: Vec<(&'a str, &'a str)>,
}

/// One side of a comparison in a marker.
enum Operand<'a> {
    Text(&'a str),
    Extra,
    Other(&'a str),
}

/// Nobody nests brackets deeper; packaging fails where Python's stack ends.
const DEPTH: usize = 50;

const VARIABLES: [&str; 20] = [
    "python_version",
    "python_full_version",
    "os_name",
    "sys_platform",
    "platform_release",
    "platform_system",
    "platform_version",
    "platform_machine",
    "platform_python_implementation",
    "implementation_name",
    "implementation_version",
    "extra",
    "extras",
    "dependency_groups",
    // Spellings from before PEP 508 that packaging still accepts.
    "os.name",
    "sys.platform",
    "platform.version",
    "platform.machine",
    "platform.python_implementation",
    "python_implementation",
];

impl<'a> Scan<'a> {
    fn blank(&mut self) {
        self.rest = self.rest.trim_start();
    }

    /// Consumes a sign and the blanks after it.
    fn eat(&mut self, sign: &str) -> bool {
        match self.rest.strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest.trim_start();
                true
            }
            None => false,
        }
    }

    /// Consumes everything up to a character, or to the end.
    fn until(&mut self, is_end: impl Fn(char) -> bool) -> &'a str {
        let at = self.rest.find(is_end).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(at);
        self.rest = rest;
        word
    }

    fn name(&mut self) -> Result<&'a str, String> {
        let name = self.until(|c| !(c.is_ascii_alphanumeric() || "._-".contains(c)));
        self.blank();
        if is_name(name) { Ok(name) } else { Err(format!("{} is not a name", shown(name))) }
    }

    fn extras(&mut self) -> Result<Vec<&'a str>, String> {
        let mut extras = Vec::new();
        if !self.eat("[") || self.eat("]") {
            return Ok(extras);
        }
        loop {
            extras.push(self.name()?);
            match (self.eat(","), self.eat("]")) {
                (true, false) => {}
                (false, true) => return Ok(extras),
                _ => return Err("unclosed list of extras".to_owned()),
            }
        }
    }

    /// `marker and (marker or marker)`, without recursion.
    fn marker(&mut self) -> Result<(), String> {
        let mut depth = 0;
        loop {
            while self.eat("(") {
                depth += 1;
                if depth > DEPTH {
                    return Err("too many brackets".to_owned());
                }
            }
            let left = self.operand()?;
            let is_difference = self.rest.starts_with("!=");
            let is_same = self.operator()?;
            match (left, self.operand()?) {
                (Operand::Extra, Operand::Text(extra)) | (Operand::Text(extra), Operand::Extra) if is_same => {
                    self.extras_asked.push(extra);
                }
                (Operand::Other(variable), Operand::Text(text)) | (Operand::Text(text), Operand::Other(variable))
                    if is_same || is_difference =>
                {
                    self.equalities.push((variable, text));
                }
                _ => {}
            }
            while depth > 0 && self.eat(")") {
                depth -= 1;
            }
            if !self.word("and") && !self.word("or") {
                return if depth == 0 { Ok(()) } else { Err("unclosed bracket in the marker".to_owned()) };
            }
        }
    }

    /// Consumes a complete word.
    fn word(&mut self, word: &str) -> bool {
        match self.rest.strip_prefix(word) {
            Some(rest) if !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_') => {
                self.rest = rest.trim_start();
                true
            }
            _ => false,
        }
    }

    fn operand(&mut self) -> Result<Operand<'a>, String> {
        for quote in ['\'', '"'] {
            if let Some(rest) = self.rest.strip_prefix(quote) {
                let Some((text, rest)) = rest.split_once(quote) else { return Err("unclosed quote".to_owned()) };
                self.rest = rest.trim_start();
                return Ok(Operand::Text(text));
            }
        }
        let variable = self.until(|c| !(c.is_ascii_alphanumeric() || "._".contains(c)));
        self.blank();
        if VARIABLES.contains(&variable) {
            self.for_extra |= ["extra", "extras"].contains(&variable);
            return Ok(if variable == "extra" { Operand::Extra } else { Operand::Other(variable) });
        }
        Err(format!("{} is not a marker variable", shown(if variable.is_empty() { self.rest } else { variable })))
    }

    /// Consumes a comparison operator; returns whether it is an equality.
    fn operator(&mut self) -> Result<bool, String> {
        if self.eat("===") || self.eat("==") {
            return Ok(true);
        }
        let signs = ["~=", "!=", "<=", ">=", "<", ">"];
        if signs.iter().any(|sign| self.eat(sign)) || self.word("in") || self.word("not") && self.word("in") {
            return Ok(false);
        }
        Err(format!("expected a comparison, found {}", shown(self.rest)))
    }
}

#[cfg(test)]
mod tests;
