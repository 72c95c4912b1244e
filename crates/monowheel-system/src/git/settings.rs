//! The settings of a checkout that make git start a program, and the options that disable them.
//!
//! From `git help config` of git 2.47: every key whose value is a command, a hook or a helper. git has no option to
//! leave out a repository's own configuration, so the settings are listed first, which starts nothing, and each of
//! these keys is overridden on the command line with the user's or system's value, or with a value that starts nothing.

use monowheel_error::{Error, ErrorKind, Result};

/// Options for every call in a checkout, whatever its settings say.
pub(super) const ALWAYS: [&str; 5] = [
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    // It starts git in every submodule.
    "status.submoduleSummary=false",
    // A directory inside a checkout that looks like a separate repository is not one.
    "safe.bareRepository=explicit",
    "log.showSignature=false",
];

/// A setting as `git config --list --show-scope -z` writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Setting<'a> {
    /// `system`, `global`, `local`, `worktree` or `command`.
    scope: &'a str,
    /// The section and the name in lower case; the part between them as written.
    key: &'a str,
    value: &'a str,
}

/// How to disable a key that starts a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Off {
    /// The last value counts, and this one starts nothing.
    By(&'static str),
    /// Values accumulate, and an empty one discards those before it.
    Emptied,
    /// The first value counts, so that no option helps: this variable takes precedence over all of them.
    Variable(&'static str),
    /// It cannot be disabled.
    Never,
}

/// `section[.*].name`, and how to disable it.
const PROGRAMS: [(&str, &str, Off); 39] = [
    ("core", "fsmonitor", Off::By("false")),
    ("core", "hookspath", Off::By("/dev/null")),
    ("core", "sshcommand", Off::By("ssh")),
    ("core", "gitproxy", Off::Variable("GIT_PROXY_COMMAND")),
    ("core", "askpass", Off::By("")),
    ("core", "editor", Off::By("false")),
    ("core", "pager", Off::By("cat")),
    ("core", "alternaterefscommand", Off::By("true")),
    ("sequence", "editor", Off::By("false")),
    ("credential", "helper", Off::Emptied),
    ("filter", "clean", Off::By("")),
    ("filter", "smudge", Off::By("")),
    ("filter", "process", Off::By("")),
    ("filter", "required", Off::By("false")),
    ("diff", "external", Off::By("false")),
    ("diff", "command", Off::By("false")),
    ("diff", "textconv", Off::By("cat")),
    ("merge", "driver", Off::By("false")),
    // The first value counts.
    ("remote", "uploadpack", Off::Never),
    ("remote", "receivepack", Off::Never),
    ("remote", "vcs", Off::By("none")),
    ("gpg", "program", Off::By("false")),
    ("gpg", "defaultkeycommand", Off::By("false")),
    ("pager", "*", Off::By("false")),
    ("interactive", "difffilter", Off::By("cat")),
    ("uploadpack", "packobjectshook", Off::By("false")),
    ("gc", "recentobjectshook", Off::By("true")),
    ("difftool", "cmd", Off::By("false")),
    ("difftool", "path", Off::By("false")),
    ("mergetool", "cmd", Off::By("false")),
    ("mergetool", "path", Off::By("false")),
    ("browser", "cmd", Off::By("false")),
    ("browser", "path", Off::By("false")),
    ("man", "cmd", Off::By("false")),
    ("man", "path", Off::By("false")),
    ("trailer", "command", Off::By("true")),
    ("trailer", "cmd", Off::By("true")),
    ("submodule", "update", Off::By("none")),
    // Hooks as settings, which git has from 2.54 on.
    ("hook", "*", Off::Never),
];

/// The additions to a call in a checkout besides [`ALWAYS`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Switches {
    /// For `-c`.
    pub(super) options: Vec<String>,
    /// Variables to set.
    pub(super) variables: Vec<(&'static str, String)>,
}

/// The additions against the settings in `listed`, the output of `git config --list --show-scope -z`.
///
/// # Errors
/// [`ErrorKind::Format`] when a setting starts programs and cannot be disabled.
pub(super) fn switches(listed: &str) -> Result<Switches> {
    let settings = parse(listed)?;
    let is_foreign = |setting: &Setting<'_>| matches!(setting.scope, "local" | "worktree");
    let mut switches = Switches::default();
    for setting in settings.iter().filter(|setting| is_foreign(setting)) {
        let Some(off) = off(setting.key) else { continue };
        // `-c` treats the first `=` as the end of the key.
        if off == Off::Never || setting.key.contains('=') {
            return Err(Error::new(
                ErrorKind::Format,
                format!("a git setting of this checkout starts a program: {}", setting.key),
            )
            .next(format!("review it, and remove it: git config --unset-all {:?}", setting.key)));
        }
        let others = settings.iter().filter(|other| !is_foreign(other));
        match off {
            Off::By(value) => {
                let own = others.rev().find(|other| other.key == setting.key).map_or(value, |other| other.value);
                switches.options.push(format!("{}={own}", setting.key));
            }
            // A value for one address is also discarded by the plain one.
            Off::Emptied => {
                switches.options.push("credential.helper=".to_owned());
                let helpers = others.filter(|other| self::off(other.key) == Some(off) && !other.key.contains('='));
                switches.options.extend(helpers.map(|other| format!("{}={}", other.key, other.value)));
            }
            Off::Variable(name) if std::env::var_os(name).is_none() => {
                switches.variables.push((name, String::new()));
            }
            Off::Variable(_) | Off::Never => {}
        }
    }
    Ok(switches)
}

/// Whether a key starts a program, and how to disable it.
fn off(key: &str) -> Option<Off> {
    let (section, rest) = key.split_once('.')?;
    let name = rest.rsplit_once('.').map_or(rest, |(_, name)| name);
    let row = PROGRAMS.iter().find(|(of, called, _)| *of == section && (*called == "*" || *called == name));
    row.map(|(_, _, off)| *off)
}

fn parse(listed: &str) -> Result<Vec<Setting<'_>>> {
    let mut parts = listed.split_terminator('\0');
    let mut settings = Vec::new();
    while let Some(scope) = parts.next() {
        let cut = || Error::new(ErrorKind::Tool, "git listed its settings in an unknown format");
        let pair = parts.next().ok_or_else(cut)?;
        // A key without a value means true.
        let (key, value) = pair.split_once('\n').unwrap_or((pair, "true"));
        settings.push(Setting { scope, key, value });
    }
    Ok(settings)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(settings: &[(&str, &str, &str)]) -> String {
        settings.iter().map(|(scope, key, value)| format!("{scope}\0{key}\n{value}\0")).collect()
    }

    #[test]
    fn only_what_the_checkout_says_is_switched_off() {
        let user = listed(&[
            ("system", "credential.helper", "store"),
            ("global", "filter.lfs.clean", "git-lfs clean -- %f"),
            ("global", "core.sshcommand", "ssh -i key"),
            ("local", "remote.origin.url", "https://h/a"),
            ("local", "user.name", "x"),
            ("local", "core.bare", "false"),
        ]);
        assert_eq!(switches(&user).unwrap(), Switches::default());
    }

    #[test]
    fn a_setting_of_the_users_takes_the_place_of_the_checkouts() {
        let both = listed(&[
            ("global", "core.sshcommand", "ssh -i key"),
            ("global", "filter.lfs.clean", "git-lfs clean -- %f"),
            ("local", "core.sshcommand", "./evil"),
            ("local", "filter.lfs.clean", "./evil"),
            ("worktree", "filter.x.y.clean", "./evil"),
        ]);
        let expected = ["core.sshcommand=ssh -i key", "filter.lfs.clean=git-lfs clean -- %f", "filter.x.y.clean="];
        assert_eq!(switches(&both).unwrap().options, expected);
    }

    #[test]
    fn helpers_of_the_users_stay() {
        let both = listed(&[
            ("system", "credential.helper", "cache"),
            ("global", "credential.https://h.helper", "!gh auth"),
            ("local", "credential.helper", "!./evil"),
        ]);
        let expected = ["credential.helper=", "credential.helper=cache", "credential.https://h.helper=!gh auth"];
        assert_eq!(switches(&both).unwrap().options, expected);
    }

    #[test]
    fn what_cannot_be_switched_off_is_an_error() {
        for key in ["filter.a=b.clean", "hook.x.command", "remote.origin.uploadpack"] {
            let error = switches(&listed(&[("local", key, "./evil")])).err().map(|error| error.to_string());
            assert!(error.is_some_and(|text| text.contains(key) && text.contains("git config --unset-all")), "{key}");
        }
        assert!(switches("local").is_err());
    }

    #[test]
    fn a_key_without_a_value_is_read() {
        assert_eq!(switches("local\0filter.x.required\0").unwrap().options, ["filter.x.required=false"]);
    }
}
