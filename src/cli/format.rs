//! The format of a report: `--format`, with `--json` as a short form.

use monowheel_error::{Error, ErrorKind, Result};

/// The format that was asked for, else `usual`.
///
/// # Errors
/// [`ErrorKind::Usage`] when `--json` and another format were asked for.
pub(super) fn chosen<F: Copy + PartialEq>(asked: Option<F>, is_json: bool, json: F, usual: F) -> Result<F> {
    match asked {
        Some(form) if is_json && form != json => {
            Err(Error::new(ErrorKind::Usage, "--json conflicts with another --format")
                .next("choose one; `--output FILE` writes the report to a file"))
        }
        Some(form) => Ok(form),
        None => Ok(if is_json { json } else { usual }),
    }
}
