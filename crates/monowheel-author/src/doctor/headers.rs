//! `Python.h`, if it is needed: `PyO3` does not need it, C sources of the project may.

use std::path::{Path, PathBuf};
use std::time::Duration;

use monowheel_error::Result;
use monowheel_system::python;

use crate::doctor::check::{Check, Fix, State};
use crate::doctor::{CheckKind, Context};

/// More files than a project's own sources have.
const MOST_FILES: usize = 20_000;
/// Directories of build outputs or third-party code.
const PASSED_OVER: [&str; 6] = ["target", "dist", "build", "node_modules", "venv", "__pycache__"];
const LIMIT: Duration = Duration::from_secs(20);
const ASKED: &str = "import sysconfig; print(sysconfig.get_path('include'))";

pub(super) const CHECK: CheckKind =
    CheckKind { name: "headers", why: "C code that includes Python.h does not compile without Python's headers", look };

fn look(context: &Context<'_>) -> Result<Vec<Check>> {
    let root = &context.project.root;
    let found = includes(root, &mut MOST_FILES.clone());
    let shown = found.as_deref().map(|path| path.strip_prefix(root).unwrap_or(path));
    let folder = match (shown, &context.machine.python) {
        (Some(_), Some(python)) => {
            let told = python::script(python, ASKED)?.stdout(LIMIT, context.stop)?;
            Some(PathBuf::from(told.trim()))
        }
        _ => None,
    };
    let is_there = folder.as_ref().is_some_and(|folder| folder.join("Python.h").is_file());
    Ok(vec![judge(shown, folder.as_deref(), is_there)])
}

fn judge(source: Option<&Path>, folder: Option<&Path>, is_there: bool) -> Check {
    let Some(source) = source else {
        return Check::new("Python.h", State::Skipped, "not needed: no C source here includes it, nor does PyO3");
    };
    let source = source.display();
    match folder {
        Some(folder) if is_there => Check::new("Python.h", State::Ok, format!("in {}, for {source}", folder.display())),
        Some(folder) => {
            Check::new("Python.h", State::Wrong, format!("not in {}, but {source} includes it", folder.display())).fix(
                Fix::told("on Debian: apt-get install python3-dev; elsewhere install the devel package of that Python"),
            )
        }
        None => Check::new(
            "Python.h",
            State::Unknown,
            format!("{source} includes it, but there is no Python to find it with"),
        )
        .fix(Fix::told("run monowheel with a Python: python3 -m monowheel doctor")),
    }
}

/// The first C source below `folder`, by name, that includes `Python.h`. Links are not followed.
fn includes(folder: &Path, left: &mut usize) -> Option<PathBuf> {
    let mut entries: Vec<_> = fs_err::read_dir(folder).ok()?.flatten().collect();
    entries.sort_by_key(fs_err::DirEntry::file_name);
    for entry in entries {
        *left = left.checked_sub(1)?;
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        let Ok(kind) = entry.file_type() else { continue };
        if kind.is_dir() && !name.starts_with('.') && !PASSED_OVER.contains(&name.as_str()) {
            if let Some(found) = includes(&path, left) {
                return Some(found);
            }
        } else if kind.is_file() && is_c(&path) && fs_err::read(&path).is_ok_and(|bytes| has_include(&bytes)) {
            return Some(path);
        }
    }
    None
}

fn is_c(path: &Path) -> bool {
    let known = ["c", "cc", "cpp", "cxx", "h", "hh", "hpp"];
    path.extension().is_some_and(|end| known.iter().any(|known| end == *known))
}

fn has_include(bytes: &[u8]) -> bool {
    String::from_utf8_lossy(bytes).lines().any(|line| {
        let rest = line.trim_start().strip_prefix('#').map(str::trim_start);
        rest.and_then(|rest| rest.strip_prefix("include")).is_some_and(|rest| {
            ["<Python.h>", "\"Python.h\""].contains(&rest.split("//").next().unwrap_or_default().trim())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_c_that_includes_it_needs_it() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let write = |name: &str, text: &str| -> Result<()> {
            let path = dir.path().join(name);
            fs_err::create_dir_all(path.parent().unwrap_or(dir.path()))?;
            Ok(fs_err::write(path, text)?)
        };
        write("src/lib.rs", "#include <Python.h>")?;
        write("target/x.c", "#include <Python.h>")?;
        write("csrc/a.c", "// #include <Python.h>\nint x;")?;
        assert_eq!(includes(dir.path(), &mut 100), None);
        write("csrc/b.c", "int x;\n #  include \"Python.h\" // ours")?;
        assert_eq!(includes(dir.path(), &mut 100), Some(dir.path().join("csrc/b.c")));
        Ok(())
    }

    #[test]
    fn judged_by_whether_it_is_there() {
        let (source, folder) = (Path::new("csrc/b.c"), Path::new("/usr/include/python3.11"));
        assert_eq!(judge(None, None, false).state, State::Skipped);
        assert_eq!(judge(Some(source), Some(folder), true).state, State::Ok);
        let wrong = judge(Some(source), Some(folder), false);
        assert!(wrong.state == State::Wrong && wrong.said.contains("csrc/b.c"), "{wrong:?}");
        assert_eq!(judge(Some(source), None, false).state, State::Unknown);
    }
}
