//! Versions that both cargo and Python's installers understand, and their order in both.

use std::fmt;
use std::str::FromStr as _;

use monowheel_error::{Error, ErrorKind, Result};

/// A version in both forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    cargo: semver::Version,
    python: pep440_rs::Version,
}

/// The part to increment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bump {
    /// `1.2.3` to `2.0.0`.
    Major,
    /// `1.2.3` to `1.3.0`.
    Minor,
    /// `1.2.3` to `1.2.4`, `1.2.3-rc.1` to `1.2.3`.
    Patch,
    /// `1.2.3-rc.1` to `1.2.3-rc.2`.
    Pre,
}

impl Version {
    /// Reads a version as in Cargo.toml.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when cargo or Python cannot read it, or when they interpret it differently.
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = |what: String| Error::new(ErrorKind::Usage, what).at(format!("{text:?}"));
        let bare = text.trim_start_matches(['v', 'V']);
        if bare != text {
            return Err(wrong("a version begins with a number; the v is part of the tag only".to_owned()).next(bare));
        }
        let cargo = semver::Version::parse(text).map_err(|error| {
            let wrong = wrong(format!("not a version for cargo: {error}"));
            match pep440_rs::Version::from_str(text).ok().and_then(|python| in_cargos_form(&python)) {
                Some(form) => wrong.next(format!("write it as {form} for cargo; wheels then have {text}")),
                None => wrong.next("use three numbers and an optional pre-release: 1.0.0, 1.0.0-rc.1"),
            }
        })?;
        if !cargo.build.is_empty() {
            return Err(wrong("the part after + would be a local version, which indexes reject".to_owned())
                .next(text.split('+').next().unwrap_or_default()));
        }
        let known = "use a pre-release that both cargo and Python know: 1.0.0-alpha.1, 1.0.0-beta.1, 1.0.0-rc.1";
        let python = pep440_rs::Version::from_str(text)
            .map_err(|_| wrong("a version for cargo, but not for wheels (PEP 440)".to_owned()).next(known))?;
        if python.is_post() {
            return Err(wrong("a pre-release for cargo, but a post-release for Python".to_owned()).next(known));
        }
        Ok(Self { cargo, python })
    }

    /// As in wheels: `1.0.0rc1`.
    #[must_use]
    pub(crate) fn python(&self) -> String {
        self.python.to_string()
    }

    /// Whether this text is the same version in any spelling: `1.0.0rc1` is `1.0.0-rc.1`.
    #[must_use]
    pub(crate) fn is(&self, text: &str) -> bool {
        pep440_rs::Version::from_str(text).is_ok_and(|other| other == self.python)
    }

    /// Refuses a version that is not higher than `old`, for cargo and for Python.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] with both spellings.
    pub(crate) fn after(&self, old: &Self) -> Result<()> {
        let larger = (self.cargo > old.cargo, self.python > old.python);
        let who = match larger {
            (true, true) => return Ok(()),
            (false, false) => "neither for cargo nor for Python",
            (true, false) => "not for Python, which orders pre-releases dev, alpha, beta, rc",
            (false, true) => "not for cargo, which orders pre-releases by their letters",
        };
        let next =
            old.raised(Bump::Patch).map(|next| format!("choose a higher one, such as {next}")).unwrap_or_default();
        Err(Error::new(ErrorKind::Usage, format!("{self} is not higher than {old}: {who}"))
            .at(format!("{self} (wheels: {}), {old} (wheels: {})", self.python, old.python))
            .next(next))
    }

    /// The next version. A pre-release of it becomes the final version.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when there is no pre-release to increment.
    pub(crate) fn raised(&self, bump: Bump) -> Result<Self> {
        let semver::Version { major, minor, patch, ref pre, .. } = self.cargo;
        let is_pre = !pre.is_empty();
        let (major, minor, patch) = match bump {
            Bump::Major if is_pre && minor == 0 && patch == 0 => (major, 0, 0),
            Bump::Major => (major + 1, 0, 0),
            Bump::Minor if is_pre && patch == 0 => (major, minor, 0),
            Bump::Minor => (major, minor + 1, 0),
            Bump::Patch if is_pre => (major, minor, patch),
            Bump::Patch => (major, minor, patch + 1),
            Bump::Pre if is_pre => return Self::parse(&format!("{major}.{minor}.{patch}-{}", counted_on(pre))),
            Bump::Pre => {
                return Err(Error::new(
                    ErrorKind::Usage,
                    format!("{self} is not a pre-release, so it cannot be incremented as one"),
                )
                .next(format!("name the first one: monowheel release prepare {major}.{minor}.{}-rc.1", patch + 1)));
            }
        };
        Self::parse(&format!("{major}.{minor}.{patch}"))
    }
}

/// As in Cargo.toml: `1.0.0-rc.1`.
impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.cargo.fmt(f)
    }
}

/// `rc.1` to `rc.2`, `rc1` to `rc2`, `rc` to `rc.1`.
fn counted_on(pre: &semver::Prerelease) -> String {
    let text = pre.as_str();
    let word = text.trim_end_matches(|c: char| c.is_ascii_digit());
    match text[word.len()..].parse::<u64>() {
        Ok(number) => format!("{word}{}", number.saturating_add(1)),
        Err(_) => format!("{text}.1"),
    }
}

/// The version in Cargo.toml that gives wheels of this version.
fn in_cargos_form(python: &pep440_rs::Version) -> Option<String> {
    let release = python.release();
    if release.len() > 3 || python.is_post() || python.is_local() {
        return None;
    }
    let number = |at: usize| release.get(at).copied().unwrap_or(0);
    let word = python.pre().map(|pre| {
        let word = match pre.kind {
            pep440_rs::PrereleaseKind::Alpha => "alpha",
            pep440_rs::PrereleaseKind::Beta => "beta",
            pep440_rs::PrereleaseKind::Rc => "rc",
        };
        format!("-{word}.{}", pre.number)
    });
    let end = match (word, python.dev()) {
        (Some(word), None) => word,
        (None, Some(dev)) => format!("-dev.{dev}"),
        (None, None) => String::new(),
        (Some(_), Some(_)) => return None,
    };
    Some(format!("{}.{}.{}{end}", number(0), number(1), number(2)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        Version::parse(text).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn both_forms_are_known() {
        for (cargo, python) in [
            ("1.0.0", "1.0.0"),
            ("1.0.0-rc.1", "1.0.0rc1"),
            ("0.1.0-alpha.2", "0.1.0a2"),
            ("1.0.0-dev.3", "1.0.0.dev3"),
        ] {
            let version = Version::parse(cargo).unwrap();
            assert_eq!((version.to_string().as_str(), version.python().as_str()), (cargo, python));
            assert!(version.is(python) && version.is(cargo) && !version.is("9.0.0"), "{cargo}");
        }
    }

    #[test]
    fn what_one_of_both_cannot_read_is_refused_with_the_other_form() {
        assert!(said("v1.2.3").contains("next: 1.2.3"), "{}", said("v1.2.3"));
        assert!(said("1.0.0rc1").contains("1.0.0-rc.1"), "{}", said("1.0.0rc1"));
        assert!(said("1.2").contains("1.2.0"), "{}", said("1.2"));
        assert!(said("1.0.0-foo.1").contains("PEP 440"));
        assert!(said("1.0.0-1").contains("post-release"));
        assert!(said("1.0.0+build").contains("local version"));
        for text in ["", "1", "one", "1.0.0 ", "-1.0.0", "1.0.0.post1"] {
            assert!(said(text).contains("next:"), "{text}: {}", said(text));
        }
    }

    #[test]
    fn each_number_is_raised() {
        for (old, bump, new) in [
            ("1.2.3", Bump::Major, "2.0.0"),
            ("1.2.3", Bump::Minor, "1.3.0"),
            ("1.2.3", Bump::Patch, "1.2.4"),
            ("2.0.0-rc.1", Bump::Major, "2.0.0"),
            ("2.1.0-rc.1", Bump::Major, "3.0.0"),
            ("2.1.0-rc.1", Bump::Minor, "2.1.0"),
            ("2.1.1-rc.1", Bump::Patch, "2.1.1"),
            ("1.0.0-rc.9", Bump::Pre, "1.0.0-rc.10"),
            ("1.0.0-rc", Bump::Pre, "1.0.0-rc.1"),
        ] {
            assert_eq!(
                Version::parse(old).and_then(|old| old.raised(bump)).unwrap().to_string(),
                new,
                "{old} {bump:?}"
            );
        }
        assert!(
            Version::parse("1.0.0")
                .and_then(|old| old.raised(Bump::Pre))
                .is_err_and(|error| error.to_string().contains("1.0.1-rc.1"))
        );
    }

    #[test]
    fn larger_is_larger_for_both() {
        let after = |new: &str, old: &str| Version::parse(new).unwrap().after(&Version::parse(old).unwrap());
        for (new, old) in
            [("1.0.0", "1.0.0-rc.1"), ("1.0.1", "1.0.0"), ("1.0.0-rc.2", "1.0.0-rc.1"), ("10.0.0", "9.0.0")]
        {
            assert!(after(new, old).is_ok(), "{new} {old}");
            assert!(after(old, new).is_err(), "{old} {new}");
        }
        assert!(after("1.0.0", "1.0.0").is_err());
        // dev is the first for Python, and between beta and rc for cargo.
        assert!(after("1.0.0-dev.1", "1.0.0-beta.1").is_err_and(|error| error.to_string().contains("not for Python")));
        assert!(after("1.0.0-rc10", "1.0.0-rc9").is_err_and(|error| error.to_string().contains("not for cargo")));
    }
}
