//! The file name and `WHEEL`, which must agree (binary distribution format, "File contents").

use monowheel_error::Result;
use monowheel_wheel::filename::expand;

use crate::fix::{Fixer, Wheel};
use crate::normalize::Done;

/// Sorts each of the three tag sets of the file name (PEP 425).
pub(super) fn sort_tags(_: &Fixer, wheel: &mut Wheel) -> Result<()> {
    let Some(tag) = tag_of(&wheel.name) else { return Ok(()) };
    let sorted: Vec<String> = tag
        .split('-')
        .map(|set| {
            let mut names: Vec<&str> = set.split('.').collect();
            names.sort_unstable();
            names.dedup();
            names.join(".")
        })
        .collect();
    let start = wheel.name.len() - tag.len() - ".whl".len();
    let name = format!("{}{}.whl", wheel.name.get(..start).unwrap_or_default(), sorted.join("-"));
    wheel.say(None, format!("renamed to {name}"));
    wheel.name = name;
    Ok(())
}

/// Writes the tags of the file name into `WHEEL`.
pub(super) fn state_tags(_: &Fixer, wheel: &mut Wheel) -> Result<()> {
    let Some(tag) = tag_of(&wheel.name) else { return Ok(()) };
    let tags: Vec<String> = expand(tag).into_iter().collect();
    edit(wheel, |text| with_lines(text, "Tag", &tags), "Tag: as in the file name")
}

/// Declares that the wheel has platform-specific code.
pub(super) fn state_purelib(_: &Fixer, wheel: &mut Wheel) -> Result<()> {
    let is_pure = !wheel.files.iter().any(|file| monowheel_audit::gather::is_code(&file.path));
    let value = is_pure.to_string();
    edit(wheel, |text| with_lines(text, "Root-Is-Purelib", std::slice::from_ref(&value)), "Root-Is-Purelib: corrected")
}

/// The tag at the end of a wheel's name, without `.whl`.
fn tag_of(name: &str) -> Option<&str> {
    let stem = name.strip_suffix(".whl")?;
    let mut dashes = stem.rmatch_indices('-').map(|(at, _)| at);
    let third = dashes.nth(2)?;
    stem.get(third + 1..)
}

/// Changes the text of `WHEEL`.
fn edit(wheel: &mut Wheel, change: impl Fn(&str) -> String, said: &str) -> Result<()> {
    let path = format!("{}/WHEEL", wheel.info);
    let Some(at) = wheel.files.iter().position(|file| file.path == path) else { return Ok(()) };
    wheel.change(at, |file| {
        let text = String::from_utf8_lossy(&file.bytes);
        let new = change(&text);
        let is_other = new != text;
        Ok(Done {
            bytes: is_other.then(|| new.into_bytes()),
            said: if is_other { vec![said.to_owned()] } else { Vec::new() },
        })
    })
}

/// The headers with these values of one field, at its first position or at the end.
fn with_lines(text: &str, field: &str, values: &[String]) -> String {
    let is_it = |line: &str| line.split_once(':').is_some_and(|(name, _)| name.trim().eq_ignore_ascii_case(field));
    let lines: Vec<&str> = text.lines().collect();
    let end = lines.iter().position(|line| line.trim().is_empty()).unwrap_or(lines.len());
    let place = lines.iter().position(|line| is_it(line)).unwrap_or(end);
    let mut out = String::new();
    for (at, line) in lines.iter().copied().chain(std::iter::once("")).enumerate() {
        if at == place {
            values.iter().for_each(|value| out += &format!("{field}: {value}\n"));
        }
        if at < lines.len() && !(at < end && is_it(line)) {
            out += line;
            out.push('\n');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_replaced_where_it_stood_and_added_at_the_end() {
        let values = ["a".to_owned(), "b".to_owned()];
        assert_eq!(with_lines("X: 1\nTag: z\nY: 2\nTag: y\n", "Tag", &values), "X: 1\nTag: a\nTag: b\nY: 2\n");
        assert_eq!(with_lines("X: 1\n\n", "Tag", &values), "X: 1\nTag: a\nTag: b\n\n");
        assert_eq!(with_lines("X: 1", "Tag", &values), "X: 1\nTag: a\nTag: b\n");
    }

    #[test]
    fn the_tag_is_the_end_of_the_name() {
        assert_eq!(tag_of("demo-1.0-1-cp38-abi3-linux_x86_64.whl"), Some("cp38-abi3-linux_x86_64"));
        assert_eq!(tag_of("demo.whl"), None);
    }
}
