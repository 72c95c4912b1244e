use crate::facts::{Facts, WheelFacts};
use crate::finding::{Finding, Severity};
use crate::rule::{Found, rule};

rule! {
    /// The license requires its text to be distributed, but the wheel contains no license text.
    ///
    /// # What it does
    /// Reads the license stated in METADATA (`License-Expression`, a short `License`, classifiers). If its text has to
    /// accompany every copy (MIT, BSD, ISC, Apache, MPL, GPL and similar), looks for a `License-File` and for a file in
    /// the wheel that is named like a license.
    ///
    /// # Why it matters
    /// A wheel is a copy: these licenses permit redistribution only together with their text and the names of the
    /// authors. Anyone who packages or redistributes the wheel has to find them elsewhere.
    ///
    /// # Example
    /// primp 2.0.1 and tokenizers 0.23.3 state MIT and Apache-2.0 and ship no license file.
    ///
    /// # Fix
    /// Set `license-files = ["LICEN[CS]E*"]` in `[project]`, and include the file in the sdist.
    pub(super) static RULE: "license-text-missing", Package, Note, One(check);
}

/// Lower-case words that identify a license whose text has to accompany copies.
const DEMANDING: [&str; 14] = [
    "mit",
    "bsd",
    "isc",
    "apache",
    "mpl",
    "gpl",
    "lgpl",
    "agpl",
    "epl",
    "psf",
    "python software foundation",
    "zlib",
    "bsl",
    "mozilla public license",
];
/// Licenses without that condition, although their names begin like others.
const FREE: [&str; 2] = ["mit-0", "0bsd"];
const NAMES: [&str; 5] = ["license", "licence", "copying", "notice", "copyright"];

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let Some(license) = demanding(wheel) else { return };
    let metadata = wheel.metadata.as_ref();
    let is_stated = metadata.is_some_and(|metadata| metadata.license_files().next().is_some());
    // A long `License` field is the text itself.
    let is_inside = metadata.and_then(|metadata| metadata.license()).is_some_and(|text| text.len() > 500);
    let is_text = |path: &str| {
        let file = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
        NAMES.iter().any(|name| file.contains(name)) && !file.ends_with(".py") && !file.ends_with(".pyc")
    };
    if is_stated || is_inside || wheel.members.iter().any(|member| is_text(&member.path)) {
        return;
    }
    found.add(
        Finding::new(
            Severity::Note,
            wheel.info("METADATA"),
            format!("{license} requires its text in every copy, and the wheel contains no license text"),
        )
        .fix("set `license-files` in [project] of pyproject.toml, and include the file in the sdist"),
    );
}

/// The first stated license whose text has to accompany copies.
fn demanding(wheel: &WheelFacts) -> Option<&str> {
    let metadata = wheel.metadata.as_ref()?;
    let stated = metadata.license_expression().or_else(|| metadata.license().filter(|text| text.len() <= 80));
    let classifiers = metadata.classifiers().filter_map(|name| name.strip_prefix("License ::")?.rsplit("::").next());
    stated.into_iter().chain(classifiers).map(str::trim).find(|license| {
        let license = license.to_lowercase();
        let mut words = license.split([' ', '(', ')', '/', ',']).filter(|word| !FREE.contains(word));
        words.any(|word| {
            let stem: &str = word.split(['-', 'v', '0', '1', '2', '3', '4']).next().unwrap_or(word);
            DEMANDING.contains(&stem)
        }) || DEMANDING.iter().any(|known| known.contains(' ') && license.contains(known))
    })
}
