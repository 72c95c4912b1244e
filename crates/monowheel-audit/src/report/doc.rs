//! A rule's documentation from its doc comment: the small subset of Markdown that is used there.

use crate::fixes;
use crate::rule::Rule;

/// A part of a documentation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Block {
    /// `# Fix`.
    Heading(String),
    /// Words, with `code` and **bold** inside.
    Paragraph(String),
    /// `- one`.
    Items(Vec<String>),
    /// A fenced or indented code block.
    Code(String),
}

/// The documentation as Markdown, without the space that a doc comment begins each line with.
#[must_use]
pub fn markdown(rule: &Rule) -> String {
    let lines: Vec<&str> = rule.doc.lines().map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end()).collect();
    let text = lines.join("\n");
    match fixes::of(rule.id) {
        Some(fix) => format!("{}\n\n{}\n", text.trim(), fix.sentence()),
        None => format!("{}\n", text.trim()),
    }
}

/// The documentation in parts, the summary first.
#[must_use]
pub(crate) fn blocks(rule: &Rule) -> Vec<Block> {
    let text = markdown(rule);
    let mut blocks: Vec<Block> = Vec::new();
    let mut lines = text.lines().peekable();
    // Whether the block of the previous line may continue.
    let mut open = false;
    while let Some(line) = lines.next() {
        if let Some(fence) = line.strip_prefix("```") {
            let _language = fence;
            let code: Vec<&str> = lines.by_ref().take_while(|line| !line.starts_with("```")).collect();
            blocks.push(Block::Code(code.join("\n")));
            open = false;
            continue;
        }
        let rest = line.trim_start();
        if rest.is_empty() {
            open = false;
        } else if let Some(heading) = rest.strip_prefix('#') {
            blocks.push(Block::Heading(heading.trim_start_matches('#').trim().to_owned()));
            open = false;
        } else if let Some(item) = rest.strip_prefix("- ").or_else(|| rest.strip_prefix("* ")) {
            match blocks.last_mut() {
                Some(Block::Items(items)) => items.push(item.to_owned()),
                _ => blocks.push(Block::Items(vec![item.to_owned()])),
            }
            open = true;
        } else if open {
            match blocks.last_mut() {
                Some(Block::Paragraph(text)) => *text = format!("{text} {rest}"),
                Some(Block::Items(items)) => {
                    if let Some(last) = items.last_mut() {
                        *last = format!("{last} {rest}");
                    }
                }
                _ => blocks.push(Block::Paragraph(rest.to_owned())),
            }
        } else {
            blocks.push(Block::Paragraph(rest.to_owned()));
            open = true;
        }
    }
    blocks
}

/// A run of words inside a paragraph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Span<'a> {
    /// As they are.
    Plain(&'a str),
    /// Between backticks.
    Code(&'a str),
    /// Between two stars.
    Bold(&'a str),
    /// `[words](url)` or `<url>`.
    Link(&'a str, &'a str),
}

/// A paragraph as spans. Unclosed markup stays as it is.
#[must_use]
pub(crate) fn spans(mut text: &str) -> Vec<Span<'_>> {
    let mut spans = Vec::new();
    while let Some(at) = text.find(['`', '*', '[', '<']) {
        let (before, rest) = text.split_at(at);
        match marked(rest) {
            Some((span, after)) => {
                if !before.is_empty() {
                    spans.push(Span::Plain(before));
                }
                spans.push(span);
                text = after;
            }
            None => {
                let next = at + 1;
                let (plain, after) = text.split_at(next);
                spans.push(Span::Plain(plain));
                text = after;
            }
        }
    }
    if !text.is_empty() {
        spans.push(Span::Plain(text));
    }
    spans
}

fn marked(text: &str) -> Option<(Span<'_>, &str)> {
    if let Some(rest) = text.strip_prefix('`') {
        let (code, after) = rest.split_once('`')?;
        return Some((Span::Code(code), after));
    }
    if let Some(rest) = text.strip_prefix("**") {
        let (bold, after) = rest.split_once("**")?;
        return Some((Span::Bold(bold), after));
    }
    let is_url = |url: &str| url.starts_with("https://") && !url.contains([' ', '"']);
    if let Some(rest) = text.strip_prefix('<') {
        let (url, after) = rest.split_once('>')?;
        return is_url(url).then_some((Span::Link(url, url), after));
    }
    let (words, rest) = text.strip_prefix('[')?.split_once("](")?;
    let (url, after) = rest.split_once(')')?;
    is_url(url).then_some((Span::Link(words, url), after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Severity;
    use crate::rule::{Check, Group};

    const RULE: Rule = Rule {
        id: "a-rule",
        group: Group::Abi,
        severity: Severity::Error,
        doc: " Says `x`.\n\n # Example\n Two lines\n are one.\n - first\n   goes on\n - second\n\n ```toml\n a = 1\n\n b = 2\n ```\n",
        check: Check::One(|_, _| {}),
    };

    #[test]
    fn blocks_of_a_documentation() {
        let expected = [
            Block::Paragraph("Says `x`.".to_owned()),
            Block::Heading("Example".to_owned()),
            Block::Paragraph("Two lines are one.".to_owned()),
            Block::Items(vec!["first goes on".to_owned(), "second".to_owned()]),
            Block::Code("a = 1\n\nb = 2".to_owned()),
        ];
        assert_eq!(blocks(&RULE), expected);
        assert!(markdown(&RULE).starts_with("Says `x`.\n\n# Example\nTwo lines"));
    }

    #[test]
    fn spans_of_a_paragraph() {
        assert_eq!(
            spans("a `b` *c* **d** [e](https://f) <https://g> `open"),
            [
                Span::Plain("a "),
                Span::Code("b"),
                Span::Plain(" *"),
                Span::Plain("c*"),
                Span::Plain(" "),
                Span::Bold("d"),
                Span::Plain(" "),
                Span::Link("e", "https://f"),
                Span::Plain(" "),
                Span::Link("https://g", "https://g"),
                Span::Plain(" `"),
                Span::Plain("open"),
            ]
        );
    }
}
