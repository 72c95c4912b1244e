//! `api parity` on bindings of a driver with 60 items (`driver/`).

use std::ffi::OsString;
use std::path::Path;

use serde_json::Value;

use crate::said::{Ended, ran};

/// A copy of the driver, and a command in it.
struct Driver(tempfile::TempDir);

fn copy(from: &Path, to: &Path) {
    fs_err::create_dir_all(to).unwrap();
    for entry in fs_err::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &target) } else { fs_err::copy(&path, &target).map(drop).unwrap() }
    }
}

impl Driver {
    fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("a driver ").tempdir().unwrap();
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rust/driver"), folder.path());
        Self(folder)
    }

    fn change(&self, name: &str, old: &str, new: &str) {
        let text = fs_err::read_to_string(self.0.path().join(name)).unwrap();
        assert!(text.contains(old), "{name} has no {old:?}");
        fs_err::write(self.0.path().join(name), text.replace(old, new)).unwrap();
    }

    /// `@NAME` is a path in the driver.
    fn parity(&self, words: &[&str]) -> Ended {
        let word = |word: &&str| {
            word.strip_prefix('@').map_or_else(|| OsString::from(word), |name| self.0.path().join(name).into())
        };
        let words = ["api", "parity", "@"].iter().chain(words).map(word).collect::<Vec<_>>();
        ran(&words)
    }

    fn report(&self, words: &[&str]) -> Value {
        let ended = self.parity(&[words, &["--json"]].concat());
        serde_json::from_str(&ended.out).unwrap_or_else(|_| panic!("{}", ended.err))
    }
}

fn row<'a>(report: &'a Value, rust: &str) -> &'a Value {
    let mut items = report["items"].as_array().unwrap().iter();
    items.find(|item| item["rust"] == rust).unwrap_or_else(|| panic!("no {rust}"))
}

#[test]
fn the_table_of_a_driver() {
    let ended = Driver::new().parity(&["--markdown"]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    insta::assert_snapshot!(ended.out);
}

#[test]
fn what_is_missing_is_listed_and_a_gate_refuses_it() {
    let driver = Driver::new();
    let ended = driver.parity(&["--fail-under", "90"]);
    assert_eq!(ended.code, 1);
    insta::assert_snapshot!(ended.out);
    let percent = driver.report(&[])["percent"].as_u64().unwrap();
    assert_eq!(driver.parity(&["--fail-under", &percent.to_string()]).code, 0);
    driver.change("pyproject.toml", "of = \"cql-core\"", "of = \"cql-core\"\nfail-under = 90");
    assert_eq!(driver.parity(&[]).code, 1);
}

#[test]
fn coverage_of_both_languages_says_what_ran() {
    let driver = Driver::new();
    let line = |text: &str, wanted: &str| text.lines().position(|line| line.contains(wanted)).unwrap() + 1;
    let source = fs_err::read_to_string(driver.0.path().join("src/lib.rs")).unwrap();
    let record = |wanted: &str, count: u64| {
        let start = line(&source, wanted);
        serde_json::json!({"count": count, "filenames": ["/elsewhere/src/lib.rs"], "regions": [[start, 5, start + 3, 6, count, 0, 0, 0]]})
    };
    let functions = [record("fn encode_frame", 2), record("fn execute", 0)];
    let rust = serde_json::json!({"data": [{"functions": functions}]});
    fs_err::write(driver.0.path().join("rust.json"), rust.to_string()).unwrap();
    let tests = fs_err::read_to_string(driver.0.path().join("tests/test_driver.py")).unwrap();
    let executed: Vec<usize> = (1..line(&tests, "session.batch")).chain([line(&tests, "encode_frame(b")]).collect();
    let python = serde_json::json!({"files": {"tests/test_driver.py": {"executed_lines": executed}}});
    fs_err::write(driver.0.path().join("python.json"), python.to_string()).unwrap();
    let report = driver.report(&["--coverage", "@rust.json", "--coverage", "@python.json"]);
    for (rust, tested) in [
        ("encode_frame", "ran"),
        // Named, but its code did not run; on a line that did not run; in no report of Rust.
        ("Session::execute", "no"),
        ("Session::execute_batch", "no"),
        ("Session::new", "named"),
    ] {
        assert_eq!(row(&report, rust)["tested"], tested, "{rust}");
    }
    fs_err::write(driver.0.path().join("rust.json"), "[]").unwrap();
    let ended = driver.parity(&["--coverage", "@rust.json"]);
    assert!(ended.code == 2 || ended.code == 3, "{}", ended.code);
    assert!(ended.err.contains("neither a report of llvm-cov nor one of coverage.py"), "{}", ended.err);
}

/// Writes the JSON of rustdoc for the core of the driver, as this Rust has it.
fn documented(driver: &Driver) {
    let core = driver.0.path().join("core/src/lib.rs");
    let words =
        ["--crate-name", "cql_core", "--edition", "2021", "-Zunstable-options", "--output-format", "json", "-o"];
    let call = std::process::Command::new("rustdoc")
        .env("RUSTC_BOOTSTRAP", "1")
        .arg(core)
        .args(words)
        .arg(driver.0.path())
        .output();
    let done = call.unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

#[test]
fn rustdoc_and_the_source_have_the_same_items_except_those_of_macros() {
    let driver = Driver::new();
    let paths = |report: &Value| {
        let items = report["items"].as_array().unwrap().iter();
        items.map(|item| (item["rust"].to_string(), item["kind"].to_string())).collect::<Vec<_>>()
    };
    documented(&driver);
    let (source, found) = (driver.report(&[]), driver.report(&["--rustdoc", "@cql_core.json"]));
    assert_eq!(paths(&source), paths(&found));
    assert_eq!(source["read_from"], "the Rust source");
    assert!(found["read_from"].as_str().unwrap().starts_with("the JSON of rustdoc, format "), "{}", found["read_from"]);
    assert_eq!(found["notes"].to_string().matches("is of another crate").count(), 1, "{}", found["notes"]);

    let made = "macro_rules! define { ($name:ident) => { pub fn $name() {} }; }\ndefine!(made_by_a_macro);\npub const DEFAULT_PORT";
    driver.change("core/src/lib.rs", "pub const DEFAULT_PORT", made);
    documented(&driver);
    assert_eq!(paths(&driver.report(&[])), paths(&source));
    assert_eq!(row(&driver.report(&["--rustdoc", "@cql_core.json"]), "made_by_a_macro")["state"], "missing");

    driver.change("pyproject.toml", "of = \"cql-core\"", "");
    let ended = driver.parity(&["--rustdoc", "@cql_core.json"]);
    assert_eq!(ended.code, 2);
    assert!(ended.err.contains("name the crate that the bindings wrap"), "{}", ended.err);
}

#[test]
fn the_tests_are_those_that_are_named() {
    let driver = Driver::new();
    let named = |words: &[&str]| {
        let report = driver.report(words);
        (report["test_files"].as_u64().unwrap(), report["tested"].as_u64().unwrap())
    };
    assert_eq!(named(&[]).0, 1);
    assert_eq!(named(&["--tests", "@tests/test_driver.py"]), named(&[]));
    assert_eq!(driver.parity(&["--tests", "@gone"]).code, 3);
    driver.change("pyproject.toml", "of = ", "tests = []\nof = ");
    assert_eq!(named(&[]), (0, 0));
}

#[test]
fn badges() {
    let driver = Driver::new();
    driver.parity(&["--badge", "@badge.json"]);
    let badge: Value = serde_json::from_slice(&fs_err::read(driver.0.path().join("badge.json")).unwrap()).unwrap();
    let percent = driver.report(&[])["percent"].clone();
    assert_eq!((&badge["schemaVersion"], &badge["message"]), (&1.into(), &format!("{percent} %").into()));
    driver.parity(&["--badge", "@badge.svg"]);
    let svg = fs_err::read_to_string(driver.0.path().join("badge.svg")).unwrap();
    assert!(svg.starts_with("<svg") && svg.contains(&format!(">{percent} %</text>")), "{svg}");
}

#[test]
fn what_the_table_states_has_to_be_so() {
    let driver = Driver::new();
    driver.change("pyproject.toml", "Session.batch", "Session.all");
    driver.change("pyproject.toml", "SessionBuilder*", "Builder*");
    driver.change("pyproject.toml", "RetryPolicy::decide", "Session::close");
    let ended = driver.parity(&[]);
    assert_eq!(ended.code, 1);
    for said in [
        "Session.all, which Python does not have",
        "Builder* is excluded, but no",
        "Session::close is excluded, but Python",
    ] {
        assert!(ended.out.contains(said), "{said}: {}", ended.out);
    }
    driver.change("pyproject.toml", "cql-core", "cql-gone");
    let ended = driver.parity(&[]);
    assert!(ended.code >= 2 && !ended.err.is_empty(), "{}", ended.err);
}

#[test]
fn items_that_a_macro_may_define_are_said_and_not_guessed() {
    let driver = Driver::new();
    driver.change(
        "src/lib.rs",
        "    /// A row of a result.",
        "    wrap_all! { #[pyfunction] fn murmur3_token }\n\n    /// A row.",
    );
    let ended = driver.parity(&[]);
    assert!(ended.err.contains("the macro wrap_all! may define more"), "{}", ended.err);
    assert_eq!(row(&driver.report(&[]), "murmur3_token")["state"], "missing");
}
