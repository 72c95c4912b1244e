//! Progress of an audit: one bar on a terminal, nothing elsewhere.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use monowheel_error::text::harmless;

use crate::cli::screen::Screen;

/// Fewer files than this are checked too fast for a bar.
const LONG: usize = 8;

/// The progress bar of an audit.
pub(super) struct Looking {
    bar: ProgressBar,
}

impl Looking {
    /// A bar for `files` files.
    pub(super) fn new(screen: &Screen, files: usize) -> Self {
        if !screen.is_live() || files < LONG {
            return Self { bar: ProgressBar::hidden() };
        }
        let target = ProgressDrawTarget::stderr_with_hz(8);
        let bar = ProgressBar::with_draw_target(Some(files as u64), target);
        let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {eta:>4}  {wide_msg}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self { bar }
    }

    /// A file has been checked.
    pub(super) fn ended(&self, place: &str) {
        if !self.bar.is_hidden() {
            let file = place.rsplit(['/', '\\']).next().unwrap_or(place);
            self.bar.set_message(harmless(file).into_owned());
        }
        self.bar.inc(1);
    }

    /// Clears the bar.
    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }
}
