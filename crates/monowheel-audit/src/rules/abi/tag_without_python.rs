use monowheel_wheel::abi::{cpython_of_tag, dotted};
use monowheel_wheel::platform::{PlatformTag, pyodide};
use monowheel_wheel::tag::Tag;

use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity, some_of};
use crate::rule::{Found, rule};

rule! {
    /// No Python accepts any of the wheel's tags.
    ///
    /// # What it does
    /// Looks for tags whose parts contradict each other: `cp312-cp311` (an ABI of another version), `cp38-cp38m`
    /// and `cp37-cp37` (the ABI ends in `m` until 3.7, and not later), `cp312-…-ios_…` and
    /// `-android_…` (supported since 3.13), and a version that is not the one of the Pyodide ABI (`pyemscripten_2025_0` is
    /// CPython 3.13). Only wheels in which every tag is like this are reported.
    ///
    /// # Why it matters
    /// Installers accept only the tags of their own interpreter: *is not a supported wheel on this platform*, on every
    /// platform.
    ///
    /// # Example
    /// `demo-1.0-cp312-cp312-pyemscripten_2025_0_wasm32.whl`
    ///
    /// # Fix
    /// Build with the Python of that platform, and let the build backend write the tag.
    pub(super) static RULE: "tag-without-python", Abi, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let reasons: Option<Vec<String>> = facts.tags().iter().map(contradiction).collect();
    let Some(mut reasons) = reasons.filter(|reasons| !reasons.is_empty()) else { return };
    reasons.dedup();
    found.add(
        Finding::new(Severity::Error, Place::file(), format!("no Python accepts its tags: {}", some_of(&reasons)))
            .details(reasons)
            .fix("build with the Python of that platform, and let the build backend write the tag"),
    );
}

/// Why no Python has a tag.
fn contradiction(tag: &Tag) -> Option<String> {
    const PHONES: (u8, u8) = (3, 13);
    let version = tag.cpython()?;
    let digits = |abi: &str| abi.trim_end_matches(|letter: char| letter.is_ascii_lowercase()).to_owned();
    if let Some(abi) = cpython_of_tag(&digits(&tag.abi)).filter(|abi| *abi != version) {
        return Some(format!("{} is for Python {}, {} for {}", tag.python, dotted(version), tag.abi, dotted(abi)));
    }
    // Until 3.7, the ABI ends in `m` (pymalloc); since 3.8, no ABI does (bpo-36707).
    const WITHOUT_M: (u8, u8) = (3, 8);
    let flags = tag.abi.trim_start_matches("cp").trim_start_matches(|c: char| c.is_ascii_digit());
    if version.0 == 3 && tag.abi.starts_with("cp") && flags.contains('m') != (version < WITHOUT_M) {
        let has = if version < WITHOUT_M { format!("{}m", digits(&tag.abi)) } else { digits(&tag.abi) };
        return Some(format!("the ABI of Python {} is {has}, not {}", dotted(version), tag.abi));
    }
    let is_stable = tag.family().is_some();
    match tag.platform() {
        PlatformTag::Ios { .. } | PlatformTag::Android { .. } if version < PHONES && !is_stable => {
            Some(format!("{} begins with Python 3.13", tag.platform))
        }
        PlatformTag::Pyemscripten { version: abi } => {
            let only = pyodide::abi(abi)?.python;
            let fits = if is_stable { version <= only } else { version == only };
            (!fits).then(|| format!("{} is Python {} only", tag.platform, dotted(only)))
        }
        _ => None,
    }
}
