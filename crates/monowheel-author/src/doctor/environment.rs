//! Which environment is the project's: what `maturin develop` and pip install into.

use std::path::{Path, PathBuf};

use monowheel_error::Result;
use monowheel_system::exec::quoted;

use crate::doctor::check::{Check, Fix, State};
use crate::doctor::{CheckKind, Context};

pub(super) const CHECK: CheckKind = CheckKind {
    name: "venv",
    why: "what is installed into one environment and imported from another is an old version, or none",
    look,
};

/// The environments that something here points at.
#[derive(Clone, Debug, Default)]
pub(super) struct Surroundings {
    /// `VIRTUAL_ENV`.
    activated: Option<PathBuf>,
    /// `CONDA_PREFIX`.
    conda: Option<PathBuf>,
    /// `.venv` in the project's folder.
    project: Option<PathBuf>,
    /// That of the Python which runs monowheel.
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

    /// The project's environment, in the order in which maturin 1.16 looks for it; else that of this Python.
    pub(super) fn active(&self) -> Option<&Path> {
        let all = [&self.activated, &self.conda, &self.project, &self.own];
        all.into_iter().flatten().next().map(PathBuf::as_path)
    }

    /// What `VIRTUAL_ENV` has to be for maturin to install there; none for conda's, where it refuses to be told both.
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
        return Check::new(
            place.as_str(),
            State::Wrong,
            "named as the active environment, and no such environment is there",
        )
        .fix(Fix::python(python, &["venv", &place]));
    }
    if let (Some(activated), Some(project)) = (&around.activated, &around.project) {
        if !is_same(activated, project) {
            let script = project.join(if cfg!(windows) { "Scripts/activate" } else { "bin/activate" });
            let said = "active, and the project has a .venv of its own";
            return Check::new(place, State::Wrong, said).fix(Fix::told(format!("source {}", quoted(script))));
        }
    }
    let from = match around {
        Surroundings { activated: Some(_), .. } => "VIRTUAL_ENV",
        Surroundings { conda: Some(_), .. } => "CONDA_PREFIX",
        Surroundings { project: Some(_), .. } => "the project's .venv",
        _ => "that of the Python which runs monowheel",
    };
    match &around.own {
        Some(own) if !is_same(own, active) => {
            let said = format!("the project's ({from}); monowheel itself runs in {}", own.display());
            Check::new(place, State::Note, said)
        }
        _ => Check::new(place, State::Ok, format!("the project's ({from})")),
    }
}

/// The environment that a Python lies in by its path: a link in an environment leads out of it.
pub(super) fn prefix(python: &Path) -> Option<PathBuf> {
    Some(python.parent()?.parent()?.to_path_buf())
}

/// The Python of an environment.
pub(super) fn python_of(environment: &Path) -> PathBuf {
    environment.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" })
}

/// Whether two paths are one folder.
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
