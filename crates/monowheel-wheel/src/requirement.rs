//! Dependency specifiers: `Requires-Dist` and its kin (dependency specifiers specification, once PEP 508).
//!
//! Only the syntax is checked, with a scanner of its own: a requirement that does not parse keeps pip and
//! uv from installing the wheel, and the index from taking it.

use std::str::FromStr as _;

use pep440_rs::VersionSpecifier;

/// What is of interest in a requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement<'a> {
    /// The project, as written.
    pub name: &'a str,
    /// `name @ URL`: the index refuses such a file.
    pub url: Option<&'a str>,
}

impl<'a> Requirement<'a> {
    /// Parses one requirement.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn parse(text: &'a str) -> Result<Self, String> {
        let mut scan = Scan { rest: text.trim_start() };
        let name = scan.name()?;
        scan.extras()?;
        let mut url = None;
        if scan.eat("@") {
            let word = scan.until(char::is_whitespace);
            if word.is_empty() {
                return Err("no URL after `@`".to_owned());
            }
            url = Some(word);
            scan.blank();
        } else if scan.eat("(") {
            let inside = scan.until(|c| c == ')');
            check_specifiers(inside)?;
            if !scan.eat(")") {
                return Err("a bracket is not closed".to_owned());
            }
        } else {
            check_specifiers(scan.until(|c| c == ';'))?;
        }
        if scan.eat(";") {
            scan.marker()?;
        }
        match scan.rest {
            "" => Ok(Self { name, url }),
            rest => Err(format!("{} is where `;` or the end is due", shown(rest))),
        }
    }
}

/// Checks a list such as `>=3.8,<4`: `Requires-Python`, and the versions of a requirement.
///
/// # Errors
/// What is wrong, in words.
pub fn check_specifiers(list: &str) -> Result<(), String> {
    for specifier in list.split(',').map(str::trim).filter(|specifier| !specifier.is_empty()) {
        // Arbitrary equality takes any word.
        if specifier.strip_prefix("===").is_some_and(|word| !word.trim().contains([' ', '\t', ';', ')'])) {
            continue;
        }
        if VersionSpecifier::from_str(specifier).is_err() {
            return Err(format!("{} is no version specifier", shown(specifier)));
        }
    }
    Ok(())
}

/// Whether a text is a project's or an extra's name.
#[must_use]
pub fn is_name(text: &str) -> bool {
    let is_end = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    is_end(text.chars().next())
        && is_end(text.chars().next_back())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
}

fn shown(text: &str) -> String {
    format!("`{}`", text.chars().take(40).collect::<String>())
}

/// What is left of the text.
struct Scan<'a> {
    rest: &'a str,
}

/// Deeper brackets than any person writes; packaging ends where Python's stack does.
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
    // Spellings from before PEP 508 that packaging still takes.
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

    /// Takes a sign and the blanks after it.
    fn eat(&mut self, sign: &str) -> bool {
        match self.rest.strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest.trim_start();
                true
            }
            None => false,
        }
    }

    /// Takes everything up to a character, or to the end.
    fn until(&mut self, is_end: impl Fn(char) -> bool) -> &'a str {
        let at = self.rest.find(is_end).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(at);
        self.rest = rest;
        word
    }

    fn name(&mut self) -> Result<&'a str, String> {
        let name = self.until(|c| !(c.is_ascii_alphanumeric() || "._-".contains(c)));
        self.blank();
        if is_name(name) { Ok(name) } else { Err(format!("{} is no name", shown(name))) }
    }

    fn extras(&mut self) -> Result<(), String> {
        if !self.eat("[") || self.eat("]") {
            return Ok(());
        }
        loop {
            self.name()?;
            match (self.eat(","), self.eat("]")) {
                (true, false) => {}
                (false, true) => return Ok(()),
                _ => return Err("the list of extras is not closed".to_owned()),
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
            self.operand()?;
            self.operator()?;
            self.operand()?;
            while depth > 0 && self.eat(")") {
                depth -= 1;
            }
            if !self.word("and") && !self.word("or") {
                return if depth == 0 { Ok(()) } else { Err("a bracket of the marker is not closed".to_owned()) };
            }
        }
    }

    /// Takes a word that ends where it ends.
    fn word(&mut self, word: &str) -> bool {
        match self.rest.strip_prefix(word) {
            Some(rest) if !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_') => {
                self.rest = rest.trim_start();
                true
            }
            _ => false,
        }
    }

    fn operand(&mut self) -> Result<(), String> {
        for quote in ['\'', '"'] {
            if let Some(rest) = self.rest.strip_prefix(quote) {
                let Some((_, rest)) = rest.split_once(quote) else { return Err("a quote is not closed".to_owned()) };
                self.rest = rest.trim_start();
                return Ok(());
            }
        }
        let variable = self.until(|c| !(c.is_ascii_alphanumeric() || "._".contains(c)));
        self.blank();
        if VARIABLES.contains(&variable) {
            return Ok(());
        }
        Err(format!("{} is no variable of a marker", shown(if variable.is_empty() { self.rest } else { variable })))
    }

    fn operator(&mut self) -> Result<(), String> {
        let signs = ["===", "==", "~=", "!=", "<=", ">=", "<", ">"];
        if signs.iter().any(|sign| self.eat(sign)) || self.word("in") || self.word("not") && self.word("in") {
            return Ok(());
        }
        Err(format!("{} is where a comparison is due", shown(self.rest)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn requirements() {
        for (good, name) in [
            ("numpy", "numpy"),
            ("A.b_c-d >=1.0, <2 ; python_version >= '3.8'", "A.b_c-d"),
            ("x[a, b-c]==1.*", "x"),
            ("x[]", "x"),
            ("x (>=1,<2)", "x"),
            ("x()", "x"),
            ("x>=1,", "x"),
            ("x===1.0+what/ever", "x"),
            ("x; (os_name == 'nt' or extra == \"a\") and 'linux' in sys_platform", "x"),
            ("x ; python_version not in '2.7 3.0'", "x"),
            ("x;extra=='a'and(os_name=='b')", "x"),
        ] {
            assert_eq!(Requirement::parse(good), Ok(Requirement { name, url: None }), "{good}");
        }
        let url = Requirement::parse("x[a] @ https://example.org/x.whl ; os_name == 'nt'");
        assert_eq!(url, Ok(Requirement { name: "x", url: Some("https://example.org/x.whl") }));
    }

    #[test]
    fn what_is_none() {
        for bad in [
            "",
            "foo bar",
            "-x",
            "x-",
            "x[a",
            "x[a,]",
            "x >= 1.x",
            "x (>=1",
            "x (>=1) y",
            "x @",
            "x =1",
            "x ; os_name",
            "x ; os_nam == 'nt'",
            "x ; os_name == 'nt",
            "x ; (os_name == 'nt'",
            "x ; os_name == 'nt')",
            "x ; os_name == 'nt' and",
            "x ; os_name == 'nt' android == 'x'",
            "x ; ",
            "x>=1 y",
        ] {
            assert!(Requirement::parse(bad).is_err(), "{bad}");
        }
        assert!(Requirement::parse(&format!("x ; {}", "(".repeat(100_000))).is_err());
    }

    #[test]
    fn specifiers() {
        for good in ["", ">=3.8", ">= 3.8, != 3.9.*, <4", "~=3.8", ">=3.8,"] {
            assert_eq!(check_specifiers(good), Ok(()), "{good}");
        }
        for bad in [">=3.x", "3.8", "=>3.8", ">=3.8.*", "~=3", ">=3.8 <4"] {
            assert!(check_specifiers(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_parsed_or_refused(text in "[a-z<>=!~()\\[\\];@'\" ,.0-9]{0,40}") {
            let _ = Requirement::parse(&text);
        }
    }
}
