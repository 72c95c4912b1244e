//! The output for users: help texts and errors for bad input.

use crate::said::{ran, said};

/// A project directory with these two files, if they are not empty.
fn project(pyproject: &str, cargo: &str) -> std::io::Result<tempfile::TempDir> {
    let dir = tempfile::tempdir()?;
    fs_err::create_dir_all(dir.path().join("src"))?;
    fs_err::write(dir.path().join("src/lib.rs"), "")?;
    for (name, text) in [("pyproject.toml", pyproject), ("Cargo.toml", cargo)] {
        if !text.is_empty() {
            fs_err::write(dir.path().join(name), text)?;
        }
    }
    Ok(dir)
}

const PYPROJECT: &str =
    "[build-system]\nrequires = [\"maturin\"]\nbuild-backend = \"maturin\"\n[project]\nname = \"x\"\n";
const CARGO: &str =
    "[package]\nname = \"x\"\nversion = \"1.0.0\"\nedition = \"2021\"\n[lib]\ncrate-type = [\"cdylib\"]\n";

#[test]
fn help() {
    insta::assert_snapshot!(said(&["--help"], None));
}

#[test]
fn help_of_new_and_init() {
    insta::assert_snapshot!([said(&["new", "-h"], None), said(&["init", "-h"], None)].join("\n"));
}

#[test]
fn help_of_plan() {
    insta::assert_snapshot!(said(&["plan", "--help"], None));
}

#[test]
fn help_of_build() {
    insta::assert_snapshot!(said(&["build", "-h"], None));
}

#[test]
fn help_of_audit() {
    insta::assert_snapshot!(said(&["audit", "-h"], None));
}

#[test]
fn help_of_compare() {
    insta::assert_snapshot!(said(&["compare", "-h"], None));
}

#[test]
fn help_of_api() {
    insta::assert_snapshot!(
        ["stubs", "diff", "parity"].map(|action| said(&["api", action, "--help"], None)).join("\n")
    );
}

#[test]
fn help_of_debug() {
    insta::assert_snapshot!(said(&["debug", "leaks", "--help"], None));
    insta::assert_snapshot!("help_of_debug_stack", said(&["debug", "stack", "--help"], None));
    insta::assert_snapshot!("help_of_debug_hang", said(&["debug", "hang", "--help"], None));
    insta::assert_snapshot!("help_of_debug_break", said(&["debug", "break", "--help"], None));
    insta::assert_snapshot!("help_of_debug_profile", said(&["debug", "profile", "--help"], None));
    insta::assert_snapshot!("help_of_soak", said(&["soak", "--help"], None));
}

#[test]
fn help_of_floor() {
    insta::assert_snapshot!(said(&["floor", "--help"], None));
}

#[test]
fn help_of_size() {
    insta::assert_snapshot!(said(&["size", "--help"], None));
}

#[test]
fn help_of_symbols() {
    let helps = ["symbolicate", "list", "export"].map(|action| said(&["symbols", action, "-h"], None));
    insta::assert_snapshot!([said(&["symbols", "--help"], None), helps.join("\n")].join("\n"));
}

#[test]
fn help_of_fleet() {
    let audit = said(&["fleet", "audit", "-h"], None);
    let others = ["build", "test", "verify", "report", "query"].map(|command| said(&["fleet", command, "-h"], None));
    insta::assert_snapshot!([said(&["fleet", "-h"], None), audit, others.join("\n")].join("\n"));
}

#[test]
fn a_command_in_python_is_refused_where_no_python_runs_it() {
    let shown = said(&["fleet", "audit", "dist"], None);
    assert!(shown.starts_with("exit 2") && shown.contains("this command runs only as a command of its own"), "{shown}");
}

#[test]
fn help_of_verify() {
    insta::assert_snapshot!(said(&["verify", "-h"], None));
}

#[test]
fn help_of_publish() {
    insta::assert_snapshot!(said(&["publish", "-h"], None));
}

#[test]
fn a_file_to_check_that_is_not_there() {
    let shown = said(&["pin", "--check", "missing.txt"], None);
    assert!(
        shown.starts_with("exit 2") && shown.contains("no such file to check\n  at: missing.txt\n  next: "),
        "{shown}"
    );
}

#[test]
fn help_of_pin() {
    insta::assert_snapshot!(said(&["pin", "-h"], None));
}

#[test]
fn help_of_release() {
    let all =
        [&["release", "-h"][..], &["release", "check", "-h"], &["release", "prepare", "-h"], &["release", "tag", "-h"]];
    insta::assert_snapshot!(all.map(|words| said(words, None)).join("\n"));
}

#[test]
fn help_of_doctor() {
    insta::assert_snapshot!(said(&["doctor", "-h"], None));
}

#[test]
fn what_the_doctor_refuses_before_it_looks() -> std::io::Result<()> {
    let empty = project("", "")?;
    let target = project(
        &format!("{PYPROJECT}[tool.monowheel]\ntargets = [\"manylinux_x86-64\"]\n"),
        &format!("{CARGO}[dependencies]\npyo3 = {{ version = \"0.29\", features = [\"abi3-py38\"] }}\n"),
    )?;
    let all = [
        said(&["doctor"], Some(empty.path())),
        said(&["doctor", "--json"], Some(target.path())),
        // There is no terminal: nobody can be asked, and the commands are not known beforehand.
        said(&["doctor", "--fix"], Some(target.path())),
        said(&["doctor", "--fix", "--json"], Some(target.path())),
        said(&["doctor", "--yes"], Some(target.path())),
    ];
    insta::assert_snapshot!(all.join("\n"));
    Ok(())
}

#[test]
fn help_of_ci() {
    let all = [&["ci", "-h"][..], &["ci", "github", "-h"], &["ci", "gitlab", "-h"]];
    insta::assert_snapshot!(all.map(|words| said(words, None)).join("\n"));
}

#[test]
fn nothing_to_compare() -> std::io::Result<()> {
    let dir = tempfile::tempdir()?;
    let path = |name: &str| dir.path().join(name).display().to_string();
    fs_err::write(path("a.whl"), "no archive")?;
    fs_err::write(path("b.whl"), "no archive either")?;
    fs_err::write(path("c.tar.gz"), [0x1f, 0x8b, 0])?;
    let (a, b, c, here) = (path("a.whl"), path("b.whl"), path("c.tar.gz"), dir.path().display().to_string());
    let all = [
        said(&["compare", &a], None),
        said(&["compare", &a, &path("gone.whl")], None),
        said(&["compare", &a, &here], None),
        said(&["compare", &a, &c], None),
        said(&["compare", &a, &b, "--long", "--json"], None),
        said(&["compare", &a, &b, "--format", "text", "--json"], None),
        said(&["compare", &a, &b], None),
        said(&["compare", &a, &a], None),
    ];
    // The hash of the last is that of the words above.
    insta::assert_snapshot!(all.join("\n").replace(&here, "[folder]"));
    Ok(())
}

#[test]
fn help_of_explain_and_rules() {
    insta::assert_snapshot!([said(&["explain", "-h"], None), said(&["rules", "-h"], None)].join("\n"));
}

#[test]
fn help_of_lab() {
    insta::assert_snapshot!([said(&["lab", "-h"], None), said(&["lab", "get", "-h"], None)].join("\n"));
}

#[test]
fn wrong_words() {
    insta::assert_snapshot!(
        [said(&["bild"], None), said(&["plan", "--targets", "x"], None), said(&["build", "-j", "0"], None)].join("\n")
    );
}

#[test]
fn no_such_project() {
    insta::assert_snapshot!(
        [said(&["plan", "nh3"], None), said(&["plan", "./gone"], None), said(&["build", "gone-1.tar.gz"], None)]
            .join("\n")
    );
}

#[test]
fn projects_that_cannot_be_built() -> std::io::Result<()> {
    let pyo3 =
        |features: &str| format!("{CARGO}[dependencies]\npyo3 = {{ version = \"0.29\", features = [{features}] }}\n");
    let cases = [
        ("empty folder", project("", "")?),
        ("no pyproject.toml", project("", CARGO)?),
        ("no Cargo.toml", project(PYPROJECT, "")?),
        ("broken TOML", project("[project\n", CARGO)?),
        ("another backend", project("[build-system]\nrequires = []\nbuild-backend = \"hatchling.build\"\n", CARGO)?),
        ("not a PyO3 crate", project(PYPROJECT, CARGO)?),
        ("no abi3", project(PYPROJECT, &pyo3(""))?),
        ("a workspace", project(PYPROJECT, "[workspace]\nmembers = []\n")?),
        ("no cdylib", project(PYPROJECT, &pyo3("\"abi3-py38\"").replace("cdylib", "rlib"))?),
        ("below the floor", project(&format!("{PYPROJECT}requires-python = \">=3.7\"\n"), &pyo3("\"abi3-py38\""))?),
        (
            "misspelled key",
            project(&format!("{PYPROJECT}[tool.monowheel]\ntarget = [\"win32\"]\n"), &pyo3("\"abi3-py38\""))?,
        ),
        (
            "unknown target in the table",
            project(&format!("{PYPROJECT}[tool.monowheel]\ntargets = [\"win64\"]\n"), &pyo3("\"abi3-py38\""))?,
        ),
    ];
    let all: Vec<String> =
        cases.iter().map(|(name, dir)| format!("# {name}\n{}", said(&["plan"], Some(dir.path())))).collect();
    insta::assert_snapshot!(all.join("\n"));
    Ok(())
}

#[test]
fn wrong_values() -> std::io::Result<()> {
    let dir = project(
        PYPROJECT,
        &format!("{CARGO}[dependencies]\npyo3 = {{ version = \"0.28\", features = [\"abi3-py38\"] }}\n"),
    )?;
    let with = |args: &[&str]| said(args, Some(dir.path()));
    insta::assert_snapshot!(
        [
            with(&["plan", "--target", "manylinux_x86-64"]),
            with(&["plan", "--target", "manylinux_2_18_x86_64"]),
            with(&["plan", "--target", "macosx_11_3_arm64"]),
            with(&["plan", "--abi", "abi3t"]),
        ]
        .join("\n")
    );
    Ok(())
}

#[test]
fn every_shell_completes_every_command() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let ended = ran(&["completions", shell].map(Into::into));
        assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{shell}");
        for word in ["audit", "build", "reproduce", "fail-on", "completions"] {
            assert!(ended.out.contains(word), "{shell}: {word}");
        }
    }
    assert_eq!(ran(&["completions", "csh"].map(Into::into)).code, 2);
}

/// What a program gets that asked for JSON.
fn document(words: &[&str]) -> (u8, serde_json::Value, String) {
    let words: Vec<std::ffi::OsString> = words.iter().map(Into::into).collect();
    let ended = ran(&words);
    let document =
        if ended.out.is_empty() { serde_json::Value::Null } else { serde_json::from_str(&ended.out).unwrap() };
    (ended.code, document, ended.err)
}

#[test]
fn an_error_is_a_document_for_who_asked_for_json() {
    let (code, json, err) = document(&["plan", "no-such-project", "--json"]);
    assert_eq!((code, &json["schema"], &json["exit_code"]), (2, &"monowheel.error/1".into(), &2.into()), "{json}");
    assert!(json["error"]["message"].as_str().unwrap().contains("no-such-project"), "{json}");
    assert!(json["error"]["next_step"].is_string() && err.starts_with("error: "), "{json}\n{err}");
    assert_eq!(document(&["plan", "no-such-project"]).1, serde_json::Value::Null);
}

#[test]
fn a_wrong_command_line_is_a_document_too() {
    let (code, json, err) = document(&["--json", "plan", "--abi", "abi4"]);
    assert_eq!((code, &json["error"]["kind"]), (2, &"usage".into()), "{json}");
    let message = json["error"]["message"].as_str().unwrap();
    assert!(message.contains("abi4") && !message.contains("Usage:") && !message.starts_with("error"), "{message}");
    assert!(err.contains("abi4"), "{err}");
    // Behind `--` it is a file's name, and help is no error.
    assert_eq!(document(&["audit", "--", "--json"]).1, serde_json::Value::Null);
    assert_eq!(ran(&["--help", "--json"].map(Into::into)).code, 0);
}

#[test]
fn one_run_has_one_document() {
    let dir = tempfile::tempdir().unwrap();
    let wheel = dir.path().join("demo-1.0-py3-none-any.whl");
    fs_err::write(&wheel, "no archive").unwrap();
    let (code, json, _) = document(&["audit", wheel.to_str().unwrap(), "--json"]);
    assert_eq!((code, &json["schema"]), (1, &"monowheel.audit/1".into()), "{json}");
}
