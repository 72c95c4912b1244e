//! Tests of the core through the rlib, without Python.

use profiling_example::distance::{plain, Distance};
use profiling_example::{Dictionary, Error};

#[test]
fn distances() {
    for (left, right, expected) in [
        ("", "", 0),
        ("", "tea", 3),
        ("tea", "", 3),
        ("kitten", "sitting", 3),
        ("flaw", "lawn", 2),
        ("naïve", "naive", 1),
        ("東京", "京都", 2),
    ] {
        assert_eq!(plain(left, right), expected, "{left} {right}");
        assert_eq!(Distance::from(left).to(right), expected, "{left} {right}");
    }
}

#[test]
fn both_versions_agree() {
    // All words of up to four letters of three, against each other, with one row for all.
    let mut words = vec![String::new()];
    for length in 0..4 {
        let longer: Vec<String> = words
            .iter()
            .filter(|word| word.chars().count() == length)
            .flat_map(|word| ['a', 'b', 'ß'].map(|letter| format!("{word}{letter}")))
            .collect();
        words.extend(longer);
    }
    assert_eq!(words.len(), 1 + 3 + 9 + 27 + 81);
    for left in &words {
        let mut distance = Distance::from(left);
        for right in &words {
            assert_eq!(distance.to(right), plain(left, right), "{left} {right}");
        }
    }
}

#[test]
fn finds_the_nearest() {
    let words = ["tea", "sea", "ten", "cup"].map(str::to_owned).to_vec();
    let dictionary = Dictionary::new(words).unwrap();
    assert_eq!(dictionary.closest("tee", 3), Ok(vec![("tea", 1), ("ten", 1), ("sea", 2)]));
    assert_eq!(dictionary.closest("tee", 9), dictionary.closest_plain("tee", 9));
    assert_eq!(dictionary.closest("tee", 0), Ok(vec![]));
    assert!(Dictionary::new(vec![]).unwrap().closest("tee", 3).unwrap().is_empty());
}

#[test]
fn refuses_long_words() {
    let long = "x".repeat(201);
    assert_eq!(Dictionary::new(vec![long.clone()]), Err(Error::LongWord(201)));
    let dictionary = Dictionary::new(vec!["tea".to_owned()]).unwrap();
    assert_eq!(dictionary.closest(&long, 1), Err(Error::LongWord(201)));
    assert_eq!(dictionary.closest_plain(&long, 1), Err(Error::LongWord(201)));
}
