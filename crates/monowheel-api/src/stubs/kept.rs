//! What people wrote into a stub stays: between two marks, which `api stubs` finds again by what is around them.
//!
//! A part is at the end of a class, or of the file. What it defines is left out of the generated text, so that it can
//! also replace a function or a class.

use std::collections::BTreeSet;

/// Begins a part that is kept.
pub const KEEP: &str = "# monowheel: keep";
/// Ends it.
pub const END: &str = "# monowheel: end";
/// The first line of a file that was written.
pub(super) const HEAD: &str = "# Written by `monowheel api stubs`.";

/// Whether a stub was written, not by hand.
#[must_use]
pub fn is_generated(text: &str) -> bool {
    text.lines().next().is_some_and(|line| line.starts_with(HEAD))
}

/// A part: the class it is in, and its lines.
#[derive(Debug, PartialEq, Eq)]
struct Part<'a> {
    class: Option<&'a str>,
    lines: Vec<&'a str>,
}

/// The parts of a text. A part without an end reaches to the end of the file.
fn parts(text: &str) -> Vec<Part<'_>> {
    let mut found: Vec<Part<'_>> = Vec::new();
    let (mut class, mut open) = (None, false);
    for line in text.lines() {
        let content = line.trim();
        if !open && content == KEEP {
            let is_inner = line.starts_with([' ', '\t']);
            found.push(Part { class: class.filter(|_| is_inner), lines: vec![line] });
            open = true;
        } else if open {
            found.last_mut().into_iter().for_each(|part| part.lines.push(line));
            open = content != END;
        } else if let Some(name) = defined(line, "class ") {
            class = Some(name);
        }
    }
    found
}

/// The name that a line at the left margin defines.
fn defined<'a>(line: &'a str, keyword: &str) -> Option<&'a str> {
    let rest = line.strip_prefix(keyword)?;
    rest.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().filter(|name| !name.is_empty())
}

/// The names that lines define at an indentation.
fn names<'a>(lines: &[&'a str], indent: &str) -> BTreeSet<&'a str> {
    let name = |line: &&'a str| {
        let content = line.strip_prefix(indent).filter(|content| !content.starts_with([' ', '\t', '#', '@']))?;
        let content = content.strip_prefix("async ").unwrap_or(content);
        let content = content.strip_prefix("def ").or_else(|| content.strip_prefix("class ")).unwrap_or(content);
        content.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().filter(|name| !name.is_empty())
    };
    lines.iter().filter_map(name).filter(|name| !matches!(*name, "from" | "import" | "if" | "else")).collect()
}

/// The generated text with the parts of the existing one.
pub(super) fn merged(generated: &str, existing: &str) -> String {
    let kept = parts(existing);
    if kept.is_empty() {
        return generated.to_owned();
    }
    let blocks = blocks(generated);
    let outer: Vec<&Part<'_>> = kept.iter().filter(|part| part.class.is_none()).collect();
    let outer_names: BTreeSet<&str> = outer.iter().flat_map(|part| names(&part.lines, "")).collect();
    let mut text = String::new();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for block in &blocks {
        if block.name.is_some_and(|name| outer_names.contains(name)) {
            continue;
        }
        let inner: Vec<&Part<'_>> =
            kept.iter().filter(|part| part.class.is_some() && part.class == block.class).collect();
        if inner.is_empty() {
            text += &lines(&block.lines);
            continue;
        }
        seen.extend(block.class);
        text += &class(&block.lines, &inner);
    }
    // A class that is gone leaves its parts to people.
    let lost = kept.iter().filter(|part| part.class.is_some_and(|class| !seen.contains(class)));
    for part in outer.into_iter().chain(lost) {
        text = text.trim_end().to_owned() + "\n\n" + &lines(&part.lines);
    }
    text
}

fn lines(lines: &[&str]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// A class with its kept parts, without the members that they define.
fn class(generated: &[&str], kept: &[&Part<'_>]) -> String {
    let replaced: BTreeSet<&str> = kept.iter().flat_map(|part| names(&part.lines, "    ")).collect();
    let (mut text, mut member, mut pending) = (String::new(), Vec::new(), false);
    let flush = |member: &mut Vec<&str>, text: &mut String| {
        let defines = names(member, "    ");
        if !defines.iter().any(|name| replaced.contains(name)) {
            *text += &lines(member);
        }
        member.clear();
    };
    for line in generated {
        let starts = line.starts_with("    ") && !line.starts_with("     ") && !line.trim().is_empty();
        // A decorator belongs to what follows it.
        if starts && !pending {
            flush(&mut member, &mut text);
        }
        if starts {
            pending = line.trim_start().starts_with('@');
        }
        member.push(line);
    }
    flush(&mut member, &mut text);
    text = text.trim_end().to_owned() + "\n";
    // `class X: ...` gets a body.
    if let Some(head) = text.strip_suffix(": ...\n") {
        text = format!("{head}:\n");
    }
    kept.iter().for_each(|part| text += &lines(&part.lines));
    text + "\n"
}

/// What is between two definitions at the left margin.
#[derive(Debug)]
struct Block<'a> {
    /// What it defines.
    name: Option<&'a str>,
    /// The class that it is.
    class: Option<&'a str>,
    lines: Vec<&'a str>,
}

fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut found: Vec<Block<'_>> = vec![Block { name: None, class: None, lines: Vec::new() }];
    let mut pending = false;
    for line in text.lines() {
        let starts = !line.is_empty() && !line.starts_with([' ', '\t', ')', '#']);
        if starts && !pending {
            found.push(Block { name: None, class: None, lines: Vec::new() });
        }
        if let Some(last) = found.last_mut() {
            if starts {
                pending = line.starts_with('@');
                last.class = defined(line, "class ");
                last.name = names(&[line], "").into_iter().next();
            }
            last.lines.push(line);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const GENERATED: &str = "# Written by `monowheel api stubs`.\n\nfrom typing import final\n\ndef f(a: int) -> int: ...\n\n@final\nclass A:\n    @property\n    def x(self) -> int: ...\n    def g(self) -> object: ...\n\nclass B: ...\n";

    #[test]
    fn a_stub_without_parts_is_replaced() {
        assert_eq!(merged(GENERATED, "def f(): ...\n"), GENERATED);
        assert!(is_generated(GENERATED) && !is_generated("def f(): ...\n"));
    }

    #[test]
    fn parts_stay_where_they_are_and_replace_what_they_define() {
        let existing = GENERATED
            .replace("class B: ...", "class B:\n    # monowheel: keep\n    y: int\n    # monowheel: end")
            .replace(
                "object: ...\n",
                "object: ...\n    # monowheel: keep\n    def g(self) -> str: ...\n    # monowheel: end\n",
            )
            + "\n# monowheel: keep\ndef f(a: str) -> str: ...\n# monowheel: end\n";
        let text = merged(GENERATED, &existing);
        assert!(!text.contains("def f(a: int)") && text.contains("def f(a: str) -> str: ..."), "{text}");
        assert!(!text.contains("-> object") && text.contains("def g(self) -> str: ..."), "{text}");
        assert!(text.contains("class B:\n    # monowheel: keep\n    y: int\n"), "{text}");
        // A second run changes nothing.
        assert_eq!(merged(GENERATED, &text), text);
    }

    #[test]
    fn the_part_of_a_class_that_is_gone_is_not_lost() {
        let existing = "class Gone:\n    # monowheel: keep\n    y: int\n    # monowheel: end\n";
        assert!(merged(GENERATED, existing).contains("y: int"));
    }
}
