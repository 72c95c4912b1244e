//! Notebook kernels: whether one of them runs in the project's environment.
//!
//! A kernel is a directory with a `kernel.json`, in `kernels/` of each of Jupyter's data directories ("Making kernels
//! for Jupyter", `jupyter_client` documentation). They are read directly, so Jupyter need not be installed next to
//! monowheel. A kernel whose command is a bare `python` runs on the Python of the server that starts it: in an
//! environment's own directory that is the environment's.

use std::path::{Path, PathBuf};

use monowheel_error::Result;
use serde::Deserialize;

use crate::doctor::check::{Check, Fix, State};
use crate::doctor::environment::{is_same, prefix, python_of};
use crate::doctor::{CheckKind, Context};

pub(super) const CHECK: CheckKind = CheckKind {
    name: "kernel",
    why: "a notebook imports from its kernel's environment, whatever environment is active in the shell",
    look,
};

#[derive(Debug, Deserialize)]
struct Spec {
    argv: Vec<String>,
    #[serde(default)]
    language: String,
}

/// A Python kernel.
#[derive(Debug, PartialEq, Eq)]
struct Kernel {
    name: String,
    /// The environment of its interpreter; none for a bare `python`.
    environment: Option<PathBuf>,
    /// Whether it is the project's.
    is_ours: bool,
    /// Whether its interpreter exists.
    is_there: bool,
}

fn look(context: &Context<'_>) -> Result<Vec<Check>> {
    let Some(active) = context.surroundings.active() else {
        return Ok(vec![Check::new("jupyter", State::Skipped, "no environment to compare with")]);
    };
    let mut kernels = Vec::new();
    for folder in folders(active) {
        kernels.extend(of(&folder, active)?);
    }
    Ok(vec![judge(&kernels, active, &context.project.name)])
}

fn judge(kernels: &[Kernel], active: &Path, name: &str) -> Check {
    let Some(first) = kernels.first() else {
        return Check::new("jupyter", State::Skipped, "no notebook kernel for Python is installed");
    };
    if let Some(ours) = kernels.iter().find(|kernel| kernel.is_ours && kernel.is_there) {
        return Check::new("jupyter", State::Ok, format!("the kernel {} runs in {}", ours.name, active.display()));
    }
    if let Some(bare) = kernels.iter().find(|kernel| kernel.environment.is_none()) {
        let said = format!("the kernel {} runs on the Python of the notebook server", bare.name);
        return Check::new("jupyter", State::Note, said).fix(registered(active, name));
    }
    let other = first.environment.as_deref().unwrap_or(Path::new("")).display();
    let gone = if first.is_there { "" } else { ", which does not exist" };
    let said = format!("no kernel runs in {}: {} runs in {other}{gone}", active.display(), first.name);
    Check::new("jupyter", State::Wrong, said).fix(registered(active, name))
}

fn registered(active: &Path, name: &str) -> Fix {
    Fix::python(Some(&python_of(active)), &["ipykernel", "install", "--user", "--name", name])
}

/// The Python kernels of one data directory.
fn of(folder: &Path, active: &Path) -> Result<Vec<Kernel>> {
    let mut kernels = Vec::new();
    for entry in fs_err::read_dir(folder.join("kernels")).into_iter().flatten().flatten() {
        let path = entry.path().join("kernel.json");
        let text = match fs_err::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error.into()),
        };
        // Jupyter cannot read an invalid one either.
        let Ok(spec) = serde_json::from_str::<Spec>(&text) else { continue };
        let Some(program) = spec.argv.first().filter(|_| spec.language.eq_ignore_ascii_case("python")) else {
            continue;
        };
        let program = Path::new(program);
        let environment = prefix(program).filter(|_| program.is_absolute());
        kernels.push(Kernel {
            name: entry.file_name().to_string_lossy().into_owned(),
            // The environment's own Jupyter finds this directory first, and starts a bare `python` of the environment.
            is_ours: environment.as_deref().map_or_else(|| folder.starts_with(active), |other| is_same(other, active)),
            is_there: environment.is_none() || program.is_file(),
            environment,
        });
    }
    kernels.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(kernels)
}

/// Jupyter's data directories ("Common Directories and File Locations", `jupyter_core` documentation), the user's
/// first.
fn folders(active: &Path) -> Vec<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let home = variable("HOME").or_else(|| variable("USERPROFILE")).map(PathBuf::from);
    let user = variable("JUPYTER_DATA_DIR").map(PathBuf::from).or_else(|| {
        if cfg!(windows) {
            variable("APPDATA").map(|data| PathBuf::from(data).join("jupyter"))
        } else if cfg!(target_os = "macos") {
            home.map(|home| home.join("Library/Jupyter"))
        } else {
            let data = variable("XDG_DATA_HOME").map(PathBuf::from).or(home.map(|home| home.join(".local/share")));
            data.map(|data| data.join("jupyter"))
        }
    });
    let named = variable("JUPYTER_PATH");
    let mut folders: Vec<PathBuf> = named.iter().flat_map(std::env::split_paths).collect();
    folders.extend(user);
    folders.push(active.join("share/jupyter"));
    if cfg!(windows) {
        folders.extend(variable("PROGRAMDATA").map(|data| PathBuf::from(data).join("jupyter")));
    } else {
        folders.extend(["/usr/local/share/jupyter", "/usr/share/jupyter"].map(PathBuf::from));
    }
    folders
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn kernels_are_read_and_compared() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let (data, active) = (dir.path().join("jupyter"), dir.path().join("an environment"));
        fs_err::create_dir_all(active.join("bin"))?;
        fs_err::write(active.join("bin/python"), "")?;
        let add = |name: &str, text: String| -> Result<()> {
            let folder = data.join("kernels").join(name);
            fs_err::create_dir_all(&folder)?;
            Ok(fs_err::write(folder.join("kernel.json"), text)?)
        };
        let spec = |program: &str, language: &str| {
            format!(r#"{{"argv": ["{program}", "-m", "x"], "language": "{language}"}}"#)
        };
        add("r", spec("/usr/bin/R", "R"))?;
        add("broken", "{".to_owned())?;
        assert_eq!(judge(&of(&data, &active)?, &active, "x").state, State::Skipped);
        add("old", spec("/gone/bin/python", "python"))?;
        let wrong = judge(&of(&data, &active)?, &active, "x");
        assert!(
            wrong.state == State::Wrong && wrong.said.ends_with("old runs in /gone, which does not exist"),
            "{wrong:?}"
        );
        assert!(wrong.fix.is_some_and(|fix| fix.command.ends_with("-m ipykernel install --user --name x")));
        add("python3", spec("python", "python"))?;
        assert_eq!(judge(&of(&data, &active)?, &active, "x").state, State::Note);
        let own = active.join("share/jupyter");
        fs_err::create_dir_all(own.join("kernels/python3"))?;
        fs_err::write(own.join("kernels/python3/kernel.json"), spec("python", "python"))?;
        assert_eq!(judge(&of(&own, &active)?, &active, "x").state, State::Ok);
        add("zz", spec(&active.join("bin/python").to_string_lossy(), "python"))?;
        let ok = judge(&of(&data, &active)?, &active, "x");
        assert!(ok.state == State::Ok && ok.said.contains("the kernel zz"), "{ok:?}");
        Ok(())
    }
}
