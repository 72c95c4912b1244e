//! One configuration, one verdict: every command that audits reads the same tables and gives the same result.

use std::ffi::OsString;
use std::path::PathBuf;

use monowheel_audit::audit::Auditor;
use monowheel_build::plan::Selection;
use monowheel_build::{contract, manifest, prepare};
use monowheel_forge::extension::library;
use monowheel_forge::wheel::Wheel;
use monowheel_project::project::Project as Buildable;
use monowheel_system::exec::CancelToken;
use serde_json::Value;

use crate::release::project::{Project, SDIST, WHEEL};
use crate::said::{Ended, ran_with};

const TAG: &str = "cp38-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64";
/// The error of the wheel below.
const IGNORE: &str =
    "ignore = [{ rule = \"library-unresolvable\", path = \"demo/*\", reason = \"users install it\" }]\n";

/// A wheel with an error (a library that is nowhere) and, among the wheels of a release, a note (only it promises 3.7).
fn wheel() -> Wheel {
    Wheel::abi3("manylinux_2_17_x86_64.manylinux2014_x86_64")
        .slices(|slice| slice.libraries.push(library("libtorch.so")))
        .info("METADATA", |text| text.replace("Requires-Python: >=3.8", "Requires-Python: >=3.7"))
}

/// A project with this `[tool.monowheel.audit]`, and that wheel in dist/.
fn project(table: &str, targets: &str) -> Project {
    let project = Project::new();
    project.change("pyproject.toml", "targets = [\"manylinux_2_17_x86_64\"]", targets);
    let text = project.read("pyproject.toml");
    project.write("pyproject.toml", format!("{text}[tool.monowheel.audit]\n{table}"));
    project.commit();
    fs_err::create_dir(project.path("dist")).unwrap();
    project.write(&format!("dist/{WHEEL}"), wheel().bytes());
    project.write(&format!("dist/{SDIST}"), "an sdist");
    project.record(&project.head());
    project.prove(monowheel_audit::test_report::Verdict::Ran);
    project
}

impl Project {
    fn words(&self, words: &[&str]) -> Vec<OsString> {
        let word = |word: &&str| word.strip_prefix('@').map_or_else(|| word.into(), |name| self.path(name).into());
        words.iter().map(word).collect()
    }

    /// Runs a command; `@NAME` is a path in the project, `@` the project itself.
    fn run(&self, words: &[&str]) -> Ended {
        ran_with(&self.words(words), Some(PathBuf::from("no-python-here")))
    }

    /// Whether a build would succeed with the wheel, and its record.
    fn is_good_for_build(&self, selection: &Selection) -> bool {
        let policy = prepare::policy(&Buildable::read(&self.root).unwrap(), selection);
        let auditor = Auditor::new(policy.options(vec![SDIST.to_owned()], &CancelToken::default())).unwrap();
        let bytes = fs_err::read(self.path("dist").join(WHEEL)).unwrap().into();
        let (report, breaches) = contract::check(WHEEL, &bytes, TAG, "_demo", &auditor).unwrap();
        let mut manifest = manifest::Manifest::read(&self.path("dist")).unwrap();
        manifest.wheels[0].findings = report.findings;
        manifest.wheels[0].outline = Some(report.outline);
        manifest.audit = manifest::Audit::of(&manifest.wheels, &auditor, &policy);
        self.write("dist/monowheel.json", serde_json::to_string(&manifest).unwrap());
        breaches.is_empty() && manifest.audit.clean
    }

    fn is_good_for_audit(&self) -> bool {
        let ended = self.run(&["audit", "@dist", "--config", "@pyproject.toml"]);
        assert!(ended.code < 2, "{}", ended.err);
        ended.code == 0
    }

    fn is_good_for_release(&self) -> bool {
        let ended = self.run(&["release", "check", "@", "--json"]);
        let report: Value = serde_json::from_str(&ended.out).unwrap_or_else(|_| panic!("{}", ended.err));
        let check = report["checks"].as_array().unwrap().iter().find(|check| check["check"] == "audit");
        check.unwrap()["state"] == "ok"
    }

    /// Nothing listens at the index: a release that may be published fails there.
    fn publish(&self) -> Ended {
        let (index, simple) = ("http://127.0.0.1:1/legacy/", "http://127.0.0.1:1/simple/");
        let words = ["publish", "--dist", "@dist", "--project", "@", "--index", index, "--index-url", simple];
        self.run(&[&words[..], &["--dry-run"]].concat())
    }

    fn is_good_for_publish(&self) -> bool {
        let ended = self.publish();
        let is_refused = ended.err.contains("the audit failed");
        assert_eq!(ended.code, if is_refused { 2 } else { 3 }, "{}", ended.err);
        !is_refused
    }
}

#[test]
fn one_table_one_verdict() {
    for (table, is_good) in [
        (IGNORE.to_owned(), true),
        (format!("fail-on = \"warning\"\n{IGNORE}"), true),
        (format!("fail-on = \"note\"\n{IGNORE}"), false),
        (format!("fail-on = \"error\"\n{IGNORE}"), true),
        (String::new(), false),
        (IGNORE.replace("demo/*", "elsewhere/*"), false),
    ] {
        let project = project(&table, "targets = [\"manylinux_2_17_x86_64\"]");
        assert_eq!(project.is_good_for_build(&Selection::default()), is_good, "build: {table}");
        assert_eq!(project.is_good_for_audit(), is_good, "audit: {table}");
        assert_eq!(project.is_good_for_release(), is_good, "release check: {table}");
        assert_eq!(project.is_good_for_publish(), is_good, "publish: {table}");
    }
}

#[test]
fn a_declared_target_counts_everywhere() {
    // A target without a wheel is a warning for a single wheel.
    let table = format!("fail-on = \"warning\"\n{IGNORE}");
    let one = "targets = [\"manylinux_2_17_x86_64\"]";
    let two = "targets = [\"manylinux_2_17_x86_64\", \"win_amd64\"]";
    for (targets, is_good) in [(one, true), (two, false)] {
        let project = project(&table, targets);
        assert_eq!(project.is_good_for_build(&Selection::default()), is_good, "build: {targets}");
        assert_eq!(project.is_good_for_audit(), is_good, "audit: {targets}");
        assert_eq!(project.is_good_for_release(), is_good, "release check: {targets}");
        let ended = project.publish();
        assert_eq!(ended.err.contains("missing win_amd64"), !is_good, "publish: {}", ended.err);
        // A build of one target is complete.
        let selected = Selection { targets: Some(vec!["manylinux_2_17_x86_64".to_owned()]), ..Selection::default() };
        assert!(project.is_good_for_build(&selected), "build --target: {targets}");
    }
}

#[test]
fn a_mistake_in_any_table_is_refused_by_every_command() {
    let commands: [&[&str]; 12] = [
        &["plan", "@"],
        &["build", "@"],
        &["build", "@", "--dry-run"],
        &["audit", "@dist", "--config", "@pyproject.toml"],
        &["test", "@dist", "--config", "@pyproject.toml"],
        &["lint", "@"],
        &["lint", "@src/lib.rs", "--config", "@pyproject.toml"],
        &["doctor", "@"],
        &["ci", "github", "--project", "@", "--check"],
        &["release", "check", "@"],
        &["api", "diff", "@dist", "@dist", "--config", "@pyproject.toml"],
        &["publish", "--dist", "@dist", "--project", "@", "--dry-run"],
    ];
    for (table, said) in [
        ("[tool.monowheel.adit]\nfail-on = \"note\"\n", "did you mean `audit`?"),
        ("[tool.monowheel.lint]\nfail_on = \"note\"\n", "did you mean `fail-on`?"),
        ("[tool.monowheel.test]\ncomand = \"pytest\"\n", "did you mean `command`?"),
        ("[tool.monowheel.release]\ntags = \"v{version}\"\n", "unknown field `tags`"),
        ("[tool.monowheel.api]\nbase-line = \"index\"\n", "did you mean `baseline`?"),
        ("[tool.monowheel.api]\nallow = [{ lint = \"no-such-lint\", name = \"f\", reason = \"r\" }]\n", "unknown lint"),
        ("[tool.monowheel.ci]\nbranches = [\"main\"]\n", "did you mean `branch`?"),
        ("[tool.monowheel.lint]\nignore = [{ rule = \"no-such-rule\", reason = \"r\" }]\n", "unknown rule"),
        ("[tool.monowheel.lint]\nignore = [{ rule = \"old-name\", reason = \" \" }]\n", "gives no reason"),
    ] {
        let project = project(IGNORE, "targets = [\"manylinux_2_17_x86_64\"]");
        let text = project.read("pyproject.toml");
        project.write("pyproject.toml", format!("{text}{table}"));
        for words in commands {
            let Ended { code, out, err } = project.run(words);
            assert_eq!((code, out.as_str()), (2, ""), "{words:?}: {err}");
            assert!(err.contains(said) && err.contains("pyproject.toml"), "{words:?}: {err}");
        }
    }
}
