//! The user's arguments: a release on an index, wheels, directories of wheels.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_net::is_release;
use monowheel_project::target::Target;
use monowheel_wheel::filename::WheelName;
use monowheel_wheel::folder::wheels_in;

/// One argument of the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// `NAME==VERSION`, or a wheel's URL.
    OnIndex(String),
    /// Wheels on disk, by name.
    Wheels(Vec<PathBuf>),
}

impl Named {
    /// Parses one.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when it is none of these; when a directory cannot be read.
    pub fn parse(word: &Path) -> Result<Self> {
        if word.is_dir() {
            let wheels = wheels_in(word)?;
            if wheels.is_empty() {
                return Err(Error::new(ErrorKind::Usage, "no wheels in this directory")
                    .at(word.display())
                    .next("name a wheel, or a directory with *.whl files directly in it"));
            }
            return Ok(Self::Wheels(wheels));
        }
        let text = word.to_string_lossy();
        if word.exists() {
            if text.ends_with(".whl") {
                return Ok(Self::Wheels(vec![std::path::absolute(word)?]));
            }
            let error = Error::new(ErrorKind::Usage, "not a wheel").at(word.display());
            return Err(if text.ends_with(".tar.gz") {
                error.next(format!(
                    "name the wheel, and the sdist it was built from: monowheel verify WHEEL --sdist {text}"
                ))
            } else {
                error.next("name a wheel, a directory of wheels, or a release: NAME==VERSION")
            });
        }
        if word.to_str().is_some_and(is_release) {
            return Ok(Self::OnIndex(text.into_owned()));
        }
        let error = Error::new(ErrorKind::Usage, "no such file or directory").at(word.display());
        let is_word = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        Err(if !text.is_empty() && text.chars().all(is_word) && !text.ends_with(".whl") {
            error.next(format!("for a release on the index, add its version: {text}==VERSION"))
        } else {
            error.next("name a wheel, a directory of wheels, or a release: NAME==VERSION")
        })
    }
}

/// Whether a wheel is the one for this platform, by the tags of its file's name.
#[must_use]
pub fn is_for(file: &str, target: &Target) -> bool {
    let tags: BTreeSet<String> = target.platform_tags().into_iter().collect();
    WheelName::parse(file).is_ok_and(|name| {
        let platforms = name.tag.rsplit('-').next().unwrap_or_default().split('.');
        platforms.map(str::to_owned).collect::<BTreeSet<_>>() == tags
    })
}

#[cfg(test)]
mod tests {
    use monowheel_project::target::WindowsAbi;

    use super::*;

    fn said(word: &Path) -> String {
        Named::parse(word).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn a_release_a_file_and_a_folder_are_told_apart() {
        let dir = tempfile::Builder::new().prefix("a ==folder").tempdir().unwrap();
        for name in ["b.whl", "a.whl", "a.tar.gz"] {
            fs_err::write(dir.path().join(name), "").unwrap();
        }
        let (a, b) = (dir.path().join("a.whl"), dir.path().join("b.whl"));
        assert_eq!(Named::parse(dir.path()).unwrap(), Named::Wheels(vec![a.clone(), b]));
        assert_eq!(Named::parse(&a).unwrap(), Named::Wheels(vec![a]));
        assert_eq!(Named::parse(Path::new("x == 1")).unwrap(), Named::OnIndex("x == 1".to_owned()));
        assert!(said(&dir.path().join("a.tar.gz")).contains("--sdist"));
    }

    #[test]
    fn what_is_nothing_of_these_is_told_the_next_step() {
        let dir = tempfile::tempdir().unwrap();
        assert!(said(dir.path()).contains("no wheels in this directory"));
        assert!(said(Path::new("nh3")).contains("nh3==VERSION"));
        assert!(said(Path::new("gone.whl")).contains("NAME==VERSION"));
        fs_err::write(dir.path().join("x"), "").unwrap();
        assert!(said(&dir.path().join("x")).contains("not a wheel"));
    }

    #[test]
    fn a_platform_is_found_by_all_its_tags() {
        let target = |name| Target::parse(name, WindowsAbi::Gnullvm).unwrap();
        let linux = "x-1-cp38-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl";
        assert!(is_for(linux, &target("manylinux2014_x86_64")));
        assert!(!is_for(linux, &target("manylinux_2_28_x86_64")));
        assert!(is_for("x-1-cp38-abi3-win_amd64.whl", &target("win_amd64")));
        assert!(!is_for("no wheel", &target("win_amd64")));
    }
}
