//! Names of Python projects: the only module that normalizes them.
//!
//! Two spellings mean the same project. Indexes, requirements and lock files write `zope-interface`; file names of
//! wheels and sdists write `zope_interface`, because `-` separates their parts.

/// The normalized name, as in indexes and lock files: runs of `-`, `_` and `.` become one `-`, and letters become
/// lower case. Source: PEP 503 and the name normalization specification, `re.sub(r"[-_.]+", "-", name).lower()`.
#[must_use]
pub fn normalized_name(name: &str) -> String {
    let mut normal = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '-' | '_' | '.' if normal.ends_with('-') => {}
            '-' | '_' | '.' => normal.push('-'),
            _ => normal.push(c),
        }
    }
    // The complete text at once, as in Python: the lower case of a Greek sigma depends on the letters around it.
    normal.to_lowercase()
}

/// The name as in file names of wheels and sdists, and `.dist-info` directories: the normalized name with `_`
/// for `-`. Source: the binary distribution format specification, "Escaping and Unicode".
#[must_use]
pub fn wheel_name(name: &str) -> String {
    normalized_name(name).replace('-', "_")
}

/// Whether a text is a valid name of a project or of an extra: ASCII letters and digits, with `-`, `_` and `.` between
/// them. Source: PEP 508 and the name format specification.
#[must_use]
pub fn is_name(text: &str) -> bool {
    let is_end = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    is_end(text.chars().next())
        && is_end(text.chars().next_back())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn both_spellings_of_a_name() {
        for (name, normalized, wheel) in [
            ("Django", "django", "django"),
            ("a._-B", "a-b", "a_b"),
            ("zope.interface", "zope-interface", "zope_interface"),
            ("Friendly-._.-Bard", "friendly-bard", "friendly_bard"),
            ("my_lib", "my-lib", "my_lib"),
        ] {
            assert_eq!((normalized_name(name).as_str(), wheel_name(name).as_str()), (normalized, wheel));
        }
    }

    /// monowheel had two functions: one for wheels and one for indexes. They disagreed on letters outside ASCII, which
    /// only the first changed to lower case; and both dropped separators at the ends, which Python's `packaging` keeps.
    /// No such name is valid, but a file can have it, and must not be mistaken for another project's file.
    #[test]
    fn invalid_names_are_normalized_as_python_does() {
        for (name, normalized) in [
            ("\u{c9}t\u{e9}", "\u{e9}t\u{e9}"),
            ("\u{212a}it", "kit"),
            ("\u{39f}\u{394}\u{39f}\u{3a3}", "\u{3bf}\u{3b4}\u{3bf}\u{3c2}"),
            ("_x", "-x"),
            ("x..", "x-"),
            ("-", "-"),
            ("", ""),
        ] {
            assert_eq!(normalized_name(name), normalized, "{name:?}");
            assert!(!is_name(name), "{name:?}");
        }
    }

    proptest! {
        #[test]
        fn normalizing_twice_changes_nothing(name in "\\PC{0,20}") {
            let (normalized, wheel) = (normalized_name(&name), wheel_name(&name));
            prop_assert_eq!(normalized_name(&normalized), normalized.clone());
            prop_assert_eq!(wheel_name(&wheel), wheel.clone());
            prop_assert_eq!(normalized_name(&wheel), normalized);
        }

        #[test]
        fn a_valid_name_stays_valid(name in "[A-Za-z0-9][A-Za-z0-9._-]{0,9}[A-Za-z0-9]") {
            prop_assert!(is_name(&name) && is_name(&normalized_name(&name)) && is_name(&wheel_name(&name)));
        }
    }
}
