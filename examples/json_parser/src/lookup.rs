//! One value of a text, without building the others.

use crate::build::Nothing;
use crate::parser::Reader;
use crate::Error;

/// The part of `text` that is the value at `pointer`, a JSON Pointer (RFC 6901) such as `/items/0/name`, as written in
/// the text, without a copy. `None` if there is none. If a key occurs twice, the last one counts.
pub fn find<'a>(text: &'a str, pointer: &str) -> Result<Option<&'a str>, Error> {
    let mut reader = Reader::new(text);
    let mut end = text.len();
    let Some(steps) = pointer.strip_prefix('/') else {
        return Ok(pointer.is_empty().then(|| text.trim()));
    };
    for step in steps.split('/') {
        // `~0` last, so that `~01` is `~1` and not a slash.
        match step_into(&mut reader, &step.replace("~1", "/").replace("~0", "~"))? {
            Some((start, until)) => {
                reader.at = start;
                end = until;
            }
            None => return Ok(None),
        }
    }
    Ok(text.get(reader.at..end).map(str::trim))
}

/// The start and end of the value under `key`.
fn step_into(reader: &mut Reader<'_>, key: &str) -> Result<Option<(usize, usize)>, Error> {
    let mut found = None;
    if reader.take(b'{') {
        if reader.take(b'}') {
            return Ok(None);
        }
        loop {
            let here = reader.key()? == key;
            let start = reader.at;
            reader.value(&mut Nothing)?;
            if here {
                found = Some((start, reader.at));
            }
            if !reader.take(b',') {
                reader.need(b'}', "`,` or `}`")?;
                return Ok(found);
            }
        }
    }
    // `01` and `+1` are not indexes.
    let Some(index) = key.parse::<usize>().ok().filter(|index| index.to_string() == key) else { return Ok(None) };
    if !reader.take(b'[') || reader.take(b']') {
        return Ok(None);
    }
    for at in 0.. {
        let start = reader.at;
        reader.value(&mut Nothing)?;
        if at == index {
            found = Some((start, reader.at));
            break;
        }
        if !reader.take(b',') {
            break;
        }
    }
    Ok(found)
}
