//! Text in lines that fit a terminal. Nothing of it is lost.

use std::borrow::Cow;

use textwrap::core::Word;
use textwrap::{Options, WordSeparator, WordSplitter};

/// The text in lines of at most `width` characters. A sentence is broken between its words; a name without blanks (of a
/// wheel, a rule, a file) after `-`, `.`, `/` and `+`. A longer part is broken anywhere.
#[must_use]
pub fn wrapped(text: &str, width: usize) -> Vec<String> {
    let separator = if text.contains(' ') { WordSeparator::AsciiSpace } else { WordSeparator::Custom(parts) };
    let how = Options::new(width.max(1)).word_separator(separator).word_splitter(WordSplitter::NoHyphenation);
    textwrap::wrap(text, how).into_iter().map(Cow::into_owned).collect()
}

/// The parts of a name.
fn parts(name: &str) -> Box<dyn Iterator<Item = Word<'_>> + '_> {
    Box::new(name.split_inclusive(['-', '.', '/', '+']).map(Word::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_broken_between_words() {
        assert_eq!(wrapped("from source, once per target", 16), ["from source,", "once per target"]);
        assert_eq!(wrapped("short", 16), ["short"]);
        assert_eq!(wrapped("", 16), [""]);
    }

    #[test]
    fn a_name_is_broken_between_its_parts_and_complete() {
        let name = "demo-1.0-cp38-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl";
        let lines = wrapped(name, 42);
        assert_eq!(lines, ["demo-1.0-cp38-abi3-manylinux_2_17_x86_64.", "manylinux2014_x86_64.whl"]);
        assert_eq!(lines.concat(), name);
        let narrow = wrapped(name, 12);
        assert!(narrow.iter().all(|line| line.chars().count() <= 12), "{narrow:?}");
        assert_eq!(narrow.concat(), name);
    }
}
