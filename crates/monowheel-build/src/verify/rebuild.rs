//! Rebuilds the wheels: with `monowheel build` as a user would call it, one call for all that can share it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_project::abi::{Abi, Floor};
use monowheel_system::exec::{Call, CancelToken, Isolation};
use monowheel_system::foreign_file;
use monowheel_system::python;

use crate::compiler_env::is_flag;
use crate::dist::file_ending;
use crate::manifest::{Manifest, Wheel};
use crate::provenance::Provenance;
use crate::toolchain::rustup;
use crate::verify::Request;
use crate::verify::recipe::Checked;
use crate::verify::tools::Chosen;

/// A wheel to rebuild.
#[derive(Debug)]
pub(super) struct Task<'a> {
    /// An sdist, or a project's directory.
    pub(super) source: &'a Path,
    pub(super) recipe: &'a Provenance,
    pub(super) checked: Checked,
    pub(super) chosen: Chosen,
}

/// The common settings of the wheels of one call.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Ground<'a> {
    source: &'a Path,
    toolchain: Option<&'a str>,
    /// Whether the build uses the lock of the source, which matches the recipe.
    is_locked: bool,
    windows: &'static str,
    environment: &'a BTreeMap<String, String>,
    floor: Option<Floor>,
    /// Whether a missing standard library is built from source, as it was for the wheel.
    from_source: bool,
    frame_pointers: bool,
    /// All of these for each target: one call builds every combination.
    abis: BTreeSet<Abi>,
}

/// The output directory of one call.
#[derive(Debug)]
pub(super) struct Built {
    pub(super) folder: PathBuf,
    ended: String,
}

/// Builds all wheels in directories below `folder`; returns the call of each in the order of the tasks.
///
/// # Errors
/// When a directory cannot be written, and after Ctrl-C. [`Built::wheel`] reports a wheel that was not built.
pub(super) fn all(
    tasks: &[Task<'_>],
    request: &Request,
    stop: &CancelToken,
    told: &mut dyn FnMut(&str),
) -> Result<(Vec<Built>, Vec<usize>)> {
    let calls = calls(tasks);
    let Request { folder, .. } = request;
    let mut built = Vec::new();
    for (number, (ground, targets)) in calls.iter().enumerate() {
        let out = folder.join("rebuilt").join(number.to_string());
        fs_err::create_dir_all(&out)?;
        let mut log = fs_err::File::create(folder.join(format!("rebuilt-{number}.log")))?;
        let status = call(ground, targets, request, &out).dir(folder).logged(&mut log, stop, told)?;
        built.push(Built { folder: out, ended: status.to_string() });
    }
    let of = |task: &Task<'_>| {
        let is_its = |(ground, targets): (&Ground<'_>, &BTreeSet<&str>)| {
            is_on(task, ground)
                && targets.contains(task.recipe.target.as_str())
                && ground.abis.contains(&task.recipe.abi)
        };
        calls.iter().position(is_its).unwrap_or_default()
    };
    let which = tasks.iter().map(of).collect();
    Ok((built, which))
}

/// The calls, and the targets of each.
fn calls<'a>(tasks: &'a [Task<'a>]) -> BTreeMap<Ground<'a>, BTreeSet<&'a str>> {
    let mut calls: BTreeMap<Ground<'a>, BTreeSet<&'a str>> = BTreeMap::new();
    for task in tasks {
        // All families that are requested for the same targets, under the same conditions.
        let mut ground = ground(task);
        let same = tasks.iter().filter(|other| is_on(other, &ground) && other.recipe.target == task.recipe.target);
        let abis = same.map(|other| other.recipe.abi).collect();
        ground.abis = abis;
        calls.entry(ground).or_default().insert(&task.recipe.target);
    }
    calls
}

fn ground<'a>(task: &'a Task<'a>) -> Ground<'a> {
    Ground {
        source: task.source,
        toolchain: task.chosen.toolchain.as_deref(),
        is_locked: task.chosen.is_locked,
        windows: if task.checked.target.links_with_zig() { "gnullvm" } else { "msvc" },
        environment: &task.checked.environment,
        floor: task.recipe.floor,
        from_source: task.recipe.is_std_from_source(),
        frame_pointers: task.recipe.frame_pointers,
        abis: BTreeSet::new(),
    }
}

fn is_on(task: &Task<'_>, ground: &Ground<'_>) -> bool {
    Ground { abis: ground.abis.clone(), ..self::ground(task) } == *ground
}

/// A build that uses nothing from earlier ones, and only the recipe's flags.
fn call(ground: &Ground<'_>, targets: &BTreeSet<&str>, request: &Request, out: &Path) -> Call {
    let mut call = python::module(&request.python, "monowheel").args(["build", "--fresh", "--windows", ground.windows]);
    for target in targets {
        call = call.args(["--target", target]);
    }
    for abi in &ground.abis {
        call = call.args(["--abi", &abi.to_string()]);
    }
    if let Some(floor) = ground.floor {
        call = call.args(["--floor", &floor.to_string()]);
    }
    if ground.frame_pointers {
        call = call.arg("--frame-pointers");
    }
    if request.symbols.is_some() {
        call = call.arg("--symbols");
    }
    if let Some(toolchain) = ground.toolchain {
        call = call.args(["--toolchain", toolchain]);
    }
    if !ground.is_locked {
        // A lock that the build wrote would be in the sdist, but not in the published one.
        call = call.arg("--no-lock");
    }
    // Decided once, and not by each build: a report that says "isolated" applies to all of them.
    let isolation = if request.isolator.is_on() { Isolation::Required } else { Isolation::Off };
    call = call.args(["--isolation", isolation.word()]);
    call = call.arg("--out").arg(out).arg(ground.source);
    if ground.from_source {
        call = call.env(rustup::VARIABLE, "source");
    }
    let own = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let call = own.filter(|name| is_flag(name)).fold(call, Call::without_env);
    ground.environment.iter().fold(call, |call, (name, value)| call.env(name, value))
}

impl Built {
    /// The sdist that the wheels were built from.
    pub(super) fn sdist(&self) -> Option<PathBuf> {
        file_ending(&self.folder, ".tar.gz")
    }

    /// The wheel of a task.
    ///
    /// # Errors
    /// [`ErrorKind::Tool`] when it was not built, with the build's own reason.
    pub(super) fn wheel(&self, task: &Task<'_>) -> Result<PathBuf> {
        let of_task = |row: &Wheel| row.target == task.recipe.target && row.abi == task.recipe.abi;
        let manifest = Manifest::read(&self.folder).ok();
        let row = manifest.and_then(|manifest| manifest.wheels.into_iter().find(of_task));
        if let Some(wheel) = file_ending(&self.folder, &format!("-{}.whl", task.chosen.tag)) {
            foreign_file::check(&wheel)?;
            return Ok(wheel);
        }
        let why = row.map(|row| {
            let breaches = row.breaches.into_iter().map(|breach| breach.what);
            breaches.chain(row.why).collect::<Vec<_>>().join("\n")
        });
        let why = why.unwrap_or_else(|| format!("monowheel build ended with {}", self.ended));
        Err(Error::new(ErrorKind::Tool, format!("could not be rebuilt: {why}"))
            .next("see the build's output above; `--keep DIR` keeps its log"))
    }
}

#[cfg(test)]
mod tests {
    use monowheel_system::exec::Isolator;

    use super::*;
    use crate::manifest;
    use crate::plan::ToolFacts;
    use crate::verify::recipe;

    fn recipe(target: &str, abi: &str, flags: Option<&str>) -> Provenance {
        let mut value = recipe::tests::good();
        value["target"] = target.into();
        value["abi"] = abi.into();
        if let Some(flags) = flags {
            value["environment"] = serde_json::json!([["RUSTFLAGS", flags]]);
        }
        serde_json::from_value(value).unwrap()
    }

    fn tasks(recipes: &[Provenance]) -> Vec<Task<'_>> {
        let tools = ToolFacts { maturin: None, zig: None, toolchain: None, rustc: None };
        let chosen = Chosen { tag: String::new(), toolchain: None, is_locked: false, tools, mismatches: Vec::new() };
        let task = |recipe| Task {
            source: Path::new("/x-1.tar.gz"),
            recipe,
            checked: recipe::check(recipe, true).unwrap(),
            chosen: chosen.clone(),
        };
        recipes.iter().map(task).collect()
    }

    #[test]
    fn wheels_share_a_call_where_they_can() {
        let recipes = [
            recipe("manylinux_2_17_x86_64", "abi3", None),
            recipe("manylinux_2_17_x86_64", "abi3t", None),
            recipe("win_amd64", "abi3", None),
            recipe("win_amd64", "abi3t", None),
            recipe("musllinux_1_2_x86_64", "abi3", None),
            recipe("win_arm64", "abi3", Some("-g")),
        ];
        let tasks = tasks(&recipes);
        let calls = calls(&tasks);
        let mut told: Vec<(Vec<String>, Vec<&str>)> = calls
            .iter()
            .map(|(ground, targets)| {
                (ground.abis.iter().map(ToString::to_string).collect(), targets.iter().copied().collect())
            })
            .collect();
        told.sort();
        assert_eq!(
            told,
            [
                (vec!["abi3".to_owned()], vec!["musllinux_1_2_x86_64"]),
                (vec!["abi3".to_owned()], vec!["win_arm64"]),
                (vec!["abi3".to_owned(), "abi3t".to_owned()], vec!["manylinux_2_17_x86_64", "win_amd64"]),
            ]
        );
    }

    #[test]
    fn a_call_has_the_flags_of_the_recipe_and_none_else() {
        let recipes = [recipe("win_amd64", "abi3", Some("-Cdebuginfo=1"))];
        let tasks = tasks(&recipes);
        let calls = calls(&tasks);
        let (ground, targets) = calls.iter().next().unwrap();
        let request = Request {
            subjects: Vec::new(),
            python: "/a python".into(),
            other_tools: false,
            allow_flags: true,
            folder: PathBuf::new(),
            isolator: Isolator::off("a test"),
            symbols: None,
        };
        let line = call(ground, targets, &request, Path::new("/out")).shell_line();
        let python = python::module(Path::new("/a python"), "monowheel").shell_line();
        assert_eq!(
            line,
            format!(
                "RUSTFLAGS=-Cdebuginfo=1 {python} build --fresh --windows gnullvm --target win_amd64 --abi abi3 \
                 --no-lock --isolation off --out /out /x-1.tar.gz"
            )
        );
    }

    #[test]
    fn a_wheel_that_was_not_made_has_its_reason() {
        let dir = tempfile::tempdir().unwrap();
        let recipes = [recipe("win_amd64", "abi3", None)];
        let built = Built { folder: dir.path().to_path_buf(), ended: "exit status: 3".to_owned() };
        let said = || built.wheel(&tasks(&recipes)[0]).unwrap_err().to_string();
        assert!(said().contains("exit status: 3"));
        let failed = Wheel { why: Some("no linker".to_owned()), ..manifest::tests::wheel(None) };
        let record = manifest::tests::manifest(manifest::tests::file("x-1.tar.gz", b""), vec![failed]);
        fs_err::write(dir.path().join(manifest::FILE), serde_json::to_string(&record).unwrap()).unwrap();
        assert!(said().contains("could not be rebuilt: no linker"));
    }
}
