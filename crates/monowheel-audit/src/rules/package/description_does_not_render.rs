use crate::facts::{Facts, Rendering};
use crate::finding::{Finding, Severity};
use crate::rule::{Found, rule};

rule! {
    /// The index refuses the wheel, because its description is not valid reStructuredText.
    ///
    /// # What it does
    /// Renders a description of type `text/x-rst`, or without a stated type, as the index does: with `readme_renderer`,
    /// in the Python that monowheel runs in. If that package is not installed, a note says that the description was not
    /// checked. Other types always render.
    ///
    /// # Why it matters
    /// PyPI answers *400 The description failed to render for text/x-rst*. A single docutils warning is enough: an
    /// unknown directive, a title with a short underline, two targets with the same name.
    ///
    /// # Example
    /// `.. raw:: html`, or a Sphinx directive such as `.. toctree::` (mhammond/pywin32#1613, pypi/warehouse#3966).
    ///
    /// # Fix
    /// Correct the text at the reported line. If a note says that the description was not checked, run `pip install
    /// monowheel[audit]`. A README in Markdown needs `readme = "README.md"`, so that its type is stated.
    pub(super) static RULE: "description-does-not-render", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    match &wheel.description {
        None | Some(Rendering::Renders) => {}
        Some(Rendering::Fails(why)) => {
            let what = match wheel.metadata.as_ref().and_then(|metadata| metadata.value("Description-Content-Type")) {
                Some(_) => "the description does not render as reStructuredText",
                None => "the description has no content type, and does not render as reStructuredText, the default",
            };
            found.add(
                Finding::new(Severity::Error, wheel.info("METADATA"), format!("{what}: {why}"))
                    .fix("correct the text there; for a README in Markdown set `readme = \"README.md\"`"),
            );
        }
        Some(Rendering::NotLookedAt(why)) => {
            found.add(
                Finding::new(
                    Severity::Note,
                    wheel.info("METADATA"),
                    format!("not checked whether the description renders: {why}"),
                )
                .fix("install readme_renderer next to monowheel: `pip install monowheel[audit]`"),
            );
        }
    }
}
