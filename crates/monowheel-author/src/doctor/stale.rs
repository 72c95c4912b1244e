//! The extension of `maturin develop` or an editable install, against its sources.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use monowheel_error::Result;

use crate::doctor::check::{Check, Fix, State};
use crate::doctor::{CheckKind, Context};

pub(super) const CHECK: CheckKind =
    CheckKind { name: "extension", why: "Python does not see changed sources: tests run the old compiled code", look };

/// A file and its modification time.
type Written = (PathBuf, SystemTime);

fn look(context: &Context<'_>) -> Result<Vec<Check>> {
    let project = context.project;
    let crate_ = project.bindings.manifest.parent().unwrap_or(&project.root);
    let mut sources = Vec::new();
    collect(&crate_.join("src"), &mut sources)?;
    let single = [project.bindings.manifest.clone(), crate_.join("build.rs")];
    for path in single.into_iter().chain(project.lock.clone()) {
        if let Ok(about) = fs_err::metadata(&path) {
            sources.push((path, about.modified()?));
        }
    }
    let newest = sources.into_iter().max_by_key(|(_, time)| *time);
    let active = context.surroundings.active();
    let mut built = extensions(&project.root, project.pyproject.maturin().python_source.as_deref(), &project.module)?;
    for site in active.map(site_packages).unwrap_or_default() {
        built.extend(installed(&site, &project.root, &project.module)?);
    }
    let mut develop = Fix::python(context.machine.python.as_deref(), &["maturin", "develop"]);
    if let Some(environment) = context.surroundings.to_activate() {
        develop = develop.active(environment);
    }
    Ok(judge(&built, newest.as_ref(), &project.root, &develop.within(&project.root)))
}

fn judge(built: &[Written], newest: Option<&Written>, root: &Path, develop: &Fix) -> Vec<Check> {
    let shown = |path: &Path| path.strip_prefix(root).unwrap_or(path).display().to_string();
    if built.is_empty() {
        return vec![Check::new("extension", State::Skipped, "no compiled extension of this project is installed")];
    }
    let one = |(path, time): &Written| match newest {
        Some((source, changed)) if changed > time => {
            let age = words(changed.duration_since(*time).unwrap_or_default());
            let said = format!("older than {} by {age}", shown(source));
            Check::new(shown(path), State::Wrong, said).fix(develop.clone())
        }
        Some(_) => Check::new(shown(path), State::Ok, "newer than every source"),
        None => Check::new(shown(path), State::Unknown, "no source found to compare it with"),
    };
    built.iter().map(one).collect()
}

fn words(age: Duration) -> String {
    match age.as_secs() {
        seconds @ 0..=119 => format!("{} s", seconds.max(1)),
        seconds @ 120..=7199 => format!("{} min", seconds / 60),
        seconds @ 7200..=172_799 => format!("{} h", seconds / 3600),
        seconds => format!("{} days", seconds / 86_400),
    }
}

/// Every Rust file below a directory. Links are not followed.
fn collect(folder: &Path, into: &mut Vec<Written>) -> Result<()> {
    for entry in fs_err::read_dir(folder).into_iter().flatten() {
        let entry = entry?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        if kind.is_dir() {
            collect(&path, into)?;
        } else if kind.is_file() && path.extension().is_some_and(|end| end == "rs") {
            into.push((path, entry.metadata()?.modified()?));
        }
    }
    Ok(())
}

/// The extension next to the Python sources, where `maturin develop` puts it for a package with Python sources.
fn extensions(root: &Path, python_source: Option<&Path>, module: &str) -> Result<Vec<Written>> {
    beside(&python_source.map_or_else(|| root.to_path_buf(), |folder| root.join(folder)), module)
}

/// The extension of a package installed from the directory `root`, by the `direct_url.json` of PEP 610.
fn installed(site: &Path, root: &Path, module: &str) -> Result<Vec<Written>> {
    let is_from_here = |text: &str| {
        let url = serde_json::from_str::<serde_json::Value>(text).ok();
        let url = url.as_ref().and_then(|value| value["url"].as_str()?.strip_prefix("file://").map(str::to_owned));
        // Other characters in a path are percent-encoded there.
        let encoded = root.to_string_lossy().replace('%', "%25").replace(' ', "%20");
        url.is_some_and(|url| url.trim_end_matches('/') == encoded)
    };
    let ours = fs_err::read_dir(site).into_iter().flatten().flatten().any(|entry| {
        entry.file_name().to_string_lossy().ends_with(".dist-info")
            && fs_err::read_to_string(entry.path().join("direct_url.json")).is_ok_and(|text| is_from_here(&text))
    });
    let stem = module.rsplit('.').next().unwrap_or(module);
    let mut found = if ours { beside(site, module)? } else { Vec::new() };
    // Without Python sources maturin creates a package around the module.
    if ours && found.is_empty() && !module.contains('.') {
        found = beside(site, &format!("{stem}.{stem}"))?;
    }
    Ok(found)
}

/// The files of a module in a directory of packages: `pkg/_mod.abi3.so`, `mod.pyd`, ….
fn beside(folder: &Path, module: &str) -> Result<Vec<Written>> {
    let (package, stem) = module.rsplit_once('.').unwrap_or(("", module));
    let folder =
        package.split('.').filter(|part| !part.is_empty()).fold(folder.to_path_buf(), |path, part| path.join(part));
    let mut found = Vec::new();
    for entry in fs_err::read_dir(folder).into_iter().flatten() {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_binary = [".so", ".pyd"].iter().any(|end| name.ends_with(end));
        if is_binary && name.split('.').next() == Some(stem) {
            found.push((entry.path(), entry.metadata()?.modified()?));
        }
    }
    found.sort();
    Ok(found)
}

/// `lib/python3.N/site-packages` of an environment; on Windows `Lib/site-packages`.
fn site_packages(environment: &Path) -> Vec<PathBuf> {
    if cfg!(windows) {
        return vec![environment.join("Lib/site-packages")];
    }
    let folders = fs_err::read_dir(environment.join("lib")).into_iter().flatten().flatten();
    let mut sites: Vec<PathBuf> = folders
        .filter(|entry| entry.file_name().to_string_lossy().starts_with("python3"))
        .map(|entry| entry.path().join("site-packages"))
        .collect();
    sites.sort();
    sites
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_extension_is_wrong_and_says_by_how_much() {
        let time = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let built = [(PathBuf::from("/p/python/x/_x.abi3.so"), time(1000))];
        let develop = Fix::run(&["maturin", "develop"]);
        let said = |newest: Option<Written>| {
            let check = judge(&built, newest.as_ref(), Path::new("/p"), &develop).remove(0);
            (check.place, check.state, check.said, check.fix)
        };
        let (place, state, text, fix) = said(Some((PathBuf::from("/p/src/lib.rs"), time(1000 + 7300))));
        assert_eq!(
            (place.as_str(), state, text.as_str()),
            ("python/x/_x.abi3.so", State::Wrong, "older than src/lib.rs by 2 h")
        );
        assert_eq!(fix, Some(develop.clone()));
        assert_eq!(said(Some((PathBuf::from("/p/src/lib.rs"), time(999)))).1, State::Ok);
        assert_eq!(said(None).1, State::Unknown);
        assert_eq!(judge(&[], None, Path::new("/p"), &develop)[0].state, State::Skipped);
    }

    #[test]
    fn only_what_is_installed_from_here_counts() -> Result<()> {
        let dir = tempfile::Builder::new().prefix("a folder ").tempdir()?;
        let (site, root) = (dir.path().join("site"), dir.path().join("project"));
        let info = site.join("x-1.dist-info");
        fs_err::create_dir_all(&info)?;
        fs_err::create_dir_all(site.join("x"))?;
        fs_err::write(site.join("x/x.abi3.so"), "")?;
        fs_err::write(site.join("x/xy.abi3.so"), "")?;
        assert_eq!(installed(&site, &root, "x")?, []);
        let url = format!("file://{}", root.display()).replace(' ', "%20");
        fs_err::write(
            info.join("direct_url.json"),
            format!(r#"{{"url": "{url}", "dir_info": {{"editable": true}}}}"#),
        )?;
        let found: Vec<PathBuf> = installed(&site, &root, "x")?.into_iter().map(|(path, _)| path).collect();
        assert_eq!(found, [site.join("x/x.abi3.so")]);
        assert_eq!(installed(&site, &dir.path().join("other"), "x")?, []);
        Ok(())
    }
}
