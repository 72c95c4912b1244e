use std::cell::{LazyCell, OnceCell};

use monowheel_wheel::abi::{dotted, exports, lookup, ranges};
use monowheel_wheel::binary::{Format, Slice};
use pep440_rs::VersionSpecifiers;

use crate::facts::{BinaryFacts, Facts};
use crate::finding::{Finding, Severity, some_of};
use crate::rule::{Found, rule};
use crate::rules::abi::claim::{Claim, claimed, requires_python};
use crate::rules::abi::python_imports::python_imports;
use crate::rules::abi::shipped::Shipped;

rule! {
    /// A binary that promises the stable ABI imports a Python symbol outside it.
    ///
    /// # What it does
    /// Compares every Python symbol that a binary of an `abi3` or `abi3t` wheel, or one named `.abi3.so`, imports
    /// strongly with the stable ABI and with the exports of each CPython release. Symbols that the module or a library
    /// in the wheel defines do not count.
    ///
    /// It is an error if the import fails: always on Windows, where `python3.dll` has only the stable ABI; elsewhere if
    /// a promised release does not have the symbol. A symbol that every release has had so far is a warning: CPython
    /// may remove or change it in any feature release.
    ///
    /// # Why it matters
    /// Installers select an `abi3` wheel for every later CPython (PEP 384, PEP 425). One missing symbol is an
    /// `ImportError` at the first import.
    ///
    /// # Example
    /// `demo-1.0-cp38-abi3-manylinux_2_17_x86_64.whl` whose module calls `_PyUnicode_Ready`, which
    /// CPython 3.12 no longer has.
    ///
    /// # Fix
    /// Build with `Py_LIMITED_API` (PyO3: a feature such as `abi3-py38`), which hides such functions, or tag the wheel
    /// for each version (`cp311-cp311`).
    pub(super) static RULE: "unstable-symbol", Abi, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let wheel = Wheel { facts, shipped: OnceCell::new(), requires: requires_python(facts) };
    for (binary, slice, claim) in claimed(facts) {
        look(&wheel, binary, slice, &claim, found);
    }
}

/// The symbols of the complete wheel.
struct Wheel<'a> {
    facts: &'a Facts,
    /// Created for the first symbol outside the stable ABI; most wheels have none.
    shipped: OnceCell<Shipped<'a>>,
    requires: Option<VersionSpecifiers>,
}

impl<'a> Wheel<'a> {
    fn shipped(&self) -> &Shipped<'a> {
        self.shipped.get_or_init(|| Shipped::of(self.facts))
    }
}

fn look(wheel: &Wheel<'_>, binary: &BinaryFacts, slice: &Slice, claim: &Claim, found: &mut Found<'_>) {
    let mut names = Names::default();
    let leans_on_others = LazyCell::new(|| wheel.shipped().leans_on_others(slice));
    for import in python_imports(binary, slice).filter(|import| !import.weak && lookup(&import.name).is_none()) {
        let name = import.name.as_str();
        if binary.binary.format == Format::Pe {
            names.lost.push((name, "python3.dll does not have it".to_owned()));
            continue;
        }
        if wheel.shipped().has(binary, name) {
            continue;
        }
        if exports::is_known(name) {
            names.add_known(wheel, claim, name);
        } else if is_in_cpythons_style(name) && !*leans_on_others {
            names.lost.push((name, "in no known CPython".to_owned()));
        }
    }
    let severity = match (names.lost.is_empty(), names.kept.is_empty()) {
        (true, true) => return,
        (true, false) => Severity::Warning,
        (false, _) => Severity::Error,
    };
    let all: Vec<&(&str, String)> = names.lost.iter().chain(&names.kept).collect();
    let only: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
    let why = match all.as_slice() {
        [(_, why)] => format!(" ({why})"),
        _ if names.lost.len() == 1 => ", of which 1 fails to import".to_owned(),
        _ if severity == Severity::Error => format!(", of which {} fail to import", names.lost.len()),
        _ => String::new(),
    };
    let message = format!("promises the stable ABI for {} but imports {}{why}", claim.promised(), some_of(&only));
    found.add(
        Finding::new(severity.min(claim.worst), binary.place(slice), message)
            .details(all.iter().map(|(name, why)| format!("{name}: {why}")))
            .fix("build with Py_LIMITED_API (PyO3: a feature abi3-py3X), or tag the wheel for each Python version"),
    );
}

/// Symbols outside the stable ABI, each with what is known about it.
#[derive(Default)]
struct Names<'a> {
    /// Those that make an import fail.
    lost: Vec<(&'a str, String)>,
    /// Those that every promised release has.
    kept: Vec<(&'a str, String)>,
}

impl<'a> Names<'a> {
    fn add_known(&mut self, wheel: &Wheel<'_>, claim: &Claim, name: &'a str) {
        let admitted = |version: &_| monowheel_wheel::abi::admits(wheel.requires.as_ref(), *version);
        let oldest = claim.floor.unwrap_or((3, *exports::KNOWN.start()));
        let lacking: Vec<_> = exports::lacking(name, oldest, None).filter(admitted).collect();
        if lacking.is_empty() {
            let last = dotted((3, *exports::KNOWN.end()));
            self.kept.push((name, format!("in every release up to {last}, but not guaranteed")));
        } else {
            self.lost.push((name, format!("missing from CPython {}", ranges(&lacking))));
        }
    }
}

/// `PyFoo_Bar`, `_Py_Bar`: names of this form that nothing provides are Python's. Library resolution covers others.
fn is_in_cpythons_style(name: &str) -> bool {
    let rest = name.strip_prefix('_').unwrap_or(name);
    rest.strip_prefix("Py")
        .and_then(|rest| rest.split_once('_'))
        .is_some_and(|(class, function)| !function.is_empty() && class.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}
