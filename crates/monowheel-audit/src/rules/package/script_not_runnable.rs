use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};

rule! {
    /// The first line of a script starts no program.
    ///
    /// # What it does
    /// Looks in the first line of each file in `.data/scripts/` for a byte order mark before `#!`, for options after
    /// `/usr/bin/env PROGRAM` (without `-S`), and for `python2`.
    ///
    /// # Why it matters
    /// With a byte order mark the system sees no `#!`, and the shell runs the text of the program as commands. Linux
    /// passes everything after `env` as one word, so it looks for a program called `python -u`: *No such file or
    /// directory*. Most systems have no `python2` (a note).
    ///
    /// # Example
    /// `#!/usr/bin/env python -u`
    ///
    /// # Fix
    /// Declare the command in `[project.scripts]`, or begin the script with `#!python`, which installers replace.
    pub(super) static RULE: "script-not-runnable", Package, Warning, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    for (path, head) in wheel.heads.iter().filter(|(path, _)| crate::gather::is_script(path)) {
        let Some((severity, why)) = fault(head.lines().next().unwrap_or_default()) else { continue };
        found.add(
            Finding::new(severity, Place::member(path), why)
                .fix("declare the command in `[project.scripts]`, or begin the script with `#!python`"),
        );
    }
}

/// Why nothing starts with this first line.
fn fault(line: &str) -> Option<(Severity, String)> {
    if line.starts_with("\u{feff}#!") {
        return Some((
            Severity::Warning,
            "begins with a byte order mark, so the system does not see its `#!`".to_owned(),
        ));
    }
    let mut words = line.strip_prefix("#!")?.split_whitespace();
    let program = words.next()?;
    if !program.ends_with("/env") {
        return None;
    }
    let name = words.next().filter(|word| !word.starts_with('-') && !word.contains('='))?;
    if words.next().is_some() {
        return Some((
            Severity::Warning,
            format!("begins with {line}: Linux passes everything after `env` as one name"),
        ));
    }
    name.starts_with("python2").then(|| (Severity::Note, format!("begins with {line}, which most systems do not have")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_lines() {
        for (line, severity) in [
            ("#!/usr/bin/env python3", None),
            ("#!/usr/bin/env -S python3 -u", None),
            ("#!/usr/bin/env FOO=1 python3", None),
            ("#!/usr/bin/env python -u", Some(Severity::Warning)),
            ("\u{feff}#!/usr/bin/env python3", Some(Severity::Warning)),
            ("\u{feff}import sys", None),
            ("#!/usr/bin/env python2.7", Some(Severity::Note)),
            ("#!python -u", None),
            ("#!/bin/bash -e", None),
            ("", None),
        ] {
            assert_eq!(fault(line).map(|(severity, _)| severity), severity, "{line}");
        }
    }
}
