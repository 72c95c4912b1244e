//! The rule `bytes-as-vector`.

use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::source::{Source, Ty, What};

rule! {
    /// A parameter is a `Vec<u8>`, which this version of PyO3 fills byte by byte.
    ///
    /// # What it does
    /// Reports `Vec<u8>` among the parameters of functions that Python calls, and `extract::<Vec<u8>>()`, if PyO3 is older than
    /// 0.27; and `Vec<u8>` as a result before 0.23, which Python gets as a list of numbers.
    ///
    /// # Why it matters
    /// Each byte of a `bytes` object becomes a Python int and is converted separately, which takes a hundred times as long
    /// as a copy (icechunk#1107).
    /// Also reported in pyo3-async-runtimes#19.
    ///
    /// # Example
    /// `#[pyfunction] fn checksum(data: Vec<u8>) -> u64`
    ///
    /// # Fix
    /// Take `&[u8]` for `bytes`, `Cow<'_, [u8]>` or `PyBackedBytes` for `bytearray` too; or use PyO3 0.27 or later.
    pub(super) static RULE: "bytes-as-vector", Source, Note, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    let is_bytes = |ty: &Ty| ty.name == "Vec" && ty.args.first().is_some_and(|inner| inner.name == "u8");
    let is_it = |ty: &Ty| is_bytes(ty) || (ty.name == "Option" && ty.args.first().is_some_and(is_bytes));
    for (file, function) in source.exported().filter(|(file, _)| source.is_before_pyo3(file, (0, 23))) {
        let output = function.output.as_ref().map(|output| match (output.name.as_str(), output.args.first()) {
            ("PyResult" | "Result", Some(inner)) => inner,
            _ => output,
        });
        if output.is_some_and(is_it) {
            let message = format!("{} returns a list of numbers, not `bytes`", function.title());
            found.add(
                file.finding(Severity::Note, &function.at, message).fix("return Cow<'static, [u8]>, or a PyBytes"),
            );
        }
    }
    for (file, function) in source.functions().filter(|(file, _)| source.is_before_pyo3(file, (0, 27))) {
        for event in function.events.iter().filter(|event| event.what == What::ExtractsBytes) {
            let message = format!("{} converts bytes one by one: `extract::<Vec<u8>>()`", function.title());
            found.add(file.finding(Severity::Note, &event.at, message).fix("extract &[u8], or Cow<'_, [u8]>"));
        }
    }
    for (file, function) in source.exported().filter(|(file, _)| source.is_before_pyo3(file, (0, 27))) {
        for param in function.params.iter().filter(|param| is_it(&param.ty)) {
            let message = format!("{} converts the bytes of `{}` one by one", function.title(), param.name);
            found.add(file.finding(Severity::Note, &param.at, message).fix("take &[u8], or Cow<'_, [u8]>"));
        }
    }
}
