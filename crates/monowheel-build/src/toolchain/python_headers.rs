//! Python's headers for Windows: those of the Python that a build script found, with another configuration.
//!
//! C code that includes `Python.h` (cffi's in cryptography) is compiled with the headers of the Python on this machine,
//! whose `pyconfig.h` describes this machine. `Python.h` includes the one beside it, so that no order of directories
//! helps: the compiler gets a directory of links to these headers instead, with a `pyconfig.h` for Windows.

/// The configuration, beside the shell function.
pub(super) const CONFIG: &str = include_str!("windows_pyconfig.h");
/// Its name there.
pub(super) const CONFIG_FILE: &str = "windows_pyconfig.h";

/// The shell function that prints the directory to use instead of DIRECTORY: `python_headers FOLDER DIRECTORY`. FOLDER
/// has [`CONFIG_FILE`]; the links are in it, or in the directory that [`super::unwinder::MADE_IN`] names. Two
/// concurrent calls create the same links.
pub(super) const FOUND: &str = r#"python_headers() {
  if [ ! -f "$2/Python.h" ]; then printf %s "$2"; return; fi
  case $2 in /*) from=$2 ;; *) from=$PWD/$2 ;; esac
  sum=$(printf %s "$from" | cksum) || return 1
  made=${MONOWHEEL_MADE_IN:-$1}/python-headers-${sum%% *}
  if [ ! -d "$made" ]; then
    mkdir -p "$made.$$" && ln -s "$from"/* "$made.$$" && rm -f "$made.$$/pyconfig.h" &&
      cp "$1/windows_pyconfig.h" "$made.$$/pyconfig.h" || return 1
    mv "$made.$$" "$made" 2>/dev/null || [ -d "$made" ] || return 1
  fi
  printf %s "$made"
}
"#;

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use monowheel_error::Result;
    use monowheel_system::exec::{Call, CancelToken};

    #[test]
    fn headers_of_python_have_another_configuration_and_other_directories_are_kept() -> Result<()> {
        let dir = tempfile::Builder::new().prefix("a folder ").tempdir()?;
        let (shims, python) = (dir.path().join("shims"), dir.path().join("include python"));
        for (path, text) in [
            (shims.join(CONFIG_FILE), CONFIG),
            (python.join("Python.h"), "#include \"pyconfig.h\"\n"),
            (python.join("pyconfig.h"), "#error this machine's\n"),
            (python.join("internal/x.h"), ""),
        ] {
            fs_err::create_dir_all(path.parent().unwrap_or(&shims))?;
            fs_err::write(path, text)?;
        }
        let found = |folder: &std::path::Path| {
            let script = format!("{FOUND}python_headers \"$1\" \"$2\"");
            let call = Call::new("/bin/sh")
                .args(["-c", &script, "sh"])
                .arg(&shims)
                .arg(folder)
                .without_env("MONOWHEEL_MADE_IN");
            call.stdout(std::time::Duration::from_secs(10), &CancelToken::default()).map(std::path::PathBuf::from)
        };
        assert_eq!(found(&shims)?, shims, "not Python's");
        let made = found(&python)?;
        assert!(made.starts_with(&shims), "{}", made.display());
        assert_eq!(fs_err::read_to_string(made.join("pyconfig.h"))?, CONFIG);
        assert!(made.join("Python.h").is_file() && made.join("internal/x.h").is_file());
        assert_eq!(found(&python)?, made, "again");
        Ok(())
    }
}
