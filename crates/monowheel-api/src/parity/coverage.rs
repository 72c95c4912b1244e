//! What ran: the exports of `llvm-cov export` and of `coverage json`, told apart by their content.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use monowheel_error::{Error, ErrorKind, Result};
use serde::Deserialize;

/// Measured coverage of both languages.
#[derive(Debug, Default)]
pub struct Coverage {
    /// Name of a file without its directories → the functions in all files of that name.
    functions: HashMap<String, Vec<Function>>,
    /// File of Python → the lines that ran.
    executed: BTreeMap<String, BTreeSet<u32>>,
}

/// A function of Rust.
#[derive(Debug)]
struct Function {
    file: String,
    start: u32,
    end: u32,
    has_run: bool,
}

/// Not an enum: serde would keep a complete report in memory to decide.
#[derive(Deserialize)]
struct Report {
    /// Of llvm-cov.
    data: Option<Vec<Export>>,
    /// Of coverage.py.
    files: Option<BTreeMap<String, PythonFile>>,
}

#[derive(Deserialize)]
struct Export {
    functions: Vec<Record>,
}

#[derive(Deserialize)]
struct Record {
    count: u64,
    filenames: Vec<String>,
    /// First and last line and column, the count, the number of the file, and more.
    regions: Vec<Vec<u64>>,
}

#[derive(Deserialize)]
struct PythonFile {
    executed_lines: BTreeSet<u32>,
}

impl Coverage {
    /// Adds a report, the content of the file at `path`.
    ///
    /// # Errors
    /// [`ErrorKind::Format`] if it is neither of both.
    pub fn add(&mut self, path: &str, text: &str) -> Result<()> {
        let report: Option<Report> = serde_json::from_str(text).ok();
        let report = report.filter(|report| report.data.is_some() || report.files.is_some()).ok_or_else(|| {
            Error::new(ErrorKind::Format, "this is neither a report of llvm-cov nor one of coverage.py").at(path).next(
                "write it with `llvm-cov export` (without -summary-only), `cargo llvm-cov --json` or `coverage json`",
            )
        })?;
        for record in report.data.into_iter().flatten().flat_map(|export| export.functions) {
            // Of the first file only: the others are macros.
            let of_file = record.regions.iter().filter(|region| region.get(5) == Some(&0));
            let line = |region: &Vec<u64>, column: usize| u32::try_from(*region.get(column)?).ok();
            let start = of_file.clone().filter_map(|region| line(region, 0)).min();
            let end = of_file.filter_map(|region| line(region, 2)).max();
            if let (Some(file), Some(start), Some(end)) = (record.filenames.first(), start, end) {
                let function = Function { file: file.clone(), start, end, has_run: record.count > 0 };
                self.functions.entry(last_part(file).to_owned()).or_default().push(function);
            }
        }
        for (file, PythonFile { executed_lines }) in report.files.into_iter().flatten() {
            self.executed.entry(file).or_default().extend(executed_lines);
        }
        Ok(())
    }

    /// Whether the function of Rust whose name is on this line ran; `None` if no report has it.
    #[must_use]
    pub fn has_run(&self, file: &str, line: u32) -> Option<bool> {
        let here = self.functions.get(last_part(file))?.iter().filter(|one| is_same(&one.file, file));
        // The innermost one: its region begins with its signature.
        let around = here.clone().filter(|one| one.start <= line && line <= one.end);
        let start = around.map(|one| one.start).max()?;
        // A generic function has a record for each of its types.
        Some(here.filter(|one| one.start == start).any(|one| one.has_run))
    }

    /// Whether a line of Python ran; `None` if no report has the file.
    #[must_use]
    pub fn is_executed(&self, file: &str, line: u32) -> Option<bool> {
        let (_, lines) = self.executed.iter().find(|(known, _)| is_same(known, file))?;
        Some(lines.contains(&line))
    }
}

fn last_part(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// Whether one path ends with the other: reports have absolute paths, or those of another directory.
fn is_same(one: &str, other: &str) -> bool {
    fn parts(path: &str) -> impl Iterator<Item = &str> {
        path.split(['/', '\\']).rev().filter(|part| !part.is_empty() && *part != ".")
    }
    let mut pairs = parts(one).zip(parts(other)).peekable();
    pairs.peek().is_some() && pairs.all(|(one, other)| one == other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_of_both_languages() -> Result<()> {
        let mut coverage = Coverage::default();
        let region = |start: u32, end: u32, count: u64| {
            serde_json::json!({"name": "_R", "count": count, "filenames": ["/home/ci/demo/src/lib.rs"],
                "regions": [[start, 5, end, 6, count, 0, 0, 0]], "branches": []})
        };
        let functions = [region(10, 20, 3), region(30, 40, 0), region(30, 40, 1), region(50, 52, 0)];
        let rust = serde_json::json!({"type": "llvm.coverage.json.export", "version": "2.0.1",
            "data": [{"files": [], "functions": functions, "totals": {}}]});
        coverage.add("a.json", &rust.to_string())?;
        let python = serde_json::json!({"meta": {"version": "7"}, "files": {"tests/test_a.py":
            {"executed_lines": [1, 3], "missing_lines": [4], "summary": {}}}, "totals": {}});
        coverage.add("b.json", &python.to_string())?;
        assert_eq!(coverage.has_run("src/lib.rs", 12), Some(true));
        assert_eq!(coverage.has_run("src/lib.rs", 30), Some(true));
        assert_eq!(coverage.has_run("src/lib.rs", 50), Some(false));
        assert_eq!(coverage.has_run("src/lib.rs", 49), None);
        assert_eq!(coverage.has_run("other/lib.rs", 12), None);
        assert_eq!(coverage.is_executed("/x/demo/tests/test_a.py", 3), Some(true));
        assert_eq!(coverage.is_executed("tests/test_a.py", 4), Some(false));
        assert_eq!(coverage.is_executed("tests/test_b.py", 4), None);
        for wrong in ["", "[]", "{}", "{\"data\": [{\"totals\": {}}]}"] {
            assert!(coverage.add("c.json", wrong).is_err(), "{wrong}");
        }
        Ok(())
    }
}
