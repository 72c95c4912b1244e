//! xonsh, a shell in Python: it imports from its own interpreter.

use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::on_path;

use crate::doctor::check::{Check, Fix, State};
use crate::doctor::environment::{is_same, prefix, python_of};
use crate::doctor::{CheckKind, Context};

pub(super) const CHECK: CheckKind = CheckKind {
    name: "xonsh",
    why: "xonsh imports from the environment that it is installed in, not from the active one",
    look,
};

fn look(context: &Context<'_>) -> Result<Vec<Check>> {
    let Some(script) = on_path("xonsh") else {
        return Ok(vec![Check::new("xonsh", State::Skipped, "not installed")]);
    };
    let Some(active) = context.surroundings.active() else {
        return Ok(vec![Check::new("xonsh", State::Skipped, "no environment to compare with")]);
    };
    let bytes = fs_err::read(&script)?;
    let text = String::from_utf8_lossy(bytes.get(..bytes.len().min(4096)).unwrap_or_default()).into_owned();
    let python = interpreter(&text).ok_or_else(|| {
        Error::new(ErrorKind::Format, "could not determine xonsh's interpreter")
            .at(script.display())
            .next("run this in xonsh: import sys; sys.executable")
    })?;
    let environment = prefix(&python).unwrap_or_default();
    Ok(vec![judge(&script, &environment, is_same(&environment, active), active)])
}

fn judge(script: &Path, environment: &Path, is_ours: bool, active: &Path) -> Check {
    let place = script.display().to_string();
    if is_ours {
        return Check::new(place, State::Ok, format!("runs in {}", active.display()));
    }
    let said = format!("runs in {}, but the project's environment is {}", environment.display(), active.display());
    Check::new(place, State::Wrong, said).fix(Fix::python(Some(&python_of(active)), &["pip", "install", "xonsh"]))
}

/// The interpreter of an installed script: its first line, or if that is too long or has a space, the next line
/// (`'''exec' "/a path/python" "$0" "$@"`, as pip and distlib write it).
fn interpreter(text: &str) -> Option<PathBuf> {
    let mut lines = text.lines();
    let first = lines.next()?.strip_prefix("#!")?.trim();
    let program = match first {
        "/bin/sh" => {
            let rest = lines.next()?.trim_start().strip_prefix("'''exec'")?.trim_start();
            match rest.strip_prefix('"') {
                Some(rest) => rest.split('"').next()?,
                None => rest.split_whitespace().next()?,
            }
        }
        _ => first.split_whitespace().next()?,
    };
    let path = PathBuf::from(program);
    let name = path.file_name()?.to_string_lossy().into_owned();
    (path.is_absolute() && (name.starts_with("python") || name.starts_with("pypy"))).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interpreter_is_found_in_each_form() {
        let found = |text: &str| interpreter(text).map(|path| path.display().to_string());
        assert_eq!(found("#!/e/bin/python3 -u\n").as_deref(), Some("/e/bin/python3"));
        let long = "#!/bin/sh\n'''exec' \"/a path/bin/python\" \"$0\" \"$@\"\n' '''\n";
        assert_eq!(found(long).as_deref(), Some("/a path/bin/python"));
        let plain = "#!/bin/sh\n'''exec' /e/bin/python3.11 \"$0\" \"$@\"\n";
        assert_eq!(found(plain).as_deref(), Some("/e/bin/python3.11"));
        for odd in ["", "ELF", "#!/bin/sh\necho", "#!/usr/bin/env python3", "#!/bin/bash"] {
            assert_eq!(found(odd), None, "{odd}");
        }
    }

    #[test]
    fn another_environment_is_wrong() {
        let (script, active) = (Path::new("/usr/bin/xonsh"), Path::new("/p/.venv"));
        assert_eq!(judge(script, active, true, active).state, State::Ok);
        let wrong = judge(script, Path::new("/usr"), false, active);
        assert!(wrong.state == State::Wrong && wrong.said.contains("runs in /usr, but"), "{wrong:?}");
    }
}
