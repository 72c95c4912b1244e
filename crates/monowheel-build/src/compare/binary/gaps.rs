//! The bytes outside all sections: headers, tables that a loader finds through them, and padding.

use std::ops::Range;

use object::BinaryFormat;

use crate::compare::binary::image::Image;
use crate::compare::binary::paths;
use crate::compare::found::Found;
use crate::compare::{Kind, bytes, same};

/// Reports differences before, between and after the sections; `follows` if anything else differs.
pub(super) fn compare(a: &Image<'_>, b: &Image<'_>, follows: bool, found: &mut Found) {
    let (left, right) = (Gaps::of(a), Gaps::of(b));
    let (before, behind) = names(a.format);
    for (name, a_range, b_range) in [(before, &left.before, &right.before), (behind, &left.behind, &right.behind)] {
        let (in_a, in_b) = (part(a, a_range), part(b, b_range));
        if in_a == in_b {
            continue;
        }
        let place = paths::Place {
            name: name.to_owned(),
            starts: (a_range.start as u64, b_range.start as u64),
            is_debug: false,
        };
        let only = paths::compare(&place, in_a, in_b, found);
        let follows = follows || !only.is_empty();
        let cause = if in_a.len() == in_b.len() {
            let first = a_range.start + same::first(in_a, in_b).unwrap_or_default();
            let header = a.headers.iter().find(|(_, range)| range.contains(&first));
            let header = header.map(|(name, _)| format!(", in {name}")).unwrap_or_default();
            format!("`{name}` differs in {}, first at byte {first:#x}{header}", bytes(same::count(in_a, in_b)))
        } else {
            format!("`{name}` has {} in A and {} in B", bytes(in_a.len()), bytes(in_b.len()))
        };
        found.add_following(Kind::Layout, name, follows, cause);
    }
    let between = |image: &Image<'_>, gaps: &Gaps| -> Vec<u8> {
        gaps.between.iter().flat_map(|range| part(image, range)).copied().collect()
    };
    let (in_a, in_b) = (between(a, &left), between(b, &right));
    if in_a != in_b {
        let cause = if in_a.len() == in_b.len() {
            format!("the bytes between the sections differ in {}", bytes(same::count(&in_a, &in_b)))
        } else {
            format!("between the sections there are {} in A and {} in B", bytes(in_a.len()), bytes(in_b.len()))
        };
        // Zeros that pad to a page mean nothing by themselves.
        let fills = in_a.iter().chain(&in_b).all(|byte| *byte == 0);
        found.add_following(Kind::Layout, "between the sections", follows || fills, cause);
    }
}

const fn names(format: BinaryFormat) -> (&'static str, &'static str) {
    match format {
        BinaryFormat::MachO => ("load commands", "__LINKEDIT"),
        BinaryFormat::Pe => ("PE headers", "after the sections"),
        _ => ("ELF headers", "section headers"),
    }
}

fn part<'a>(image: &'a Image<'_>, range: &Range<usize>) -> &'a [u8] {
    image.blank.get(range.clone()).unwrap_or_default()
}

/// The parts of a file outside all sections.
struct Gaps {
    before: Range<usize>,
    between: Vec<Range<usize>>,
    behind: Range<usize>,
}

impl Gaps {
    fn of(image: &Image<'_>) -> Self {
        let mut ranges: Vec<Range<usize>> =
            image.sections.iter().map(|section| section.file.clone()).filter(|range| !range.is_empty()).collect();
        ranges.sort_by_key(|range| (range.start, range.end));
        let end = image.blank.len();
        let Some(first) = ranges.first() else { return Self { before: 0..end, between: Vec::new(), behind: end..end } };
        let (before, mut at, mut between) = (0..first.start, first.end, Vec::new());
        for range in ranges {
            if range.start > at {
                between.push(at..range.start);
            }
            at = at.max(range.end);
        }
        Self { before, between, behind: at..end }
    }
}
