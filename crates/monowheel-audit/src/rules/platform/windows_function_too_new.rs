use std::cell::LazyCell;

use monowheel_wheel::abi::dotted;
use monowheel_wheel::binary::{Format, Import, Slice};
use monowheel_wheel::platform::windows_symbols::{OLDEST_SERVED, WindowsVersion, name, oldest_of, since};

use crate::facts::Facts;
use crate::finding::{Finding, Severity, some_of};
use crate::rule::{Found, rule};
use crate::rules::platform::promise::floor;
use crate::rules::platform::reach::Reach;

rule! {
    /// A Windows binary calls a function that the oldest supported Windows does not have.
    ///
    /// # What it does
    /// Compares the first Windows version of each imported Windows function (Microsoft's metadata) with the oldest
    /// Windows supported by the oldest Python that the tag promises: 7 for 3.8, 8.1 for 3.9 to 3.12, 10 for later ones.
    /// Delayed imports are ignored.
    ///
    /// It is an error if a Windows that still gets updates does not have the function (before Windows 10 build 17763),
    /// a warning if Windows 8.1 or an old build of 10 does not, and a note if only Windows 7 or 8 does not.
    ///
    /// # Why it matters
    /// The import fails: *The specified procedure could not be found*.
    ///
    /// # Example
    /// `GetTempPath2W`, added in Windows 11, in a `cp313-cp313` wheel.
    ///
    /// # Fix
    /// Look the function up at run time (`GetProcAddress`), build with a lower `_WIN32_WINNT`, or raise the floor.
    pub(super) static RULE: "windows-function-too-new", Platform, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let reach = LazyCell::new(|| Reach::of(facts));
    let floor = LazyCell::new(|| floor(facts));
    for (binary, slice) in facts.slices().filter(|(binary, _)| binary.binary.format == Format::Pe) {
        // Without a floor, no Windows version is promised.
        let Some(python) = *floor else { return };
        let promised = oldest_of(python);
        let newer = newer_than(slice, promised);
        let Some((needed, _)) = newer.first().copied() else { continue };
        let severity = match needed {
            needed if needed > OLDEST_SERVED => Severity::Error,
            (6, ..) => Severity::Note,
            _ if promised < (6, 3, 0) && needed <= (10, 0, 10240) => Severity::Note,
            _ => Severity::Warning,
        };
        let names: Vec<&str> = newer.iter().map(|(_, import)| import.name.as_str()).collect();
        let message = format!(
            "calls {}, added in {}, but CPython {} runs on {}",
            some_of(&names),
            name(needed),
            dotted(python),
            name(promised)
        );
        let details = newer.iter().map(|(version, import)| {
            format!("{} of {}: {}", import.name, import.library.as_deref().unwrap_or_default(), name(*version))
        });
        found.add(
            Finding::new(severity.min(reach.severity(binary)), binary.place(slice), message)
                .details(details)
                .fix("look the function up at run time with GetProcAddress, or raise the floor of the wheel"),
        );
    }
}

/// The functions that are newer than a Windows version, newest first.
fn newer_than(slice: &Slice, promised: WindowsVersion) -> Vec<(WindowsVersion, &Import)> {
    let now = slice.imports.iter().filter(|import| !import.delayed);
    let mut newer: Vec<(WindowsVersion, &Import)> = now
        .filter_map(|import| Some((since(import.library.as_deref()?, &import.name)?, import)))
        .filter(|(version, _)| *version > promised)
        .collect();
    newer.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.name.cmp(&b.1.name)));
    newer
}
