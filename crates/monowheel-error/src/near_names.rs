//! The known name that a user probably meant. Every "did you mean" uses this module, so that all of them have one
//! metric and one threshold.

/// How similar two names must be, from 0 to 1. Slightly more than half of the letters must match: people write `win64`
/// for `win_amd64`. The tests show further effects.
const ALIKE: f64 = 0.55;

/// Longer texts are not names, and the cost of comparing them is their length times the length of every known name.
const LONGEST: usize = 200;

/// The known name that is most similar to `name`, if any is.
pub fn nearest<T: AsRef<str>>(name: &str, known: impl IntoIterator<Item = T>) -> Option<T> {
    nearest_few(name, known, 1).pop()
}

/// The known names that are most similar to `name`, at most `most` of them, the most similar first.
///
/// The metric is Damerau-Levenshtein: it counts letters that are missing, added, wrong or swapped, which are the
/// typical typing mistakes. Jaro-Winkler, which argument parsers use, favors a common prefix: here all names of a table
/// have the same prefix (`manylinux_`, `cpython-`, `Programming Language ::`).
pub fn nearest_few<T: AsRef<str>>(name: &str, known: impl IntoIterator<Item = T>, most: usize) -> Vec<T> {
    let known = known.into_iter().filter_map(|known| Some((likeness(name, known.as_ref())?, known)));
    let mut alike: Vec<(f64, T)> = known.collect();
    // Of equally similar names, the first by name: the result does not depend on the order of a hash table.
    alike.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.as_ref().cmp(b.1.as_ref())));
    alike.into_iter().take(most).map(|(_, known)| known).collect()
}

/// Whether two names are similar.
pub fn is_near(name: &str, other: &str) -> bool {
    likeness(name, other).is_some()
}

fn likeness(name: &str, known: &str) -> Option<f64> {
    let is_name = name.len() <= LONGEST && known.len() <= LONGEST;
    is_name.then(|| strsim::normalized_damerau_levenshtein(name, known)).filter(|alike| *alike >= ALIKE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_of_typing_is_near_and_another_name_is_not() {
        for (name, known, is_near) in [
            ("helo_wrld", "hello_world", true),
            ("hello_wrold", "hello_world", true),
            ("cpython-315t", "cpython-3.15t", true),
            ("manylinux_x86-64", "manylinux_2_17_x86_64", true),
            ("Programming Languages :: Rust", "Programming Language :: Rust", true),
            ("requires-python-below-flor", "requires-python-below-floor", true),
            ("wrold", "world", true),
            ("hello", "hello_world", false),
            ("win64", "win_amd64", true),
            ("pypy-3.11", "cpython-3.11", true),
            ("windows", "win_amd64", false),
            ("amiga", "musllinux_1_2_x86_64", false),
            ("x", "y", false),
            ("", "x", false),
        ] {
            assert_eq!(super::is_near(name, known), is_near, "{name} and {known}");
            assert_eq!(nearest(name, [known]).is_some(), is_near, "{name} and {known}");
        }
    }

    #[test]
    fn the_most_similar_comes_first_and_ties_are_sorted() {
        assert_eq!(nearest_few("cargo", ["cargx", "margo", "cargos", "maturin"], 2), ["cargos", "cargx"]);
        assert_eq!(nearest("cargo", ["margo", "cargx"]), Some("cargx"));
        assert_eq!(nearest_few("cargo", ["cargo"], 0), Vec::<&str>::new());
        let long = "a".repeat(1_000_000);
        assert_eq!(nearest(&long, [long.as_str()]), None);
    }
}
