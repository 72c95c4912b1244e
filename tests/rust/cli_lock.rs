//! `monowheel.lock` on the command line: each error comes before anything is built, and a plan writes nothing.

use std::path::Path;

use crate::said::said;

const PYPROJECT: &str =
    "[build-system]\nrequires = [\"maturin\"]\nbuild-backend = \"maturin\"\n[project]\nname = \"x\"\n";
const CARGO: &str = "[package]\nname = \"x\"\nversion = \"1.0.0\"\nedition = \"2021\"\n[lib]\ncrate-type = [\"cdylib\"]\n\
                     [dependencies]\npyo3 = { version = \"0.29.3\", features = [\"abi3-py38\"] }\n";

fn project(lock: &str) -> std::io::Result<tempfile::TempDir> {
    let dir = tempfile::tempdir()?;
    fs_err::create_dir_all(dir.path().join("src"))?;
    let files = [("src/lib.rs", ""), ("pyproject.toml", PYPROJECT), ("Cargo.toml", CARGO), ("monowheel.lock", lock)];
    for (name, text) in files {
        if name != "monowheel.lock" || !lock.is_empty() {
            fs_err::write(dir.path().join(name), text)?;
        }
    }
    Ok(dir)
}

fn names(folder: &Path) -> std::io::Result<Vec<String>> {
    let mut names: Vec<String> = fs_err::read_dir(folder)?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<std::io::Result<_>>()?;
    names.sort();
    Ok(names)
}

/// A lock with tools that do not exist.
fn of_nobody() -> String {
    format!(
        "schema = \"monowheel.lock/1\"\n[tools]\nmaturin = \"0.1.2\"\nmonowheel = \"{}\"\nzig = \"0.1.3\"\n\
         [rust]\nrustc = \"1.2.3 (abc 2015-01-01)\"\nfrom = \"rustup\"\nchannel = \"stable\"\n",
        monowheel_error::VERSION
    )
}

#[test]
fn a_lock_whose_tools_are_not_here_is_an_error_before_anything_is_built() -> std::io::Result<()> {
    let dir = project(&of_nobody())?;
    let before = names(dir.path())?;
    let path = dir.path().to_string_lossy().into_owned();
    for command in ["plan", "build"] {
        let shown = said(&[command, &path], None);
        assert!(shown.starts_with("exit 3"), "{command}: {shown}");
        for part in ["rustc 1.2.3", "rustup toolchain install 1.2.3", "pip install 'maturin==0.1.2'", "ziglang==0.1.3"]
        {
            assert!(shown.contains(part), "{command}: {part}: {shown}");
        }
        assert_eq!(names(dir.path())?, before, "{command}");
    }
    Ok(())
}

#[test]
fn a_damaged_lock_and_one_of_a_newer_monowheel_are_errors() -> std::io::Result<()> {
    let newer = of_nobody().replace(monowheel_error::VERSION, "999.0.0");
    for (lock, code, part) in [
        ("garbage", "exit 2", "the lock is damaged"),
        ("schema = \"monowheel.lock/9\"\n", "exit 2", "pip install --upgrade monowheel"),
        (newer.as_str(), "exit 3", "pip install 'monowheel==999.0.0'"),
    ] {
        let dir = project(lock)?;
        let shown = said(&["build", &dir.path().to_string_lossy()], None);
        assert!(shown.starts_with(code) && shown.contains(part), "{lock}: {shown}");
        assert!(!dir.path().join("dist").exists() && !dir.path().join("target").exists(), "{lock}");
    }
    Ok(())
}

#[test]
fn locked_without_a_lock_and_options_that_exclude_each_other() -> std::io::Result<()> {
    let dir = project("")?;
    let path = dir.path().to_string_lossy().into_owned();
    let shown = said(&["build", &path, "--locked"], None);
    assert!(shown.starts_with("exit 2") && shown.contains("there is no monowheel.lock"), "{shown}");
    for words in [
        &["--locked", "--upgrade"][..],
        &["--locked", "--no-lock"],
        &["--no-lock", "--upgrade=rust"],
        &["--upgrade=gcc"],
    ] {
        let shown = said(&[&["plan", &path], words].concat(), None);
        assert!(shown.starts_with("exit 2"), "{words:?}: {shown}");
    }
    assert!(!dir.path().join("monowheel.lock").exists());
    Ok(())
}
