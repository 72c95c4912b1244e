use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};

rule! {
    /// The first line of a script ends with a carriage return.
    ///
    /// # What it does
    /// Looks for a carriage return at the end of the first line (`#!…`) of the scripts in `*.data/scripts/`. Installers
    /// replace the line `#!python`, and keep every other line as it is.
    ///
    /// # Why it matters
    /// Linux and macOS take the carriage return as part of the interpreter's name: *env: 'bash\\r': No such file or
    /// directory*, *bad interpreter: /bin/sh^M*.
    ///
    /// # Example
    /// `#!/usr/bin/env bash` in a file that was checked out on Windows with `core.autocrlf`.
    ///
    /// # Fix
    /// Save the script with LF line endings (`*.sh text eol=lf` in `.gitattributes`), and build the wheel again.
    pub(super) static RULE: "script-line-endings", Package, Warning, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    for (path, head) in &wheel.heads {
        let Some(line) = head.strip_prefix("#!").and_then(|rest| rest.split_once('\n')).map(|(line, _)| line) else {
            continue;
        };
        let Some(program) = line.strip_suffix('\r').map(str::trim) else { continue };
        if !crate::gather::is_script(path) || program.starts_with("python") {
            continue;
        }
        found.add(
            Finding::new(
                Severity::Warning,
                Place::member(path),
                format!("ends its first line #!{program} with a carriage return, which becomes part of the interpreter's name"),
            )
            .fix("save the script with LF line endings, and build the wheel again"),
        );
    }
}
