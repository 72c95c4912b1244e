//! Every trap fires if it is reached directly. Without these, the tests of the commands could not fail.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use crate::traps::directory::Directory;

fn named(prefix: &str, names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| format!("{prefix}-{name}")).collect()
}

/// Runs a line of shell in the directory, with relative entries on PATH or without.
fn shell(directory: &Directory, line: &str) -> BTreeSet<String> {
    let mut call = Command::new("/bin/sh");
    call.args(["-c", line]).current_dir(directory.root()).env("GIT_TERMINAL_PROMPT", "0");
    let _ = call.env_remove("PYTHONSAFEPATH").env_remove("RUSTUP_TOOLCHAIN").output().unwrap();
    directory.fired()
}

#[test]
fn python_imports_from_the_current_directory() {
    let directory = Directory::harmless();
    let modules = directory.modules();
    // A module imported before the directory is on the search path stays the standard library's.
    let code = "import sys\nfor name in sys.argv[1:]: sys.modules.pop(name, None); __import__(name)";
    let line = format!("python3 -c '{code}' {}", modules.join(" "));
    assert_eq!(shell(&directory, &line), named("module", &modules));
    for name in ["sitecustomize", "usercustomize"] {
        // The first one is there before the second, which is not asked for in an environment.
        let fired = shell(&directory, &format!("PYTHONPATH=. python3 -c 'import {name}'"));
        assert!(fired.contains(&format!("module-{name}")), "{name}: {fired:?}");
    }
    assert!(shell(&directory, "python3 -c 'import site; site.addsitedir(\".\")'").contains("pth"));
}

#[test]
fn python_runs_a_package_of_the_current_directory() {
    let directory = Directory::harmless();
    for package in directory.packages() {
        let both = BTreeSet::from([format!("main-{package}"), format!("module-{package}")]);
        assert_eq!(shell(&directory, &format!("python3 -m {package}")), both);
        // As docs/trust.md advises.
        assert!(shell(&directory, &format!("python3 -I -m {package} --version")).is_empty());
    }
    assert_eq!(shell(&directory, "./ziglang/zig version"), named("ziglang", &["zig"]));
}

#[test]
fn a_relative_entry_of_path_finds_programs_here() {
    let directory = Directory::harmless();
    for name in directory.programs() {
        for path in [".:bin:$PATH", "bin:$PATH", "$PATH"] {
            let fired = shell(&directory, &format!("PATH={path}; export PATH; command -v {name} >/dev/null && {name}"));
            let is_ours = path != "$PATH";
            assert_eq!(fired == named("program", &[name]), is_ours, "{name} with PATH={path}: {fired:?}");
        }
    }
}

#[test]
fn cargo_starts_what_its_settings_name() {
    let directory = Directory::harmless();
    directory.cargo();
    directory.programs();
    let fired = shell(&directory, "cargo check --offline");
    assert!(fired.contains("rustc-wrapper") || fired.contains("build-rustc"), "{fired:?}");
    assert_eq!(shell(&directory, "cargo logout --registry evil"), named("credential", &["provider"]));
    assert_eq!(shell(&directory, "PATH=$PATH:. cargo look"), named("program", &["cargo-evil"]));
    let mark = directory.mark("build-script");
    let line = format!("MARK='{}' rustc --edition 2021 build.rs -o x && ./x", mark.display());
    assert_eq!(shell(&directory, &line), named("build", &["script"]));
}

#[test]
fn rustup_takes_the_toolchain_that_a_file_names() {
    // Only rustup's proxies read the file; a distribution's compiler does not.
    if !Command::new("rustup").arg("--version").output().is_ok_and(|done| done.status.success()) {
        return;
    }
    let directory = Directory::harmless();
    directory.toolchain();
    for tool in ["rustc", "cargo"] {
        let line = format!("\"$(dirname \"$(command -v rustup)\")\"/{tool} --version");
        assert_eq!(shell(&directory, &line), named("toolchain", &[tool]));
    }
}

#[test]
fn git_starts_what_a_checkout_names() {
    let directory = Directory::harmless();
    directory.git();
    let fired = shell(&directory, "git status");
    for trap in ["git-core.fsmonitor", "git-filter.evil.clean", "git-hook-post-index-change"] {
        assert!(fired.contains(trap), "{trap}: {fired:?}");
    }
    assert!(shell(&directory, "git ls-remote origin").contains("git-core.sshCommand"));
    assert!(shell(&directory, "git tag x").contains("git-hook-reference-transaction"));
    let fired = shell(&directory, "echo >> Cargo.toml; git diff");
    assert!(fired.contains("git-diff.evil.command") || fired.contains("git-diff.external"), "{fired:?}");
}

#[test]
fn scripts_and_environments_run_when_they_are_called() {
    let directory = Directory::harmless();
    for name in directory.scripts() {
        assert_eq!(shell(&directory, &format!("python3 {name}")), named("script", &[name]));
    }
    for name in directory.environment() {
        assert_eq!(shell(&directory, &format!(".venv/bin/{name}")), named("environment", &[name]));
    }
}

#[test]
fn a_build_backend_runs_when_its_hook_is_called() {
    let directory = Directory::harmless();
    let sdist = directory.sdist();
    assert!(Path::new(&sdist).is_file());
    let fired = shell(&directory, "tar -xf evil-1.0.tar.gz && cd evil-1.0 && python3 -c 'import evil_backend'");
    assert_eq!(fired, BTreeSet::from(["backend".to_owned()]));
}
