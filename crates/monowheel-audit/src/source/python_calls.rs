//! Calls in the text of Python files, by the name that is called. The text is not parsed: what looks like a call in a
//! comment counts too.

/// The number of arguments of each call of `name(…)` or `….name(…)`; a call with `*args` passes any number.
pub(super) fn of<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = usize> + 'a {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(name).filter_map(move |(at, _)| {
        let before = text.get(..at)?;
        let is_defined = ["def ", "class "].iter().any(|word| before.ends_with(word));
        if before.ends_with(is_part) || is_defined {
            return None;
        }
        text.get(at + name.len()..)?.strip_prefix('(').map(arguments)
    })
}

/// The number of arguments up to the closing parenthesis.
fn arguments(rest: &str) -> usize {
    let (mut depth, mut count, mut is_open) = (0_usize, 0, false);
    let mut quote: Option<char> = None;
    let mut previous = '(';
    for c in rest.chars() {
        match (quote, c) {
            (Some(open), _) if c == open && previous != '\\' => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => (quote, is_open) = (Some(c), true),
            (None, '(' | '[' | '{') => (depth, is_open) = (depth + 1, true),
            (None, ')') if depth == 0 => break,
            (None, ')' | ']' | '}') => depth = depth.saturating_sub(1),
            (None, ',') if depth == 0 => {
                count += usize::from(is_open);
                is_open = false;
            }
            (None, '*') if depth == 0 && !is_open => return usize::MAX,
            (None, _) => is_open |= !c.is_whitespace(),
        }
        previous = c;
    }
    count + usize::from(is_open)
}

#[cfg(test)]
mod tests {
    #[test]
    fn arguments_of_each_call_are_counted() {
        let of = |text: &str| super::of(text, "new").collect::<Vec<_>>();
        assert_eq!(of("a.new(1, f(2, 3), '(,')\nnew()\nnew(\n  a,\n  b,\n)"), [3, 0, 2]);
        assert_eq!(of("new(*args)"), [usize::MAX]);
        assert_eq!(of("renew(1); def new(self): pass; new_one(1); new"), Vec::<usize>::new());
    }
}
