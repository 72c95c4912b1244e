//! Runs Python in isolated mode (`-I`), so that nothing in the current directory and no `PYTHON*` variable
//! determines what is imported.
//!
//! `-I` also leaves out the user's own site-packages, where `pip install --user` puts monowheel and its tools. If this
//! Python would look there, a call adds that directory again, by its path.
//!
//! Calls of an interpreter that is itself under test are different: see `trials` of monowheel-test.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use monowheel_error::Result;

use crate::exec::Call;

/// Isolated, and in UTF-8 mode whatever the locale (`PYTHONIOENCODING` is ignored with `-I`).
const ISOLATED: [&str; 3] = ["-I", "-X", "utf8"];

/// Adds the user's site-packages at the end of the search path.
const WITH_USER_SITE: &str = "import site; site.addsitedir(site.getusersitepackages())";

/// Runs the code in the first argument, which may begin with `from __future__`: nothing may be before that.
const RUN_CODE: &str = "import sys; exec(compile(sys.argv.pop(1), '<string>', 'exec'))";

/// Runs the module named by the first argument, as `-m` does.
const RUN_MODULE: &str =
    "import runpy, sys; del sys.argv[0]; runpy.run_module(sys.argv[0], run_name='__main__', alter_sys=True)";

/// A call of `python` that runs `code`, a few lines that print a result, in an empty directory.
///
/// # Errors
/// When the directory cannot be created.
pub fn script(python: &Path, code: &str) -> Result<Call> {
    let call = clean(Call::new(python)).args(ISOLATED).arg("-c");
    let call = match has_user_site(python) {
        true => call.arg(format!("{WITH_USER_SITE}; {RUN_CODE}")).arg(code),
        false => call.arg(code),
    };
    call.in_empty_dir()
}

/// A call of `python` that runs a module of an installed package: `python -I -m MODULE`. Nothing is imported from the
/// directory that it runs in.
#[must_use]
pub fn module(python: &Path, name: &str) -> Call {
    clean(Call::new(python)).args(module_words(python, name))
}

/// The arguments of [`module`], for a call that another program makes.
#[must_use]
pub fn module_words(python: &Path, name: &str) -> Vec<OsString> {
    let run = if has_user_site(python) {
        vec!["-c".to_owned(), format!("{WITH_USER_SITE}; {RUN_MODULE}"), name.to_owned()]
    } else {
        vec!["-m".to_owned(), name.to_owned()]
    };
    ISOLATED.into_iter().map(OsString::from).chain(run.into_iter().map(OsString::from)).collect()
}

/// Removes the variables from a call that would change what Python imports, in it or in its child processes.
#[must_use]
pub fn clean(call: Call) -> Call {
    let is_python = |name: &OsStr| name.as_encoded_bytes().starts_with(b"PYTHON");
    let names = std::env::vars_os().map(|(name, _)| name).filter(|name| is_python(name));
    let call = names.fold(call, Call::without_env);
    // The base of the user's site-packages; a relative one would be in the current directory.
    match std::env::var_os("PYTHONUSERBASE").filter(|base| Path::new(base).is_absolute()) {
        Some(base) => call.env("PYTHONUSERBASE", base),
        None => call,
    }
}

/// Whether `python` imports from the user's site-packages when it is called without options: not in a virtual
/// environment, unless that includes the system's packages, and not if the user has disabled it (PEP 370, PEP 405).
fn has_user_site(python: &Path) -> bool {
    let is_off = std::env::var_os("PYTHONNOUSERSITE").is_some_and(|value| !value.is_empty());
    !is_off && environment_settings(python).is_none_or(|settings| admits_system_site(&settings))
}

/// `pyvenv.cfg` of the virtual environment that contains a Python, by its path.
fn environment_settings(python: &Path) -> Option<String> {
    let beside = python.parent()?;
    let files = [Some(beside), beside.parent()].into_iter().flatten().map(|folder| folder.join("pyvenv.cfg"));
    files.map(|file: PathBuf| fs_err::read_to_string(file)).find_map(std::result::Result::ok)
}

fn admits_system_site(settings: &str) -> bool {
    let pairs = settings.lines().filter_map(|line| line.split_once('='));
    pairs.into_iter().any(|(key, value)| {
        key.trim().eq_ignore_ascii_case("include-system-site-packages") && value.trim().eq_ignore_ascii_case("true")
    })
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used, reason = "a machine without Python cannot run these")]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::exec::{CancelToken, on_path};

    const LIMIT: Duration = Duration::from_secs(30);

    fn python3() -> PathBuf {
        on_path("python3").unwrap()
    }

    /// A module that shadows one of the standard library, and leaves a mark when it is imported.
    fn trap(folder: &Path) -> PathBuf {
        let mark = folder.join("mark");
        fs_err::write(folder.join("json.py"), format!("open({:?}, 'w')\n", mark.display().to_string())).unwrap();
        mark
    }

    #[test]
    fn a_module_of_the_directory_that_it_runs_in_is_not_imported() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let mark = trap(dir.path());
        // json.tool imports json: the one in the directory, if Python is called without `-I`.
        let plainly = Call::new(python3()).args(["-m", "json.tool", "--help"]).dir(dir.path());
        let _ = plainly.capture(LIMIT, &CancelToken::default())?;
        assert!(mark.exists());
        fs_err::remove_file(&mark)?;
        let isolated = module(&python3(), "json.tool").arg("--help").dir(dir.path());
        let shown = isolated.stdout(LIMIT, &CancelToken::default())?;
        assert!(shown.contains("usage") && !mark.exists(), "{shown}");
        Ok(())
    }

    #[test]
    fn a_script_runs_in_an_empty_directory() -> Result<()> {
        let code = "import os; print(os.listdir(), os.getcwd())";
        let call = script(&python3(), code)?;
        let shown = call.stdout(LIMIT, &CancelToken::default())?;
        let (listed, place) = shown.trim().split_once(' ').unwrap();
        assert_eq!(listed, "[]");
        assert!(Path::new(place).is_dir(), "it exists as long as the call");
        drop(call);
        assert!(!Path::new(place).exists());
        Ok(())
    }

    #[test]
    fn the_users_own_packages_are_imported_and_nothing_before_them() -> Result<()> {
        let home = tempfile::tempdir()?;
        let say = |call: Call| {
            call.env("HOME", home.path()).without_env("PYTHONUSERBASE").stdout(LIMIT, &CancelToken::default())
        };
        let site = say(Call::new(python3()).args(["-m", "site", "--user-site"]))?;
        let site = Path::new(site.trim());
        assert!(site.starts_with(home.path()), "{}", site.display());
        fs_err::create_dir_all(site.join("package"))?;
        fs_err::write(site.join("package/__init__.py"), "")?;
        fs_err::write(site.join("package/__main__.py"), "import sys; print(sys.argv[1:], __name__)")?;
        // One that would shadow the standard library's.
        fs_err::write(site.join("json.py"), "1/0")?;
        let told = say(module(&python3(), "package").args(["a b", "-x"]))?;
        assert_eq!(told.trim(), "['a b', '-x'] __main__");
        let code = "\"\"\"A script.\"\"\"\nfrom __future__ import annotations\nimport json, package, sys\nprint(sys.argv, package)";
        let said = say(script(&python3(), code)?.arg("a b"))?;
        assert!(said.starts_with("['-c', 'a b'] <module 'package'"), "{said}");
        Ok(())
    }

    #[test]
    fn an_environment_decides_about_the_users_packages() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let python = dir.path().join("bin/python");
        fs_err::create_dir_all(dir.path().join("bin"))?;
        let settings = dir.path().join("pyvenv.cfg");
        fs_err::write(&settings, "home = /usr/bin\ninclude-system-site-packages = false\n")?;
        assert_eq!(module_words(&python, "x"), ["-I", "-X", "utf8", "-m", "x"]);
        fs_err::write(&settings, "home = /usr/bin\nInclude-System-Site-Packages = True\n")?;
        assert!(has_user_site(&python));
        Ok(())
    }
}
