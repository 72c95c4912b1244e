//! Where to stop, as a user names it.

use monowheel_error::{Error, ErrorKind, Result};
use serde::Serialize;

/// A place to stop at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Place {
    /// A function of Rust, by its path or the end of it.
    Rust {
        /// `planted::leaks::box_leak`, or `box_leak`.
        name: String,
    },
    /// A line of Rust.
    RustLine {
        /// The file, or the end of its path.
        name: String,
        /// The line.
        line: u32,
    },
    /// A function of Python.
    Python {
        /// Its module, as in `__name__`.
        module: String,
        /// Its name, with its class.
        name: String,
    },
    /// A line of Python.
    PythonLine {
        /// The file, or the end of its path.
        name: String,
        /// The line.
        line: u32,
    },
}

impl Place {
    /// Reads one: `crate::module::function`, `module:function`, `file.py:3`, `file.rs:3`.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for anything else.
    pub fn parse(text: &str) -> Result<Self> {
        let refused = |why: &str| {
            Err(Error::new(ErrorKind::Usage, format!("{text} is not a place to stop at: {why}"))
                .next("name crate::module::function of Rust, module:function of Python, or FILE.rs:LINE, FILE.py:LINE"))
        };
        if let Some((file, line)) = text.rsplit_once(':').filter(|(_, line)| line.bytes().all(|b| b.is_ascii_digit())) {
            let Some(line) = line.parse().ok().filter(|line| *line > 0) else { return refused("it has no line") };
            let name = file.trim_start_matches("./").replace('\\', "/");
            return match file.rsplit_once('.') {
                Some((_, "py")) => Ok(Self::PythonLine { name, line }),
                Some((_, "rs")) => Ok(Self::RustLine { name, line }),
                _ => refused("the file is neither .py nor .rs"),
            };
        }
        // A generic argument or a space in it would be compared with how a demangler prints it.
        let is_path = |text: &str, also: &str| {
            !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_' || also.contains(c))
        };
        if !text.contains("::") {
            if let Some((module, name)) = text.split_once(':') {
                let is_good = is_path(module, ".") && is_path(name, ".<>");
                let place = Self::Python { module: module.to_owned(), name: name.to_owned() };
                return if is_good { Ok(place) } else { refused("write module:function or module:Class.method") };
            }
        }
        let name = text.trim_start_matches("::");
        let is_good = name.split("::").all(|part| is_path(part, "<>"));
        if is_good { Ok(Self::Rust { name: name.to_owned() }) } else { refused("write crate::module::function") }
    }

    /// Whether it is of Python.
    #[must_use]
    pub const fn is_python(&self) -> bool {
        matches!(self, Self::Python { .. } | Self::PythonLine { .. })
    }

    /// As the user names it.
    #[must_use]
    pub fn label(&self) -> String {
        match self {
            Self::Rust { name } => name.clone(),
            Self::Python { module, name } => format!("{module}:{name}"),
            Self::RustLine { name, line } | Self::PythonLine { name, line } => format!("{name}:{line}"),
        }
    }

    /// What to check if it was never reached.
    #[must_use]
    pub(super) const fn advice(&self, is_found: bool) -> &'static str {
        match (self, is_found) {
            (_, true) => "the command did not call it",
            (Self::Rust { .. }, false) => {
                "no loaded library has a function whose path ends so: an optimized build inlines small functions, and a \
                 stripped one has no names; build with the profile dev, or strip = false"
            }
            (Self::RustLine { .. }, false) => "no loaded library has this line: build with debug = true",
            (Self::Python { .. }, false) => "no function of that module was called under this name",
            (Self::PythonLine { .. }, false) => "this line did not run: a line without code never does",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_of_both_languages() {
        let rust = |name: &str| Place::Rust { name: name.to_owned() };
        assert_eq!(Place::parse("planted::leaks::box_leak").unwrap(), rust("planted::leaks::box_leak"));
        assert_eq!(Place::parse("box_leak").unwrap(), rust("box_leak"));
        assert_eq!(
            Place::parse("units:Node.change").unwrap(),
            Place::Python { module: "units".to_owned(), name: "Node.change".to_owned() }
        );
        assert_eq!(Place::parse("./a/b.py:12").unwrap(), Place::PythonLine { name: "a/b.py".to_owned(), line: 12 });
        assert_eq!(Place::parse("src/lib.rs:7").unwrap(), Place::RustLine { name: "src/lib.rs".to_owned(), line: 7 });
        for place in ["planted::leaks::box_leak", "units:cycle", "a.py:3", "src/lib.rs:7"] {
            assert_eq!(Place::parse(place).unwrap().label(), place);
        }
    }

    #[test]
    fn what_is_no_place_is_a_mistake_of_the_command_line() {
        for text in ["", ":", "a.c:3", "a.py:0", "a:b:c", "a b", "x;y", "a::", "a\"::b", "m:f g"] {
            let error = Place::parse(text).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Usage, "{text}");
        }
    }
}
