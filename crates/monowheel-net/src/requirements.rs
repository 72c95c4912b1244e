//! The releases to read from an index: requirements as arguments, in a `requirements.txt`, or in a lock file.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::regular_file;

use crate::pin::{Named, Pin, parse};
use crate::simple::RemoteFile;

/// Options of a `requirements.txt` that have no effect here; the last two take no value.
const PASSED_OVER: [&str; 9] = [
    "--no-binary",
    "--only-binary",
    "--trusted-host",
    "--use-feature",
    "--find-links",
    "-f",
    "--pre",
    "--prefer-binary",
    "--require-hashes",
];

/// Releases and files on an index.
#[derive(Clone, Debug, Default)]
pub struct Requirements {
    /// Releases, with all their wheels.
    pub pins: Vec<Pin>,
    /// Individual wheels.
    pub files: Vec<RemoteFile>,
    /// Local wheels of a lock file, and their SHA-256.
    pub local: Vec<(PathBuf, Option<String>)>,
    /// Names of the sdists that a lock file lists.
    pub sdists: Vec<String>,
    /// The index that a file names with `--index-url`.
    pub index_url: Option<String>,
    /// The extra indexes that a file names.
    pub extra_index_urls: Vec<String>,
    /// Notes on what was skipped.
    pub notes: Vec<String>,
}

/// Whether an argument is a release (`NAME==VERSION`) or a URL. Anything else is a path, even if it does not exist.
#[must_use]
pub fn is_release(text: &str) -> bool {
    text.contains("==") || text.contains("://")
}

impl Requirements {
    /// Adds `name==version`, or a wheel's URL.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when it does not pin a release.
    pub fn add(&mut self, requirement: &str) -> Result<()> {
        match parse(requirement.trim(), &mut self.notes)? {
            Named::Release(pin) => self.pin(pin),
            Named::File(file) if self.files.contains(&file) => {}
            Named::File(file) => self.files.push(*file),
        }
        Ok(())
    }

    /// Adds the contents of a file in pip's requirements format.
    pub(crate) fn read_requirements(&mut self, path: &Path) -> Result<()> {
        self.requirements(path, &mut Vec::new(), &mut BTreeSet::new())
    }

    /// A release that is named twice, for two environments, is read once.
    fn pin(&mut self, pin: Pin) {
        match self.pins.iter_mut().find(|known| known.name == pin.name && known.version == pin.version) {
            // A mention without hashes means every file.
            Some(known) if pin.sha256.is_empty() => known.sha256.clear(),
            Some(known) if known.sha256.is_empty() => {}
            Some(known) => known.sha256.extend(pin.sha256),
            None => self.pins.push(pin),
        }
    }

    fn requirements(&mut self, path: &Path, open: &mut Vec<PathBuf>, done: &mut BTreeSet<PathBuf>) -> Result<()> {
        let real = fs_err::canonicalize(path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => Error::new(ErrorKind::Io, "no such requirements file")
                .at(path.display())
                .next("name an existing file: -r FILE"),
            _ => error.into(),
        })?;
        if open.contains(&real) {
            return Err(Error::new(ErrorKind::Usage, "this file requires itself")
                .at(path.display())
                .next("remove the `-r` that leads back to it"));
        }
        if !done.insert(real.clone()) {
            return Ok(());
        }
        open.push(real);
        let text = regular_file::read_text(path)?;
        for (number, line) in lines(text.trim_start_matches('\u{feff}')) {
            let place = format!("{}:{number}", path.display());
            self.line(&line, path, open, done).map_err(|error| match error.kind() {
                // An error of a nested file has its place.
                ErrorKind::Usage if error.place().is_none() => error.at(place),
                _ => error,
            })?;
        }
        open.pop();
        Ok(())
    }

    fn line(&mut self, line: &str, path: &Path, open: &mut Vec<PathBuf>, done: &mut BTreeSet<PathBuf>) -> Result<()> {
        if !line.starts_with('-') {
            return self.add(line);
        }
        let (option, value) = option(line);
        let needed = || Error::new(ErrorKind::Usage, format!("{option} needs a value"));
        match option {
            "-r" | "--requirement" => {
                let nested = value.ok_or_else(needed)?;
                if nested.contains("://") {
                    return Err(Error::new(ErrorKind::Usage, "requirements files on a server are not supported")
                        .next("download it and name the copy"));
                }
                self.requirements(&path.parent().unwrap_or(Path::new("")).join(nested), open, done)
            }
            "-i" | "--index-url" | "--pypi-url" => {
                self.index_url = Some(expanded(value.ok_or_else(needed)?));
                Ok(())
            }
            "--extra-index-url" => {
                self.extra_index_urls.push(expanded(value.ok_or_else(needed)?));
                Ok(())
            }
            "-c" | "--constraint" => {
                self.notes.push(format!("{line}: constraints have no effect, since every release is pinned"));
                Ok(())
            }
            "-e" | "--editable" => Err(Error::new(ErrorKind::Usage, "an editable requirement has no wheel")
                .next("audit the wheel that is built from it")),
            "--no-index" => Err(Error::new(ErrorKind::Usage, "with --no-index there is no index to query")
                .next("name the directory of wheels instead of this file")),
            _ if PASSED_OVER.contains(&option) => Ok(()),
            _ => Err(Error::new(ErrorKind::Usage, format!("unknown option {option}"))),
        }
    }
}

/// Splits `--option=value`, `--option value` and `-rvalue`.
fn option(line: &str) -> (&str, Option<&str>) {
    let end = if line.starts_with("--") {
        line.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(line.len())
    } else {
        line.char_indices().nth(2).map_or(line.len(), |(at, _)| at)
    };
    let (option, value) = line.split_at(end);
    let value = value.trim_start().trim_start_matches('=').trim();
    let value =
        ['"', '\''].into_iter().find_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote)).unwrap_or(value);
    (option, (!value.is_empty()).then_some(value))
}

/// Replaces `${NAME}` as pip does, so that a file need not contain a password.
fn expanded(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((name, after)) = after.split_once('}') else { break };
        plain.push_str(before);
        let is_name =
            !name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
        match std::env::var(name) {
            Ok(value) if is_name => plain.push_str(&value),
            _ => plain.push_str(&format!("${{{name}}}")),
        }
        rest = after;
    }
    plain + rest
}

/// The logical lines, each with its first line number: continuations joined, comments and empty lines removed.
fn lines(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut line = String::new();
    let mut began = 0;
    for (number, part) in (1..).zip(text.lines()) {
        if line.is_empty() {
            began = number;
        }
        let is_comment = part.trim_start().starts_with('#');
        match part.strip_suffix('\\').filter(|_| !is_comment) {
            Some(part) => {
                line.push_str(part);
                // An empty part still belongs to the line that it continues.
                line.push(' ');
            }
            None => {
                line.push_str(part);
                finish(&mut found, began, &line);
                line.clear();
            }
        }
    }
    finish(&mut found, began, &line);
    found
}

fn finish(found: &mut Vec<(usize, String)>, number: usize, line: &str) {
    let mut end = line.len();
    let mut before = ' ';
    for (at, c) in line.char_indices() {
        // A `#` within a word is part of it, such as a URL's fragment.
        if c == '#' && before.is_whitespace() {
            end = at;
            break;
        }
        before = c;
    }
    let line = line.get(..end).unwrap_or_default().trim();
    if !line.is_empty() {
        found.push((number, line.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(files: &[(&str, &str)]) -> Result<Requirements> {
        let dir = tempfile::tempdir()?;
        for (name, text) in files {
            let path = dir.path().join(name);
            fs_err::create_dir_all(path.parent().unwrap())?;
            fs_err::write(path, text)?;
        }
        let mut found = Requirements::default();
        found.read(&dir.path().join(files[0].0)).map(|()| found)
    }

    fn refusal(files: &[(&str, &str)]) -> String {
        read(files).err().map(|error| error.to_string()).unwrap_or_default()
    }

    fn names(found: &Requirements) -> Vec<&str> {
        found.pins.iter().map(|pin| pin.name.as_str()).collect()
    }

    #[test]
    fn reads_what_pip_reads() -> Result<()> {
        let hash = "ab".repeat(32);
        let text = format!(
            "\u{feff}# the top\n--index-url https://i/simple  # ours\n--extra-index-url=https://j/simple\n\n--only-binary :all:\n\
             A.b==1 \\\n    --hash=sha256:{hash} \\\n    --hash=sha256:{hash}   # two\n  # not a line \\\nc==2; python_version < '3.9'\n-r more/other.txt\n-c constraints.txt"
        );
        let found =
            read(&[("r.txt", &text), ("more/other.txt", "-rdeeper.txt\nd==4"), ("more/deeper.txt", "e==5\r\n")])?;
        assert_eq!(names(&found), ["a-b", "c", "e", "d"]);
        assert_eq!(found.pins[0].sha256.len(), 2);
        assert_eq!(found.index_url.as_deref(), Some("https://i/simple"));
        assert_eq!(found.extra_index_urls, ["https://j/simple"]);
        assert_eq!(found.notes.len(), 2);
        Ok(())
    }

    #[test]
    fn an_error_names_its_line() {
        let said = refusal(&[("r.txt", "a==1 \\\n\n# x\nb>=2\n")]);
        assert!(said.contains("r.txt:4") && said.contains("no version is pinned: b>=2"), "{said}");
        let said = refusal(&[("r.txt", "-r n.txt"), ("n.txt", "\n--what")]);
        assert!(said.contains("n.txt:2") && said.contains("--what"), "{said}");
        assert!(refusal(&[("r.txt", "-e .")]).contains("r.txt:1"));
        assert!(refusal(&[("r.txt", "-r")]).contains("needs a value"));
    }

    #[test]
    fn a_cycle_is_named_and_a_diamond_is_none() -> Result<()> {
        let said = refusal(&[("r.txt", "-r n.txt"), ("n.txt", "-r r.txt")]);
        assert!(said.contains("requires itself"), "{said}");
        let found =
            read(&[("r.txt", "-r a.txt\n-r b.txt"), ("a.txt", "-r c.txt"), ("b.txt", "-r c.txt"), ("c.txt", "x==1")])?;
        assert_eq!(names(&found), ["x"]);
        Ok(())
    }

    #[test]
    fn a_release_named_twice_is_one() -> Result<()> {
        let (a, b) = ("a".repeat(64), "b".repeat(64));
        let mut found = Requirements::default();
        found.add(&format!("x==1 --hash=sha256:{a}"))?;
        found.add(&format!("X==1 --hash=sha256:{b}"))?;
        found.add("x==2")?;
        assert_eq!(found.pins.iter().map(|pin| pin.sha256.len()).collect::<Vec<_>>(), [2, 0]);
        found.add("x==1")?;
        assert!(found.pins[0].sha256.is_empty());
        Ok(())
    }

    #[test]
    fn names_of_the_environment_are_replaced() {
        assert_eq!(expanded("https://${NO_SUCH_NAME_HERE}@h/${x}/${"), "https://${NO_SUCH_NAME_HERE}@h/${x}/${");
        assert!(!expanded("a${PATH}b").contains("PATH"));
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let said = refusal(&[("requirements.txt", "-r other.txt")]);
        assert!(said.contains("no such requirements file") && said.contains("other.txt"), "{said}");
    }
}
