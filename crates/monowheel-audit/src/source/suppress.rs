//! Comments that ignore a rule at their place: `// monowheel: ignore[panic-in-binding] the index was checked`.

/// A comment that ignores a rule on its line, or, if nothing else is on that line, on the next line with code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// The rule's id.
    pub(crate) rule: String,
    /// The reason; may be empty, which is a configuration error.
    pub(crate) reason: String,
    /// The line of the comment, from 1.
    pub(crate) line: u32,
    /// The line that it applies to, from 1.
    pub(crate) covers: u32,
}

const MARK: &str = "monowheel: ignore[";

/// Every such comment of a text, once for each rule that it names.
pub(super) fn of(text: &str) -> Vec<Suppression> {
    if !text.contains(MARK) {
        return Vec::new();
    }
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let starts = [line.find("//"), line.find("/*")];
        let Some(start) = starts.into_iter().flatten().min() else { continue };
        let (before, comment) = line.split_at(start);
        let comment = comment.get(2..).unwrap_or_default();
        // Inside a string it is not a comment.
        if before.replace("\\\"", "").matches('"').count() % 2 == 1 {
            continue;
        }
        let Some((rules, reason)) = comment.trim_start().strip_prefix(MARK).and_then(|rest| rest.split_once(']'))
        else {
            continue;
        };
        let is_code = |line: &str| {
            let line = line.trim_start();
            !line.is_empty() && !line.starts_with("//") && !line.starts_with("/*") && !line.starts_with("#[")
        };
        let covers = if before.trim().is_empty() {
            lines.iter().skip(at + 1).position(|line| is_code(line)).map_or(at, |more| at + 1 + more)
        } else {
            at
        };
        let number = |at: usize| u32::try_from(at + 1).unwrap_or(u32::MAX);
        for rule in rules.split(',') {
            found.push(Suppression {
                rule: rule.trim().to_owned(),
                reason: reason.trim().trim_end_matches("*/").trim_end().to_owned(),
                line: number(at),
                covers: number(covers),
            });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_covers_its_line_or_the_next_with_code() {
        let text =
            "a(); // monowheel: ignore[x] known\n\n// monowheel: ignore[ y ]  why not\n// more\n#[allow(z)]\nb();\n";
        let found = of(text);
        let of = |at: usize| found.get(at).map(|one| (one.rule.as_str(), one.reason.as_str(), one.line, one.covers));
        assert_eq!(of(0), Some(("x", "known", 1, 1)));
        assert_eq!(of(1), Some(("y", "why not", 3, 6)));
        assert_eq!(of(2), None);
        let two = super::of("/* monowheel: ignore[x, y] both */\nb();\n");
        assert!(
            two.iter()
                .map(|one| (one.rule.as_str(), one.reason.as_str(), one.covers))
                .eq([("x", "both", 2), ("y", "both", 2)])
        );
        assert_eq!(super::of("let text = \"a // monowheel: ignore[x] b\";"), []);
    }
}
