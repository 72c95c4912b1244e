//! The rule `zip-order`.

use std::collections::HashMap;

use monowheel_wheel::archive::Member;

use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};

rule! {
    /// The members of the archive are in file system order.
    ///
    /// # What it does
    /// Checks the files of each directory outside the `.dist-info`: every tool that sorts lists them by name, in
    /// whatever order it visits the directories. Reports if one in eight neighbors is out of order, both by bytes and
    /// case-insensitively (as Windows lists a directory).
    ///
    /// # Why it matters
    /// The order of an unsorted listing depends on the disk, so another machine builds a wheel with a different hash.
    ///
    /// # Example
    /// delocate 0.13 packs a repaired wheel in the order of `os.walk`.
    ///
    /// # Fix
    /// Repack the wheel with a tool that sorts (`wheel pack`).
    pub(super) static RULE: "zip-order", Reproducible, Note, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let disorder = Disorder::of(&wheel.members);
    let wrong = disorder.wrong.into_iter().min().unwrap_or_default();
    if wrong >= 2 && wrong * 8 >= disorder.neighbours {
        let message = format!(
            "the files are not sorted: {wrong} of {} neighbors in a directory are out of order",
            disorder.neighbours
        );
        found.add(
            Finding::new(Severity::Note, Place::file(), message)
                .fix("repack the wheel with a tool that sorts, such as `wheel pack`"),
        );
    }
}

/// The number of neighbors in one directory, and how many are out of order by bytes, by lower and by upper case.
#[derive(Default)]
struct Disorder {
    neighbours: usize,
    wrong: [usize; 3],
}

impl Disorder {
    fn of(members: &[Member]) -> Self {
        let mut disorder = Self::default();
        let mut last: HashMap<&str, &str> = HashMap::new();
        for member in members.iter().filter(|member| !member.is_folder) {
            let (folder, file) = member.path.rsplit_once('/').unwrap_or(("", &member.path));
            if folder.split('/').next().is_some_and(|top| top.ends_with(".dist-info")) {
                continue;
            }
            if let Some(before) = last.insert(folder, file) {
                let by = |fold: fn(&u8) -> u8| before.bytes().map(|b| fold(&b)).gt(file.bytes().map(|b| fold(&b)));
                let orders = [by(|b| *b), by(u8::to_ascii_lowercase), by(u8::to_ascii_uppercase)];
                disorder.neighbours += 1;
                for (count, is_wrong) in disorder.wrong.iter_mut().zip(orders) {
                    *count += usize::from(is_wrong);
                }
            }
        }
        disorder
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(paths: &[&str]) -> [usize; 3] {
        let member = |path: &&str| Member { path: (*path).to_owned(), ..Member::default() };
        Disorder::of(&paths.iter().map(member).collect::<Vec<_>>()).wrong
    }

    #[test]
    fn folders_may_be_visited_in_any_order() {
        assert_eq!(wrong(&["b/a", "b/b", "a/a", "b/c", "x-1.dist-info/b", "x-1.dist-info/a"]), [0, 0, 0]);
    }

    #[test]
    fn the_order_of_windows_is_one() {
        assert_eq!(wrong(&["a/message.py", "a/README.md", "a/py.typed", "a/__init__.py"]), [2, 2, 1]);
        assert_eq!(wrong(&["a/_x.py", "a/_y.py", "a/x.py"])[0], 0);
        assert_eq!(wrong(&["a/c", "a/b", "a/a"]), [2, 2, 2]);
    }
}
