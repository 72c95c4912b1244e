//! Members that an installation would write to the same place.

use unicode_normalization::UnicodeNormalization as _;

use crate::archive::{Member, Oddity, OddityKind};

/// Reports names that occur twice, that differ only in case or Unicode normalization, and files where a directory has
/// to be.
///
/// The names are sorted once in lower case, `/` before every other character, so that clashing
/// names are adjacent: the work is that of one sort, whatever the names are.
pub(super) fn find(members: &[Member], mut odd: impl FnMut(Oddity)) {
    let mut folded = Vec::with_capacity(members.iter().map(|member| member.path.len()).sum());
    let mut keys = Vec::with_capacity(members.len());
    for member in members {
        let start = folded.len();
        fold(member.path.strip_suffix('/').unwrap_or(&member.path), &mut folded);
        folded.iter_mut().skip(start).filter(|byte| **byte == b'/').for_each(|byte| *byte = 0);
        keys.push((start..folded.len(), member));
    }
    let key = |range: &std::ops::Range<usize>| folded.get(range.clone()).unwrap_or_default();
    keys.sort_by(|a, b| key(&a.0).cmp(key(&b.0)).then_with(|| a.1.path.cmp(&b.1.path)));
    let mut keys = keys.iter().map(|(range, member)| (key(range), *member));
    let Some(mut previous) = keys.next() else { return };
    // The first of the names that are equal in lower case.
    let mut first = previous;
    for next in keys {
        let member = next.1;
        if next.0 != first.0 {
            let below = next.0.strip_prefix(first.0).is_some_and(|rest| rest.starts_with(&[0]));
            if below && !first.1.is_folder {
                odd(needs_folder(first.1, member));
            }
            first = next;
        } else if member.path == previous.1.path {
            odd(Oddity::of(OddityKind::DuplicateName, &member.path, "its name occurs more than once"));
        } else if member.path.strip_suffix('/') == Some(&previous.1.path) {
            odd(Oddity::of(OddityKind::DuplicateName, &member.path, "it is both a file and a directory"));
        } else {
            let is_case = first.1.path.to_lowercase() == member.path.to_lowercase();
            let how = if is_case { "case" } else { "Unicode normalization" };
            let detail = format!("its name differs from {} only in {how}", first.1.path);
            odd(Oddity::of(OddityKind::CaseClash, &member.path, detail));
        }
        previous = next;
    }
}

/// The problem of a file where a directory has to be, in any case.
fn needs_folder(file: &Member, below: &Member) -> Oddity {
    let exact = below.path.strip_prefix(&file.path).is_some_and(|rest| rest.starts_with('/'));
    let kind = if exact { OddityKind::DuplicateName } else { OddityKind::CaseClash };
    Oddity::of(kind, &file.path, format!("it is a file, but {} needs a directory of that name", below.path))
}

/// A path as macOS and Windows compare it: in lower case and in Unicode's composed form.
#[must_use]
pub fn folded(path: &str) -> String {
    let mut out = Vec::with_capacity(path.len());
    fold(path, &mut out);
    String::from_utf8_lossy(&out).into_owned()
}

/// Appends that form of a path.
fn fold(path: &str, out: &mut Vec<u8>) {
    if path.is_ascii() {
        out.extend(path.bytes().map(|byte| byte.to_ascii_lowercase()));
    } else {
        // HFS+ and APFS treat a composed letter and its parts as equal.
        for letter in path.to_lowercase().nfc() {
            out.extend(letter.encode_utf8(&mut [0; 4]).bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Paths, and the problems found among them.
    type Case = (&'static [&'static str], &'static [(OddityKind, &'static str)]);

    fn found(paths: &[&str]) -> Vec<(OddityKind, String)> {
        let member =
            |path: &&str| Member { path: (*path).to_owned(), is_folder: path.ends_with('/'), ..Member::default() };
        let members: Vec<Member> = paths.iter().map(member).collect();
        let mut found = Vec::new();
        find(&members, |oddity| found.push((oddity.kind, oddity.member.unwrap_or_default())));
        found
    }

    #[test]
    fn clashes() {
        use OddityKind::{CaseClash, DuplicateName};
        let cases: [Case; 11] = [
            (&["caf\u{e9}.txt", "cafe\u{301}.txt", "cafe.txt"], &[(CaseClash, "caf\u{e9}.txt")]),
            (&["a/b.py", "a/c.py", "a.py", "a/", "ab/c.py"], &[]),
            (&["a", "b", "a"], &[(DuplicateName, "a")]),
            (&["a", "a", "a"], &[(DuplicateName, "a"), (DuplicateName, "a")]),
            (&["a/B.py", "a/b.py"], &[(CaseClash, "a/b.py")]),
            (&["Über", "über"], &[(CaseClash, "über")]),
            (&["A/x", "a/y"], &[]),
            (&["a", "a/b"], &[(DuplicateName, "a")]),
            (&["a", "a-b", "a.b", "A/b"], &[(CaseClash, "a")]),
            (&["a", "a/"], &[(DuplicateName, "a/")]),
            (&["a/b", "A/B", "a/b"], &[(CaseClash, "a/b"), (DuplicateName, "a/b")]),
        ];
        for (paths, expected) in cases {
            let expected: Vec<(OddityKind, String)> =
                expected.iter().map(|(kind, path)| (*kind, (*path).to_owned())).collect();
            assert_eq!(found(paths), expected, "{paths:?}");
        }
    }
}
