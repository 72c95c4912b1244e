//! The form of a report: `--format`, of which `--json` is one.

use monowheel_error::{Error, ErrorKind, Result};

/// The form that was asked for, else `usual`.
///
/// # Errors
/// [`ErrorKind::Usage`] when `--json` and another form were asked for.
pub(super) fn chosen<F: Copy + PartialEq>(asked: Option<F>, is_json: bool, json: F, usual: F) -> Result<F> {
    match asked {
        Some(form) if is_json && form != json => {
            Err(Error::new(ErrorKind::Usage, "--json and another --format were both asked for")
                .next("choose one; `--output FILE` writes a form to a file"))
        }
        Some(form) => Ok(form),
        None => Ok(if is_json { json } else { usual }),
    }
}
