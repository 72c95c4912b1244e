//! A test report written by hand, in the formats that the command prints.

use monowheel_audit::report::{document, html};
use monowheel_audit::set::Interpreter;
use monowheel_audit::test_report::{Check, File, Map, Row, SCHEMA};
use monowheel_system::exec::IsolationReport;
use monowheel_system::hash::sha256;

use super::*;

const OLD: &str = "demo-1.0-cp38-abi3-manylinux_2_17_x86_64.whl";
const NEW: &str = "demo-1.0-cp315-abi3.abi3t-manylinux_2_17_x86_64.whl";
/// What a module may print that would rather be read as something else.
const HOSTILE: &str = "Traceback\n  <script>alert(1)</script>\u{1b}[2J\u{202e}\nImportError: no";

fn check(name: &str, outcome: Outcome, said: &str) -> Check {
    Check { name: name.to_owned(), outcome, said: said.to_owned(), seconds: 0.25 }
}

fn trial(minor: u8, free_threaded: bool, verdict: Verdict, wheel: Option<&str>, checks: Vec<Check>) -> Trial {
    Trial {
        python: format!("cpython 3.{minor}.0{} linux-x86_64", if free_threaded { "t" } else { "" }),
        version: (3, minor),
        free_threaded,
        debug: false,
        platform: "manylinux_2_36_x86_64".to_owned(),
        runner: "native".to_owned(),
        wheel: wheel.map(str::to_owned),
        verdict,
        why: None,
        checks,
        reused: minor == 8,
        seconds: 1.5,
    }
}

fn full() -> Proof {
    let trials = vec![
        trial(8, false, Verdict::Ran, Some(OLD), vec![check("import", Outcome::Passed, "")]),
        trial(
            12,
            false,
            Verdict::Ran,
            Some(OLD),
            vec![
                check("subinterpreter", Outcome::Refused, "ImportError: not here"),
                check("dev", Outcome::Noisy, "a ResourceWarning"),
            ],
        ),
        Trial {
            runner: "wine".to_owned(),
            platform: "win_amd64".to_owned(),
            why: Some("symlinks".to_owned()),
            ..trial(13, false, Verdict::Skipped, None, vec![])
        },
        Trial {
            why: Some("could not install its requirements\nno such thing".to_owned()),
            ..trial(14, false, Verdict::NotRun, Some(OLD), vec![])
        },
        trial(14, true, Verdict::Nothing, None, vec![]),
        trial(
            15,
            true,
            Verdict::Failed,
            Some(NEW),
            vec![check("import", Outcome::Failed, &format!("killed by SIGSEGV\n{HOSTILE}"))],
        ),
    ];
    let pythons = [(8, false), (12, false), (14, true), (15, true)];
    let pythons = pythons.map(|(minor, free_threaded)| Interpreter { version: (3, minor), free_threaded }).to_vec();
    let absent = |why: &str| Cell::NotRun { wheel: OLD.to_owned(), why: why.to_owned(), lab: None };
    let in_lab = Cell::NotRun {
        wheel: OLD.to_owned(),
        why: "no CPython 3.12 for it on this machine".to_owned(),
        lab: Some("cpython-3.12-windows".to_owned()),
    };
    let rows = vec![
        Row {
            platform: "manylinux_2_17_x86_64".to_owned(),
            cells: vec![
                Cell::Ran { wheel: OLD.to_owned() },
                Cell::Ran { wheel: OLD.to_owned() },
                Cell::Nothing,
                Cell::Failed { wheel: NEW.to_owned(), why: "import: killed by SIGSEGV".to_owned() },
            ],
        },
        Row {
            platform: "macosx_11_0_arm64".to_owned(),
            cells: vec![
                absent("this is not a Mac"),
                absent("this is not a Mac"),
                Cell::Nothing,
                absent("<b>no</b> such"),
            ],
        },
        Row {
            platform: "win_amd64".to_owned(),
            cells: vec![absent("no CPython 3.8 for it on this machine"), in_lab, Cell::Nothing, Cell::Nothing],
        },
    ];
    let file = |file: &str| File { file: file.to_owned(), sha256: sha256(file.as_bytes()) };
    Proof {
        schema: SCHEMA.to_owned(),
        monowheel: "0.0.0".to_owned(),
        isolation: Some(IsolationReport { by: Some("bubblewrap 0.8.0".to_owned()), why: None }),
        releases: vec![Release {
            name: "demo".to_owned(),
            version: "1.0".to_owned(),
            wheels: vec![file(OLD), file(NEW)],
            trials,
            map: Map { pythons, rows },
        }],
    }
}

#[test]
fn text() {
    insta::assert_snapshot!(render(&full(), Text::default()).into_string());
}

#[test]
fn page() {
    let page = html::proof_page(&full());
    assert!(!page.contains("<script") && !page.contains('\u{1b}') && !page.contains('\u{202e}'));
    let body = page.split_once("<body").map_or("", |(_, body)| body);
    let without_style = body.split_once("</style>").map_or("", |(_, rest)| rest);
    insta::assert_snapshot!(without_style.replace("><", ">\n<"));
}

#[test]
fn json_is_the_proof() -> Result<(), serde_json::Error> {
    assert_eq!(serde_json::from_str::<Proof>(&document(&full()))?, full());
    Ok(())
}
