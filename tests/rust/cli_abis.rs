//! `--abi`, `--floor` and `abis`: impossible builds are refused before anything is built.

use std::ffi::OsString;

use crate::said::{Ended, ran};

struct Crate(tempfile::TempDir);

impl Crate {
    fn new(pyo3: &str, requires_python: &str, config: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs_err::create_dir_all(dir.path().join("src")).unwrap();
        let cargo = format!(
            "[package]\nname = \"demo\"\nversion = \"1.0.0\"\nedition = \"2021\"\n[lib]\ncrate-type = [\"cdylib\"]\n\
             [dependencies]\npyo3 = {pyo3}\n[workspace]\n"
        );
        let pyproject = format!(
            "[build-system]\nrequires = [\"maturin\"]\nbuild-backend = \"maturin\"\n\
             [project]\nname = \"demo\"\nrequires-python = \"{requires_python}\"\ndynamic = [\"version\"]\n{config}\n"
        );
        let files = [("Cargo.toml", cargo.as_str()), ("pyproject.toml", &pyproject), ("src/lib.rs", "")];
        for (name, text) in files {
            fs_err::write(dir.path().join(name), text).unwrap();
        }
        Self(dir)
    }

    fn run(&self, command: &str, words: &[&str]) -> Ended {
        let words = std::iter::once(&command).chain(words).map(OsString::from);
        ran(&words.chain([self.0.path().into()]).collect::<Vec<_>>())
    }

    /// The tags of the wheels planned for Windows.
    fn tags(&self, words: &[&str]) -> Vec<String> {
        let words: Vec<&str> = words.iter().copied().chain(["--json", "--target", "win_amd64"]).collect();
        let ended = self.run("plan", &words);
        let plan: serde_json::Value = serde_json::from_str(&ended.out).unwrap_or_else(|_| panic!("{}", ended.err));
        let jobs = plan["jobs"].as_array().unwrap().iter();
        jobs.map(|job| job["tag"].as_str().unwrap().replace("-win_amd64", "")).collect()
    }

    /// The error of a build with these words, which left nothing behind, and is that of the plan.
    fn refused(&self, words: &[&str]) -> String {
        let ended = self.run("build", words);
        assert_eq!(ended.code, 2, "{}", ended.err);
        for made in ["dist", "target", "Cargo.lock"] {
            assert!(!self.0.path().join(made).exists(), "{made}");
        }
        let planned = self.run("plan", words);
        assert_eq!((planned.code, planned.err.as_str()), (2, ended.err.as_str()));
        ended.err
    }
}

fn assert_said(said: &str, parts: &[&str]) {
    for part in parts {
        assert!(said.contains(part), "{part:?} is not in: {said}");
    }
}

const PLAIN: &str = "\"0.29\"";
const ABI3: &str = "{ version = \"0.29\", features = [\"abi3-py39\"] }";

#[test]
fn an_unknown_abi_is_named_with_the_nearest() {
    let demo = Crate::new(PLAIN, ">=3.9", "");
    assert_said(&demo.refused(&["--abi", "cp314T"]), &["unknown ABI \"cp314T\"", "did you mean cp314t?"]);
    assert_said(&demo.refused(&["--abi", "cp316"]), &["unknown ABI \"cp316\"", "cp38 to cp315"]);
    let configured = Crate::new(PLAIN, ">=3.9", "[tool.monowheel]\nabis = [\"cp312t\"]");
    assert_said(&configured.refused(&[]), &["unknown ABI \"cp312t\"", "pyproject.toml"]);
}

#[test]
fn an_empty_range_is_refused() {
    let demo = Crate::new(PLAIN, ">=3.9", "");
    assert_said(&demo.refused(&["--abi", "cp315-cp310"]), &["cp315-cp310 is an empty range", "cp310-cp315"]);
    assert_said(&demo.refused(&["--abi", "abi3-cp310"]), &["not a range of one kind of build"]);
    let configured = Crate::new(PLAIN, ">=3.9", "[tool.monowheel]\nabis = []");
    assert_said(&configured.refused(&[]), &["abis is an empty list", "abis = [\"auto\"]"]);
}

#[test]
fn a_range_that_requires_python_does_not_admit_is_refused() {
    let demo = Crate::new(PLAIN, ">=3.12", "");
    let said = demo.refused(&["--abi", "cp310-cp311"]);
    assert_said(&said, &["requires-python does not admit CPython 3.10", "leave cp310 out"]);
}

#[test]
fn a_floor_above_requires_python_is_refused() {
    let demo = Crate::new(PLAIN, ">=3.9", "");
    let said = demo.refused(&["--abi", "abi3", "--floor", "3.11"]);
    assert_said(&said, &["requires-python >=3.9 admits Python 3.9", "the abi3 floor is 3.11", ">=3.11"]);
    let configured = Crate::new(PLAIN, ">=3.9", "[tool.monowheel]\nabis = [\"abi3\"]\nfloor = \"3.11\"");
    assert_said(&configured.refused(&[]), &["admits Python 3.9"]);
    assert_said(&demo.refused(&["--abi", "abi3", "--floor", "3.16"]), &["abi3 with the floor 3.16", "3.8 to 3.15"]);
    assert_said(&demo.refused(&["--abi", "abi3", "--floor", "4"]), &["such as \"3.10\""]);
}

#[test]
fn wheels_of_single_versions_serve_what_is_below_the_floor() {
    let demo = Crate::new(PLAIN, ">=3.9", "");
    let planned = demo.tags(&["--abi", "cp39-cp310", "--abi", "abi3", "--floor", "3.11"]);
    assert_eq!(planned, ["cp311-abi3", "cp39-cp39", "cp310-cp310"]);
    let gap = demo.refused(&["--abi", "cp39", "--abi", "abi3", "--floor", "3.11"]);
    assert_said(&gap, &["admits Python 3.10", "the abi3 floor is 3.11"]);
}

#[test]
fn abi3t_needs_pyo3_0_29() {
    let demo = Crate::new("{ version = \"0.28\", features = [\"abi3-py39\"] }", ">=3.9", "");
    assert_said(
        &demo.refused(&["--abi", "abi3t"]),
        &["pyo3 0.28 has no abi3t; 0.29 is the first", "cargo add pyo3@0.29"],
    );
}

#[test]
fn a_version_beside_an_abi3_that_is_always_on_is_refused() {
    let demo = Crate::new(ABI3, ">=3.9", "");
    let said = demo.refused(&["--abi", "cp312"]);
    assert_said(&said, &["the feature abi3-py39 of pyo3 is always enabled", "cp312 wheels cannot be built"]);
    assert_eq!(demo.tags(&["--abi", "auto"]), ["cp39-abi3", "cp315-abi3.abi3t", "cp314-cp314t"]);
}

#[test]
fn a_plan_says_what_abi3_would_take() {
    let demo = Crate::new(PLAIN, ">=3.11", "");
    let said = demo.refused(&[]);
    let ways = ["cargo add pyo3 --features abi3-py311", "--abi abi3 --floor 3.11", "--abi auto"];
    assert_said(&said, &["no abi3 support"]);
    assert_said(&said, &ways);
}
