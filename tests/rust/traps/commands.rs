//! One test for every command that only looks.

use std::ffi::OsStr;
use std::path::PathBuf;

use monowheel_system::exec::on_path;

use crate::said::Ended;
use crate::traps::directory::Directory;
use crate::traps::program::run_in;

/// Runs a command in a directory full of traps, and gives what it said if none fired.
fn looked(words: &[&str]) -> Ended {
    looked_in(&Directory::hostile(), words)
}

fn looked_in(directory: &Directory, words: &[&str]) -> Ended {
    looked_by(directory, on_path("python3").unwrap(), words)
}

/// As the program of this Python.
fn looked_by(directory: &Directory, python: PathBuf, words: &[&str]) -> Ended {
    // What the making of the directory itself set off.
    directory.fired();
    let all: Vec<&OsStr> = [python.as_os_str()].into_iter().chain(words.iter().map(OsStr::new)).collect();
    let ended = run_in(directory, &all);
    let fired = directory.fired();
    assert!(fired.is_empty(), "{words:?} started {fired:?}\n{}{}", ended.out, ended.err);
    ended
}

/// It did its work: this exit code, and these words in what it printed.
fn shows(ended: &Ended, codes: &[u8], texts: &[&str]) {
    let all = format!("{}{}", ended.out, ended.err);
    assert!(codes.contains(&ended.code), "exit {}: {all}", ended.code);
    for text in texts {
        assert!(all.contains(text), "{text:?} is not in: {all}");
    }
}

#[test]
fn plan_starts_nothing_of_the_directory() {
    let directory = Directory::hostile();
    shows(&looked_in(&directory, &["plan"]), &[0, 1, 3], &["hello", "manylinux"]);
    shows(&looked_in(&directory, &["plan", "--json"]), &[0, 1, 3], &["monowheel.plan/1"]);
}

#[test]
fn plan_of_an_sdist_runs_no_build_backend() {
    shows(&looked(&["plan", "evil-1.0.tar.gz"]), &[2], &["build-backend"]);
}

#[test]
fn doctor_starts_nothing_of_the_directory() {
    shows(&looked(&["doctor", "--json"]), &[0, 1, 3], &["monowheel.doctor/1", "\"venv\""]);
}

#[test]
fn lint_starts_nothing_of_the_directory() {
    let directory = Directory::hostile();
    shows(&looked_in(&directory, &["lint"]), &[0, 1], &[]);
    shows(&looked_in(&directory, &["lint", "--format", "json"]), &[0, 1], &["monowheel"]);
}

#[test]
fn audit_starts_nothing_of_the_directory() {
    let directory = Directory::hostile();
    shows(&looked_in(&directory, &["audit", "dist"]), &[0, 1], &[".whl"]);
    let wheel = directory.wheel().display().to_string();
    shows(&looked_in(&directory, &["audit", "--format", "html", &wheel]), &[0, 1], &["<html"]);
}

#[test]
fn audit_of_what_is_installed_starts_nothing_of_the_directory() {
    let directory = Directory::hostile();
    let python = directory.empty_environment();
    shows(&looked_by(&directory, python, &["audit", "--installed"]), &[2], &["no extension module is installed"]);
}

#[test]
fn compare_starts_nothing_of_the_directory() {
    let directory = Directory::hostile();
    let wheel = directory.wheel().display().to_string();
    shows(&looked_in(&directory, &["compare", &wheel, &wheel]), &[0], &["identical"]);
    shows(&looked_in(&directory, &["compare", "--long", "dist", "dist"]), &[0], &["identical"]);
}

#[test]
fn pin_starts_nothing_of_the_directory() {
    // Nothing answers there.
    let words = ["pin", "x==1", "--index-url", "http://127.0.0.1:9/simple"];
    shows(&looked(&words), &[2, 3], &["127.0.0.1"]);
}

#[test]
fn release_check_starts_nothing_of_the_directory() {
    let directory = Directory::hostile();
    shows(&looked_in(&directory, &["release", "check"]), &[1, 2, 3], &["version"]);
    shows(&looked_in(&directory, &["release", "check", "--remote"]), &[1, 2, 3], &["version"]);
}

#[test]
fn pythons_starts_nothing_of_the_directory() {
    shows(&looked(&["pythons"]), &[0], &["interpreters"]);
}

#[test]
fn rules_and_explain_start_nothing_of_the_directory() {
    let directory = Directory::hostile();
    shows(&looked_in(&directory, &["rules"]), &[0], &["symbol-above-floor"]);
    shows(&looked_in(&directory, &["explain", "symbol-above-floor"]), &[0], &["symbol-above-floor"]);
}

#[test]
fn ci_check_starts_nothing_of_the_directory() {
    let directory = Directory::hostile();
    shows(&looked_in(&directory, &["ci", "github", "--check"]), &[1], &["workflows"]);
    shows(&looked_in(&directory, &["ci", "gitlab", "--check"]), &[1], &["gitlab-ci"]);
}

#[test]
fn new_and_init_start_nothing_of_the_directory() {
    let directory = Directory::hostile();
    shows(&looked_in(&directory, &["new", "my-lib", "--dry-run"]), &[0], &["my-lib"]);
    shows(&looked_in(&directory, &["new", "my-lib"]), &[0], &["my-lib"]);
    shows(&looked_in(&directory, &["init", "--dry-run"]), &[0, 1, 2], &[]);
}

#[test]
fn completions_and_the_lab_start_nothing_of_the_directory() {
    let directory = Directory::hostile();
    shows(&looked_in(&directory, &["completions", "bash"]), &[0], &["monowheel"]);
    shows(&looked_in(&directory, &["lab", "list"]), &[0], &["cpython"]);
}
