//! The project's environment, which `maturin develop` and pip install into.

use std::path::{Path, PathBuf};

use monowheel_error::Result;
use monowheel_system::exec::quoted;

use crate::doctor::check::{Check, Fix, State};
use crate::doctor::{CheckKind, Context};

pub(super) const CHECK: CheckKind = CheckKind {
    name: "venv",
    why: "if you install into one environment and import from another, you get an old version or none",
    look,
};

/// The environments in use.
#[derive(Clone, Debug, Default)]
pub(super) struct Surroundings {
    /// `VIRTUAL_ENV`.
    activated: Option<PathBuf>,
    /// `CONDA_PREFIX`.
    conda: Option<PathBuf>,
    /// `.venv` in the project's directory.
    project: Option<PathBuf>,
    /// The environment of the Python that runs monowheel.
    own: Option<PathBuf>,
}

impl Surroundings {
    pub(super) fn look(root: &Path, python: Option<&Path>) -> Self {
        let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        Self {
            activated: variable("VIRTUAL_ENV"),
            conda: variable("CONDA_PREFIX"),
            project: Some(root.join(".venv")).filter(|folder| is_environment(folder)),
            own: python.and_then(prefix).filter(|folder| is_environment(folder)),
        }
    }

    /// The project's environment, in maturin 1.16's order of search; else that of this Python.
    pub(super) fn active(&self) -> Option<&Path> {
        let all = [&self.activated, &self.conda, &self.project, &self.own];
        all.into_iter().flatten().next().map(PathBuf::as_path)
    }

    /// The value of `VIRTUAL_ENV` for maturin to install there; none for conda's, since maturin refuses to have both.
    pub(super) fn to_activate(&self) -> Option<&Path> {
        self.active().filter(|active| self.conda.is_none() || self.activated.as_deref() == Some(active))
    }
}

fn look(context: &Context<'_>) -> Result<Vec<Check>> {
    let is_there =
        context.surroundings.active().is_some_and(|folder| is_environment(folder) || python_of(folder).is_file());
    Ok(vec![judge(context.surroundings, is_there, context.machine.python.as_deref())])
}

fn judge(around: &Surroundings, is_there: bool, python: Option<&Path>) -> Check {
    let Some(active) = around.active() else {
        return Check::new("none", State::Skipped, "no environment is active, and the project has no .venv");
    };
    let place = active.display().to_string();
    if !is_there {
        return Check::new(place.as_str(), State::Wrong, "set as the active environment, but it does not exist")
            .fix(Fix::python(python, &["venv", &place]));
    }
    if let (Some(activated), Some(project)) = (&around.activated, &around.project) {
        if !is_same(activated, project) {
            let script = project.join(if cfg!(windows) { "Scripts/activate" } else { "bin/activate" });
            let said = "active, but the project has its own .venv";
            return Check::new(place, State::Wrong, said).fix(Fix::told(format!("source {}", quoted(script))));
        }
    }
    let from = match around {
        Surroundings { activated: Some(_), .. } => "VIRTUAL_ENV",
        Surroundings { conda: Some(_), .. } => "CONDA_PREFIX",
        Surroundings { project: Some(_), .. } => "the project's .venv",
        _ => "the environment of the Python that runs monowheel",
    };
    match &around.own {
        Some(own) if !is_same(own, active) => {
            let said = format!("the project's ({from}); monowheel itself runs in {}", own.display());
            Check::new(place, State::Note, said)
        }
        _ => Check::new(place, State::Ok, format!("the project's ({from})")),
    }
}

/// The environment of a Python by its path: a link in an environment leads out of it.
pub(super) fn prefix(python: &Path) -> Option<PathBuf> {
    Some(python.parent()?.parent()?.to_path_buf())
}

/// The Python of an environment.
pub(super) fn python_of(environment: &Path) -> PathBuf {
    environment.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" })
}

/// Whether two paths are the same directory.
pub(super) fn is_same(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| fs_err::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    real(one) == real(other)
}

fn is_environment(folder: &Path) -> bool {
    folder.join("pyvenv.cfg").is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> Option<PathBuf> {
        Some(PathBuf::from(text))
    }

    #[test]
    fn one_environment_is_well() {
        let one = Surroundings { activated: path("/p/.venv"), project: path("/p/.venv"), ..Surroundings::default() };
        assert_eq!(judge(&one, true, None).state, State::Ok);
        let elsewhere = Surroundings { own: path("/opt/tool"), ..one };
        let check = judge(&elsewhere, true, None);
        assert!(check.state == State::Note && check.said.contains("/opt/tool"), "{check:?}");
        assert_eq!(judge(&Surroundings::default(), false, None).state, State::Skipped);
    }

    #[test]
    fn two_of_them_or_one_that_is_gone_are_wrong() {
        let two = Surroundings { activated: path("/other"), project: path("/p/.venv"), ..Surroundings::default() };
        let check = judge(&two, true, None);
        assert_eq!(check.state, State::Wrong);
        assert!(check.fix.is_some_and(|fix| fix.command.contains("/p/.venv") && !fix.by_fix));
        let gone = judge(&two, false, Some(Path::new("/usr/bin/python3")));
        assert_eq!(gone.fix.map(|fix| fix.command).as_deref(), Some("/usr/bin/python3 -m venv /other"));
    }

    #[test]
    fn conda_is_active_by_itself() {
        let conda = Surroundings { conda: path("/c"), project: path("/p/.venv"), ..Surroundings::default() };
        assert_eq!((conda.active(), conda.to_activate()), (Some(Path::new("/c")), None));
        let plain = Surroundings { project: path("/p/.venv"), ..Surroundings::default() };
        assert_eq!(plain.to_activate(), Some(Path::new("/p/.venv")));
    }

    #[test]
    fn a_python_belongs_to_the_folder_above_its_own() {
        assert_eq!(prefix(Path::new("/e/bin/python")), path("/e"));
        assert_eq!(prefix(Path::new("python")), None);
    }
}
