use monowheel_wheel::abi::{PythonVersion, admits, dotted, exports, lookup, ranges};
use monowheel_wheel::binary::{Format, Slice};
use pep440_rs::VersionSpecifiers;

use crate::facts::{BinaryFacts, Facts};
use crate::finding::{Finding, Severity, some_of};
use crate::rule::{Found, rule};
use crate::rules::abi::claim::{Claim, claimed, requires_python};
use crate::rules::abi::python_imports::python_imports;

rule! {
    /// A symbol of the stable ABI is newer than the oldest Python that the wheel promises.
    ///
    /// # What it does
    /// Compares each imported symbol of the stable ABI with the floor: the lowest version among the stable ABI tags of
    /// the compressed tag set. Weak imports are ignored, because a module checks whether they are there.
    ///
    /// It is an error if a promised release does not have the symbol, a warning if only `Requires-Python` excludes that
    /// release, and a note if every promised release exports it although it was added to the stable ABI later
    /// (`PyObject_GetBuffer` exists since 3.0 and is in the stable ABI since 3.11). `python3.dll` on Windows exports it
    /// only from the later version on.
    ///
    /// # Why it matters
    /// On the older version the import fails: `undefined symbol: PyType_GetModuleState`.
    ///
    /// # Example
    /// `PyType_GetModuleState`, added in 3.10, in `demo-1.0-cp38-abi3-win_amd64.whl`.
    ///
    /// # Fix
    /// Raise the floor (PyO3: `abi3-py310`; C: `Py_LIMITED_API=0x030a0000`; the wheel's tag follows), or avoid the
    /// symbol.
    pub(super) static RULE: "symbol-above-floor", Abi, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let requires = requires_python(facts);
    for (binary, slice, claim) in claimed(facts) {
        if let Some(floor) = claim.floor {
            look(requires.as_ref(), binary, slice, (&claim, floor), found);
        }
    }
}

/// A symbol, with its severity and the reason.
struct Newer<'a> {
    severity: Severity,
    name: &'a str,
    added: PythonVersion,
    why: String,
}

fn look(
    requires: Option<&VersionSpecifiers>,
    binary: &BinaryFacts,
    slice: &Slice,
    (claim, floor): (&Claim, PythonVersion),
    found: &mut Found<'_>,
) {
    let newer = python_imports(binary, slice).filter(|import| !import.weak).filter_map(|import| {
        let symbol = lookup(&import.name).filter(|symbol| symbol.added > floor)?;
        let lacking = lacking(binary.binary.format, &import.name, floor, symbol.added);
        let (severity, why) = weigh(requires, &lacking);
        Some(Newer { severity, name: &import.name, added: symbol.added, why })
    });
    let mut newer: Vec<Newer<'_>> = newer.collect();
    newer.sort_by(|a, b| b.severity.cmp(&a.severity).then(b.added.cmp(&a.added)).then(a.name.cmp(b.name)));
    let (Some(worst), Some(needed)) = (newer.first(), newer.iter().map(|symbol| symbol.added).max()) else { return };
    let names: Vec<String> = newer.iter().map(|symbol| format!("{} ({})", symbol.name, dotted(symbol.added))).collect();
    let tail = match worst.severity {
        Severity::Error => String::new(),
        Severity::Warning => "; only Requires-Python excludes the older versions".to_owned(),
        Severity::Note => "; the releases in question export them anyway".to_owned(),
    };
    let message = format!("promises {} but uses newer symbols: {}{tail}", claim.promised(), some_of(&names));
    found.add(
        Finding::new(worst.severity.min(claim.worst), binary.place(slice), message)
            .details(newer.iter().map(|symbol| format!("{} ({}): {}", symbol.name, dotted(symbol.added), symbol.why)))
            .fix(format!(
                "raise the floor to {0} (cp{1}-abi3, Requires-Python >={0}), or avoid them",
                dotted(needed),
                dotted(needed).replace('.', "")
            )),
    );
}

/// The versions from the floor on that do not have a symbol.
fn lacking(format: Format, name: &str, floor: PythonVersion, added: PythonVersion) -> Vec<PythonVersion> {
    let below = |end: PythonVersion| (floor.1..end.1).map(|minor| (3, minor));
    if format == Format::Pe {
        return below(added).collect();
    }
    // For versions before the first known one, only the table has data.
    let first_known = (3, *exports::KNOWN.start());
    let old = below(first_known.min(added)).filter(|_| added <= first_known);
    old.chain(exports::lacking(name, floor, Some(added))).collect()
}

fn weigh(requires: Option<&VersionSpecifiers>, lacking: &[PythonVersion]) -> (Severity, String) {
    if lacking.is_empty() {
        return (Severity::Note, "exported by the promised releases anyway".to_owned());
    }
    if lacking.iter().any(|version| admits(requires, *version)) {
        return (Severity::Error, format!("missing from CPython {}", ranges(lacking)));
    }
    (Severity::Warning, format!("missing from CPython {}, which Requires-Python excludes", ranges(lacking)))
}
