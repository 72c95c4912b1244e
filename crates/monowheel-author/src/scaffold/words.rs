//! Replaces a name in a text or a path, in all its spellings.

/// The replacements, one per spelling.
#[derive(Clone, Debug)]
pub(super) struct Words {
    pairs: Vec<(String, String)>,
}

impl Words {
    /// From one name in `snake_case` to another: `hello_world`, `hello-world`, `HelloWorld`, `HELLO_WORLD`.
    ///
    /// A name of one word (`calculator`) is replaced in lower case only: with a capital it is a class or the
    /// beginning of a sentence, and is kept.
    pub(super) fn new(from: &str, to: &str) -> Self {
        // cargo's file name of a cdylib begins with `lib`.
        let mut pairs = vec![(from.to_owned(), to.to_owned()), (format!("lib{from}"), format!("lib{to}"))];
        if from.contains('_') {
            pairs.push((from.replace('_', "-"), to.replace('_', "-")));
            pairs.push((camel(from), camel(to)));
            pairs.push((from.to_uppercase(), to.to_uppercase()));
        }
        Self { pairs }
    }

    /// The text with the other name. A word ends where no letter or digit follows: `_hello_world` and
    /// `test_hello_world` contain the word, `hello_worlds` does not.
    pub(super) fn replaced(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (from, to) in &self.pairs {
            text = each(&text, from, to);
        }
        text
    }
}

fn each(text: &str, from: &str, to: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = 0;
    for (at, _) in text.match_indices(from) {
        let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let end = at + from.len();
        if at < rest || is_word(text[..at].chars().next_back()) || is_word(text[end..].chars().next()) {
            continue;
        }
        out += &text[rest..at];
        out += to;
        rest = end;
    }
    out + &text[rest..]
}

/// `hello_world` as `HelloWorld`.
fn camel(name: &str) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    };
    name.split('_').map(capital).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_spelling_is_replaced() {
        let words = Words::new("hello_world", "my_lib2");
        for (from, to) in [
            ("hello_world._hello_world", "my_lib2._my_lib2"),
            ("tests/python/test_hello_world.py", "tests/python/test_my_lib2.py"),
            ("PyInit__hello_world", "PyInit__my_lib2"),
            ("use hello_world::*;", "use my_lib2::*;"),
            ("hello-world HelloWorld HELLO_WORLD_LOG", "my-lib2 MyLib2 MY_LIB2_LOG"),
            ("hello_world_extra", "my_lib2_extra"),
            ("debug/libhello_world.so hello_world.dll", "debug/libmy_lib2.so my_lib2.dll"),
            ("hello_worlds xhello_world HelloWorlds hello world", "hello_worlds xhello_world HelloWorlds hello world"),
            ("éhello_world", "éhello_world"),
        ] {
            assert_eq!(words.replaced(from), to);
        }
    }

    #[test]
    fn one_word_keeps_its_capitals() {
        let words = Words::new("versioning", "my_lib");
        assert_eq!(words.replaced("[Semantic Versioning] versioning"), "[Semantic Versioning] my_lib");
        assert_eq!(words.replaced("versioning/versioning"), "my_lib/my_lib");
    }

    proptest! {
        #[test]
        fn a_text_without_the_name_stays_and_there_is_a_way_back(text in "([a-z_ .-]|hello|hello_world|é){0,40}") {
            let there = Words::new("hello_world", "zq_zq");
            let back = Words::new("zq_zq", "hello_world");
            if !text.contains("zq") {
                prop_assert_eq!(back.replaced(&there.replaced(&text)), text.clone());
            }
            prop_assert_eq!(Words::new("qq_qq", "x").replaced(&text), text);
        }
    }
}
