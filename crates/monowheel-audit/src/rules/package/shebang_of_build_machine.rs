use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};

rule! {
    /// A script begins with the path of the Python that built the wheel.
    ///
    /// # What it does
    /// Reads the first line of the scripts in `*.data/scripts/`. Installers replace `#!python` with the interpreter
    /// that they install into, and keep every other line. `#!/usr/bin/env python3`, and interpreters in `/bin`,
    /// `/usr/bin` and `/usr/local/bin` that are not Python, are ignored.
    ///
    /// # Why it matters
    /// The command fails with *bad interpreter: No such file or directory*, or runs with another Python that does not
    /// have the package.
    ///
    /// # Example
    /// `#!/home/jane/venv/bin/python3` in `demo-1.0.data/scripts/demo` (pypa/wheel#135, espressif/esptool#140).
    ///
    /// # Fix
    /// Declare the command in `[project.scripts]`, or begin the script with `#!python` and build the wheel with a
    /// backend that keeps that line.
    pub(super) static RULE: "shebang-of-build-machine", Package, Warning, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    for (path, head) in &wheel.heads {
        if !crate::gather::is_script(path) {
            continue;
        }
        // In the second line, if the path is too long for the first, or has spaces.
        let exec = head.lines().nth(1).and_then(|line| line.strip_prefix(crate::gather::EXEC));
        let Some(line) = exec.or_else(|| head.strip_prefix("#!")?.lines().next()) else { continue };
        let Some(severity) = weigh(line.trim()) else { continue };
        let message = match severity {
            Severity::Note => {
                format!("begins with #!{}, which may not be the Python that has the package", line.trim())
            }
            _ => format!("begins with #!{}, a path on the build machine", line.trim()),
        };
        found.add(
            Finding::new(severity, Place::member(path), message)
                .fix("declare the command in `[project.scripts]`, or begin the script with `#!python`"),
        );
    }
}

/// The severity of a script's first line (without its `#!`).
fn weigh(line: &str) -> Option<Severity> {
    // A quoted path may contain spaces.
    let program = match line.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next().unwrap_or_default(),
        None => line.split_whitespace().next().unwrap_or_default(),
    };
    let is_drive = program.as_bytes().get(1) == Some(&b':') || program.starts_with("\\\\");
    if !program.starts_with('/') && !is_drive {
        // `#!python`, `#!pythonw`: installers replace it.
        return None;
    }
    let (folder, name) = program.rsplit_once(['/', '\\']).unwrap_or(("", program));
    let is_shared = ["/bin", "/usr/bin", "/usr/local/bin"].contains(&folder);
    let is_python = name.to_ascii_lowercase().starts_with("python") || name.starts_with("pypy");
    match (is_shared, is_python) {
        (true, true) => Some(Severity::Note),
        (true, false) => None,
        (false, _) => Some(Severity::Warning),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_lines() {
        for (line, severity) in [
            ("python", None),
            ("pythonw -s", None),
            ("/usr/bin/env python3", None),
            ("/bin/sh", None),
            ("/usr/bin/python3", Some(Severity::Note)),
            ("/home/jane/venv/bin/python3 -s", Some(Severity::Warning)),
            ("\"/Users/jane doe/venv/bin/python\"", Some(Severity::Warning)),
            ("C:\\Python312\\python.exe", Some(Severity::Warning)),
            ("/opt/hostedtoolcache/Python/3.12.1/x64/bin/python", Some(Severity::Warning)),
            ("", None),
        ] {
            assert_eq!(weigh(line), severity, "{line}");
        }
    }
}
