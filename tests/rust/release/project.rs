//! A project in a git repository, in a directory with a space, and the release that a build would leave in dist/.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use monowheel_audit::test_report::{self, Map, Proof, Trial};
use monowheel_forge::wheel::Wheel;
use monowheel_system::hash::sha256;

use crate::said::{Ended, ran};

pub(crate) const WHEEL: &str = "demo-1.0-cp38-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl";
pub(crate) const SDIST: &str = "demo-1.0.tar.gz";

const PYPROJECT: &str = "[build-system]\nrequires = [\"maturin\"]\nbuild-backend = \"maturin\"\n[project]\nname = \"demo\"\n\
    requires-python = \">=3.8\"\ndynamic = [\"version\"]\n[tool.monowheel]\ntargets = [\"manylinux_2_17_x86_64\"]\nabis = [\"abi3\"]\n";
const CARGO: &str = "[package]\nname = \"demo\"\nversion = \"1.0.0\" # the one\nedition = \"2021\"\n[lib]\n\
    crate-type = [\"cdylib\"]\n[dependencies]\npyo3 = { version = \"0.29\", features = [\"abi3-py38\"] }\n";
const LOCK: &str = "version = 4\n\n[[package]]\nname = \"demo\"\nversion = \"1.0.0\"\ndependencies = [\n \"pyo3\",\n]\n\n[[package]]\n\
    name = \"pyo3\"\nversion = \"0.29.3\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\n";
const CHANGELOG: &str = "# Changelog\n\n## [Unreleased]\n\n## [1.0.0] - 2026-11-20\n\n### Added\n\n- All of it.\n";

/// A project of version 1.0.0, committed.
pub(crate) struct Project {
    _dir: tempfile::TempDir,
    pub(crate) root: PathBuf,
}

/// The output of git, which has to succeed.
pub(crate) fn git(folder: &Path, words: &[&str]) -> String {
    let mut command = Command::new("git");
    command.args(["-c", "protocol.file.allow=always", "-c", "init.defaultBranch=main"]).args(words).current_dir(folder);
    let done = command.env("GIT_CONFIG_GLOBAL", "/dev/null").output().unwrap();
    assert!(done.status.success(), "git {words:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8_lossy(&done.stdout).trim_end().to_owned()
}

impl Project {
    pub(crate) fn new() -> Self {
        let dir = tempfile::Builder::new().prefix("a project ").tempdir().unwrap();
        let root = fs_err::canonicalize(dir.path()).unwrap().join("de mo");
        fs_err::create_dir_all(root.join("src")).unwrap();
        let project = Self { _dir: dir, root };
        for (name, text) in [
            ("pyproject.toml", PYPROJECT),
            ("Cargo.toml", CARGO),
            ("Cargo.lock", LOCK),
            ("CHANGELOG.md", CHANGELOG),
            ("src/lib.rs", ""),
        ] {
            project.write(name, text);
        }
        git(&project.root, &["init", "--quiet"]);
        project.identify();
        project.commit();
        project
    }

    /// With a committer, but without this machine's settings.
    pub(crate) fn identify(&self) {
        for (name, value) in
            [("user.name", "x"), ("user.email", "x@example.org"), ("commit.gpgsign", "false"), ("tag.gpgsign", "false")]
        {
            git(&self.root, &["config", name, value]);
        }
    }

    /// A clone of the last commit alone.
    pub(crate) fn shallow_clone(&self) -> Self {
        let dir = tempfile::Builder::new().prefix("a clone ").tempdir().unwrap();
        let root = fs_err::canonicalize(dir.path()).unwrap().join("de mo");
        let url = format!("file://{}", self.root.display());
        git(dir.path(), &["clone", "--quiet", "--depth=1", &url, &root.display().to_string()]);
        let clone = Self { _dir: dir, root };
        clone.identify();
        clone
    }

    pub(crate) fn commit(&self) {
        git(&self.root, &["add", "-A"]);
        git(&self.root, &["commit", "--quiet", "--allow-empty", "-m", "it"]);
    }

    pub(crate) fn head(&self) -> String {
        git(&self.root, &["rev-parse", "HEAD"])
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs_err::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs_err::write(self.path(name), bytes).unwrap();
    }

    /// Replaces a part of a file, which has to be there.
    pub(crate) fn change(&self, name: &str, old: &str, new: &str) {
        let text = self.read(name);
        assert!(text.contains(old), "{name} has no {old:?}");
        self.write(name, text.replace(old, new));
    }

    /// A complete release, built from the checked-out commit, and tested.
    pub(crate) fn build(&self) {
        self.build_of(&self.head());
    }

    pub(crate) fn build_of(&self, commit: &str) {
        let _ = fs_err::create_dir(self.path("dist"));
        let wheel = Wheel::abi3("manylinux_2_17_x86_64.manylinux2014_x86_64");
        assert_eq!(wheel.file, WHEEL);
        self.write(&format!("dist/{WHEEL}"), wheel.bytes());
        self.write(&format!("dist/{SDIST}"), "an sdist");
        self.record(commit);
        self.prove(test_report::Verdict::Ran);
    }

    /// The manifest and the checksums of the current files in dist/.
    pub(crate) fn record(&self, commit: &str) {
        let file = |name: &str| {
            let bytes = fs_err::read(self.path("dist").join(name)).unwrap();
            serde_json::json!({"file": name, "sha256": sha256(&bytes), "size": bytes.len()})
        };
        let mut wheel = file(WHEEL);
        for (key, value) in [
            ("target", "manylinux_2_17_x86_64"),
            ("abi", "abi3"),
            ("tag", "cp38-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64"),
            ("linker", "zig 0.15.2"),
            ("verdict", "built"),
        ] {
            wheel[key] = value.into();
        }
        wheel["triples"] = serde_json::json!(["x86_64-unknown-linux-gnu"]);
        wheel["arguments"] = serde_json::json!(["build"]);
        let audit = serde_json::json!({
            "clean": true, "counts": {"errors": 0, "warnings": 0, "notes": 0, "ignored": 0},
            "coverage": {"pythons": [], "rows": []},
        });
        let sdist = file(SDIST);
        let line = |file: &serde_json::Value| {
            format!("{}  {}\n", file["sha256"].as_str().unwrap(), file["file"].as_str().unwrap())
        };
        self.write("dist/SHA256SUMS", format!("{}{}", line(&wheel), line(&sdist)));
        let manifest = serde_json::json!({
            "schema": "monowheel.manifest/1", "monowheel": "0.1.0", "name": "demo", "version": "1.0.0", "complete": true,
            "tools": {}, "environment": [], "sdist": sdist, "commit": commit, "wheels": [wheel], "audit": audit,
        });
        self.write("dist/monowheel.json", manifest.to_string());
    }

    /// The test report of the current wheels in dist/.
    pub(crate) fn prove(&self, verdict: test_report::Verdict) {
        let trial = Trial {
            python: "cpython 3.13.0 linux-x86_64".to_owned(),
            version: (3, 13),
            free_threaded: false,
            debug: false,
            platform: "manylinux_2_36_x86_64".to_owned(),
            runner: "native".to_owned(),
            wheel: Some(WHEEL.to_owned()),
            verdict,
            why: None,
            checks: Vec::new(),
            reused: false,
            seconds: 1.0,
        };
        let wheels = vec![test_report::File {
            file: WHEEL.to_owned(),
            sha256: sha256(&fs_err::read(self.path("dist").join(WHEEL)).unwrap()),
        }];
        let release = test_report::Release {
            name: "demo".to_owned(),
            version: "1.0".to_owned(),
            wheels,
            trials: vec![trial],
            map: Map::default(),
        };
        let proof = Proof {
            schema: test_report::SCHEMA.to_owned(),
            monowheel: "0.1.0".to_owned(),
            isolation: None,
            releases: vec![release],
        };
        proof.write(&self.path("dist").join(test_report::FILE)).unwrap();
    }

    /// `monowheel release WORD… PROJECT OPTION…`.
    pub(crate) fn release(&self, words: &[&str]) -> Ended {
        let mut argv: Vec<OsString> = ["release", words[0]].iter().map(OsString::from).collect();
        if words[0] == "prepare" {
            argv.push("--project".into());
        }
        argv.push(self.root.clone().into());
        argv.extend(words[1..].iter().map(OsString::from));
        ran(&argv)
    }

    /// The failed checks: `check: message; next`.
    pub(crate) fn wrong(&self, options: &[&str]) -> Vec<String> {
        let words: Vec<&str> = ["check", "--json"].into_iter().chain(options.iter().copied()).collect();
        let ended = self.release(&words);
        let report: serde_json::Value = serde_json::from_str(&ended.out).unwrap_or_else(|_| panic!("{}", ended.err));
        assert_eq!(report["schema"], "monowheel.release-check/1");
        let checks = report["checks"].as_array().unwrap();
        let text = |check: &serde_json::Value, key: &str| check[key].as_str().unwrap_or_default().to_owned();
        let bad: Vec<&serde_json::Value> =
            checks.iter().filter(|check| !["ok", "skipped"].contains(&text(check, "state").as_str())).collect();
        let expected = match bad.iter().map(|check| text(check, "state")).max().as_deref() {
            None if report["ready"] == true => 0,
            _ if bad.iter().any(|check| check["state"] == "unknown") => 3,
            _ => 1,
        };
        assert_eq!(ended.code, expected, "{}", ended.out);
        assert_eq!(report["ready"], expected == 0);
        bad.iter()
            .map(|check| {
                assert!(check["next"].is_string(), "no next step: {check}");
                format!("{}: {}; {}", text(check, "check"), text(check, "said"), text(check, "next"))
            })
            .collect()
    }

    /// The only failed check.
    pub(crate) fn one_wrong(&self, options: &[&str]) -> String {
        let mut wrong = self.wrong(options);
        assert_eq!(wrong.len(), 1, "{wrong:#?}");
        wrong.remove(0)
    }
}
