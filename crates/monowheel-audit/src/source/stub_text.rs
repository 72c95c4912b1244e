//! What the text of a stub says of functions and classes. It is not parsed: what looks like a definition in a comment counts.

/// For each `def NAME(…)` with a parameter of this name: whether that has a default.
pub(super) fn has_default<'a>(text: &'a str, function: &'a str, param: &'a str) -> impl Iterator<Item = bool> + 'a {
    let signatures = text.match_indices("def ").filter_map(move |(at, word)| {
        text.get(at + word.len()..)?.trim_start().strip_prefix(function)?.trim_start().strip_prefix('(')
    });
    signatures.filter_map(move |rest| {
        let params = parts(rest);
        let of_name = params.into_iter().find(|part| {
            part.trim_start()
                .strip_prefix(param)
                .is_some_and(|rest| rest.trim_start().starts_with([':', '=', ',']) || rest.trim().is_empty())
        })?;
        Some(of_name.contains('='))
    })
}

/// Whether the class of this name has a constructor of its own; none if the text does not define the class.
pub(super) fn has_constructor(text: &str, class: &str) -> Option<bool> {
    let mut lines = text.lines();
    let is_head = |line: &str| {
        let rest = line.strip_prefix("class ").and_then(|rest| rest.strip_prefix(class));
        rest.is_some_and(|rest| rest.trim_start().starts_with([':', '(', '[']))
    };
    lines.by_ref().find(|line| is_head(line))?;
    let mut body = lines.take_while(|line| line.is_empty() || line.starts_with([' ', '\t', '#', ')']));
    Some(body.any(|line| line.contains("def __init__") || line.contains("def __new__")))
}

/// The parameters up to the closing parenthesis.
fn parts(rest: &str) -> Vec<&str> {
    let (mut depth, mut start, mut found) = (0_usize, 0, Vec::new());
    for (at, c) in rest.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' if depth == 0 => {
                found.extend(rest.get(start..at));
                break;
            }
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                found.extend(rest.get(start..at));
                start = at + 1;
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    #[test]
    fn defaults_of_a_parameter() {
        let of = |text: &str| super::has_default(text, "extend", "schema").collect::<Vec<_>>();
        assert_eq!(of("def extend(self, d: dict[str, int], schema: Schema | None) -> None: ..."), [false]);
        assert_eq!(
            of("def extend(self, schema: Optional[Schema] = None): ...\ndef extend(schema): ..."),
            [true, false]
        );
        assert_eq!(of("def extend(self, schemas=1): ...\ndef extended(schema): ..."), Vec::<bool>::new());
    }

    #[test]
    fn constructors_of_a_class() {
        let of = |text: &str| super::has_constructor(text, "Hit");
        assert_eq!(of("class Hit:\n    def __init__(self, a): ...\n"), Some(true));
        assert_eq!(of("class Hit(Base):\n    x: int\n\nclass Hits:\n    def __new__(cls): ...\n"), Some(false));
        assert_eq!(of("class Hits:\n    def __new__(cls): ...\n"), None);
    }
}
