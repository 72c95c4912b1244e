//! `monowheel audit`, `explain` and `rules` from the view of a user or a script.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use monowheel_audit::rules;
use monowheel_forge::wheel::Wheel;
use serde_json::Value;

use crate::said::{Ended, ran, said};

/// A directory with a wheel without errors, one with a tag that the index refuses, and one that is not a wheel.
struct Folder {
    dir: tempfile::TempDir,
    good: PathBuf,
    none: PathBuf,
    wrong: PathBuf,
}

fn folder() -> std::io::Result<Folder> {
    let dir = tempfile::tempdir()?;
    let save = |folder: &str, file: &str, bytes: &[u8]| -> std::io::Result<PathBuf> {
        fs_err::create_dir_all(dir.path().join(folder))?;
        let path = dir.path().join(folder).join(file);
        fs_err::write(&path, bytes)?;
        Ok(path)
    };
    let pure = Wheel::pure();
    let good = save("good", &pure.file, &pure.bytes())?;
    let native = Wheel::abi3("linux_x86_64");
    let wrong = save("wrong", &native.file, &native.bytes())?;
    let none = save("none", "demo-1.0-py3-none-any.whl", b"this is no archive")?;
    Ok(Folder { dir, good, none, wrong })
}

fn audit(args: &[&str], paths: &[&Path]) -> Ended {
    let mut argv: Vec<OsString> = std::iter::once("audit").chain(args.iter().copied()).map(OsString::from).collect();
    argv.extend(paths.iter().map(|path| path.as_os_str().to_owned()));
    ran(&argv)
}

fn json(ended: &Ended) -> Value {
    serde_json::from_str(&ended.out).unwrap_or_else(|error| panic!("{error}: {}\n{}", ended.out, ended.err))
}

#[test]
fn exit_codes() -> std::io::Result<()> {
    let folder = folder()?;
    let clean = audit(&[], &[&folder.good]);
    assert_eq!((clean.code, clean.err.as_str()), (0, ""), "{}", clean.out);
    let wrong = audit(&[], &[&folder.wrong]);
    assert_eq!(wrong.code, 1, "{}", wrong.out);
    let none = audit(&[], &[&folder.none]);
    assert_eq!(none.code, 1, "a file that is no wheel is a finding: {}{}", none.out, none.err);
    assert_eq!(audit(&[], &[&folder.good, &folder.none]).code, 1);
    assert_eq!(audit(&[], &[&folder.good, &folder.wrong]).code, 1);
    Ok(())
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_read_is_never_a_clean_exit() -> std::io::Result<()> {
    let folder = folder()?;
    let parent = folder.good.parent().unwrap_or(Path::new(""));
    std::os::unix::fs::symlink("nowhere", parent.join("gone-1.0-py3-none-any.whl"))?;
    let ended = audit(&["--json"], &[parent]);
    let report = json(&ended);
    assert_eq!((ended.code, report["files"].as_array().map(Vec::len)), (3, Some(1)), "{}", ended.out);
    let why = report["failures"][0]["why"].as_str().unwrap_or_default();
    assert!(why.contains("gone-1.0-py3-none-any.whl"), "{why}");
    Ok(())
}

#[test]
fn every_form_of_the_same_audit() -> std::io::Result<()> {
    let folder = folder()?;
    let formats = [("text", "error"), ("github", "::error "), ("html", "<!DOCTYPE html>")];
    for (format, sign) in formats {
        let ended = audit(&["--format", format], &[&folder.wrong]);
        assert!(ended.code == 1 && ended.out.contains(sign), "{format}: {}", ended.out);
    }
    assert_eq!(json(&audit(&["--json"], &[&folder.wrong]))["schema"], "monowheel.audit/1");
    assert_eq!(json(&audit(&["--format", "json"], &[&folder.wrong]))["counts"]["errors"], 1);
    assert_eq!(json(&audit(&["--format", "sarif"], &[&folder.wrong]))["version"], "2.1.0");
    Ok(())
}

#[test]
fn a_report_in_a_file() -> std::io::Result<()> {
    let folder = folder()?;
    let file = folder.dir.path().join("report.txt");
    let output = file.to_string_lossy().into_owned();
    let ended = audit(&["--color", "always", "-o", &output], &[&folder.wrong]);
    assert_eq!((ended.code, ended.out.as_str()), (1, ""));
    assert!(ended.err.contains("1 error in 1 file"), "{}", ended.err);
    assert!(!fs_err::read_to_string(&file)?.contains('\u{1b}'));
    assert_eq!(audit(&["-q", "--json", "-o", &output], &[&folder.wrong]).err, "");
    assert!(serde_json::from_str::<Value>(&fs_err::read_to_string(&file)?).is_ok());
    let nowhere = folder.dir.path().join("no/such/report.txt");
    assert_eq!(audit(&["-o", &nowhere.to_string_lossy()], &[&folder.good]).code, 3);
    Ok(())
}

#[test]
fn ignores_need_a_reason_and_are_told() -> std::io::Result<()> {
    let folder = folder()?;
    let found = json(&audit(&["--json"], &[&folder.wrong]));
    let rule = found["files"][0]["findings"][0]["rule"].as_str().unwrap_or_default().to_owned();
    let ended = audit(&["--json", "--ignore", &format!("{rule}=a test")], &[&folder.wrong]);
    let report = json(&ended);
    assert_eq!((ended.code, &report["counts"]["ignored"]), (0, &Value::from(1)));
    assert_eq!(report["files"][0]["ignored"][0]["reason"], "a test");
    let unused = audit(&["--ignore", &format!("{rule}=a test")], &[&folder.good]);
    assert!(
        unused.code == 0 && unused.out.contains(&format!("nothing matches the ignore of {rule}")),
        "{}",
        unused.out
    );
    let pyproject = folder.dir.path().join("pyproject.toml");
    let ignore = format!("[tool.monowheel.audit]\nignore = [{{ rule = \"{rule}\", reason = \"known\" }}]\n");
    fs_err::write(&pyproject, ignore)?;
    assert_eq!(audit(&["--config", &pyproject.to_string_lossy()], &[&folder.wrong]).code, 0);
    Ok(())
}

#[test]
fn fail_on_decides_what_is_a_failure() -> std::io::Result<()> {
    let folder = folder()?;
    let report = json(&audit(&["--json"], &[&folder.good]));
    let milder = report["counts"]["warnings"].as_u64().unwrap_or(0) + report["counts"]["notes"].as_u64().unwrap_or(0);
    assert_eq!(audit(&["--fail-on", "note"], &[&folder.good]).code, u8::from(milder > 0));
    let pyproject = folder.dir.path().join("pyproject.toml");
    fs_err::write(&pyproject, "[tool.monowheel.audit]\nfail-on = \"note\"\n")?;
    let config = pyproject.to_string_lossy().into_owned();
    assert_eq!(audit(&["--config", &config], &[&folder.good]).code, u8::from(milder > 0));
    assert_eq!(audit(&["--config", &config, "--fail-on", "error"], &[&folder.good]).code, 0);
    Ok(())
}

#[test]
fn a_wheel_named_twice_is_looked_at_once() -> std::io::Result<()> {
    let folder = folder()?;
    let parent = folder.good.parent().unwrap_or(Path::new(""));
    let report = json(&audit(&["--json"], &[&folder.good, parent]));
    assert_eq!(report["files"].as_array().map(Vec::len), Some(1));
    Ok(())
}

#[test]
fn bad_input() -> std::io::Result<()> {
    let dir = tempfile::tempdir()?;
    let at = |args: &[&str], file: &str| said(args, Some(&dir.path().join(file)));
    fs_err::create_dir_all(dir.path().join("project/dist"))?;
    fs_err::create_dir_all(dir.path().join("empty"))?;
    fs_err::write(dir.path().join("demo-1.0.tar.gz"), "")?;
    fs_err::write(
        dir.path().join("unknown.toml"),
        "[tool.monowheel.audit]\nignore = [{ rule = \"tags-mismatched\", reason = \"r\" }]\n",
    )?;
    fs_err::write(
        dir.path().join("silent.toml"),
        "[tool.monowheel.audit]\nignore = [{ rule = \"tags-mismatch\", reason = \" \" }]\n",
    )?;
    fs_err::write(dir.path().join("key.toml"), "[tool.monowheel.audit]\nignores = []\n")?;
    fs_err::write(dir.path().join("other.toml"), "[package]\nname = \"x\"\n")?;
    let answers = [
        said(&["audit"], None),
        said(&["audit", "nh3"], None),
        said(&["audit", "--installed"], None),
        said(&["audit", "--floor", "2.7", "x.whl"], None),
        said(&["audit", "--ignore", "tags-mismatch", "x.whl"], None),
        said(&["audit", "--ignore", "tags-mismatched=why not", "x.whl"], None),
        said(&["audit", "--json", "--format", "html", "x.whl"], None),
        said(&["audit", "--fail-on", "never", "x.whl"], None),
        at(&["audit"], "gone.whl"),
        at(&["audit"], "empty"),
        at(&["audit"], "project"),
        at(&["audit"], "demo-1.0.tar.gz"),
        at(&["audit", "x.whl", "--config"], "gone.toml"),
        at(&["audit", "x.whl", "--config"], "unknown.toml"),
        at(&["audit", "x.whl", "--config"], "silent.toml"),
        at(&["audit", "x.whl", "--config"], "key.toml"),
        at(&["audit", "x.whl", "--config"], "other.toml"),
        said(&["explain", "tag-mismatch"], None),
        said(&["explain", "?"], None),
        said(&["rules", "--group", "none"], None),
    ];
    let text = answers.join("\n").replace(&dir.path().display().to_string(), "[folder]");
    insta::assert_snapshot!(text);
    Ok(())
}

#[test]
fn every_rule_is_explained() {
    for rule in rules::all() {
        let text = ran(&["explain".into(), rule.id.into()]);
        assert_eq!(text.code, 0);
        for part in [rule.id, rule.summary(), "What it does", "Why it matters", "Fix"] {
            assert!(text.out.contains(part), "{}: {part}", rule.id);
        }
        let object = json(&ran(&["explain".into(), rule.id.into(), "--json".into()]));
        assert_eq!(object["id"], rule.id);
        assert!(rule.summary().ends_with('.'), "{}: {}", rule.id, rule.summary());
    }
}

#[test]
fn rules_are_listed() {
    let all = json(&ran(&["rules".into(), "--json".into()]));
    let listed = all["rules"].as_array().cloned().unwrap_or_default();
    assert_eq!(listed.len(), rules::all().count());
    let some = ran(&["rules".into(), "--group".into(), "platform".into()]);
    assert!(some.out.contains("tags-mismatch") && !some.out.contains(" abi "), "{}", some.out);
}

#[test]
fn a_fixed_copy_is_written_and_what_is_left_is_reported() -> std::io::Result<()> {
    let dir = tempfile::tempdir()?;
    let wheel = Wheel::pure().recorded(|text| format!("gone.py,,\n{text}"));
    let path = dir.path().join(&wheel.file);
    fs_err::write(&path, wheel.bytes())?;
    let out = dir.path().join("fixed wheels");
    let words = ["--fix", "--out", out.to_str().unwrap_or_default()];

    let ended = audit(&[&["--json"], &words[..]].concat(), &[&path]);
    let report = json(&ended);
    assert_eq!((ended.code, report["counts"]["errors"].as_u64()), (0, Some(0)), "{}", ended.err);
    assert_eq!(report["fixed"][0]["from"], path.to_str().unwrap_or_default());
    assert_eq!(report["fixed"][0]["to"], out.join(&wheel.file).to_str().unwrap_or_default());
    assert!(ended.err.contains("see what changed: monowheel compare "), "{}", ended.err);
    assert_eq!(fs_err::read(&path)?, wheel.bytes(), "the wheel itself stays as it is");

    assert_eq!(audit(&words, &[&path]).code, 0, "the same copy may be there");
    fs_err::write(out.join(&wheel.file), "another")?;
    let refused = audit(&words, &[&path]);
    assert_eq!((refused.code, refused.err.contains("a different ")), (2, true), "{}", refused.err);
    let elsewhere = dir.path().join("elsewhere");
    let to = ["--fix", "--out", elsewhere.to_str().unwrap_or_default()];
    let clean = dir.path().join("demo-2.0-py3-none-any.whl");
    fs_err::write(&clean, "this is no archive")?;
    assert_eq!(audit(&to, &[&clean]).code, 1);
    assert!(!elsewhere.exists(), "where nothing is fixed, no directory is made");
    let remote = audit(&[&to[..], &["--index-url", "http://127.0.0.1:9/simple/"]].concat(), &[Path::new("demo==1.0")]);
    assert_eq!((remote.code, remote.err.contains("only on local files")), (2, true), "{}", remote.err);
    let nowhere = audit(&["--fix"], &[&path]);
    assert_eq!((nowhere.code, nowhere.err.contains("--out")), (2, true), "{}", nowhere.err);
    Ok(())
}
