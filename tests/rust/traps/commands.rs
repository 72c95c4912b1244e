//! One test for every read-only command.

use std::ffi::OsStr;
use std::path::PathBuf;

use crate::said::Ended;
use crate::traps::directory::Directory;
use crate::traps::program::{python, run_in};

/// Runs a command in a directory full of traps, and returns its output if none fired.
fn looked(words: &[&str]) -> Ended {
    looked_in(&Directory::hostile(), words)
}

fn looked_in(directory: &Directory, words: &[&str]) -> Ended {
    looked_by(directory, python(), words, &[])
}

/// Runs it as the program of this Python.
fn looked_by(directory: &Directory, python: PathBuf, words: &[&str], variables: &[(&str, &str)]) -> Ended {
    // Traps that fired while the directory was created.
    directory.fired();
    let all: Vec<&OsStr> = [python.as_os_str()].into_iter().chain(words.iter().map(OsStr::new)).collect();
    let ended = run_in(directory, &all, variables);
    let fired = directory.fired();
    assert!(fired.is_empty(), "{words:?} started {fired:?}\n{}{}", ended.out, ended.err);
    ended
}

/// It did its work: this exit code, and these words in its output.
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
    shows(&looked(&["plan", "evil-1.0.tar.gz"]), &[2], &["build backend is evil_backend"]);
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
    let ended = looked_by(&directory, python, &["audit", "--installed"], &[]);
    shows(&ended, &[2], &["no extension module is installed"]);
}

#[test]
fn compare_starts_nothing_of_the_directory() {
    let directory = Directory::hostile();
    let wheel = directory.wheel().display().to_string();
    shows(&looked_in(&directory, &["compare", &wheel, &wheel]), &[0], &["identical"]);
    let other = directory.other_wheel().display().to_string();
    shows(&looked_in(&directory, &["compare", "--long", &wheel, &other]), &[1], &["other.txt"]);
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
fn relative_roots_of_other_tools_are_ignored() {
    let directory = Directory::hostile();
    let relative = [("PYENV_ROOT", "."), ("UV_PYTHON_INSTALL_DIR", "."), ("RUSTUP_HOME", "."), ("XDG_CACHE_HOME", ".")];
    for words in [&["pythons"][..], &["plan"]] {
        let ended = looked_by(&directory, python(), words, &relative);
        assert!(ended.code <= 3, "{}", ended.err);
    }
    // Absolute ones are the user's choice, so the traps there fire.
    let root = directory.root().display().to_string();
    let python = python();
    let all = [python.as_os_str(), OsStr::new("pythons")];
    run_in(&directory, &all, &[("PYENV_ROOT", &root)]);
    assert!(directory.fired().contains("root-python"));
    let all = [python.as_os_str(), OsStr::new("plan")];
    run_in(&directory, &all, &[("RUSTUP_HOME", &root)]);
    assert!(directory.fired().contains("root-rustc"));
}

#[test]
fn a_relative_cache_is_refused() {
    let directory = Directory::hostile();
    let ended = looked_by(&directory, python(), &["plan"], &[("MONOWHEEL_CACHE", "cache")]);
    shows(&ended, &[2], &["MONOWHEEL_CACHE", "absolute"]);
    assert!(!directory.root().join("cache").exists());
}

#[test]
fn a_relative_place_for_caches_is_ignored() {
    let directory = Directory::hostile();
    let home = directory.cache().display().to_string();
    let variables = [("XDG_CACHE_HOME", "."), ("MONOWHEEL_CACHE", ""), ("HOME", &home)];
    shows(&looked_by(&directory, python(), &["plan"], &variables), &[0, 1, 2, 3], &["hello"]);
    assert!(directory.cache().join(".cache/monowheel").is_dir());
    assert!(!directory.root().join("monowheel/empty").exists());
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
    shows(&looked_in(&directory, &["man"]), &[0], &["monowheel"]);
    shows(&looked_in(&directory, &["schema"]), &[0], &["monowheel"]);
    shows(&looked_in(&directory, &["cache", "size"]), &[0], &["std"]);
    shows(&looked_in(&directory, &["lab", "list"]), &[0], &["cpython"]);
}
