//! Third-party names and texts: none controls a terminal, and none is a command to a runner of GitHub Actions.
#![cfg(unix)]

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use monowheel_forge::wheel::Wheel;
use serde_json::json;

use crate::said::{Ended, ran_on_github};
use crate::server::{Reply, Server};

/// A hostile file name: each line is a workflow command, in the new form or the old one.
const HOSTILE: &str = "\n::error::pwned\r  ::add-mask::pwned\n##[error]pwned\u{1b}[2J\u{202e}";

fn argv(words: &[&str], paths: &[&Path]) -> Vec<OsString> {
    words.iter().map(OsString::from).chain(paths.iter().map(|path| path.as_os_str().to_owned())).collect()
}

/// It shows the name, without any effect.
fn is_harmless(ended: &Ended, what: &str) {
    let Ended { out, err, .. } = ended;
    assert!(format!("{out}{err}").contains("pwned"), "{what} does not show the name:\n{out}{err}");
    acts_on_nothing(ended, what);
}

/// Neither stream has a workflow command or a control character.
fn acts_on_nothing(Ended { out, err, .. }: &Ended, what: &str) {
    for line in out.lines().chain(err.lines()) {
        assert!(!line.trim_start().starts_with("::") && !line.contains("##["), "{what}: {line}");
        assert!(!line.contains(['\u{1b}', '\r', '\u{202e}']), "{what}: {line:?}");
    }
}

/// A directory with a hostile name, in one with a harmless name.
fn folder() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join(HOSTILE);
    fs_err::create_dir(&folder).unwrap();
    (dir, folder)
}

#[test]
fn names_of_files_and_members_in_an_audit() {
    let (_dir, folder) = folder();
    let wheel = Wheel::abi3("linux_x86_64").with(&format!("demo/{HOSTILE}.so"), "no library");
    let path = folder.join(&wheel.file);
    fs_err::write(&path, wheel.bytes()).unwrap();
    for form in ["text", "json", "sarif", "html"] {
        for details in [&["audit", "--format", form][..], &["-v", "audit", "--format", form]] {
            let ended = ran_on_github(&argv(details, &[&path]));
            assert_eq!(ended.code, 1, "{}", ended.err);
            is_harmless(&ended, form);
        }
    }
    // Its lines are commands, and all of them its own: the name is in none as a line of its own.
    let ended = ran_on_github(&argv(&["audit", "--format", "github"], &[&path]));
    assert!(ended.out.contains("pwned"), "{}", ended.out);
    for line in ended.out.lines() {
        let is_own = ["::error file=", "::warning file=", "::notice file=", "monowheel: "];
        assert!(is_own.iter().any(|start| line.starts_with(start)), "{line}");
        assert!(!line.contains(['\u{1b}', '\r', '\u{202e}']), "{line:?}");
    }
}

#[test]
fn names_in_errors() {
    let (dir, folder) = folder();
    let gone = folder.join("gone.whl");
    let requirements = dir.path().join("requirements.txt");
    fs_err::write(&requirements, "demo==1.0; pwned\u{1b}[2J ##[error]\n").unwrap();
    for (words, paths) in [
        (&["audit"][..], &[&*gone][..]),
        (&["plan"], &[&folder]),
        (&["build"], &[&folder]),
        (&["test"], &[&gone]),
        (&["compare"], &[&gone, &gone]),
        (&["pin", "--check"], &[&gone]),
        (&["pin", "-r"], &[&requirements]),
        (&["release", "check"], &[&folder]),
    ] {
        let ended = ran_on_github(&argv(words, paths));
        assert!(ended.code >= 2, "{words:?}: {}", ended.err);
        is_harmless(&ended, &format!("{words:?}"));
    }
}

#[test]
fn a_pin_from_a_folder() {
    let (_dir, folder) = folder();
    let wheel = Wheel::abi3("win_amd64");
    fs_err::write(folder.join(&wheel.file), wheel.bytes()).unwrap();
    for words in [&["pin"][..], &["pin", "--json"]] {
        let ended = ran_on_github(&argv(words, &[&folder]));
        assert_eq!(ended.code, 0, "{words:?}: {}", ended.err);
        is_harmless(&ended, &format!("{words:?}"));
    }
}

#[test]
fn words_that_no_command_knows() {
    for word in [format!("--x{HOSTILE}"), HOSTILE.to_owned()] {
        for words in [&["audit", "--jobs", &word][..], &[&word], &["audit", &word, "--format", &word]] {
            let ended = ran_on_github(&argv(words, &[]));
            assert_eq!(ended.code, 2, "{}", ended.err);
            is_harmless(&ended, &format!("{words:?}"));
        }
    }
}

#[test]
fn what_an_index_says() {
    let page = |file: &str| json!({"meta": {"api-version": "1.1"}, "files": [{"filename": file, "url": "/f/x"}]});
    let name = format!("demo-1.0-py3-none-any{HOSTILE}.whl");
    let yanked = json!({
        "meta": {"api-version": "1.1"},
        "files": [{
            "filename": "demo-1.0-py3-none-any.whl", "url": "/f/x", "hashes": {"sha256": "0".repeat(64)},
            "yanked": HOSTILE,
        }],
    });
    let mut shown = 0;
    for (what, status, body) in [
        ("a name", 200, page(&name).to_string()),
        ("a reason", 200, yanked.to_string()),
        ("a page that is none", 200, HOSTILE.to_owned()),
    ] {
        let server = Server::start(move |_| {
            Reply::new(status, body.clone()).header("Content-Type", "application/vnd.pypi.simple.v1+json")
        });
        let url = server.url("/simple/");
        for command in ["pin", "audit"] {
            let ended = ran_on_github(&argv(&[command, "demo==1.0", "--index-url", &url], &[]));
            assert!(ended.code >= 2, "{what}, {command}: {}{}", ended.out, ended.err);
            acts_on_nothing(&ended, &format!("{what}, {command}"));
            shown += usize::from(ended.err.contains("pwned"));
        }
    }
    assert_eq!(shown, 2, "both commands show the reason");
}
