//! Facts in a form that can be stored, so that a new rule needs neither the wheel nor the network.
//!
//! The form is compressed JSON with the [`REVISION`] of its writer: facts of another revision are not read, and no
//! version of the form is converted to another. It contains names, sizes, hashes, metadata and symbols, but no contents
//! of files.
//!
//! Two facts come from the Python that monowheel runs in, so that they depend on more than the bytes of the wheel, and
//! are stored together with the name of that Python. The description is in METADATA, and is rendered again where another
//! Python or renderer is asked. Sources are contents and may be large: they are not stored, and facts whose sources were
//! parsed by another Python are not used.

use std::io::{BufWriter, Read as _, Write};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use monowheel_error::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};

use crate::facts::{Facts, Rendering, Syntax};

/// Changes whenever the facts of the same wheel could: see `build.rs`.
pub const REVISION: &str = env!("MONOWHEEL_FACTS");

/// Larger facts are not kept, and not read: a wheel's facts are much smaller than the wheel.
const MOST: usize = 64 << 20;

/// The stored form.
#[derive(Deserialize, Serialize)]
struct Kept<F> {
    revision: String,
    /// The Python that was asked.
    checked_by: String,
    facts: F,
}

/// The stored form of facts. `checked_by` names the Python that was asked, and the renderer.
///
/// `None` if they cannot be kept: they are too large, or sources were not parsed.
#[must_use]
pub fn write(facts: &Facts, checked_by: &str) -> Option<Vec<u8>> {
    let is_parsed =
        |wheel: &crate::facts::WheelFacts| wheel.sources.is_empty() && !matches!(wheel.syntax, Syntax::NotLookedAt(_));
    if !facts.wheel.as_ref().is_none_or(is_parsed) {
        return None;
    }
    let kept = Kept { revision: REVISION.to_owned(), checked_by: checked_by.to_owned(), facts };
    let compressed = ZlibEncoder::new(Vec::new(), Compression::default());
    let mut out = BufWriter::with_capacity(1 << 16, Bounded { inner: compressed, left: MOST });
    serde_json::to_writer(&mut out, &kept).ok()?;
    out.into_inner().ok()?.inner.finish().ok()
}

/// Reads stored facts. `None` if they depend on a Python that is not `checked_by`.
///
/// A description that was rendered by another Python, or by none, is not among them.
///
/// # Errors
/// [`ErrorKind::Format`] if they are damaged or of another revision.
pub fn read(bytes: &[u8], checked_by: &str) -> Result<Option<Facts>> {
    let mut text = Vec::new();
    let limit = MOST as u64 + 1;
    ZlibDecoder::new(bytes).take(limit).read_to_end(&mut text).map_err(|error| unreadable(&error))?;
    if text.len() > MOST {
        return Err(unreadable(&"they are too large"));
    }
    let mut kept: Kept<Facts> = serde_json::from_slice(&text).map_err(|error| unreadable(&error))?;
    if kept.revision != REVISION {
        return Err(unreadable(&format_args!("they are of revision {:?}, not {REVISION}", kept.revision)));
    }
    let is_same = kept.checked_by == checked_by;
    if let Some(wheel) = &mut kept.facts.wheel {
        if !is_same && wheel.syntax != Syntax::Unneeded {
            return Ok(None);
        }
        if !is_same || matches!(wheel.description, Some(Rendering::NotLookedAt(_))) {
            wheel.description = None;
        }
    }
    Ok(Some(kept.facts))
}

fn unreadable(why: &dyn std::fmt::Display) -> Error {
    Error::new(ErrorKind::Format, format!("kept facts cannot be read: {why}")).next("gather them from the wheel again")
}

/// A writer that fails beyond a number of bytes.
struct Bounded<W> {
    inner: W,
    left: usize,
}

impl<W: Write> Write for Bounded<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.left = self.left.checked_sub(bytes.len()).ok_or(std::io::ErrorKind::FileTooLarge)?;
        self.inner.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.inner.flush()
    }
}
