//! A report built by hand in each format, with every part and with hostile names.

use std::collections::BTreeMap;

use monowheel_audit::finding::{Finding, Place, Severity};
use monowheel_audit::report::{
    Counts, Failure, FileReport, Format, Ignore, Ignored, Renderable, Report, SCHEMA, SetReport, Text,
};
use monowheel_audit::rules;
use monowheel_audit::set::{BinaryOutline, Coverage, CoverageRow, Interpreter, Outline, SliceOutline};
use monowheel_error::ExitCode;
use monowheel_wheel::binary::{Format as Container, MinimumOs};
use monowheel_wheel::tag::Tag;

/// A member's name chosen to be displayed as something else.
const HOSTILE: &str = "demo/<script>alert(1)</script>\"'&\u{1b}[2J\u{1b}]0;x\u{7}\n::error::x\r%0A\u{202e}gpj.so";

const LINUX: &str = "demo-1.0-cp38-abi3-manylinux_2_17_x86_64.whl";
const MAC: &str = "demo-1.0-cp38-abi3-macosx_10_12_universal2.whl";

fn finding(rule: &'static str, severity: Severity, place: Place, message: &str) -> Finding {
    Finding { rule: rule.into(), ..Finding::new(severity, place, message) }
}

fn slice(arch: &str, symbols: &[(&str, usize)], minimum_os: Option<MinimumOs>) -> SliceOutline {
    SliceOutline {
        hooks: Vec::new(),
        arch: arch.to_owned(),
        exports: 1,
        python_symbols: symbols.iter().map(|(version, number)| ((*version).to_owned(), *number)).collect(),
        libraries: ["libc.so.6", "libgcc_s.so.1", "libpthread.so.0", "ld-linux-x86-64.so.2"].map(String::from).to_vec(),
        minimum_os,
    }
}

fn file(file: &str, size: u64, binaries: Vec<BinaryOutline>, findings: Vec<Finding>) -> FileReport {
    let tag = file.strip_suffix(".whl").and_then(|stem| stem.split_once("1.0-")).and_then(|(_, tag)| Tag::parse(tag));
    FileReport {
        outline: Outline {
            place: format!("dist/{file}"),
            file: file.to_owned(),
            size,
            name: Some("demo".to_owned()),
            version: Some("1.0".to_owned()),
            build: None,
            tags: tag.into_iter().collect(),
            requires_python: Some(">=3.8".to_owned()),
            stated: None,
            python_files: BTreeMap::new(),
            generator: None,
            symbols: Vec::new(),
            binaries,
        },
        findings,
        ignored: Vec::new(),
    }
}

fn binary(path: &str, size: u64, format: Container, slices: Vec<SliceOutline>) -> BinaryOutline {
    BinaryOutline { path: path.to_owned(), size, format, is_extension: !path.contains("lib"), slices }
}

fn coverage() -> Coverage {
    let python = |minor, free_threaded| Interpreter { version: (3, minor), free_threaded };
    let pythons: Vec<Interpreter> = (8..=15).map(|minor| python(minor, false)).chain([python(14, true)]).collect();
    let row = |platform: &str, wheel: Option<&str>| CoverageRow {
        platform: platform.to_owned(),
        wheels: pythons.iter().map(|python| wheel.filter(|_| !python.free_threaded).map(str::to_owned)).collect(),
    };
    let rows = vec![
        row("manylinux_2_17_x86_64", Some(LINUX)),
        row("musllinux_1_2_x86_64", None),
        row("macosx_11_0_arm64", Some(MAC)),
    ];
    Coverage { pythons, rows }
}

/// A report with every part.
fn full() -> Report {
    let mac = |version| Some(MinimumOs { platform: "macos".to_owned(), version });
    let hostile = finding("unreadable", Severity::Error, Place::member(HOSTILE), &format!("cannot read {HOSTILE}"))
        .details([HOSTILE.to_owned()])
        .fix(format!("do not ship {HOSTILE}"));
    let symbols = [("3.2", 41), ("3.10", 2), ("unstable", 1)];
    let mut linux = file(
        LINUX,
        1_234_567,
        vec![
            binary("demo/_demo.abi3.so", 2_345_678, Container::Elf, vec![slice("x86_64", &symbols, None)]),
            binary("demo.libs/libfoo.so.1", 45_678, Container::Elf, vec![slice("x86_64", &[], None)]),
        ],
        vec![
            finding(
                "symbol-above-floor",
                Severity::Error,
                Place::member("demo/_demo.abi3.so"),
                "PyType_GetName and PyErr_SetHandledException were added after 3.8",
            )
            .details(["PyType_GetName (3.11)", "PyErr_SetHandledException (3.11)"])
            .fix("build with abi3-py311, or do without them"),
            hostile,
            finding("no-licence", Severity::Note, Place::file(), "no licence is declared"),
        ],
    );
    linux.ignored.push(Ignored {
        finding: finding("debug-info", Severity::Note, Place::member("demo/_demo.abi3.so"), "debug information"),
        reason: "wanted: <b>we</b> ship it".to_owned(),
    });
    let macos = file(
        MAC,
        2_000_000,
        vec![binary(
            "demo/_demo.abi3.so",
            3_000_000,
            Container::MachO,
            vec![slice("x86_64", &symbols[..1], mac((10, 12))), slice("arm64", &symbols[..1], mac((11, 0)))],
        )],
        vec![finding(
            "signature-missing",
            Severity::Warning,
            Place { member: Some("demo/_demo.abi3.so".to_owned()), slice: Some("x86_64".to_owned()), ..Place::file() },
            "it is not signed",
        )],
    );
    let clean = file("demo-1.0-cp38-abi3-win_amd64.whl", 900, Vec::new(), Vec::new());
    Report {
        schema: SCHEMA,
        monowheel: "1.2.3",
        counts: Counts { errors: 2, warnings: 2, notes: 1, ignored: 1 },
        files: vec![linux, macos, clean],
        sets: vec![SetReport {
            name: "demo".to_owned(),
            wheels: vec![LINUX.to_owned(), MAC.to_owned()],
            findings: vec![finding(
                "target-missing",
                Severity::Warning,
                Place::file(),
                "win_arm64 is declared and absent",
            )],
            ignored: Vec::new(),
            coverage: coverage(),
        }],
        failures: vec![Failure {
            place: format!("dist/{HOSTILE}"),
            why: "permission denied\n  at: dist/x\n  next: chmod\u{1b}[2J it".to_owned(),
        }],
        unused_ignores: vec![Ignore {
            rule: "no-relro".to_owned(),
            path: Some("old/*".to_owned()),
            reason: "an old\ncompiler".to_owned(),
        }],
        proofs: Vec::new(),
        fixed: Vec::new(),
    }
}

/// Nothing at all.
fn empty() -> Report {
    Report {
        schema: SCHEMA,
        monowheel: "1.2.3",
        counts: Counts::default(),
        files: Vec::new(),
        sets: Vec::new(),
        failures: Vec::new(),
        unused_ignores: Vec::new(),
        proofs: Vec::new(),
        fixed: Vec::new(),
    }
}

const PLAIN: Text =
    Text { colours: false, details: false, min_severity: None, quiet: false, group_by: None, width: None };

#[test]
fn text() {
    insta::assert_snapshot!(full().render(Format::Text, PLAIN));
}

#[test]
fn text_with_details_and_colours() {
    let text = full().render(Format::Text, Text { colours: true, details: true, ..Text::default() });
    insta::assert_snapshot!(text.replace('\u{1b}', "ESC"));
}

#[test]
fn text_that_lists_notes() {
    let text = full().render(Format::Text, Text { min_severity: Some(Severity::Note), ..PLAIN });
    assert!(text.contains("note no-licence: demo") && !text.contains("not listed"), "{text}");
    let errors = full().render(Format::Text, Text { min_severity: Some(Severity::Error), ..PLAIN });
    assert!(errors.contains("not listed: ") && !errors.contains("warning signature-missing"), "{errors}");
}

#[test]
fn quiet_is_the_verdict_only() {
    let text = empty().render(Format::Text, Text { quiet: true, ..PLAIN });
    assert_eq!(text, "no findings in 0 files\n");
    let text = full().render(Format::Text, Text { quiet: true, ..PLAIN });
    assert!(!text.contains("symbol-above-floor"), "{text}");
    assert!(text.contains("2 errors, 2 warnings, 1 note in 3 files"), "{text}");
}

/// A problem in many members of many wheels is reported once.
#[test]
fn one_cause_is_told_once() {
    let one =
        |at: usize| finding("build-path", Severity::Warning, Place::member(format!("demo/_{at}.so")), "holds a path");
    let mut report = empty();
    for wheel in ["demo-1.0-cp38-abi3-win32.whl", "demo-1.0-cp38-abi3-win_amd64.whl"] {
        report.files.push(file(wheel, 1, Vec::new(), (0..12).map(one).collect()));
    }
    report.counts.warnings = 24;
    let text = report.render(Format::Text, PLAIN);
    assert!(
        text.starts_with("warning build-path: 24 members of 2 files\n  holds a path\n    in demo/_0.so of demo-1.0"),
        "{text}"
    );
    assert_eq!(text.matches("holds a path").count(), 1, "{text}");
    let annotations = report.render(Format::Github, PLAIN);
    assert_eq!(annotations.matches("::warning ").count(), 1, "{annotations}");
    assert!(annotations.contains("24 members of 2 files"), "{annotations}");
}

#[test]
fn github_gets_ten_of_a_level() {
    let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];
    let findings = names.map(|name| finding(name, Severity::Error, Place::file(), "wrong")).to_vec();
    let mut report = empty();
    report.files.push(file("demo-1.0-cp38-abi3-win32.whl", 1, Vec::new(), findings));
    let annotations = report.render(Format::Github, PLAIN);
    assert_eq!(annotations.matches("::error ").count(), 10, "{annotations}");
    assert!(annotations.contains("2 more errors in the job summary"), "{annotations}");
    assert_eq!(report.render(Format::Markdown, PLAIN).matches("<details").count(), 12);
}

#[test]
fn markdown() {
    insta::assert_snapshot!(full().render(Format::Markdown, PLAIN));
}

#[test]
fn junit() {
    insta::assert_snapshot!(full().render(Format::Junit, PLAIN));
}

#[test]
fn gitlab() -> Result<(), serde_json::Error> {
    let issues: serde_json::Value = serde_json::from_str(&full().render(Format::Gitlab, PLAIN))?;
    insta::assert_json_snapshot!(issues);
    Ok(())
}

#[test]
fn github() {
    insta::assert_snapshot!(full().render(Format::Github, PLAIN));
}

#[test]
fn sarif() -> Result<(), serde_json::Error> {
    let mut log: serde_json::Value = serde_json::from_str(&full().render(Format::Sarif, PLAIN))?;
    let rules = log["runs"][0]["tool"]["driver"]["rules"].take();
    assert_eq!(rules.as_array().map(Vec::len), Some(rules::all().count()));
    for result in log["runs"][0]["results"].as_array_mut().into_iter().flatten() {
        if let Some(result) = result.as_object_mut() {
            // It changes when a rule is added.
            result.remove("ruleIndex");
        }
    }
    insta::assert_json_snapshot!(log);
    Ok(())
}

#[test]
fn html() {
    let page = full().render(Format::Html, PLAIN);
    if let Some(path) = std::env::var_os("REPORT_HTML") {
        let _ = fs_err::write(path, &page);
    }
    let body = page.split("</style>").nth(1).unwrap_or_default();
    // The rule documentation is not checked here.
    let (body, explanations) = body.split_once("<h2>Rule documentation</h2>").unwrap_or_default();
    assert!(explanations.contains("<div id=\"rule-symbol-above-floor\"><h4>What it does</h4>"), "{explanations}");
    // A line for each part, so that a change shows where it is.
    let lines = ["<section", "<h2", "<h3", "<tr", "<article", "<p", "</section"];
    insta::assert_snapshot!(lines.iter().fold(body.to_owned(), |text, tag| text.replace(tag, &format!("\n{tag}"))));
}

#[test]
fn json_is_the_report() -> Result<(), serde_json::Error> {
    let value: serde_json::Value = serde_json::from_str(&full().render(Format::Json, PLAIN))?;
    assert_eq!(value, serde_json::to_value(full())?);
    assert_eq!(value["schema"], "monowheel.audit/1");
    assert_eq!(value["files"][0]["findings"][1]["member"], HOSTILE);
    Ok(())
}

const FORMATS: &[(Format, &str)] = Format::ALL;

#[test]
fn no_name_acts_on_what_shows_it() {
    for &(format, _) in FORMATS {
        let shown = full().render(format, Text { colours: false, details: true, ..Text::default() });
        let acting = ['\u{1b}', '\u{7}', '\r', '\u{202e}'];
        assert!(!shown.contains(acting), "{format:?}");
        // A command of GitHub's begins a line.
        let commands: Vec<&str> = shown.lines().filter(|line| line.trim_start().starts_with("::error::x")).collect();
        assert!(commands.is_empty(), "{format:?}: {commands:?}");
    }
    let page = full().render(Format::Html, PLAIN);
    assert!(page.matches("<script").count() == 1 && !page.contains("<b>we"), "markup of a name is in the page");
}

#[test]
fn the_page_asks_for_nothing() {
    let page = full().render(Format::Html, PLAIN);
    for fetched in ["<link", "<img", "<iframe", "src=", "url(", "@import", "http://", "fetch(", "innerHTML"] {
        assert!(!page.contains(fetched), "{fetched}");
    }
}

#[test]
fn nothing_at_all_has_every_form() {
    for &(format, _) in FORMATS {
        assert!(!empty().render(format, PLAIN).is_empty(), "{format:?}");
    }
    assert_eq!(empty().render(Format::Text, PLAIN), "no findings in 0 files\n");
}

#[test]
fn the_exit_code_is_the_worst_of_the_report() {
    let mut report = full();
    assert_eq!(report.exit_code(Severity::Error), ExitCode::Incomplete);
    report.failures.clear();
    assert_eq!(report.exit_code(Severity::Error), ExitCode::Findings);
    report.counts.errors = 0;
    assert_eq!(report.exit_code(Severity::Error), ExitCode::Clean);
    assert_eq!(report.exit_code(Severity::Warning), ExitCode::Findings);
    assert_eq!(empty().exit_code(Severity::Note), ExitCode::Clean);
}

#[test]
fn a_finding_keeps_its_fingerprint_in_the_next_release() -> Result<(), serde_json::Error> {
    let fingerprints = |report: &Report| -> Result<Vec<String>, serde_json::Error> {
        let log: serde_json::Value = serde_json::from_str(&report.render(Format::Sarif, PLAIN))?;
        let results = log["runs"][0]["results"].as_array().cloned().unwrap_or_default();
        Ok(results.iter().map(|result| result["partialFingerprints"]["monowheel/v1"].to_string()).collect())
    };
    let mut report = full();
    let twice = report.files[1].findings[0].clone();
    report.files[1].findings.push(twice);
    report.files[1].findings[0].place = Place::member("demo-1.0.dist-info/METADATA");
    let before = fingerprints(&report)?;
    let distinct: std::collections::BTreeSet<&String> = before.iter().collect();
    assert_eq!(distinct.len(), before.len(), "two results have one fingerprint");
    let outline = &mut report.files[1].outline;
    outline.version = Some("2.0".to_owned());
    outline.place = "elsewhere/demo-2.0.whl".to_owned();
    report.files[1].findings[0].place = Place::member("demo-2.0.dist-info/METADATA");
    report.files[1].findings[0].message = "in other words".to_owned();
    assert_eq!(fingerprints(&report)?, before);
    Ok(())
}
