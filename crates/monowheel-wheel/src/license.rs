//! SPDX license expressions, as in `License-Expression` (PEP 639).
//!
//! The grammar and the tables are those of packaging 26.3, which the index uses; identifiers and
//! operators are compared case-insensitively.

use std::collections::HashSet;
use std::sync::LazyLock;

const DATA: &str = include_str!("spdx.tsv");

/// Kind and identifier in lower case.
static TABLE: LazyLock<HashSet<(&'static str, String)>> = LazyLock::new(|| {
    DATA.lines().skip(2).filter_map(|line| line.split_once('\t')).map(|(kind, id)| (kind, id.to_lowercase())).collect()
});

/// Checks an expression.
///
/// # Errors
/// The problem, in words.
pub fn check_expression(expression: &str) -> Result<(), String> {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").to_lowercase();
    let mut words = spaced.split_whitespace().peekable();
    let mut depth = 0_usize;
    // Whether a license or a group is expected; otherwise an operator or the end.
    let mut operand = true;
    let mut after_license = false;
    while let Some(word) = words.next() {
        match (operand, word) {
            (true, "(") => depth += 1,
            (true, "and" | "or" | "with" | ")") => return Err(format!("a license is missing before `{word}`")),
            (true, license) => {
                check_license(license)?;
                (operand, after_license) = (false, true);
            }
            (false, ")") if depth > 0 => {
                depth -= 1;
                after_license = false;
            }
            (false, "and" | "or") => (operand, after_license) = (true, false),
            (false, "with") if after_license => {
                let exception = words.next().unwrap_or_default();
                if !TABLE.contains(&("exception", exception.to_owned())) {
                    return Err(format!("`{exception}` is not an SPDX exception"));
                }
                after_license = false;
            }
            (false, word) => return Err(format!("expected AND, OR or the end, found `{word}`")),
        }
    }
    match (operand, depth) {
        (true, _) => Err("a license is missing at the end".to_owned()),
        (false, 0) => Ok(()),
        (false, _) => Err("unclosed bracket".to_owned()),
    }
}

fn check_license(word: &str) -> Result<(), String> {
    if let Some(name) = word.strip_prefix("licenseref-") {
        let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || ".-".contains(c));
        return if is_name { Ok(()) } else { Err(format!("`{word}` is not a LicenseRef")) };
    }
    match TABLE.contains(&("license", word.strip_suffix('+').unwrap_or(word).to_owned())) {
        true => Ok(()),
        false => Err(format!("`{word}` is not an SPDX license")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_understood() {
        assert_eq!(TABLE.len(), DATA.lines().skip(2).count());
        assert!(DATA.lines().skip(2).all(|line| line.starts_with("license\t") || line.starts_with("exception\t")));
    }

    #[test]
    fn expressions() {
        for good in [
            "MIT",
            "mit or apache-2.0",
            "MIT AND (Apache-2.0 OR BSD-2-Clause)",
            "GPL-2.0-or-later WITH Classpath-exception-2.0",
            "GPL-2.0+",
            "LicenseRef-My.Own-1 OR ((MIT))",
            "Apache-2.0 WITH LLVM-exception AND MIT",
        ] {
            assert_eq!(check_expression(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            "Apache",
            "MIT/Apache-2.0",
            "MIT Apache-2.0",
            "MIT AND",
            "OR MIT",
            "(MIT",
            "MIT)",
            "()",
            "(MIT) WITH LLVM-exception",
            "MIT WITH MIT",
            "MIT WITH",
            "LicenseRef-",
            "LicenseRef-a_b",
            "MIT WITH LLVM-exception WITH LLVM-exception",
        ] {
            assert!(check_expression(bad).is_err(), "{bad}");
        }
        assert!(check_expression(&"(".repeat(100_000)).is_err());
    }
}
