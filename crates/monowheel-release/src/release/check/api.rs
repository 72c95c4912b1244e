//! The check of the Python API: whether the version says what breaks since the release before.

use std::path::Path;

use monowheel_api::diff::{Level, grouped};
use monowheel_error::Result;
use monowheel_error::text::count;

use crate::api::{self, Compared, Means};
use crate::release::check::State;
use crate::release::check::looking::{Looking, some};

impl Looking<'_> {
    /// The distributions in `folder` against the baseline of `[tool.monowheel.api]`, if it has one.
    pub(super) fn api(&mut self, folder: &Path, has_set: bool, means: &Means) -> Result<()> {
        let source = self.source;
        let configuration = &source.project_file.configuration;
        let Some(baseline) = configuration.config.api.baseline.as_deref() else { return Ok(()) };
        let place = source.shown(folder);
        if !has_set {
            self.add("api", &place, State::Skipped, "no distributions to check");
            return Ok(());
        }
        let release = (source.name.as_str(), source.version.python());
        let release = (release.0, release.1.as_str());
        let compared = api::compare(configuration, baseline, release, folder, means, self.stop);
        let Some(compared) = self.told("api", &place, compared)? else { return Ok(()) };
        match compared {
            Some(compared) => self.judge(&place, &compared),
            None => {
                let said = format!("no release of {} before {} on the index to compare with", release.0, release.1);
                self.add("api", &place, State::Ok, said);
            }
        }
        Ok(())
    }

    fn judge(&mut self, place: &str, compared: &Compared) {
        let Compared { against, comparison, notes } = compared;
        let (breaking, all) = (comparison.number(Level::Major), comparison.changes.len());
        let allowed = match comparison.allowed.len() {
            0 => String::new(),
            number => format!(", {number} allowed"),
        };
        let found = format!(
            "{}, {}{allowed} since {against}",
            count(breaking, "breaking change"),
            count(all - breaking, "other change")
        );
        if comparison.is_refused() {
            let worst = comparison.changes.iter().filter(|change| change.level == comparison.level);
            let named = |(change, names): (&monowheel_api::diff::Change, Vec<&str>)| {
                format!("{}: {} [{}]", names.join(", "), change.what, change.lint)
            };
            let worst: Vec<String> = grouped(worst).into_iter().map(named).collect();
            let least = comparison.least_version.as_deref().unwrap_or("a larger version");
            let next = format!(
                "release it as {least}, undo the changes, or allow each by name in [tool.monowheel.api]; `monowheel api diff` shows all"
            );
            self.wrong("api", place, format!("{found}: {}", some(&worst)), next);
        } else if let Some(note) = notes.first() {
            let more = if notes.len() > 1 { format!(", and {} more", notes.len() - 1) } else { String::new() };
            self.add("api", place, State::Warning, format!("{found}; not known: {} ({}){more}", note.what, note.place));
        } else {
            self.add("api", place, State::Ok, found);
        }
    }
}
