//! Errors of pins and checks: they state the reason, and leave nothing behind.

use std::ffi::OsString;

use super::*;
use crate::said::{Ended, ran};

#[test]
fn an_index_without_hashes_is_refused() {
    let without = || Served::of(&Wheel::abi3(LINUX)).saying(json!({"hashes": {}}));
    let said = refusal(Index::of(vec![without()]).pin());
    assert!(said.starts_with("Usage the index has no SHA-256 of demo-1.0-cp38"), "{said}");
    // One that had them when the pin was written: it cannot be checked, which does not mean that it is valid.
    let index = Index::usual();
    let dir = tempfile::tempdir().unwrap();
    let files = written(&index.pin().unwrap(), dir.path());
    index.change(|files| files[0] = without());
    for file in files {
        let said = refusal(index.check(&file));
        assert!(said.starts_with("Incomplete the SHA-256 of"), "{said}");
    }
}

#[test]
fn bytes_that_the_index_does_not_promise_are_an_error() {
    let lie = json!({"hashes": {"sha256": "0".repeat(64)}});
    let said = refusal(Index::of(vec![Served::of(&Wheel::abi3(LINUX)).saying(lie)]).pin());
    assert!(said.contains("does not have the expected SHA-256"), "{said}");
}

#[test]
fn a_release_without_wheels_and_a_yanked_one() {
    let said = refusal(Index::of(vec![Served::new("demo-1.0.tar.gz", Vec::new())]).pin());
    assert!(said.contains("demo==1.0 has no wheel, only demo-1.0.tar.gz"), "{said}");
    let index = Index::of(vec![Served::of(&Wheel::abi3(LINUX)).saying(json!({"yanked": "broken"}))]);
    let said = refusal(index.pin());
    assert!(said.contains("demo==1.0 is yanked: broken") && said.contains("--yanked"), "{said}");
    let pinned = pin(&Request { yanked: true, ..index.request() }).unwrap();
    assert_eq!(pinned.notes, ["demo==1.0 is yanked: broken"]);
    // If a release is partly yanked, the other files are used.
    index.change(|files| files.push(Served::of(&Wheel::abi3("win32"))));
    let pinned = index.pin().unwrap();
    assert_eq!(files(&pinned), ["demo-1.0-cp38-abi3-win32.whl"]);
    assert!(pinned.notes[0].contains("1 of 2 wheels are yanked and left out: broken"));
}

#[test]
fn what_no_index_has() {
    let index = Index::usual();
    let named = |word: &str| refusal(pin(&Request { subjects: vec![word.into()], ..index.request() }));
    assert!(named("demo==2.0").contains("no index has demo==2.0") && named("demo==2.0").contains("1.0"));
    assert!(named("other==1.0").contains("no index has a project other"));
    let no_network = IndexOptions { index_url: Some("http://127.0.0.1:9/simple/".to_owned()), ..index.options() };
    let said = refusal(pin(&Request { index: no_network, ..index.request() }));
    assert!(said.starts_with("Incomplete could not query the index"), "{said}");
}

#[test]
fn versions_that_differ_are_not_pinned_as_one() {
    let mut local = Wheel::abi3("win32");
    local.file = local.file.replace("1.0", "1.0+gpu");
    let index = Index::of(vec![Served::of(&Wheel::abi3(LINUX)), Served::of(&local)]);
    let said = refusal(index.pin());
    assert!(said.contains("several versions of demo") && said.contains("1.0, 1.0+gpu"), "{said}");
    let two = Request { subjects: vec!["demo==1.0+gpu".into(), "demo==1.0".into()], ..index.request() };
    assert!(refusal(pin(&Request { scope: scope(&["win32"], &[]), ..two })).contains("more than one release of demo"));
}

#[test]
fn a_folder_that_is_not_what_its_sums_say() {
    let wheels = [Wheel::abi3(LINUX), Wheel::abi3("win_amd64")];
    let dir = dist(&wheels);
    let subjects = vec![dir.path().to_owned()];
    let pinned = || pin(&Request { subjects: subjects.clone(), ..Request::default() });
    let path = |number: usize| dir.path().join(&wheels[number].file);
    pinned().unwrap();
    fs_err::write(path(0), Wheel::abi3(LINUX).with("demo/x.py", "x = 1\n").bytes()).unwrap();
    let said = refusal(pinned());
    assert!(said.starts_with("Incomplete the file does not match SHA256SUMS"), "{said}");
    fs_err::remove_file(path(0)).unwrap();
    assert!(refusal(pinned()).contains("is listed in SHA256SUMS but missing"));
    fs_err::write(path(0), wheels[0].bytes()).unwrap();
    fs_err::write(dir.path().join("demo-1.0-cp38-abi3-win32.whl"), Wheel::abi3("win32").bytes()).unwrap();
    assert!(refusal(pinned()).contains("SHA256SUMS does not list this file"));
    fs_err::write(dir.path().join("SHA256SUMS"), "nonsense\n").unwrap();
    assert!(refusal(pinned()).contains("not in the format of sha256sum"));
    fs_err::remove_file(dir.path().join("SHA256SUMS")).unwrap();
    pinned().unwrap();
    fs_err::write(path(0), "no archive").unwrap();
    assert!(refusal(pinned()).starts_with("Incomplete"));
}

#[test]
fn a_stop_ends_it() {
    let dir = dist(&[Wheel::abi3(LINUX)]);
    let index = IndexOptions::default();
    index.stop.set();
    let said = refusal(pin(&Request { subjects: vec![dir.path().to_owned()], index, ..Request::default() }));
    assert!(said.starts_with("Incomplete"), "{said}");
}

fn run(words: &[&str]) -> Ended {
    let words: Vec<OsString> = std::iter::once("pin").chain(words.iter().copied()).map(OsString::from).collect();
    ran(&words)
}

#[test]
fn words_that_cannot_be_meant() {
    let dir = dist(&[Wheel::abi3(LINUX)]);
    let folder = dir.path().to_str().unwrap();
    fs_err::write(dir.path().join("r.txt"), "demo==1.0\n").unwrap();
    fs_err::write(dir.path().join("pylock.toml"), "lock-version = ").unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let (r, lock) = (path("r.txt"), path("pylock.toml"));
    let cases = [
        (vec!["demo"], "give its version: demo==VERSION"),
        (vec!["demo>=1"], "not a release, a wheel or a directory"),
        (vec!["demo==1.*"], "no version is pinned: demo==1.*"),
        (vec!["gone.whl"], "not a release, a wheel or a directory"),
        (vec!["https://h/demo-1.0-py3-none-any.whl"], "not a release, a wheel or a directory"),
        (vec![&r], "monowheel pin -r"),
        (vec![folder, "--output", "lock.toml"], "could not determine the format"),
        (vec![folder, "--output", "x.txt", "--format", "pylock"], "do not accept this name for a pylock file"),
        (vec![folder, "--output", "pylock.toml", "--format", "requirements"], "leave out --format"),
        (vec![folder, "--python", "3.7"], "not a CPython version from 3.8 on"),
        (vec![folder, "--sdist"], "expected one sdist of demo"),
        (vec![], "required arguments were not provided"),
        (vec!["--check", &r], "demo==1.0 has no SHA-256"),
        (vec!["--check", &lock], "not a pylock file (PEP 751)"),
        (vec!["--check", &r, "demo==1.0"], "at most one directory"),
        (vec!["--check", &r, "--sdist"], "cannot be used with"),
    ];
    for (words, expected) in cases {
        let Ended { code, out, err } = run(&words);
        assert_eq!((code, out.as_str()), (2, ""), "{words:?}: {err}");
        assert!(err.contains(expected), "{words:?}: {err}");
    }
}

#[test]
fn a_file_that_cannot_be_written_is_not_begun() {
    let dir = dist(&[Wheel::abi3(LINUX)]);
    let output = dir.path().join("taken");
    fs_err::create_dir_all(output.join("inside")).unwrap();
    let folder = dir.path().to_str().unwrap();
    for place in [&output, &dir.path().join("gone/r.txt")] {
        let Ended { code, out, err } = run(&[folder, "--output", place.to_str().unwrap()]);
        assert_eq!((code, out.as_str()), (3, ""), "{err}");
        assert!(err.contains("could not write the lock") && err.contains("--output FILE"), "{err}");
    }
    assert_eq!(fs_err::read_dir(dir.path()).unwrap().count(), 3);
}

#[test]
fn the_pin_is_on_stdout_and_what_is_said_of_it_is_not() {
    let dir = dist(&[Wheel::abi3(LINUX)]);
    let folder = dir.path().to_str().unwrap();
    let Ended { code, out, err } = run(&[folder]);
    assert_eq!(code, 0);
    assert!(out.contains("demo==1.0 \\\n    --hash=sha256:") && !out.contains("which wheel"), "{out}");
    assert!(err.contains("one wheel for each platform: 1 wheel for 1 platform"), "{err}");
    assert!(run(&[folder, "--format", "pylock", "--quiet"]).out.contains("lock-version = \"1.0\""));
    let file = dir.path().join("r.txt");
    let Ended { code, out, err } = run(&[folder, "--output", file.to_str().unwrap(), "--json"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert_eq!(serde_json::from_str::<Value>(&out).unwrap()["schema"], "monowheel.pin/1");
    assert!(fs_err::read_to_string(&file).unwrap().contains("demo==1.0"));
    let Ended { code, out, .. } = run(&["--check", file.to_str().unwrap(), folder]);
    assert_eq!(code, 0);
    assert!(out.contains("ok      demo==1.0, 1 file\nvalid "), "{out}");
}
