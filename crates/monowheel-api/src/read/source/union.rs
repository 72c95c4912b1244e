//! Unions of annotations.

/// A union, each type once, `None` last; `object` and `Any` hold all others.
pub(super) fn union(parts: &[String]) -> String {
    let mut found: Vec<&str> = Vec::new();
    for part in parts.iter().flat_map(|part| top_level(part)) {
        if !found.contains(&part) {
            found.push(part);
        }
    }
    if let Some(whole) = found.iter().find(|part| matches!(**part, "object" | "typing.Any")) {
        // `Any | None` still says that None is a case.
        let has_none = found.contains(&"None") && *whole == "typing.Any";
        return if has_none { "typing.Any | None".to_owned() } else { (*whole).to_owned() };
    }
    found.sort_by_key(|part| *part == "None");
    found.join(" | ")
}

/// The parts of a union that are not in brackets.
fn top_level(text: &str) -> Vec<&str> {
    let (mut depth, mut start, mut parts) = (0_u32, 0, Vec::new());
    for (at, letter) in text.char_indices() {
        match letter {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            '|' if depth == 0 => {
                parts.extend(text.get(start..at));
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.extend(text.get(start..));
    parts.into_iter().map(str::trim).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unions_name_each_type_once_and_none_last() {
        let of = |parts: &[&str]| union(&parts.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>());
        assert_eq!(of(&["int | None", "str", "int"]), "int | str | None");
        assert_eq!(of(&["dict[str, int | None]", "None"]), "dict[str, int | None] | None");
        assert_eq!(of(&["object", "None"]), "object");
        assert_eq!(of(&["typing.Any", "None"]), "typing.Any | None");
    }
}
