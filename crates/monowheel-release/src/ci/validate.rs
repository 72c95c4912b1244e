//! Validates values for workflows: nothing that YAML, a shell or GitHub's expressions would interpret.

use monowheel_error::{Error, ErrorKind, Result};

/// The kinds of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Words {
    /// A file, an environment, a toolchain.
    Name,
    /// A branch or a tag: also with `/`.
    Branch,
    /// A directory of the repository: also with spaces and other letters.
    Folder,
}

impl Words {
    fn has(self, character: char) -> bool {
        match self {
            Self::Name => character.is_ascii_alphanumeric() || "._-".contains(character),
            Self::Branch => character.is_ascii_alphanumeric() || "._-/".contains(character),
            Self::Folder => character.is_alphanumeric() || "._-/ +@".contains(character),
        }
    }

    const fn said(self) -> &'static str {
        match self {
            Self::Name => "the letters A to Z, digits and . _ -",
            Self::Branch => "the letters A to Z, digits and . _ - /",
            Self::Folder => "letters, digits, spaces and . _ - / + @",
        }
    }
}

/// Checks that `word` is of this kind.
///
/// # Errors
/// [`ErrorKind::Usage`] with the allowed characters.
pub(super) fn word(key: &str, word: &str, words: Words) -> Result<()> {
    let is_path = words != Words::Name;
    let is_part = |part: &str| !part.is_empty() && part != "." && part != "..";
    let is_whole = !is_path || word.split('/').all(is_part);
    if !word.is_empty() && !word.starts_with(['-', ' ', '.']) && is_whole && word.chars().all(|c| words.has(c)) {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Usage, format!("{word:?} cannot be used in a workflow"))
        .at(match words {
            Words::Folder => key.to_owned(),
            // Of another table.
            _ if key.starts_with('[') => key.to_owned(),
            _ => format!("[tool.monowheel.ci] {key}"),
        })
        .next(format!("use only {}, and begin with a letter or a digit", words.said())))
}

/// The lines of a script from the project's configuration.
///
/// # Errors
/// [`ErrorKind::Usage`] when it is empty, or contains an expression that GitHub replaces before a shell sees it.
pub(super) fn script(text: &str) -> Result<Vec<String>> {
    let fault = |what: &str, next: &str| {
        Err(Error::new(ErrorKind::Usage, what).at("[tool.monowheel.ci] test").next(next.to_owned()))
    };
    let lines: Vec<String> = text.trim().lines().map(|line| line.trim_end().to_owned()).collect();
    if lines.is_empty() {
        return fault("the test command is empty", "set it, such as test = \"cargo test --locked\", or remove it");
    }
    if text.contains("${{") {
        return fault(
            "the test command contains ${{ }}, which GitHub replaces before a shell reads it",
            "use environment variables instead, such as $GITHUB_REF_NAME",
        );
    }
    // Characters that YAML treats as line breaks or does not allow.
    let is_odd = |c: char| (c.is_control() && c != '\n' && c != '\r') || "\u{2028}\u{2029}\u{feff}".contains(c);
    if text.contains(is_odd) {
        return fault("the test command contains a control character", "escape it as in a shell: $'\\t'");
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_named_by_people_but_not_by_shells() {
        for folder in ["py", "crates/größe of it", "a/b.c/d-e_f"] {
            assert!(word("folder", folder, Words::Folder).is_ok(), "{folder}");
        }
        for folder in
            ["", "a//b", "a/../b", "/a", "-a", "a\nb", "a'b", "a\"b", "$(a)", "${{ a }}", "a*", "a:b", "#a", "a\\b"]
        {
            assert!(word("folder", folder, Words::Folder).is_err(), "{folder:?}");
        }
    }

    #[test]
    fn a_word_of_another_table_is_looked_for_there() {
        let place = |key: &str| word(key, "a b", Words::Name).err().and_then(|error| error.place().map(str::to_owned));
        assert_eq!(place("[project] name").as_deref(), Some("[project] name"));
        assert_eq!(place("rust").as_deref(), Some("[tool.monowheel.ci] rust"));
    }

    #[test]
    fn a_script_keeps_its_lines() -> Result<()> {
        assert_eq!(script("\n./ci/test\n  more # of: it  \n")?, ["./ci/test", "  more # of: it"]);
        assert!(script(" \n").is_err());
        Ok(())
    }
}
