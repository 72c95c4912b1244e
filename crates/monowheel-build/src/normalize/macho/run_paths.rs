//! Removes `LC_RPATH` commands from a slice (`mach-o/loader.h`): later commands move up, and zeros follow the last.

use std::collections::BTreeSet;

use monowheel_wheel::bytes::{part, place_at, put, put32, u32_at};
use object::macho;

use crate::normalize::macho::layout::Layout;

/// Bytes of a `mach_header_64`.
const HEADER: usize = 32;

/// The slice without the run paths for which `is_dropped` holds; `None` when there are none. See
/// [`without_run_paths`](super::without_run_paths).
pub(super) fn without(bytes: &[u8], is_dropped: &dyn Fn(&str, bool) -> bool) -> Result<Option<Vec<u8>>, String> {
    let cut = || "its load commands are truncated".to_owned();
    // All commands are known and complete, and none refers to another by its position.
    let end = Layout::of(bytes)?.commands_end;
    let count = place_at(bytes, 16).ok_or_else(cut)?;
    let (mut kept, mut number, mut seen) = (Vec::new(), 0, BTreeSet::new());
    let mut at = HEADER;
    for _ in 0..count {
        let size = place_at(bytes, at + 4).ok_or_else(cut)?;
        let command = part(bytes, at, size).ok_or_else(cut)?;
        at += size;
        if u32_at(command, 0) == Some(macho::LC_RPATH.0) {
            let path = path(command).ok_or_else(cut)?;
            if is_dropped(&path, !seen.insert(path.clone())) {
                continue;
            }
        }
        kept.extend_from_slice(command);
        number += 1;
    }
    if number == count {
        return Ok(None);
    }
    let mut out = bytes.to_vec();
    put32(&mut out, 16, number).ok_or_else(cut)?;
    put32(&mut out, 20, kept.len()).ok_or_else(cut)?;
    kept.resize(end - HEADER, 0);
    put(&mut out, HEADER, &kept).ok_or_else(cut)?;
    Ok(Some(out))
}

/// The path of an `LC_RPATH`.
fn path(command: &[u8]) -> Option<String> {
    let text = command.get(place_at(command, 8)?..)?;
    let end = memchr::memchr(0, text).unwrap_or(text.len());
    Some(String::from_utf8_lossy(text.get(..end)?).into_owned())
}
