//! One value of a text, without making the others.

use crate::build::Nothing;
use crate::parser::Reader;
use crate::Error;

/// The part of `text` that is the value at `pointer`, a JSON Pointer (RFC 6901) such as `/items/0/name`: as it stands in
/// the text, nothing copied. Nothing where there is none. Of a key that comes twice the last one counts.
pub fn find<'a>(text: &'a str, pointer: &str) -> Result<Option<&'a str>, Error> {
    let mut reader = Reader::new(text);
    let mut end = text.len();
    let Some(steps) = pointer.strip_prefix('/') else {
        return Ok(pointer.is_empty().then(|| text.trim()));
    };
    for step in steps.split('/') {
        // `~0` last, so that `~01` is `~1` and no slash.
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

/// Where the value under `key` begins and ends.
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
    // Neither `01` nor `+1` is an index.
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
