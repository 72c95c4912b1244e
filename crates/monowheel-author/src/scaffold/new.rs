//! A new project: its files, and their state in its directory.

use std::path::{Path, PathBuf};
use std::time::Duration;

use monowheel_error::{Error, ErrorKind, ExitCode, Result};
use monowheel_project::abi::Abi;
use monowheel_project::project::Project;
use monowheel_release::ci::Provider;
use monowheel_release::ci::facts::Facts;
use monowheel_release::ci::lock::Hashes;
use monowheel_release::ci::{page, plan};
use monowheel_release::release::date;
use monowheel_system::exec::{CancelToken, quoted};
use monowheel_system::git::Git;
use monowheel_wheel::abi::Family;
use monowheel_wheel::abi::{PythonVersion, dotted};
use monowheel_wheel::names::wheel_name;
use monowheel_wheel::requirement::Requirement;
use serde::Serialize;

use crate::scaffold::file::{File, Seen, State};
use crate::scaffold::name::Name;
use crate::scaffold::render::{Author, Wanted, render};
use crate::scaffold::template::Template;
use crate::scaffold::write;

/// The version of the JSON form.
pub(crate) const SCHEMA: &str = "monowheel.new/1";
/// The oldest CPythons that a project can support: those that PyO3 0.29 has a feature for, and that are released.
pub const FLOORS: std::ops::RangeInclusive<u8> = 8..=14;
/// Time limit for git: two settings and an empty repository.
const LIMIT: Duration = Duration::from_secs(30);

/// The request.
#[derive(Clone, Debug)]
pub struct Request {
    /// The name as typed.
    pub name: String,
    /// The template's name.
    pub template: String,
    /// The oldest CPython; by default the template's.
    pub floor: Option<PythonVersion>,
    /// The directory; by default one of the project's name.
    pub path: Option<PathBuf>,
    /// Whether to write workflows.
    pub ci: bool,
    /// Whether to create a repository.
    pub git: bool,
}

/// A new project.
#[derive(Clone, Debug, Serialize)]
pub struct New {
    /// [`SCHEMA`].
    pub(crate) schema: &'static str,
    /// The version of monowheel.
    pub(crate) monowheel: &'static str,
    /// The distribution's name.
    pub name: String,
    /// The import name.
    pub(crate) import: String,
    /// The template.
    pub template: &'static str,
    /// The oldest CPython: `3.8`.
    pub floor: String,
    /// Its directory.
    pub folder: String,
    /// The state of the directory.
    pub state: Folder,
    /// Whether files were written.
    pub written: bool,
    /// Whether a git repository was created.
    pub repository: bool,
    /// Its files.
    pub files: Vec<Seen>,
    /// What was left out, with the reason.
    pub notes: Vec<String>,
    /// The next commands.
    pub next: Vec<String>,
    #[serde(skip)]
    place: PathBuf,
    #[serde(skip)]
    contents: Vec<File>,
    #[serde(skip)]
    git: Option<Git>,
}

/// The state of the directory of a new project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Folder {
    /// Missing or empty.
    Free,
    /// It has every file already.
    Same,
    /// It has other files, which are kept.
    Taken,
}

impl New {
    /// Plans a new project, and compares it with its directory. Nothing is written.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for an invalid name, template, oldest CPython or directory; after `stop`.
    pub fn look(request: &Request, stop: &CancelToken) -> Result<Self> {
        let name = Name::parse(&request.name)?;
        let template = Template::find(&request.template)?;
        not_a_dependency(&name, &template)?;
        let floor = floor(request.floor, &template)?;
        let place = place(request.path.as_deref().unwrap_or(Path::new(&name.distribution)))?;
        let around = place.ancestors().find(|folder| folder.is_dir()).unwrap_or(Path::new("/"));
        let git = Git::find().ok();
        let author = match &git {
            Some(git) => author(git, around, stop)?,
            None => Author::default(),
        };
        let day = date::day(None)?;
        let nested = place.ancestors().skip(1).any(|folder| folder.join("Cargo.toml").is_file());
        let wanted = Wanted { name: &name, floor, author: &author, year: &day[..4], nested };
        let mut contents = render(&template, &wanted)?;
        let (workflows, repository) = (pages(&contents, floor, &name)?, repository(&place));
        let mut notes = Vec::new();
        match &repository {
            Some(top) if request.ci && *top != place => notes.push(format!(
                "no workflows: they belong in the root of the repository {}; write them with `monowheel ci github --project {}`",
                top.display(),
                quoted(place.strip_prefix(top).unwrap_or(&place))
            )),
            _ if request.ci => {
                contents.extend(workflows);
                notes.push(
                    "before the first push, run `monowheel ci github` to get monowheel's hashes from the index; without them \
                     CI refuses to install it"
                        .to_owned(),
                );
            }
            _ => {}
        }
        let begins = request.git && repository.is_none();
        if begins && git.is_none() {
            notes.push("no repository: git is not installed".to_owned());
        }
        let files: Vec<Seen> = contents.iter().map(|file| file.look(&place, false)).collect::<Result<_>>()?;
        let is_same = files.iter().all(|file| file.state == State::Same);
        let state = match is_free(&place)? {
            true => Folder::Free,
            false if is_same => Folder::Same,
            false => Folder::Taken,
        };
        Ok(Self {
            schema: SCHEMA,
            monowheel: monowheel_error::VERSION,
            next: next(&place),
            name: name.distribution,
            import: name.import,
            template: template.name,
            floor: dotted(floor),
            folder: place.display().to_string(),
            state,
            written: false,
            repository: false,
            files,
            notes,
            git: git.filter(|_| begins),
            place,
            contents,
        })
    }

    /// Writes the complete directory, or nothing.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when the directory has other files; when a file cannot be written, and after `stop`.
    pub fn write(&mut self, stop: &CancelToken) -> Result<()> {
        match self.state {
            Folder::Free => {}
            Folder::Same => return Ok(()),
            Folder::Taken => return Err(self.taken()),
        }
        let git = self.git.clone();
        let mut is_begun = false;
        write::whole(&self.place, &self.contents, stop, &mut |draft| {
            if let Some(git) = &git {
                // The workflows are for a branch of this name.
                git.trusting(draft, &["-c", "init.defaultBranch=main", "init", "--quiet"]).stdout(LIMIT, stop)?;
                is_begun = true;
            }
            Ok(())
        })?;
        (self.written, self.repository) = (true, is_begun);
        Ok(())
    }

    /// The exit code of a command that only checks.
    #[must_use]
    pub const fn exit_code(&self) -> ExitCode {
        match self.state {
            Folder::Free | Folder::Same => ExitCode::Clean,
            Folder::Taken => ExitCode::Usage,
        }
    }

    /// The error for a directory that has other files.
    #[must_use]
    pub fn taken(&self) -> Error {
        let number = |state| self.files.iter().filter(|file| file.state == state).count();
        let what = format!(
            "the directory is not empty, and was not changed: {} would be added, {} differ, {} are the same",
            number(State::Missing),
            number(State::Differs),
            number(State::Same)
        );
        let is_project =
            ["Cargo.toml", "pyproject.toml", "setup.py"].iter().any(|file| self.place.join(file).is_file());
        Error::new(ErrorKind::Usage, what).at(&self.folder).next(if is_project {
            format!(
                "use another directory with --path, or complete this project with monowheel init {}",
                quoted(&self.place)
            )
        } else {
            "use another directory with --path".to_owned()
        })
    }
}

/// The directory, with links resolved.
fn place(path: &Path) -> Result<PathBuf> {
    let path = std::path::absolute(path)?;
    match fs_err::symlink_metadata(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(path),
        Err(error) => Err(error.into()),
        Ok(_) if path.is_dir() => Ok(fs_err::canonicalize(&path)?),
        Ok(found) => {
            let what =
                if found.is_symlink() { "a link that does not lead to a directory" } else { "a file, not a directory" };
            Err(Error::new(ErrorKind::Usage, format!("this is {what}"))
                .at(path.display())
                .next("use another directory with --path"))
        }
    }
}

/// Whether a directory is empty, except for a `.git` directory.
fn is_free(folder: &Path) -> Result<bool> {
    if !folder.is_dir() {
        return Ok(true);
    }
    for entry in fs_err::read_dir(folder)? {
        if entry?.file_name() != ".git" {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The root of the repository that contains, or would contain, a directory.
fn repository(place: &Path) -> Option<PathBuf> {
    place.ancestors().find(|folder| folder.join(".git").exists()).map(Path::to_path_buf)
}

fn floor(asked: Option<PythonVersion>, template: &Template) -> Result<PythonVersion> {
    let floor = asked.unwrap_or(template.floor);
    if floor < template.floor {
        let lowest = dotted(template.floor);
        let what = format!("the template {} needs CPython {lowest} or later", template.name);
        return Err(Error::new(ErrorKind::Usage, what).at("--floor").next(format!("use --floor {lowest}")));
    }
    Ok(floor)
}

/// Refuses the name of a crate or package that the template uses: neither could import the other.
fn not_a_dependency(name: &Name, template: &Template) -> Result<()> {
    let mut used: Vec<String> = vec!["maturin".to_owned(), "monowheel".to_owned(), "pip".to_owned()];
    let locked = template.text("Cargo.lock").unwrap_or_default().lines();
    used.extend(locked.filter_map(|line| Some(line.strip_prefix("name = \"")?.strip_suffix('"')?.to_owned())));
    if let Ok(table) = template.text("pyproject.toml").unwrap_or_default().parse::<toml::Table>() {
        required(&toml::Value::Table(table), &mut used);
    }
    let is_it = |used: &&String| wheel_name(used) == name.import && wheel_name(used) != template.name;
    let Some(other) = used.iter().find(is_it) else { return Ok(()) };
    Err(Error::new(ErrorKind::Usage, format!("the template {} uses {other}, which has this name", template.name))
        .at(format!("the name {:?}", name.distribution))
        .next("choose another name"))
}

/// The names in lists of requirements.
fn required(value: &toml::Value, used: &mut Vec<String>) {
    match value {
        toml::Value::Table(table) => {
            for (key, value) in table {
                let is_list =
                    ["dependencies", "requires", "optional-dependencies", "dependency-groups"].contains(&key.as_str());
                if is_list {
                    requirements(value, used);
                } else {
                    required(value, used);
                }
            }
        }
        toml::Value::Array(values) => values.iter().for_each(|value| required(value, used)),
        _ => {}
    }
}

fn requirements(value: &toml::Value, used: &mut Vec<String>) {
    match value {
        toml::Value::String(text) => used.extend(Requirement::parse(text).map(|parsed| parsed.name.to_owned())),
        toml::Value::Array(values) => values.iter().for_each(|value| requirements(value, used)),
        toml::Value::Table(table) => table.values().for_each(|value| requirements(value, used)),
        _ => {}
    }
}

/// The workflows of a project that is not on disk yet; also checks that a build would accept the project.
fn pages(contents: &[File], floor: PythonVersion, name: &Name) -> Result<Vec<File>> {
    let draft = tempfile::tempdir()?;
    for file in contents.iter().filter(|file| !file.path.contains('/')) {
        fs_err::write(draft.path().join(&file.path), &file.text)?;
    }
    let project = Project::read(draft.path())?;
    let routes = project.routes(None, None)?;
    let has_floor = routes.iter().any(|route| route.abi == Abi::Stable(Family::Abi3) && route.floor == floor);
    if !has_floor || project.name != name.distribution {
        return Err(Error::new(ErrorKind::Usage, format!("this template does not support CPython {}", dotted(floor)))
            .at("--floor")
            .next("leave out --floor"));
    }
    let facts = Facts::read(draft.path(), "")?;
    // `new` uses no network: `monowheel ci` gets the missing hashes.
    let pages = page::pages(&plan::plan(&facts, Provider::Github)?, Provider::Github, &Hashes::default())?;
    Ok(pages.into_iter().map(|page| File::new(&page.path, page.text)).collect())
}

/// The author from git's settings, if set.
fn author(git: &Git, folder: &Path, stop: &CancelToken) -> Result<Author> {
    let setting = |key: &str| -> Result<Option<String>> {
        // Only reads settings, without starting any program they name.
        let said = git.trusting(folder, &["--no-pager", "config", "--get", key]).stdout(LIMIT, stop);
        stop.check()?;
        let said = said.unwrap_or_default();
        let text: String = said.trim().chars().filter(|c| !c.is_control()).collect();
        Ok((!text.is_empty()).then_some(text))
    };
    let email = setting("user.email")?.filter(|email| email.contains('@') && !email.contains(char::is_whitespace));
    Ok(Author { name: setting("user.name")?, email })
}

fn next(place: &Path) -> Vec<String> {
    let here = std::env::current_dir().ok();
    let folder = here.as_deref().and_then(|here| place.strip_prefix(here).ok()).unwrap_or(place);
    let enter = (folder != Path::new("")).then(|| format!("cd {}", quoted(folder)));
    let rest = ["cargo test --no-default-features", "monowheel doctor", "monowheel build", "monowheel test dist"];
    enter.into_iter().chain(rest.map(str::to_owned)).collect()
}
